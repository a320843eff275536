import * as z from 'zod/mini';
import type { Kind, Some } from '../../src/connector.ts';

const accountId = z.string().check(z.regex(/^\d{12}$/, 'the account, 12 digits'));
const userId = z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id: AIDA…'));
const named = z.string().check(z.regex(/^[\w+=,.@-]{1,128}$/, 'a name of IAM'));
const groupId = z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id: AGPA…'));

const holder = {
  account: z.optional(accountId),
  userName: z.optional(named),
  /** A name is given again, an id never. */
  userId: z.optional(userId),
};

const accessKeyRef = z.strictObject({
  ...holder,
  /** The text of every policy that reached the user, as JSON: what it could do with the key. */
  policies: z.optional(z.array(z.string())),
  accessKeyId: z.string().check(z.regex(/^AKIA[A-Z0-9]{12,124}$/, 'the id of a key of a user: AKIA…')),
});
export type AccessKeyRef = z.infer<typeof accessKeyRef>;

const user = ({ userName, userId: id }: { userName?: string | undefined; userId?: string | undefined }) =>
  userName ?? id ?? 'a user';

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

const groupMembershipRef = z.strictObject({
  ...holder,
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

const policyArn = z
  .string()
  .check(z.regex(/^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'arn:aws:iam::…:policy/…'));
const principal = {
  account: z.optional(accountId),
  /** `AIDA…`, `AROA…` or `AGPA…`: the unique id of the user, role or group. */
  principalId: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id: AIDA…, AROA…, AGPA…')),
  ),
  principalName: z.optional(named),
};
const holderOf = ({
  principalName,
  principalId,
}: {
  principalName?: string | undefined;
  principalId?: string | undefined;
}) => principalName ?? principalId ?? 'a principal';

const attachedPolicyRef = z.strictObject({ ...principal, policyArn });
export type AttachedPolicyRef = z.infer<typeof attachedPolicyRef>;

export const attachedPolicy: Kind<AttachedPolicyRef> = {
  kind: 'aws/attached-policy',
  title: 'Managed policy attached to a user, group or role',
  role: 'entitlement',
  ref: attachedPolicyRef,
  example: { principalId: 'AIDANEVERISSUED00000', policyArn: 'arn:aws:iam::aws:policy/TombstoneNeverIssued' },
  needed: ['principalId', 'policyArn'],
  id: (ref) => (ref.principalId === undefined ? undefined : `${ref.principalId}/${ref.policyArn}`),
  label: (ref) => `${ref.policyArn} attached to ${holderOf(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `detach ${ref.policyArn} from ${holderOf(ref)}: aws iam detach-user-policy, -group-policy or -role-policy`,
};

const inlinePolicyRef = z.strictObject({ ...principal, policyName: named });
export type InlinePolicyRef = z.infer<typeof inlinePolicyRef>;

export const inlinePolicy: Kind<InlinePolicyRef> = {
  kind: 'aws/inline-policy',
  title: 'Inline policy of a user, group or role',
  role: 'entitlement',
  ref: inlinePolicyRef,
  example: { principalId: 'AIDANEVERISSUED00000', policyName: 'tombstone-never-issued' },
  needed: ['principalId', 'policyName'],
  id: (ref) => (ref.principalId === undefined ? undefined : `${ref.principalId}/${ref.policyName}`),
  label: (ref) => `inline policy ${ref.policyName} of ${holderOf(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `delete the inline policy ${ref.policyName} of ${holderOf(ref)}: aws iam delete-user-policy, -group-policy or -role-policy`,
};

export const kinds: Some<Kind<unknown>> = [accessKey, attachedPolicy, groupMembership, inlinePolicy];
