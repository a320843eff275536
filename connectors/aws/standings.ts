/** Users, groups, roles and policies, each in one line that time alone does not change. */
import type { Found } from '../../src/connector.ts';
import { iamPrincipal } from './kinds/principal.ts';
import type { Detail, GroupDetail, PolicyDetail, RoleDetail, UserDetail } from './account.ts';

type Held = Pick<UserDetail, 'AttachedManagedPolicies' | 'PermissionsBoundary'>;
type Inline = GroupDetail['GroupPolicyList'];

const held = (
  { AttachedManagedPolicies: attached, PermissionsBoundary: boundary }: Held,
  inline: Inline,
) => ({
  attached: attached.map((one) => one.PolicyArn).toSorted(),
  boundary: boundary?.PermissionsBoundaryArn,
  inline: inline.map((one) => `${one.PolicyName} ${one.PolicyDocument}`).toSorted(),
});

const ofUser = (user: UserDetail) => ({
  groups: user.GroupList.toSorted(),
  ...held(user, user.UserPolicyList),
});
const ofRole = (role: RoleDetail) => ({
  trust: role.AssumeRolePolicyDocument,
  profiles: role.InstanceProfileList.map((one) => one.InstanceProfileId).toSorted(),
  ...held(role, role.RolePolicyList),
});
const ofPolicy = ({ DefaultVersionId, PolicyVersionList }: PolicyDetail) => ({
  default: DefaultVersionId,
  versions: PolicyVersionList.map((one) => `${one.VersionId} ${one.Document}`).toSorted(),
});

/** The object as a look comes upon it, with the last date that IAM gives of it. */
export function foundIn(detail: Detail, relation: string): { readonly made: Date; readonly found: Found } {
  const { arn, dates, standing } = factsOf(detail);
  const made = new Date(Math.max(...dates.map((date) => date.getTime())));
  const { is, id } = detail;
  const ref = { principalId: id, arn };
  const found = { kind: iamPrincipal.kind, id, ref, relation, bornAt: made.toISOString() };
  return { made, found: { ...found, label: `${is} ${arn}`, standing: JSON.stringify(standing) } };
}

function factsOf(detail: Detail) {
  switch (detail.is) {
    case 'user':
      return { arn: detail.user.Arn, dates: [detail.user.CreateDate], standing: ofUser(detail.user) };
    case 'group': {
      const { Arn: arn, CreateDate: date, GroupPolicyList: inline } = detail.group;
      return { arn, dates: [date], standing: held(detail.group, inline) };
    }
    case 'role':
      return { arn: detail.role.Arn, dates: [detail.role.CreateDate], standing: ofRole(detail.role) };
    case 'policy': {
      const { Arn: arn, CreateDate: date, PolicyVersionList: versions } = detail.policy;
      return {
        arn,
        dates: [date, ...versions.map((one) => one.CreateDate)],
        standing: ofPolicy(detail.policy),
      };
    }
  }
}
