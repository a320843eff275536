import type { Detail, GroupDetail, PolicyDetail, RoleDetail, UserDetail } from './account.ts';
import type { Policy } from './policy/index.ts';
import { readDocument } from './policy/index.ts';

type Holder = Extract<Detail, { readonly is: 'user' | 'group' | 'role' }>;

/** What a user, group or role is called, and what is attached to it. */
export interface Holding {
  readonly name: string;
  readonly attached: readonly { readonly name: string; readonly arn: string }[];
  readonly inline: readonly { readonly name: string; readonly document: string }[];
}

/** The user, group or role of this unique id. */
export function holderOf(all: readonly Detail[], id: string): Holder | undefined {
  return all.find((one): one is Holder => one.is !== 'policy' && one.id === id);
}

export function holdingOf(holder: Holder): Holding {
  switch (holder.is) {
    case 'user':
      return held(holder.user.UserName, holder.user, holder.user.UserPolicyList);
    case 'group':
      return held(holder.group.GroupName, holder.group, holder.group.GroupPolicyList);
    case 'role':
      return held(holder.role.RoleName, holder.role, holder.role.RolePolicyList);
  }
}

function held(
  name: string,
  { AttachedManagedPolicies }: UserDetail | GroupDetail | RoleDetail,
  inline: GroupDetail['GroupPolicyList'],
): Holding {
  return {
    name,
    attached: AttachedManagedPolicies.map((one) => ({ name: one.PolicyName, arn: one.PolicyArn })),
    inline: inline.map((one) => ({ name: one.PolicyName, document: one.PolicyDocument })),
  };
}

/**
 * Every policy that reaches a user by its identity: its own, those of its groups, its boundary. A managed
 * policy whose text is not among the details is one that could not be read.
 */
export function policiesOf(user: UserDetail, all: readonly Detail[]): readonly Policy[] {
  const groups = all.flatMap((one) =>
    one.is === 'group' && user.GroupList.includes(one.group.GroupName) ? [one] : [],
  );
  const holdings = [holdingOf({ is: 'user', id: user.UserId, user }), ...groups.map(holdingOf)];
  const boundary = user.PermissionsBoundary?.PermissionsBoundaryArn;
  const managed = [
    ...holdings.flatMap(({ attached }) => attached.map(({ arn }) => arn)),
    ...(boundary === undefined ? [] : [boundary]),
  ];
  return [
    ...holdings.flatMap(({ inline }) =>
      inline.map(({ name, document }): Policy => ({ name, document: readDocument(document, 'identity') })),
    ),
    ...managed.map((arn): Policy => ({ name: arn, document: documentOf(arn, all) })),
  ];
}

function documentOf(arn: string, all: readonly Detail[]): Policy['document'] {
  const found = all.find((one) => one.is === 'policy' && one.policy.Arn === arn);
  const text = found?.is === 'policy' ? defaultOf(found.policy) : undefined;
  return text === undefined ? { flaw: `the text of ${arn} was not told` } : readDocument(text, 'identity');
}

const defaultOf = ({ PolicyVersionList }: PolicyDetail): string | undefined =>
  PolicyVersionList.find((one) => one.IsDefaultVersion)?.Document;
