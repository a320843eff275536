import { ListAttachedUserPoliciesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { permissionsBoundaryCheck } from './checks/permissions-boundary.ts';
import { allow as allowing, outcome, policy } from './fake.fixture.ts';
import { arn, useGranted } from './granted.fixture.ts';
import type { PermissionsBoundaryRef } from './kinds/permissions-boundary.ts';

const world = useGranted();
const narrow = policy({ Effect: 'Allow', Action: ['s3:*', 'iam:ListAttachedUserPolicies'], Resource: '*' });
const policyArn = arn('policy', 'fence');
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const made = z.object({ Policy: z.object({ PolicyId: z.string() }) });
const later = new Date(Date.now() + 3_600_000).toISOString();

/** A user with all rights, within a boundary. */
function given() {
  const { PolicyId: policyId } = made.parse(
    world.iam('CreatePolicy', { PolicyName: 'fence', PolicyDocument: narrow }),
  ).Policy;
  const jit = world.user('jit');
  world.allow('jit', allowing('iam:List*'));
  putBack();
  const ref: PermissionsBoundaryRef = { principalId: jit.id, principalName: 'jit', policyArn };
  return { jit, ref, policyId };
}
const lift = () => world.iam('DeleteUserPermissionsBoundary', { UserName: 'jit' });
const putBack = (boundary = policyArn) =>
  world.iam('PutUserPermissionsBoundary', { UserName: 'jit', PermissionsBoundary: boundary });
const ask = (ref: PermissionsBoundaryRef, from = later) => world.ask(permissionsBoundaryCheck, ref, { from });

test('what a grant gives by taking a boundary away is there until it is put back', async () => {
  const { jit, ref } = given();
  const own = world.as(jit.keys());
  expect(await outcome(own.send(new ListUsersCommand({})))).toBe('403 AccessDenied');
  lift();
  // naive: no policy of the user is another than before
  const attached = await own.send(new ListAttachedUserPoliciesCommand({ UserName: 'jit' }));
  expect(attached.AttachedPolicies).toEqual([]);
  // the truth: its own key does what it could not
  expect(await outcome(own.send(new ListUsersCommand({})))).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', reason: 'R-STANDING' });
  putBack();
  expect(await outcome(own.send(new ListUsersCommand({})))).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('another boundary in its place is not the one that stood', async () => {
  const { ref } = given();
  putBack('arn:aws:iam::aws:policy/AdministratorAccess');
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    value: expect.stringContaining('AdministratorAccess'),
  });
  expect(await ask({ ...ref, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })).toMatchObject({
    saw: 'absent',
  });
});

test('a boundary with a weakened text is a lifted one', async () => {
  const { ref, policyId } = given();
  const whole = { ...ref, policyId, sha256: digest(narrow) };
  expect(await ask(whole)).toMatchObject({ saw: 'absent' });
  world.iam('CreatePolicyVersion', {
    PolicyArn: policyArn,
    PolicyDocument: allowing('*'),
    SetAsDefault: 'true',
  });
  expect(await ask(whole)).toMatchObject({ saw: 'present', value: expect.stringContaining('another text') });
  world.iam('SetDefaultPolicyVersion', { PolicyArn: policyArn, VersionId: 'v1' });
  expect(await ask(whole)).toMatchObject({ saw: 'absent' });
  // which of two was in force has no date
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY', needs: expect.stringContaining('sha256') });
});

test('a policy from within the grant, or another of that name, is no boundary from before', async () => {
  const { ref, policyId } = given();
  expect(await ask(ref, new Date(0).toISOString())).toMatchObject({ reason: 'R-IDENTITY' });
  expect(await ask({ ...ref, policyId })).toMatchObject({ saw: 'absent' });
  expect(await ask({ ...ref, policyId: 'ANPANEVERISSUED00000' })).toMatchObject({ saw: 'present' });
});

test('a boundary that the subject lifts again is lifted', async () => {
  const { jit, ref } = given();
  world.iam('CreateRole', {
    RoleName: 'admin',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: jit.arn },
      Action: 'sts:AssumeRole',
    }),
  });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  const may = (more: object = {}) =>
    world.iam('PutRolePolicy', {
      RoleName: 'admin',
      PolicyName: 'rights',
      PolicyDocument: allowing('iam:DeleteUserPermissionsBoundary', '*', more),
    });
  may();
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('may lift it') });
  may({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } });
  expect(await ask(ref)).toMatchObject({
    reason: 'R-NOAPI',
    detail: expect.stringContaining('aws:MultiFactorAuthPresent'),
  });
});

test('nobody is left whom it could bind; a name alone binds nobody', async () => {
  const { ref } = given();
  const { principalId: _, ...unnamed } = ref;
  expect(await ask(unnamed)).toMatchObject({ reason: 'R-IDENTITY' });
  lift();
  world.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'rights' });
  world.iam('DeleteUser', { UserName: 'jit' });
  world.user('jit');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});
