import type { GetAccountAuthorizationDetailsCommandOutput } from '@aws-sdk/client-iam';
import type { Failure, Page, Sibling, Source } from '../../src/connector.ts';
import { inconclusive, z } from '../../src/connector.ts';
import { pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export const accountDetails: Operation = {
  name: 'GetAccountAuthorizationDetails',
  needs: 'iam:GetAccountAuthorizationDetails',
};

const inline = z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.string() }));
const attached = z.array(z.object({ PolicyName: z.string(), PolicyArn: z.string() }));
const boundary = z.object({ PermissionsBoundaryArn: z.string() });
const born = { CreateDate: z.date(), Arn: z.string(), Path: z.string() };

// source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html
const user = z.object({
  ...born,
  UserName: z.string(),
  UserId: z.string(),
  GroupList: z.array(z.string()),
  // lists that AWS leaves out where they are empty
  UserPolicyList: inline.default([]),
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary.optional(),
});
const group = z.object({
  ...born,
  GroupName: z.string(),
  GroupId: z.string(),
  GroupPolicyList: inline,
  AttachedManagedPolicies: attached,
});
const role = z.object({
  ...born,
  RoleName: z.string(),
  RoleId: z.string(),
  AssumeRolePolicyDocument: z.string(),
  RolePolicyList: inline,
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary.optional(),
  InstanceProfileList: z.array(
    z.object({ InstanceProfileId: z.string(), InstanceProfileName: z.string(), Arn: z.string() }),
  ),
});
const policy = z.object({
  ...born,
  PolicyName: z.string(),
  PolicyId: z.string(),
  DefaultVersionId: z.string(),
  PolicyVersionList: z.array(
    z.object({
      VersionId: z.string(),
      IsDefaultVersion: z.boolean(),
      Document: z.string(),
      CreateDate: z.date(),
    }),
  ),
});
const page = z.object({
  UserDetailList: z.array(user),
  GroupDetailList: z.array(group),
  RoleDetailList: z.array(role),
  Policies: z.array(policy),
});

export type UserDetail = z.infer<typeof user>;
export type GroupDetail = z.infer<typeof group>;
export type RoleDetail = z.infer<typeof role>;
export type PolicyDetail = z.infer<typeof policy>;
export type Detail =
  | { readonly is: 'user'; readonly id: string; readonly user: UserDetail }
  | { readonly is: 'group'; readonly id: string; readonly group: GroupDetail }
  | { readonly is: 'role'; readonly id: string; readonly role: RoleDetail }
  | { readonly is: 'policy'; readonly id: string; readonly policy: PolicyDetail };

/**
 * Users, groups, roles and policies of the whole account, by their immutable ids, in one walk. The
 * verifier itself stands in it: the sighting.
 */
export const account: Source<AwsClient, string, Detail> = {
  id: 'aws/account',
  scope: () => '',
  name: (id) => id,
  answers: (detail, id) => detail.id === id,
  siblings(client): Promise<readonly Sibling<string>[] | Failure> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return Promise.resolve(wrong);
    // of a session `AROA…:name`, of a user `AIDA…`, of the root user the account
    const [id = ''] = (client.own?.userId ?? '').split(':');
    if (/^A(?:ROA|IDA)/.test(id) || !/^\d{12}$/.test(id))
      return Promise.resolve([{ key: id, chosen: 'own' }]);
    return Promise.resolve(
      inconclusive(
        'R-CONTROL',
        'the verifier is the root user, who stands in no list',
        'a role of its own for the verifier',
      ),
    );
  },
  async *all(client, _scope, abortSignal): AsyncGenerator<Page<Detail> | Failure, void, void> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return yield wrong;
    const { GetAccountAuthorizationDetailsCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const ask = (Marker: string | undefined): Promise<GetAccountAuthorizationDetailsCommandOutput> =>
      iam.send(
        new GetAccountAuthorizationDetailsCommand({
          MaxItems: 1_000,
          ...(Marker === undefined ? {} : { Marker }),
        }),
        {
          abortSignal,
        },
      );
    for await (const one of pages(accountDetails, ask, page)) {
      if (refused(one)) return yield one.failure;
      yield { items: detailsOf(one.value), last: one.last };
    }
  },
  // nothing says how AWS cuts its pages
  order: 'offset',
};

function detailsOf(all: z.infer<typeof page>): readonly Detail[] {
  return [
    ...all.UserDetailList.map((one): Detail => ({ is: 'user', id: one.UserId, user: one })),
    ...all.GroupDetailList.map((one): Detail => ({ is: 'group', id: one.GroupId, group: one })),
    ...all.RoleDetailList.map((one): Detail => ({ is: 'role', id: one.RoleId, role: one })),
    ...all.Policies.map((one): Detail => ({ is: 'policy', id: one.PolicyId, policy: one })),
  ];
}
