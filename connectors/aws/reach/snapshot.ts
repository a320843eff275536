/**
 * What is needed of GetAccountAuthorizationDetails: one snapshot of users, groups, roles and policies.
 * Documents are as the API gives them, or already parsed.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export interface Snapshot {
  readonly UserDetailList: readonly UserDetail[];
  readonly GroupDetailList: readonly GroupDetail[];
  readonly RoleDetailList: readonly RoleDetail[];
  readonly Policies: readonly PolicyDetail[];
}

interface Inline {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

interface Held {
  readonly Arn: string;
  readonly AttachedManagedPolicies: readonly { readonly PolicyArn: string }[];
}

interface Bounded extends Held {
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn: string } | undefined;
}

export interface UserDetail extends Bounded {
  readonly UserId: string;
  readonly GroupList: readonly string[];
  /** The API leaves it out where it is empty. */
  readonly UserPolicyList?: readonly Inline[] | undefined;
}

export interface GroupDetail extends Held {
  readonly GroupName: string;
  readonly GroupPolicyList: readonly Inline[];
}

export interface RoleDetail extends Bounded {
  readonly RoleId: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly RolePolicyList: readonly Inline[];
  /** Missing where it was not read. */
  readonly InstanceProfileList?: readonly unknown[] | undefined;
}

export interface PolicyDetail {
  readonly Arn: string;
  readonly PolicyVersionList: readonly {
    readonly VersionId: string;
    readonly IsDefaultVersion: boolean;
    readonly Document: unknown;
  }[];
}
