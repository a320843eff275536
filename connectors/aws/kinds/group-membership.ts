import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holder, named, policies, user } from './words.ts';

const groupId = z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id: AGPA…'));

const groupMembershipRef = z.strictObject({
  ...holder,
  policies,
  groupName: z.optional(named),
  groupId: z.optional(groupId),
});
export type GroupMembershipRef = z.infer<typeof groupMembershipRef>;

export const groupMembership: Kind<GroupMembershipRef> = {
  kind: 'aws/group-membership',
  title: 'Membership of an IAM user in a group',
  role: 'entitlement',
  ref: groupMembershipRef,
  example: { userId: 'AIDANEVERISSUED00000', groupId: 'AGPANEVERISSUED00000' },
  needed: ['userId', 'groupId'],
  id: (ref) =>
    ref.userId === undefined || ref.groupId === undefined ? undefined : `${ref.groupId}/${ref.userId}`,
  label: ({ groupName, groupId: id, ...ref }) => `${user(ref)} in the group ${groupName ?? id ?? '?'}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ groupName, groupId: id, ...ref }) =>
    `aws iam remove-user-from-group --user-name ${user(ref)} --group-name ${groupName ?? id ?? 'GROUP'}`,
};
