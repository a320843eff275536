import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holder, policies, user } from './words.ts';

const accessKeyRef = z.strictObject({
  ...holder,
  policies,
  accessKeyId: z.string().check(z.regex(/^AKIA[A-Z0-9]{12,124}$/, 'the id of a key of a user: AKIA…')),
});
export type AccessKeyRef = z.infer<typeof accessKeyRef>;

export const accessKey: Kind<AccessKeyRef> = {
  kind: 'aws/access-key',
  title: 'Access key of an IAM user',
  role: 'credential',
  ref: accessKeyRef,
  example: { userId: 'AIDANEVERISSUED00000', accessKeyId: 'AKIANEVERISSUED00000' },
  needed: ['accessKeyId', 'userId'],
  id: ({ accessKeyId }) => accessKeyId,
  label: ({ accessKeyId, ...ref }) => `key ${accessKeyId} of ${user(ref)}`,
  requires: ['authenticates', 'derived'],
  killing: 'authenticates',
  mints: () => false,
  // IAM is eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
  horizon: 'PT1M',
  fix: ({ accessKeyId, ...ref }) =>
    `aws iam delete-access-key --user-name ${user(ref)} --access-key-id ${accessKeyId}; what was made with it lives up to 36 hours, unless the user is deleted or denied`,
};
