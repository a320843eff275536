import type { Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { byToken, call, members, pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html */
export const describeUser: Operation = {
  name: 'AWSIdentityStore.DescribeUser',
  needs: 'identitystore:DescribeUser',
};
/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeGroup.html */
export const describeGroup: Operation = {
  name: 'AWSIdentityStore.DescribeGroup',
  needs: 'identitystore:DescribeGroup',
};
/** https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListGroupMembershipsForMember.html */
export const listMemberships: Operation = {
  name: 'AWSIdentityStore.ListGroupMembershipsForMember',
  needs: 'identitystore:ListGroupMembershipsForMember',
};

export interface DirectoryKey {
  readonly storeId: string;
  readonly region: string;
  readonly id: string;
}

const common = {
  scope: ({ storeId, region }: DirectoryKey) => `${storeId} in ${region}`,
  name: ({ id }: DirectoryKey) => id,
  answers: (value: { readonly id: string }, { id }: DirectoryKey) => value.id === id,
  siblings: () => Promise.resolve([]),
};
const stranger = (operation: string) => ({
  key(scope: string): DirectoryKey {
    const [storeId = '', region = ''] = scope.split(' in ');
    return { storeId, region, id: `${storeId.replace(/^d-/, '')}-00000000-0000-0000-0000-000000000000` };
  },
  docs: `https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_${operation}.html`,
});

const user = z.object({
  UserId: z.string(),
  UserName: z.string().optional(),
  UserStatus: z.enum(['ENABLED', 'DISABLED']).optional(),
});

export interface DirectoryUser {
  readonly id: string;
  readonly name: string | undefined;
  /** Undefined where the directory does not say. */
  readonly status: 'ENABLED' | 'DISABLED' | undefined;
}

export const directoryUser: Source<AwsClient, DirectoryKey, DirectoryUser> = {
  ...common,
  id: 'aws/directory-user',
  stranger: stranger('DescribeUser'),
  async one(client, { storeId, region, id }, abortSignal): Promise<Raw<DirectoryUser>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { DescribeUserCommand } = await import('@aws-sdk/client-identitystore');
    const store = await client.identities(region);
    const told = await call(describeUser, () =>
      store.send(new DescribeUserCommand({ IdentityStoreId: storeId, UserId: id }), { abortSignal }),
    );
    if (refused(told)) return told.code === 'ResourceNotFound' ? 'nothing' : told.failure;
    const seen = members(describeUser, user, told.output);
    return failed(seen) ? seen : { value: { id: seen.UserId, name: seen.UserName, status: seen.UserStatus } };
  },
};

export const directoryGroup: Source<AwsClient, DirectoryKey, { readonly id: string }> = {
  ...common,
  id: 'aws/directory-group',
  stranger: stranger('DescribeGroup'),
  async one(client, { storeId, region, id }, abortSignal): Promise<Raw<{ readonly id: string }>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { DescribeGroupCommand } = await import('@aws-sdk/client-identitystore');
    const store = await client.identities(region);
    const told = await call(describeGroup, () =>
      store.send(new DescribeGroupCommand({ IdentityStoreId: storeId, GroupId: id }), { abortSignal }),
    );
    if (refused(told)) return told.code === 'ResourceNotFound' ? 'nothing' : told.failure;
    const seen = members(describeGroup, z.object({ GroupId: z.string() }), told.output);
    return failed(seen) ? seen : { value: { id: seen.GroupId } };
  },
};

const memberships = z.object({
  GroupMemberships: z.array(z.object({ GroupId: z.string(), MemberId: z.object({ UserId: z.string() }) })),
});

/** The groups of one user. */
export const groupsOfUser: Source<
  AwsClient,
  DirectoryKey,
  { readonly id: string; readonly groups: readonly string[] }
> = {
  ...common,
  id: 'aws/directory-memberships',
  stranger: stranger('ListGroupMembershipsForMember'),
  async one(client, { storeId, region, id }, abortSignal) {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { ListGroupMembershipsForMemberCommand } = await import('@aws-sdk/client-identitystore');
    const store = await client.identities(region);
    const ask = (NextToken: string | undefined) =>
      store.send(
        new ListGroupMembershipsForMemberCommand({
          IdentityStoreId: storeId,
          MemberId: { UserId: id },
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
        { abortSignal },
      );
    const groups: string[] = [];
    for await (const one of pages(listMemberships, ask, memberships, byToken)) {
      if (refused(one)) return one.code === 'ResourceNotFound' ? 'nothing' : one.failure;
      const other = one.value.GroupMemberships.find(({ MemberId }) => MemberId.UserId !== id);
      if (other !== undefined) {
        return inconclusive(
          'R-ANSWER',
          `asked for the groups of ${id}, the server told those of ${other.MemberId.UserId}`,
        );
      }
      groups.push(...one.value.GroupMemberships.map(({ GroupId }) => GroupId));
    }
    return { value: { id, groups } };
  },
};
