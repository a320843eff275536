import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holder, policies, user } from './words.ts';

const sshPublicKeyRef = z.strictObject({
  ...holder,
  sshPublicKeyId: z.string().check(z.regex(/^\w{16,128}$/, 'the SSHPublicKeyId: APKA…')),
  policies,
});
export type SshPublicKeyRef = z.infer<typeof sshPublicKeyRef>;

export const sshPublicKey: Kind<SshPublicKeyRef> = {
  kind: 'aws/ssh-public-key',
  title: 'SSH key of an IAM user, for Git on CodeCommit',
  role: 'credential',
  ref: sshPublicKeyRef,
  example: { userId: 'AIDANEVERISSUED00000', sshPublicKeyId: 'APKANEVERISSUED00000' },
  needed: ['sshPublicKeyId', 'userId'],
  id: ({ sshPublicKeyId }) => sshPublicKeyId,
  label: ({ sshPublicKeyId, ...ref }) => `SSH key ${sshPublicKeyId} of ${user(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ sshPublicKeyId, ...ref }) =>
    `aws iam delete-ssh-public-key --user-name ${user(ref)} --ssh-public-key-id ${sshPublicKeyId}`,
};
