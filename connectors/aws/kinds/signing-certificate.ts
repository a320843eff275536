import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holder, policies, user } from './words.ts';

const signingCertificateRef = z.strictObject({
  ...holder,
  certificateId: z.string().check(z.regex(/^\w{16,128}$/, 'the CertificateId')),
  policies,
});
export type SigningCertificateRef = z.infer<typeof signingCertificateRef>;

export const signingCertificate: Kind<SigningCertificateRef> = {
  kind: 'aws/signing-certificate',
  title: 'X.509 signing certificate of an IAM user',
  role: 'credential',
  ref: signingCertificateRef,
  example: { userId: 'AIDANEVERISSUED00000', certificateId: 'TA7SMP42TDN5Z26OBPJE7EXAMPLE' },
  needed: ['certificateId', 'userId'],
  id: ({ certificateId }) => certificateId,
  label: ({ certificateId, ...ref }) => `signing certificate ${certificateId} of ${user(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ certificateId, ...ref }) =>
    `aws iam delete-signing-certificate --user-name ${user(ref)} --certificate-id ${certificateId}`,
};
