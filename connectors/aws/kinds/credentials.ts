import type { Kind } from '../../../src/connector.ts';
import { consoleLogin } from './console-login.ts';
import { federationToken } from './federation-token.ts';
import { mfaDevice } from './mfa-device.ts';
import { presignedUrl } from './presigned-url.ts';
import { roleSession } from './role-session.ts';
import { serviceSpecificCredential } from './service-specific-credential.ts';
import { signingCertificate } from './signing-certificate.ts';
import { sshPublicKey } from './ssh-public-key.ts';

/** What authenticates, besides access keys. */
export const credentialKinds: readonly Kind<unknown>[] = [
  consoleLogin,
  federationToken,
  mfaDevice,
  presignedUrl,
  roleSession,
  serviceSpecificCredential,
  signingCertificate,
  sshPublicKey,
];
