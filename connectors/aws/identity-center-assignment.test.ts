import { ListAccountAssignmentsCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { identityCenterAssignmentCheck } from './checks/identity-center-assignment.ts';
import { account, useGranted } from './granted.fixture.ts';
import type { IdentityCenterAssignmentRef } from './kinds/identity-center-assignment.ts';

const world = useGranted();
const roles = z.object({ Roles: z.array(z.object({ RoleName: z.string() })) });
const made = {
  instance: z.object({ InstanceArn: z.string() }),
  listed: z.object({ Instances: z.array(z.object({ IdentityStoreId: z.string() })) }),
  set: z.object({ PermissionSet: z.object({ PermissionSetArn: z.string() }) }),
  user: z.object({ UserId: z.string() }),
  group: z.object({ GroupId: z.string() }),
};

const sso = (action: string, input: object = {}) => world.call('sso', action, { ...input });
const directory = (action: string, input: object) => world.call('identitystore', action, { ...input });

/** A user with a permission set in the account. */
function given() {
  const { InstanceArn: instanceArn } = made.instance.parse(sso('CreateInstance'));
  const storeId = made.listed.parse(sso('ListInstances')).Instances[0]?.IdentityStoreId ?? '';
  const set = made.set.parse(sso('CreatePermissionSet', { InstanceArn: instanceArn, Name: 'Operator' }));
  const ref: IdentityCenterAssignmentRef = {
    instanceArn,
    permissionSetArn: set.PermissionSet.PermissionSetArn,
    principalType: 'USER',
    principalId: person(storeId, 'jit'),
    accountId: account,
  };
  assign(ref);
  return { ref, storeId };
}
const person = (IdentityStoreId: string, UserName: string) =>
  made.user.parse(directory('CreateUser', { IdentityStoreId, UserName })).UserId;
const crew = (IdentityStoreId: string, DisplayName: string) =>
  made.group.parse(directory('CreateGroup', { IdentityStoreId, DisplayName })).GroupId;
const join = (IdentityStoreId: string, GroupId: string, UserId: string) =>
  directory('CreateGroupMembership', { IdentityStoreId, GroupId, MemberId: { UserId } });
const rowOf = (ref: IdentityCenterAssignmentRef) => ({
  InstanceArn: ref.instanceArn,
  PermissionSetArn: ref.permissionSetArn,
  PrincipalType: ref.principalType,
  PrincipalId: ref.principalId,
  TargetType: 'AWS_ACCOUNT',
  TargetId: ref.accountId,
});
/** Looked at once more, so that what was begun is carried out. */
const settled = () => sso('ListInstances');
function assign(ref: IdentityCenterAssignmentRef): void {
  sso('CreateAccountAssignment', rowOf(ref));
  settled();
}
function take(ref: IdentityCenterAssignmentRef): void {
  sso('DeleteAccountAssignment', rowOf(ref));
  settled();
}
const ask = (ref: IdentityCenterAssignmentRef, more = {}) =>
  world.ask(identityCenterAssignmentCheck, ref, more);
const reserved = () =>
  roles
    .parse(world.iam('ListRoles', {}))
    .Roles.filter(({ RoleName }) => RoleName.startsWith('AWSReservedSSO_'));

test('an assignment stands until it is really deleted', async () => {
  const { ref } = given();
  expect(reserved()).toHaveLength(1);
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', reason: 'R-LISTED' });
  // naive: the deletion was accepted
  world.server.world.switches.provisioningMs = 60_000;
  take(ref);
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  world.server.clock.advance(61_000);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(reserved()).toHaveLength(0);
});

test('a deletion that failed ended nothing', async () => {
  const { ref } = given();
  world.server.world.switches.provisioningFails = 'The role could not be changed.';
  take(ref);
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
});

test('by a group the user has it all the same', async () => {
  const { ref, storeId } = given();
  const group = crew(storeId, 'operators');
  const ofGroup: IdentityCenterAssignmentRef = { ...ref, principalType: 'GROUP', principalId: group };
  assign(ofGroup);
  take(ref);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await ask(ofGroup)).toMatchObject({ saw: 'present', reason: 'R-LISTED' });
  join(storeId, group, ref.principalId);
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    reason: 'R-STANDING',
    value: expect.stringContaining(group),
  });
  take(ofGroup);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await ask(ofGroup)).toMatchObject({ saw: 'absent' });
});

