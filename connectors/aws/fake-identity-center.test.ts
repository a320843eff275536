import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  CreateGroupCommand,
  CreateGroupMembershipCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteGroupMembershipCommand,
  DeleteUserCommand,
  DescribeGroupCommand,
  DescribeGroupMembershipCommand,
  DescribeUserCommand,
  GetUserIdCommand,
  IdentitystoreClient,
  IsMemberInGroupsCommand,
  ListGroupMembershipsCommand,
  ListGroupMembershipsForMemberCommand,
  ListGroupsCommand,
  ListUsersCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-identitystore';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  AttachManagedPolicyToPermissionSetCommand,
  CreateAccountAssignmentCommand,
  CreateInstanceCommand,
  CreatePermissionSetCommand,
  DeleteAccountAssignmentCommand,
  DeleteInlinePolicyFromPermissionSetCommand,
  DeletePermissionSetCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetCommand,
  DescribePermissionSetProvisioningStatusCommand,
  DetachManagedPolicyFromPermissionSetCommand,
  GetInlinePolicyForPermissionSetCommand,
  GetPermissionsBoundaryForPermissionSetCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListAccountAssignmentsCommand,
  ListAccountAssignmentsForPrincipalCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListCustomerManagedPolicyReferencesInPermissionSetCommand,
  ListInstancesCommand,
  ListManagedPoliciesInPermissionSetCommand,
  ListPermissionSetsCommand,
  ListPermissionSetsProvisionedToAccountCommand,
  ProvisionPermissionSetCommand,
  PutInlinePolicyToPermissionSetCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, outcome, useAws } from './fake.fixture.ts';

const fake = useAws();
const management = '111111111111';
const member = '222222222222';
const outsider = '333333333333';
const sso = (credentials?: AwsCredentials, region?: string) =>
  new SSOAdminClient(fake.settings(credentials, region));
const store = (credentials?: AwsCredentials, region?: string) =>
  new IdentitystoreClient(fake.settings(credentials, region));
const inMember = () => fake.iam(fake.aws.rootOf(member));

let InstanceArn: string;
let IdentityStoreId: string;
let PermissionSetArn: string;
let UserId: string;
let GroupId: string;
beforeEach(async () => {
  fake.aws.world.addAccount(member);
  fake.aws.world.addAccount(outsider);
  await new OrganizationsClient(fake.settings()).send(new CreateOrganizationCommand({}));
  fake.aws.world.join(member, management);
  await sso().send(new CreateInstanceCommand({}));
  const { Instances } = await sso().send(new ListInstancesCommand({}));
  InstanceArn = Instances?.[0]?.InstanceArn ?? '';
  IdentityStoreId = Instances?.[0]?.IdentityStoreId ?? '';
  const made = await sso().send(new CreatePermissionSetCommand({ InstanceArn, Name: 'Operator' }));
  PermissionSetArn = made.PermissionSet?.PermissionSetArn ?? '';
  UserId = (await store().send(new CreateUserCommand({ IdentityStoreId, UserName: 'jit' }))).UserId ?? '';
  const group = await store().send(new CreateGroupCommand({ IdentityStoreId, DisplayName: 'ops' }));
  GroupId = group.GroupId ?? '';
});

const set = () => ({ InstanceArn, PermissionSetArn });
const target = () => ({ ...set(), TargetId: member, TargetType: 'AWS_ACCOUNT' as const });
const ofUser = () => ({ ...target(), PrincipalType: 'USER' as const, PrincipalId: UserId });
const ofGroup = () => ({ ...target(), PrincipalType: 'GROUP' as const, PrincipalId: GroupId });

