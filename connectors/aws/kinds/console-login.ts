import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { instant } from './instant.ts';
import { holder, user } from './words.ts';

const consoleLoginRef = z.strictObject({
  ...holder,
  /** The text of every policy that reached the user, as JSON: what it could do in the console. */
  policies: z.optional(z.array(z.string())),
  /** `LoginProfile.CreateDate`: a new password in the same profile keeps it. */
  createdAt: z.optional(instant),
});
export type ConsoleLoginRef = z.infer<typeof consoleLoginRef>;

export const consoleLogin: Kind<ConsoleLoginRef> = {
  kind: 'aws/console-login',
  title: 'Console password of an IAM user',
  role: 'credential',
  ref: consoleLoginRef,
  example: { userId: 'AIDANEVERISSUED00000' },
  needed: ['userId'],
  // a user has one at most
  id: ({ userId }) => userId,
  label: (ref) => `console password of ${user(ref)}`,
  requires: ['authenticates', 'derived'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT1M',
  fix: (ref) =>
    `aws iam delete-login-profile --user-name ${user(ref)}; sessions that were begun with it live up to 12 hours, unless the user is deleted or denied`,
};
