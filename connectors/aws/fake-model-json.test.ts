import * as cloudTrailModel from '@aws-sdk/client-cloudtrail';
import * as storeModel from '@aws-sdk/client-identitystore';
import * as kmsModel from '@aws-sdk/client-kms';
import * as organizationsModel from '@aws-sdk/client-organizations';
import * as secretsModel from '@aws-sdk/client-secrets-manager';
import * as centerModel from '@aws-sdk/client-sso-admin';
import { expect, test } from 'vitest';
import type { Shape } from './fake/answer.ts';
import { account, at, createLife } from './model.fixture.ts';

function checkWhole({ faults, ran, operations }: ReturnType<typeof createLife>): void {
  expect(faults).toEqual([]);
  expect([...ran].toSorted()).toEqual(operations.toSorted());
}

const document = (more: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }],
  });
const open = document({ Principal: { AWS: account } });
const root = `arn:aws:iam::${account}:root`;

test('KMS', () => {
  const life = createLife('kms', kmsModel);
  const { run } = life;
  const made = run('CreateKey', { Description: 'd', Policy: open });
  const KeyId = at(made, 'KeyMetadata', 'Arn');
  run('DescribeKey', { KeyId });
  run('ListKeys', { Limit: 10 });
  run('PutKeyPolicy', { KeyId, Policy: open, PolicyName: 'default' });
  run('GetKeyPolicy', { KeyId, PolicyName: 'default' });
  const grant = () => {
    const Operations = ['Decrypt'];
    const more = { Name: 'n', Constraints: { EncryptionContextSubset: new Map([['a', 'b']]) } };
    const asked = { KeyId, GranteePrincipal: root, RetiringPrincipal: root, Operations, ...more };
    return at(run('CreateGrant', { ...asked, DryRun: false }), 'GrantId');
  };
  const GrantId = grant();
  run('ListGrants', { KeyId, GrantId, GranteePrincipal: root, Limit: 10 });
  run('ListRetirableGrants', { RetiringPrincipal: root, Limit: 10 });
  run('RevokeGrant', { KeyId, GrantId, DryRun: false });
  run('RetireGrant', { KeyId, GrantId: grant(), DryRun: false });
  run('DisableKey', { KeyId });
  run('EnableKey', { KeyId });
  run('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
  run('DescribeKey', { KeyId });
  run('CancelKeyDeletion', { KeyId });
  checkWhole(life);
});

test('Secrets Manager', () => {
  const life = createLife('secretsmanager', secretsModel);
  const { run } = life;
  const SecretId = 'db';
  const Tags = [{ Key: 'a', Value: 'b' }];
  const first = run('CreateSecret', { Name: SecretId, SecretString: 'one', Description: 'd', Tags });
  const one = at(first, 'VersionId');
  const next = { SecretString: 'two', ClientRequestToken: 'x'.repeat(32), VersionStages: ['AWSPENDING'] };
  const two = at(run('PutSecretValue', { SecretId, ...next }), 'VersionId');
  run('GetSecretValue', { SecretId, VersionId: two, VersionStage: 'AWSPENDING' });
  const move = { RemoveFromVersionId: one, MoveToVersionId: two };
  run('UpdateSecretVersionStage', { SecretId, VersionStage: 'AWSCURRENT', ...move });
  run('DescribeSecret', { SecretId });
  run('ListSecretVersionIds', { SecretId, IncludeDeprecated: true, MaxResults: 10 });
  run('PutResourcePolicy', { SecretId, ResourcePolicy: open });
  run('GetResourcePolicy', { SecretId });
  run('DeleteResourcePolicy', { SecretId });
  const AddReplicaRegions = [{ Region: 'eu-west-1' }];
  run('ReplicateSecretToRegions', { SecretId, AddReplicaRegions });
  run('DescribeSecret', { SecretId });
  run('RemoveRegionsFromReplication', { SecretId, RemoveReplicaRegions: ['eu-west-1'] });
  run('CreateSecret', { Name: 'far', SecretString: 'x', AddReplicaRegions });
  run('StopReplicationToReplica', { SecretId: 'far' }, undefined, 'eu-west-1');
  run('DeleteSecret', { SecretId, RecoveryWindowInDays: 7 });
  run('ListSecrets', { IncludePlannedDeletion: true, MaxResults: 10 });
  run('RestoreSecret', { SecretId });
  run('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true });
  checkWhole(life);
});

test('Organizations', () => {
  const life = createLife('organizations', organizationsModel);
  const { run, world } = life;
  const page = { MaxResults: 10 };
  const member = '222222222222';
  const Filter = 'SERVICE_CONTROL_POLICY';
  world.addAccount(member);
  run('CreateOrganization', { FeatureSet: 'ALL' });
  world.join(member, account);
  run('DescribeOrganization');
  run('DescribeAccount', { AccountId: member });
  run('ListRoots', page);
  run('ListAccounts', page);
  const [parent] = [run('ListParents', { ChildId: member, ...page })['Parents']].flat();
  const RootId = at({ parent }, 'parent', 'Id');
  run('EnablePolicyType', { RootId, PolicyType: Filter });
  run('ListRoots', page);
  const unit = run('CreateOrganizationalUnit', { ParentId: RootId, Name: 'u' });
  const ParentId = at(unit, 'OrganizationalUnit', 'Id');
  run('MoveAccount', { AccountId: member, SourceParentId: RootId, DestinationParentId: ParentId });
  run('ListAccountsForParent', { ParentId, ...page });
  run('ListOrganizationalUnitsForParent', { ParentId: RootId, ...page });
  run('ListChildren', { ParentId, ChildType: 'ACCOUNT', ...page });
  const Content = document({});
  const made = run('CreatePolicy', { Content, Description: 'd', Name: 'n', Type: Filter });
  const PolicyId = at(made, 'Policy', 'PolicySummary', 'Id');
  run('UpdatePolicy', { PolicyId, Name: 'm', Description: 'e', Content });
  run('DescribePolicy', { PolicyId });
  for (const TargetId of [RootId, ParentId, member]) run('AttachPolicy', { PolicyId, TargetId });
  run('ListPolicies', { Filter, ...page });
  run('ListPoliciesForTarget', { TargetId: member, Filter, ...page });
  run('ListTargetsForPolicy', { PolicyId, ...page });
  for (const TargetId of [RootId, ParentId, member]) run('DetachPolicy', { PolicyId, TargetId });
  run('DeletePolicy', { PolicyId });
  checkWhole(life);
});

const instanceOf = (answer: Shape) => {
  const [instance] = [answer['Instances']].flat();
  return {
    arn: at({ instance }, 'instance', 'InstanceArn'),
    store: at({ instance }, 'instance', 'IdentityStoreId'),
  };
};

test('Identity Center', () => {
  const life = createLife('sso', centerModel);
  const { run, world } = life;
  run('CreateInstance');
  const { arn: InstanceArn, store: IdentityStoreId } = instanceOf(run('ListInstances'));
  const page = { InstanceArn, MaxResults: 10 };
  const names = { Name: 'p', Description: 'd', SessionDuration: 'PT2H' };
  const made = run('CreatePermissionSet', { InstanceArn, ...names });
  const set = { InstanceArn, PermissionSetArn: at(made, 'PermissionSet', 'PermissionSetArn') };
  run('DescribePermissionSet', set);
  run('ListPermissionSets', page);
  run('PutInlinePolicyToPermissionSet', { ...set, InlinePolicy: document({}) });
  run('GetInlinePolicyForPermissionSet', set);
  const managed = { ...set, ManagedPolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
  run('AttachManagedPolicyToPermissionSet', managed);
  run('ListManagedPoliciesInPermissionSet', { ...set, MaxResults: 10 });
  run('ListCustomerManagedPolicyReferencesInPermissionSet', set);
  expect(() => run('GetPermissionsBoundaryForPermissionSet', set)).toThrow('boundary');
  const { UserId } = world.call(account, 'identitystore', 'CreateUser', { IdentityStoreId, UserName: 'jit' });
  const target = { ...set, TargetId: account, TargetType: 'AWS_ACCOUNT' };
  const assignment = { ...target, PrincipalType: 'USER', PrincipalId: UserId };
  const request = (answer: Shape, member: string) => at(answer, member, 'RequestId');
  const creation = 'AccountAssignmentCreationStatus';
  const created = request(run('CreateAccountAssignment', assignment), creation);
  run('DescribeAccountAssignmentCreationStatus', {
    InstanceArn,
    AccountAssignmentCreationRequestId: created,
  });
  run('ListAccountAssignmentCreationStatus', { ...page, Filter: { Status: 'SUCCEEDED' } });
  const provisioning = 'PermissionSetProvisioningStatus';
  const provisioned = request(run('ProvisionPermissionSet', target), provisioning);
  const asked = { InstanceArn, ProvisionPermissionSetRequestId: provisioned };
  run('DescribePermissionSetProvisioningStatus', asked);
  run('ListAccountAssignments', { ...set, AccountId: account, MaxResults: 10 });
  const principal = { PrincipalType: 'USER', PrincipalId: UserId, Filter: { AccountId: account } };
  run('ListAccountAssignmentsForPrincipal', { ...page, ...principal });
  const ProvisioningStatus = 'LATEST_PERMISSION_SET_PROVISIONED';
  run('ListPermissionSetsProvisionedToAccount', { ...page, AccountId: account, ProvisioningStatus });
  run('ListAccountsForProvisionedPermissionSet', { ...set, ProvisioningStatus, MaxResults: 10 });
  const deletion = 'AccountAssignmentDeletionStatus';
  const deleted = request(run('DeleteAccountAssignment', assignment), deletion);
  run('DescribeAccountAssignmentDeletionStatus', {
    InstanceArn,
    AccountAssignmentDeletionRequestId: deleted,
  });
  run('ListAccountAssignmentDeletionStatus', { ...page, Filter: { Status: 'SUCCEEDED' } });
  run('DetachManagedPolicyFromPermissionSet', managed);
  run('DeleteInlinePolicyFromPermissionSet', set);
  run('DeletePermissionSet', set);
  checkWhole(life);
});

test('its identity store', () => {
  const life = createLife('identitystore', storeModel);
  const { run, world } = life;
  world.call(account, 'sso', 'CreateInstance');
  const { store: IdentityStoreId } = instanceOf(world.call(account, 'sso', 'ListInstances'));
  const page = { IdentityStoreId, MaxResults: 10 };
  const UserId = at(run('CreateUser', { IdentityStoreId, UserName: 'jit', DisplayName: 'd' }), 'UserId');
  const GroupId = at(run('CreateGroup', { IdentityStoreId, DisplayName: 'g', Description: 'd' }), 'GroupId');
  const user = { IdentityStoreId, UserId };
  const group = { IdentityStoreId, GroupId };
  const MemberId = { UserId };
  const Operations = [{ AttributePath: 'displayName', AttributeValue: 'e' }];
  run('UpdateUser', { ...user, Operations });
  run('DescribeUser', user);
  run('DescribeGroup', group);
  const UniqueAttribute = { AttributePath: 'userName', AttributeValue: 'jit' };
  run('GetUserId', { IdentityStoreId, AlternateIdentifier: { UniqueAttribute } });
  run('ListUsers', { ...page, Filters: [{ AttributePath: 'UserName', AttributeValue: 'jit' }] });
  run('ListGroups', { ...page, Filters: [{ AttributePath: 'DisplayName', AttributeValue: 'g' }] });
  const MembershipId = at(run('CreateGroupMembership', { ...group, MemberId }), 'MembershipId');
  const membership = { IdentityStoreId, MembershipId };
  run('DescribeGroupMembership', membership);
  run('ListGroupMemberships', { ...page, GroupId });
  run('ListGroupMembershipsForMember', { ...page, MemberId });
  run('IsMemberInGroups', { IdentityStoreId, MemberId, GroupIds: [GroupId] });
  run('DeleteGroupMembership', membership);
  run('DeleteGroup', group);
  run('DeleteUser', user);
  checkWhole(life);
});

test('CloudTrail', () => {
  const life = createLife('cloudtrail', cloudTrailModel);
  const { run, world } = life;
  world.call(account, 'iam', 'CreateUser', { UserName: 'jit' });
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'CreateUser' }];
  const { Events } = run('LookupEvents', { LookupAttributes, MaxResults: 10 });
  expect(Events).toHaveLength(1);
  checkWhole(life);
});
