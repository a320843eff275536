import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holder, policies, user } from './words.ts';

const serviceSpecificCredentialRef = z.strictObject({
  ...holder,
  credentialId: z.string().check(z.regex(/^\w{16,128}$/, 'the ServiceSpecificCredentialId: ACCA…')),
  policies,
});
export type ServiceSpecificCredentialRef = z.infer<typeof serviceSpecificCredentialRef>;

export const serviceSpecificCredential: Kind<ServiceSpecificCredentialRef> = {
  kind: 'aws/service-specific-credential',
  title: 'Credential of an IAM user for one service: Bedrock, CloudWatch Logs, CodeCommit, Keyspaces',
  role: 'credential',
  ref: serviceSpecificCredentialRef,
  example: { userId: 'AIDANEVERISSUED00000', credentialId: 'ACCANEVERISSUED00000' },
  needed: ['credentialId', 'userId'],
  id: ({ credentialId }) => credentialId,
  label: ({ credentialId, ...ref }) => `service credential ${credentialId} of ${user(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ credentialId, ...ref }) =>
    `aws iam delete-service-specific-credential --user-name ${user(ref)} --service-specific-credential-id ${credentialId}`,
};