async function assign(of: ReturnType<typeof ofUser> | ReturnType<typeof ofGroup> = ofUser()) {
  const made = await sso().send(new CreateAccountAssignmentCommand(of));
  return made.AccountAssignmentCreationStatus?.RequestId ?? '';
}
async function unassign(of: ReturnType<typeof ofUser> | ReturnType<typeof ofGroup> = ofUser()) {
  const made = await sso().send(new DeleteAccountAssignmentCommand(of));
  expect(made.AccountAssignmentDeletionStatus?.Status).toBe('IN_PROGRESS');
  return made.AccountAssignmentDeletionStatus?.RequestId ?? '';
}
const deletion = async (AccountAssignmentDeletionRequestId: string) => {
  const ask = new DescribeAccountAssignmentDeletionStatusCommand({
    InstanceArn,
    AccountAssignmentDeletionRequestId,
  });
  return (await sso().send(ask)).AccountAssignmentDeletionStatus;
};
const ofPrincipal = async (PrincipalType: 'USER' | 'GROUP', PrincipalId: string, AccountId = member) => {
  const ask = { InstanceArn, PrincipalType, PrincipalId, Filter: { AccountId } };
  return (await sso().send(new ListAccountAssignmentsForPrincipalCommand(ask))).AccountAssignments;
};
const inAccount = async () => {
  const ask = new ListAccountAssignmentsCommand({ ...set(), AccountId: member });
  return (await sso().send(ask)).AccountAssignments;
};
const roles = async () => {
  const PathPrefix = '/aws-reserved/sso.amazonaws.com/';
  return (await inMember().send(new ListRolesCommand({ PathPrefix }))).Roles ?? [];
};
const join = async () => {
  const ask = new CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId: { UserId } });
  return (await store().send(ask)).MembershipId ?? '';
};

