import { GetPolicyCommand, SetDefaultPolicyVersionCommand } from '@aws-sdk/client-iam';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { policyVersionCheck } from './checks/policy-version.ts';
import { allow as allowing, policy } from './fake.fixture.ts';
import { arn, useGranted } from './granted.fixture.ts';
import type { PolicyVersionRef } from './kinds/policy-version.ts';

const world = useGranted();
const narrow = allowing('s3:GetObject');
const broad = allowing('*');
const policyArn = arn('policy', 'deploy');
const made = z.object({ Policy: z.object({ PolicyId: z.string() }) });

/** A managed policy of which v2 was made for the grant. */
function given(more: Partial<PolicyVersionRef> = {}): PolicyVersionRef {
  const { PolicyId: policyId } = made.parse(
    world.iam('CreatePolicy', { PolicyName: 'deploy', PolicyDocument: narrow }),
  ).Policy;
  add(broad);
  return { policyArn, policyId, versionId: 'v2', ...more };
}
const add = (PolicyDocument: string) =>
  world.iam('CreatePolicyVersion', { PolicyArn: policyArn, PolicyDocument, SetAsDefault: 'true' });
const makeDefault = (VersionId: string) =>
  world.iam('SetDefaultPolicyVersion', { PolicyArn: policyArn, VersionId });
const remove = (VersionId: string) => world.iam('DeletePolicyVersion', { PolicyArn: policyArn, VersionId });
const ask = (ref: PolicyVersionRef, accounts: readonly string[] = []) =>
  world.ask(policyVersionCheck, ref, { accounts });

test('the version in force is there, one that was deleted is not', async () => {
  const ref = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', reason: 'R-LISTED' });
  makeDefault('v1');
  remove('v2');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a broad version that is kept is switched off: others bring it back', async () => {
  const jit = world.user('jit');
  const ref = given();
  world.iam('AttachUserPolicy', { UserName: 'jit', PolicyArn: policyArn });
  makeDefault('v1');
  expect(await ask(ref, [jit.id])).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
});

test('who may set the default brings it back alone (row 10)', async () => {
  const jit = world.user('jit');
  const own = jit.keys();
  const ref = given();
  world.iam('AttachUserPolicy', { UserName: 'jit', PolicyArn: policyArn });
  makeDefault('v1');
  world.allow(
    'jit',
    policy({ Effect: 'Allow', Action: ['iam:SetDefaultPolicyVersion', 'iam:GetPolicy'], Resource: '*' }),
  );
  // naive: the default version is the clean one
  const { Policy } = await world.as(own).send(new GetPolicyCommand({ PolicyArn: policyArn }));
  expect(Policy?.DefaultVersionId).toBe('v1');
  expect(await ask(ref, [jit.id])).toMatchObject({ saw: 'present', revivedBy: 'subject' });
  expect(await ask(ref, [jit.arn])).toMatchObject({ saw: 'present', revivedBy: 'subject' });
  // the truth: the subject's own key makes it the default
  await world.as(own).send(new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn, VersionId: 'v2' }));
  expect(await ask(ref, [jit.id])).toMatchObject({ saw: 'present', state: 'active' });
});

test('through a role that it can become, too', async () => {
  const jit = world.user('jit');
  const ref = given();
  makeDefault('v1');
  world.role('deployer', policy({ Effect: 'Allow', Principal: { AWS: jit.arn }, Action: 'sts:AssumeRole' }));
  world.iam('PutRolePolicy', {
    RoleName: 'deployer',
    PolicyName: 'rights',
    PolicyDocument: allowing('iam:SetDefaultPolicyVersion'),
  });
  expect(await ask(ref, [jit.id])).toMatchObject({ revivedBy: 'subject' });
});

test('where nobody can say who may switch, nothing is said', async () => {
  const jit = world.user('jit');
  const ref = given();
  makeDefault('v1');
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  world.allow('jit', allowing('iam:SetDefaultPolicyVersion', '*', { Condition }));
  expect(await ask(ref, [jit.id])).toMatchObject({
    reason: 'R-NOAPI',
    detail: expect.stringContaining('aws:SourceIp'),
  });
});

test('the same text in another version is the same access', async () => {
  const sha256 = createHash('sha256').update(broad).digest('hex');
  const ref = given({ sha256 });
  add(`  ${broad.replace('{', '{ ')}`);
  remove('v2');
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', reason: 'R-STANDING' });
  const { sha256: _, ...nameless } = ref;
  expect(await ask(nameless)).toMatchObject({ saw: 'absent' });
  makeDefault('v1');
  remove('v3');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('another policy of the same ARN is another one', async () => {
  const ref = given();
  makeDefault('v1');
  remove('v2');
  world.iam('DeletePolicy', { PolicyArn: policyArn });
  given();
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  const { policyId: _, ...unnamed } = ref;
  expect(await ask(unnamed)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a policy of another account is not looked for here; without the permission nothing is said', async () => {
  const ref = given();
  expect(await ask({ ...ref, policyArn: policyArn.replace('111111111111', '222222222222') })).toMatchObject({
    reason: 'R-SCOPE',
  });
  expect(await world.ask(policyVersionCheck, ref, { needs: ['iam:GetUser'] })).toMatchObject({
    reason: 'R-PERM',
    needs: 'iam:GetAccountAuthorizationDetails',
  });
});
