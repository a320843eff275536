import type { Check } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { consoleLoginCheck } from './console-login.ts';
import { consoleLoginSessions } from './console-login-sessions.ts';
import { federationTokenCheck } from './federation-token.ts';
import { federationTokenAssumed } from './federation-token-assumed.ts';
import { mfaDeviceCheck } from './mfa-device.ts';
import { presignedUrlCheck } from './presigned-url.ts';
import { roleSessionCheck } from './role-session.ts';
import { roleSessionChained } from './role-session-chained.ts';
import { serviceSpecificCredentialCheck } from './service-specific-credential.ts';
import { signingCertificateCheck } from './signing-certificate.ts';
import { sshPublicKeyCheck } from './ssh-public-key.ts';

export const credentialChecks: readonly Check<AwsClient, unknown>[] = [
  consoleLoginCheck,
  consoleLoginSessions,
  federationTokenCheck,
  federationTokenAssumed,
  mfaDeviceCheck,
  presignedUrlCheck,
  roleSessionCheck,
  roleSessionChained,
  serviceSpecificCredentialCheck,
  signingCertificateCheck,
  sshPublicKeyCheck,
];