describe('permission sets', () => {
  test('what they hold', async () => {
    const { PermissionSet } = await sso().send(new DescribePermissionSetCommand(set()));
    expect(PermissionSet).toMatchObject({ Name: 'Operator', PermissionSetArn, SessionDuration: 'PT1H' });
    expect((await sso().send(new ListPermissionSetsCommand({ InstanceArn }))).PermissionSets).toEqual([
      PermissionSetArn,
    ]);
    const twice = new CreatePermissionSetCommand({ InstanceArn, Name: 'Operator' });
    expect(await outcome(sso().send(twice))).toBe('400 ConflictException');
    const inline = async () =>
      (await sso().send(new GetInlinePolicyForPermissionSetCommand(set()))).InlinePolicy;
    expect(await inline()).toBe('');
    const InlinePolicy = allow('s3:GetObject');
    await sso().send(new PutInlinePolicyToPermissionSetCommand({ ...set(), InlinePolicy }));
    expect(await inline()).toBe(InlinePolicy);
    await sso().send(new DeleteInlinePolicyFromPermissionSetCommand(set()));
    expect(await inline()).toBe('');
    const managed = { ...set(), ManagedPolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' };
    await sso().send(new AttachManagedPolicyToPermissionSetCommand(managed));
    const list = new ListManagedPoliciesInPermissionSetCommand(set());
    expect((await sso().send(list)).AttachedManagedPolicies).toEqual([
      { Name: 'IAMReadOnlyAccess', Arn: managed.ManagedPolicyArn },
    ]);
    await sso().send(new DetachManagedPolicyFromPermissionSetCommand(managed));
    expect((await sso().send(list)).AttachedManagedPolicies).toEqual([]);
    const references = new ListCustomerManagedPolicyReferencesInPermissionSetCommand(set());
    expect((await sso().send(references)).CustomerManagedPolicyReferences).toEqual([]);
    expect(await outcome(sso().send(new GetPermissionsBoundaryForPermissionSetCommand(set())))).toBe(
      '400 ResourceNotFoundException',
    );
  });

  test('one that is assigned cannot be deleted', async () => {
    await assign();
    expect(await outcome(sso().send(new DeletePermissionSetCommand(set())))).toBe('400 ConflictException');
    await unassign();
    expect(await outcome(sso().send(new DeletePermissionSetCommand(set())))).toBe('200');
    expect(await outcome(sso().send(new DescribePermissionSetCommand(set())))).toBe(
      '400 ResourceNotFoundException',
    );
  });
});

describe('assignments', () => {
  test('an assignment writes the role into the account, and its end takes it out', async () => {
    const InlinePolicy = allow('s3:GetObject');
    await sso().send(new PutInlinePolicyToPermissionSetCommand({ ...set(), InlinePolicy }));
    const ManagedPolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
    await sso().send(new AttachManagedPolicyToPermissionSetCommand({ ...set(), ManagedPolicyArn }));
    await assign();
    const [role] = await roles();
    expect(role?.RoleName).toMatch(/^AWSReservedSSO_Operator_[0-9a-f]{16}$/);
    const RoleName = role?.RoleName ?? '';
    expect(role?.MaxSessionDuration).toBe(43_200);
    const read = new GetRolePolicyCommand({ RoleName, PolicyName: 'AwsSSOInlinePolicy' });
    expect(decodeURIComponent((await inMember().send(read)).PolicyDocument ?? '')).toBe(InlinePolicy);
    const { AttachedPolicies } = await inMember().send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([ManagedPolicyArn]);
    const change = new DeleteRolePolicyCommand({ RoleName, PolicyName: 'AwsSSOInlinePolicy' });
    expect(await outcome(inMember().send(change))).toBe('400 UnmodifiableEntityException');
    await unassign();
    expect(await outcome(inMember().send(new GetRoleCommand({ RoleName })))).toBe(
      '404 NoSuchEntityException',
    );
  });

  test('the role stays while anybody else is assigned', async () => {
    await assign();
    await assign(ofGroup());
    expect(await roles()).toHaveLength(1);
    await unassign();
    expect(await roles()).toHaveLength(1);
    expect(await inAccount()).toMatchObject([{ PrincipalType: 'GROUP', PrincipalId: GroupId }]);
    await unassign(ofGroup());
    expect(await roles()).toHaveLength(0);
  });

  test('it takes its time, and until then all is as it was', async () => {
    await assign();
    expect(await inAccount()).toHaveLength(1);
    fake.aws.world.switches.provisioningMs = 60_000;
    const request = await unassign();
    expect(await deletion(request)).toMatchObject({ Status: 'IN_PROGRESS', PrincipalId: UserId });
    expect(await inAccount()).toHaveLength(1);
    expect(await roles()).toHaveLength(1);
    fake.aws.clock.advance(60_000);
    expect(await deletion(request)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await inAccount()).toEqual([]);
    const { AccountAssignmentsDeletionStatus } = await sso().send(
      new ListAccountAssignmentDeletionStatusCommand({ InstanceArn, Filter: { Status: 'SUCCEEDED' } }),
    );
    expect(AccountAssignmentsDeletionStatus).toMatchObject([{ RequestId: request }]);
  });

  test('it fails, and all stays as it was', async () => {
    const created = await assign();
    fake.aws.world.switches.provisioningFails = 'Received a 404 status error: Not supported.';
    const request = await unassign();
    expect(await deletion(request)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'Received a 404 status error: Not supported.',
    });
    expect(await inAccount()).toHaveLength(1);
    const status = new DescribeAccountAssignmentCreationStatusCommand({
      InstanceArn,
      AccountAssignmentCreationRequestId: created,
    });
    expect((await sso().send(status)).AccountAssignmentCreationStatus?.Status).toBe('SUCCEEDED');
    const failed = new ListAccountAssignmentCreationStatusCommand({
      InstanceArn,
      Filter: { Status: 'FAILED' },
    });
    expect((await sso().send(failed)).AccountAssignmentsCreationStatus).toEqual([]);
  });

  test('a user’s list has those of its groups, which name the group', async () => {
    await assign(ofGroup());
    expect(await ofPrincipal('USER', UserId)).toEqual([]);
    await join();
    const row = { AccountId: member, PermissionSetArn, PrincipalType: 'GROUP', PrincipalId: GroupId };
    expect(await ofPrincipal('USER', UserId)).toEqual([row]);
    expect(await ofPrincipal('GROUP', GroupId)).toEqual([row]);
    expect(await ofPrincipal('USER', UserId, management)).toEqual([]);
    await assign();
    fake.aws.world.switches.pageSize = 1;
    const ask = { InstanceArn, PrincipalType: 'USER' as const, PrincipalId: UserId };
    const first = await sso().send(new ListAccountAssignmentsForPrincipalCommand(ask));
    expect(first.AccountAssignments).toHaveLength(1);
    const { NextToken } = first;
    const second = await sso().send(new ListAccountAssignmentsForPrincipalCommand({ ...ask, NextToken }));
    expect(second.AccountAssignments).toHaveLength(1);
    expect(second.NextToken).toBeUndefined();
  });

  test('for nobody, for no account, twice deleted', async () => {
    const create = (more: object) =>
      outcome(sso().send(new CreateAccountAssignmentCommand({ ...ofUser(), ...more })));
    expect(await create({ PrincipalId: 'nobody' })).toBe('400 ResourceNotFoundException');
    expect(await create({ TargetId: outsider })).toBe('400 ResourceNotFoundException');
    expect(await outcome(sso().send(new DeleteAccountAssignmentCommand(ofUser())))).toBe(
      '400 ResourceNotFoundException',
    );
  });
});

