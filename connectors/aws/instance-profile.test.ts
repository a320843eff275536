import { expect, test } from 'vitest';
import { z } from 'zod';
import { instanceProfileCheck } from './checks/instance-profile.ts';
import { instanceProfileSessions } from './checks/instance-profile-sessions.ts';
import { policy } from './fake.fixture.ts';
import { useGranted } from './granted.fixture.ts';
import type { InstanceProfileRef } from './kinds/instance-profile.ts';

const world = useGranted();
const made = z.object({ InstanceProfile: z.object({ InstanceProfileId: z.string() }) });
const service = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const names = { InstanceProfileName: 'worker', RoleName: 'worker' };

function given(): InstanceProfileRef {
  const { id: roleId } = world.role('worker', policy(service));
  const { InstanceProfileId: instanceProfileId } = made.parse(
    world.iam('CreateInstanceProfile', names),
  ).InstanceProfile;
  world.iam('AddRoleToInstanceProfile', names);
  return { instanceProfileId, roleId };
}
const ask = (ref: InstanceProfileRef) => world.ask(instanceProfileCheck, ref);

test('a deny of older sessions leaves a machine its next ones (row 35)', async () => {
  const ref = given();
  const older = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date().toISOString() } },
  };
  const revoked = { RoleName: 'worker', PolicyName: 'AWSRevokeOlderSessions' };
  world.iam('PutRolePolicy', { ...revoked, PolicyDocument: policy(older) });
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  world.iam('RemoveRoleFromInstanceProfile', names);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('another role in the profile, and the role in another profile, are others', async () => {
  const ref = given();
  world.iam('RemoveRoleFromInstanceProfile', names);
  world.role('other', policy(service));
  world.iam('AddRoleToInstanceProfile', { ...names, RoleName: 'other' });
  world.iam('CreateInstanceProfile', { InstanceProfileName: 'second' });
  world.iam('AddRoleToInstanceProfile', { ...names, InstanceProfileName: 'second' });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a new role of the old name in it is another one; names alone prove nothing', async () => {
  const ref = given();
  world.iam('RemoveRoleFromInstanceProfile', names);
  world.iam('DeleteRole', { RoleName: 'worker' });
  world.role('worker', policy(service));
  world.iam('AddRoleToInstanceProfile', names);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  const { roleId: _, ...nameless } = ref;
  expect(await ask({ ...nameless, roleName: 'worker' })).toMatchObject({ reason: 'R-IDENTITY' });
});

test('what a machine fetched outlives the place in the profile, until everything is denied to it', async () => {
  const ref = given();
  const sessions = (one: InstanceProfileRef) => world.ask(instanceProfileSessions, one);
  expect(await sessions(ref)).toMatchObject({ saw: 'present', state: 'active' });
  world.iam('RemoveRoleFromInstanceProfile', names);
  expect(await sessions(ref)).toMatchObject({
    reason: 'R-DERIVED',
    detail: expect.stringContaining('profile'),
  });
  expect(await sessions({ ...ref, sessions: 'named' })).toMatchObject({ saw: 'excluded', basis: 'declared' });
  const all = { Effect: 'Deny', Action: '*', Resource: '*' };
  world.iam('PutRolePolicy', { RoleName: 'worker', PolicyName: 'none', PolicyDocument: policy(all) });
  expect(await sessions(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  world.iam('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'none' });
  world.iam('DeleteRole', { RoleName: 'worker' });
  expect(await sessions(ref)).toMatchObject({ saw: 'absent' });
});
