import type { Raw, Source } from '../../src/connector.ts';
import { inconclusive, z } from '../../src/connector.ts';
import { byToken, pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { regionsOf } from './config.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html */
export const listInstances: Operation = {
  name: 'SWBExternalService.ListInstances',
  needs: 'sso:ListInstances',
};
/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignments.html */
export const listAssignments: Operation = {
  name: 'SWBExternalService.ListAccountAssignments',
  needs: 'sso:ListAccountAssignments',
};

const instances = z.object({
  Instances: z.array(
    z.object({ InstanceArn: z.string(), IdentityStoreId: z.string(), OwnerAccountId: z.string() }),
  ),
});
const rows = z.object({
  AccountAssignments: z.array(
    z.object({
      AccountId: z.string(),
      PermissionSetArn: z.string(),
      PrincipalType: z.enum(['USER', 'GROUP']),
      PrincipalId: z.string(),
    }),
  ),
});

export interface Instance {
  readonly arn: string;
  readonly storeId: string;
  readonly owner: string;
  readonly region: string;
}

/** `arn:aws:sso` */
const partitionOf = (arn: string) => arn.split(':').slice(0, 3).join(':');
const strangeInstance = (scope: string) => `${scope}:::instance/ssoins-0000000000000000`;

/** An instance, and in which of the configured regions it stands: everywhere else its lists are empty. */
export const instance: Source<AwsClient, string, Instance> = {
  id: 'aws/identity-center',
  scope: partitionOf,
  name: (arn) => arn,
  answers: (value, arn) => value.arn === arn,
  siblings: () => Promise.resolve([]),
  stranger: {
    key: strangeInstance,
    docs: 'https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html',
  },
  async one(client, arn, abortSignal): Promise<Raw<Instance>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { ListInstancesCommand } = await import('@aws-sdk/client-sso-admin');
    for (const region of regionsOf(client.config)) {
      const sso = await client.sso(region);
      const ask = (NextToken: string | undefined) =>
        sso.send(new ListInstancesCommand(NextToken === undefined ? {} : { NextToken }), { abortSignal });
      for await (const one of pages(listInstances, ask, instances, byToken)) {
        if (refused(one)) return one.failure;
        const found = one.value.Instances.find(({ InstanceArn }) => InstanceArn === arn);
        if (found === undefined) continue;
        const { IdentityStoreId: storeId, OwnerAccountId: owner } = found;
        return { value: { arn, storeId, owner, region } };
      }
    }
    return 'nothing';
  },
};

export interface AssignmentsKey {
  readonly instanceArn: string;
  readonly region: string;
  readonly permissionSetArn: string;
  readonly account: string;
}

export interface Assignments extends AssignmentsKey {
  readonly rows: readonly { readonly type: 'USER' | 'GROUP'; readonly principalId: string }[];
}

const same = (one: AssignmentsKey, other: AssignmentsKey) =>
  one.permissionSetArn === other.permissionSetArn && one.account === other.account;

/**
 * Who has a permission set in an account. A set that there is not is told as absent where the instance is
 * known, and an instance that is asked with another's set, or that answers everything with an empty list, is found out by it.
 */
export const assignments: Source<AwsClient, AssignmentsKey, Assignments> = {
  id: 'aws/identity-center-assignments',
  scope: ({ instanceArn, region, account }) => `${instanceArn} in ${region} for ${account}`,
  name: ({ permissionSetArn, account }) => `${permissionSetArn} in ${account}`,
  answers: same,
  siblings: () => Promise.resolve([]),
  stranger: {
    key(scope) {
      const [instanceArn = '', region = '', account = ''] = scope.split(/ in | for /);
      const permissionSetArn = `${instanceArn.replace(':instance/', ':permissionSet/')}/ps-0000000000000000`;
      return { instanceArn, region, permissionSetArn, account };
    },
    docs: 'https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignments.html',
  },
  async one(client, key, abortSignal): Promise<Raw<Assignments>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { ListAccountAssignmentsCommand } = await import('@aws-sdk/client-sso-admin');
    const sso = await client.sso(key.region);
    const ask = (NextToken: string | undefined) =>
      sso.send(
        new ListAccountAssignmentsCommand({
          InstanceArn: key.instanceArn,
          AccountId: key.account,
          PermissionSetArn: key.permissionSetArn,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
        { abortSignal },
      );
    const found: Assignments['rows'][number][] = [];
    for await (const one of pages(listAssignments, ask, rows, byToken)) {
      if (refused(one)) return one.code === 'ResourceNotFound' ? 'nothing' : one.failure;
      for (const row of one.value.AccountAssignments) {
        const told = { ...key, permissionSetArn: row.PermissionSetArn, account: row.AccountId };
        if (!same(told, key)) {
          return inconclusive(
            'R-ANSWER',
            'asked for the assignments of one set in one account, the server told others',
          );
        }
        found.push({ type: row.PrincipalType, principalId: row.PrincipalId });
      }
    }
    return { value: { ...key, rows: found } };
  },
};