test('an edited set changes no role until it is provisioned', async () => {
  await assign();
  const provisioned = async (ProvisioningStatus?: 'LATEST_PERMISSION_SET_NOT_PROVISIONED') => {
    const ask = { InstanceArn, AccountId: member, ProvisioningStatus };
    return (await sso().send(new ListPermissionSetsProvisionedToAccountCommand(ask))).PermissionSets;
  };
  const attached = async () => {
    const RoleName = (await roles())[0]?.RoleName;
    return (await inMember().send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies;
  };
  const ManagedPolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  await sso().send(new AttachManagedPolicyToPermissionSetCommand({ ...set(), ManagedPolicyArn }));
  expect(await attached()).toEqual([]);
  expect(await provisioned('LATEST_PERMISSION_SET_NOT_PROVISIONED')).toEqual([PermissionSetArn]);
  const before = await roles();
  const begun = await sso().send(new ProvisionPermissionSetCommand(target()));
  const status = new DescribePermissionSetProvisioningStatusCommand({
    InstanceArn,
    ProvisionPermissionSetRequestId: begun.PermissionSetProvisioningStatus?.RequestId,
  });
  expect((await sso().send(status)).PermissionSetProvisioningStatus).toMatchObject({
    Status: 'SUCCEEDED',
    AccountId: member,
  });
  expect(await attached()).toHaveLength(1);
  expect((await roles())[0]?.RoleId).toBe(before[0]?.RoleId);
  expect(await provisioned('LATEST_PERMISSION_SET_NOT_PROVISIONED')).toEqual([]);
  expect(await provisioned()).toEqual([PermissionSetArn]);
  const accounts = await sso().send(new ListAccountsForProvisionedPermissionSetCommand(set()));
  expect(accounts.AccountIds).toEqual([member]);
});

describe('whose and where', () => {
  test('another region has no instance, and knows nothing of this one', async () => {
    await assign();
    const there = sso(undefined, 'eu-west-1');
    expect((await there.send(new ListInstancesCommand({}))).Instances).toEqual([]);
    const list = new ListAccountAssignmentsCommand({ ...set(), AccountId: member });
    expect(await outcome(there.send(list))).toBe('400 ResourceNotFoundException');
    fake.aws.world.switches.strangeInstances = 'empty';
    expect((await there.send(list)).AccountAssignments).toEqual([]);
    expect(
      await outcome(store(undefined, 'eu-west-1').send(new DescribeUserCommand({ IdentityStoreId, UserId }))),
    ).toBe('400 ResourceNotFoundException');
  });

  test('a member account sees that it is there, and may read nothing; an outsider does not', async () => {
    const by = (account: string) => sso(fake.aws.rootOf(account));
    const { Instances } = await by(member).send(new ListInstancesCommand({}));
    expect(Instances).toMatchObject([{ InstanceArn, OwnerAccountId: management }]);
    const ask = new ListPermissionSetsCommand({ InstanceArn });
    expect(await outcome(by(member).send(ask))).toBe('400 AccessDeniedException');
    expect((await by(outsider).send(new ListInstancesCommand({}))).Instances).toEqual([]);
    const { credentials } = await fake.user('reader', allow('sso:ListPermissionSets'));
    expect(await outcome(sso(credentials).send(ask))).toBe('200');
    expect(await outcome(store(credentials).send(new ListUsersCommand({ IdentityStoreId })))).toBe(
      '400 AccessDeniedException',
    );
  });
});

describe('the identity store', () => {
  test('users', async () => {
    const described = async () => store().send(new DescribeUserCommand({ IdentityStoreId, UserId }));
    expect(await described()).toMatchObject({ UserName: 'jit', UserStatus: 'ENABLED', UserId });
    const Operations = [{ AttributePath: 'displayName', AttributeValue: 'Jit' }];
    await store().send(new UpdateUserCommand({ IdentityStoreId, UserId, Operations }));
    expect(await described()).toMatchObject({ DisplayName: 'Jit' });
    const user = fake.aws.world.account(management).state.identityCenter?.users.get(UserId);
    if (user !== undefined) user.status = 'DISABLED';
    expect(await described()).toMatchObject({ UserStatus: 'DISABLED' });
    const find = (name: string) =>
      store().send(
        new GetUserIdCommand({
          IdentityStoreId,
          AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: name } },
        }),
      );
    expect((await find('jit')).UserId).toBe(UserId);
    expect(await outcome(find('other'))).toBe('400 ResourceNotFoundException');
    const filter = (AttributeValue: string) =>
      store().send(
        new ListUsersCommand({ IdentityStoreId, Filters: [{ AttributePath: 'UserName', AttributeValue }] }),
      );
    expect((await filter('jit')).Users).toHaveLength(1);
    expect((await filter('other')).Users).toEqual([]);
  });

  test('groups and memberships', async () => {
    const MembershipId = await join();
    expect(await outcome(join())).toBe('400 ConflictException');
    const MemberId = { UserId };
    const row = { IdentityStoreId, MembershipId, GroupId, MemberId };
    const described = new DescribeGroupMembershipCommand({ IdentityStoreId, MembershipId });
    expect(await store().send(described)).toMatchObject(row);
    const ofMember = async () => {
      const ask = new ListGroupMembershipsForMemberCommand({ IdentityStoreId, MemberId });
      return (await store().send(ask)).GroupMemberships;
    };
    expect(await ofMember()).toMatchObject([row]);
    const inGroup = await store().send(new ListGroupMembershipsCommand({ IdentityStoreId, GroupId }));
    expect(inGroup.GroupMemberships).toMatchObject([row]);
    const isMember = async (GroupIds: string[]) =>
      (await store().send(new IsMemberInGroupsCommand({ IdentityStoreId, MemberId, GroupIds }))).Results;
    expect(await isMember([GroupId])).toEqual([{ GroupId, MemberId, MembershipExists: true }]);
    expect(await outcome(isMember(['never']))).toBe('400 ResourceNotFoundException');
    await store().send(new DeleteGroupMembershipCommand({ IdentityStoreId, MembershipId }));
    expect(await isMember([GroupId])).toEqual([{ GroupId, MemberId, MembershipExists: false }]);
    expect(await ofMember()).toEqual([]);
    expect(await outcome(store().send(described))).toBe('400 ResourceNotFoundException');
    const group = new DescribeGroupCommand({ IdentityStoreId, GroupId });
    expect(await store().send(group)).toMatchObject({ DisplayName: 'ops' });
    expect((await store().send(new ListGroupsCommand({ IdentityStoreId }))).Groups).toHaveLength(1);
    await store().send(new DeleteGroupCommand({ IdentityStoreId, GroupId }));
    expect(await outcome(store().send(group))).toBe('400 ResourceNotFoundException');
  });

  test('a deleted user leaves no membership, and its assignments', async () => {
    await join();
    await assign();
    await store().send(new DeleteUserCommand({ IdentityStoreId, UserId }));
    const inGroup = await store().send(new ListGroupMembershipsCommand({ IdentityStoreId, GroupId }));
    expect(inGroup.GroupMemberships).toEqual([]);
    expect(await inAccount()).toMatchObject([{ PrincipalId: UserId }]);
    expect(await outcome(store().send(new DescribeUserCommand({ IdentityStoreId, UserId })))).toBe(
      '400 ResourceNotFoundException',
    );
  });
});