test('a user that is disabled sleeps, one that was deleted is nobody, whatever rows are left (row 36)', async () => {
  const { ref, storeId } = given();
  const user = world.server.world.account(account).state.identityCenter?.users.get(ref.principalId);
  if (user === undefined) throw new Error('no user');
  user.status = 'DISABLED';
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
  const group = crew(storeId, 'operators');
  join(storeId, group, ref.principalId);
  world.server.world.account(account).state.identityCenter?.users.delete(ref.principalId);
  // naive: the row is listed
  const { keys } = world.user('operator');
  world.allow(
    'operator',
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sso:*', Resource: '*' }],
    }),
  );
  const { AccountAssignments } = await new SSOAdminClient(world.settings(keys())).send(
    new ListAccountAssignmentsCommand({
      InstanceArn: ref.instanceArn,
      AccountId: account,
      PermissionSetArn: ref.permissionSetArn,
    }),
  );
  expect(AccountAssignments?.map(({ PrincipalId }) => PrincipalId)).toEqual([ref.principalId]);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test.each(['refused', 'empty'] as const)(
  'from another region nothing is known (row 21): %s',
  async (strange) => {
    const { ref } = given();
    world.server.world.switches.strangeInstances = strange;
    expect(await ask(ref, { region: 'eu-west-1' })).toMatchObject({ reason: 'R-SCOPE' });
    expect(await ask(ref, { region: 'eu-west-1', regions: ['us-east-1'] })).toMatchObject({ saw: 'present' });
    take(ref);
    expect(await ask(ref, { region: 'eu-west-1', regions: ['us-east-1'] })).toMatchObject({ saw: 'absent' });
  },
);

test('a set that was deleted is assigned to nobody; another directory is another', async () => {
  const { ref, storeId } = given();
  expect(await ask({ ...ref, identityStoreId: storeId })).toMatchObject({ saw: 'present' });
  expect(await ask({ ...ref, identityStoreId: 'd-0000000000' })).toMatchObject({ reason: 'R-INSTANCE' });
  take(ref);
  sso('DeletePermissionSet', { InstanceArn: ref.instanceArn, PermissionSetArn: ref.permissionSetArn });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('on a late page, and among groups on a late page', async () => {
  const { ref, storeId } = given();
  const others = Array.from({ length: 6 }, (_, at) => person(storeId, `other-${at}`));
  for (const principalId of others) assign({ ...ref, principalId });
  const groups = Array.from({ length: 6 }, (_, at) => crew(storeId, `group-${at}`));
  for (const group of groups) join(storeId, group, ref.principalId);
  for (const principalId of others)
    expect(await ask({ ...ref, principalId })).toMatchObject({ saw: 'present' });
  take(ref);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  for (const principalId of groups) {
    const ofGroup: IdentityCenterAssignmentRef = { ...ref, principalType: 'GROUP', principalId };
    assign(ofGroup);
    expect(await ask(ref)).toMatchObject({ saw: 'present', reason: 'R-STANDING' });
    take(ofGroup);
  }
});

test.each([
  'sso:ListInstances',
  'sso:ListAccountAssignments',
  'identitystore:DescribeUser',
  'identitystore:ListGroupMembershipsForMember',
])('without %s nothing is absent', async (missing) => {
  const { ref } = given();
  take(ref);
  const needs = identityCenterAssignmentCheck.needs.filter((one) => one !== missing);
  expect(await ask(ref, { needs })).toMatchObject({ reason: 'R-PERM', needs: missing });
});
