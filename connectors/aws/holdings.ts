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

/** Of the user itself and of its groups. */
function holdingsOf(user: UserDetail, all: readonly Detail[]): readonly Holding[] {
  const groups = all.flatMap((one) =>
    one.is === 'group' && user.GroupList.includes(one.group.GroupName) ? [one] : [],
  );
  return [holdingOf({ is: 'user', id: user.UserId, user }), ...groups.map(holdingOf)];
}

/** Is there anything that the policies of the user and of its groups allow, as far as they can be read? */
export const givesTo = (user: UserDetail, all: readonly Detail[]): boolean =>
  allows(textsOf(holdingsOf(user, all), undefined, all));

/** Is there anything that the policies of the role allow, as far as they can be read? */
export const roleGives = (role: RoleDetail, all: readonly Detail[]): boolean =>
  allows(textsOf([holdingOf({ is: 'role', id: role.RoleId, role })], undefined, all));

const allows = (policies: readonly Policy[]) =>
  policies.some(
    ({ document }) => 'flaw' in document || document.statements.some(({ effect }) => effect === 'Allow'),
  );

/**
 * Every policy that reaches a user by its identity: its own, those of its groups, its boundary. A managed
 * policy whose text is not among the details is one that could not be read.
 */
export function policiesOf(user: UserDetail, all: readonly Detail[]): readonly Policy[] {
  return textsOf(holdingsOf(user, all), user.PermissionsBoundary?.PermissionsBoundaryArn, all);
}

/** Every policy that reaches the sessions of a role by its identity: its own and its boundary. */
export function policiesOfRole(role: RoleDetail, all: readonly Detail[]): readonly Policy[] {
  const holding = holdingOf({ is: 'role', id: role.RoleId, role });
  return textsOf([holding], role.PermissionsBoundary?.PermissionsBoundaryArn, all);
}

function textsOf(
  holdings: readonly Holding[],
  boundary: string | undefined,
  all: readonly Detail[],
): readonly Policy[] {
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

/** The same as texts, as a record has them, without the boundary; undefined where one could not be read. */
export function policyTexts(user: UserDetail, all: readonly Detail[]): readonly string[] | undefined {
  const texts = holdingsOf(user, all).flatMap(({ attached, inline }) => [
    ...inline.map(({ document }) => document),
    ...attached.map(({ arn }) => textOf(arn, all)),
  ]);
  const read = texts.filter((text) => text !== undefined);
  return read.length === texts.length ? read : undefined;
}

function documentOf(arn: string, all: readonly Detail[]): Policy['document'] {
  const text = textOf(arn, all);
  return text === undefined ? { flaw: `the text of ${arn} was not told` } : readDocument(text, 'identity');
}

/** What a managed policy says by now; undefined where it was not told. */
export function textOf(arn: string, all: readonly Detail[]): string | undefined {
  const found = all.find((one) => one.is === 'policy' && one.policy.Arn === arn);
  return found?.is === 'policy' ? defaultOf(found.policy) : undefined;
}

const defaultOf = ({ PolicyVersionList }: PolicyDetail): string | undefined =>
  PolicyVersionList.find((one) => one.IsDefaultVersion)?.Document;
