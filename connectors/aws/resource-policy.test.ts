import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials } from './aws.fake.ts';
import { resourcePolicyCheck } from './checks/resource-policy.ts';
import { allow as allowing, outcome, policy, trust } from './fake.fixture.ts';
import { account, arn, useGranted } from './granted.fixture.ts';
import type { ResourcePolicyRef } from './kinds/resource-policy.ts';

const world = useGranted();
const secretMade = z.object({ ARN: z.string() });
const keyMade = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });
const root = `arn:aws:iam::${account}:root`;

const ask = (ref: ResourcePolicyRef, more = {}) => world.ask(resourcePolicyCheck, ref, more);
const lets = (AWS: string, Action: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action,
  Resource: '*',
  ...more,
});

function ofSecret() {
  const jit = world.user('jit');
  const own = jit.keys();
  const { ARN } = secretMade.parse(
    world.call('secretsmanager', 'CreateSecret', { Name: 'db', SecretString: 'x' }),
  );
  const ref: ResourcePolicyRef = { resourceArn: ARN, principal: jit.arn, principalId: jit.id };
  return { jit, own, ref };
}
const protect = (SecretId: string, ...statements: readonly object[]) =>
  world.call('secretsmanager', 'PutResourcePolicy', { SecretId, ResourcePolicy: policy(...statements) });
const unprotect = (SecretId: string) => world.call('secretsmanager', 'DeleteResourcePolicy', { SecretId });
const reads = (credentials: AwsCredentials, SecretId: string) =>
  outcome(
    new SecretsManagerClient(world.settings(credentials)).send(new GetSecretValueCommand({ SecretId })),
  );
const read = 'secretsmanager:GetSecretValue';

function ofKey() {
  const jit = world.user('jit');
  const own = jit.keys();
  const { Arn } = keyMade.parse(world.call('kms', 'CreateKey', {})).KeyMetadata;
  const ref: ResourcePolicyRef = { resourceArn: Arn, principal: jit.arn, principalId: jit.id };
  return { jit, own, ref };
}
const usual = lets(root, 'kms:*');
const guard = (KeyId: string, ...statements: readonly object[]) =>
  world.call('kms', 'PutKeyPolicy', { KeyId, Policy: policy(...statements) });
const uses = (credentials: AwsCredentials, KeyId: string) =>
  outcome(new KMSClient(world.settings(credentials)).send(new DescribeKeyCommand({ KeyId })));

test('a user without any policy is let in by the policy of the secret (row 16)', async () => {
  const { jit, own, ref } = ofSecret();
  protect(ref.resourceArn, lets(jit.arn, read));
  // naive: nothing is attached to the user any more
  expect(world.iam('ListUserPolicies', { UserName: 'jit' })).toMatchObject({ PolicyNames: [] });
  expect(await reads(own, ref.resourceArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    reason: 'R-LISTED',
    value: expect.stringContaining(read),
  });
  unprotect(ref.resourceArn);
  expect(await reads(own, ref.resourceArn)).toBe('400 AccessDeniedException');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('what its own policies let the user do with a secret is not of the policy of the secret', async () => {
  const { own, ref } = ofSecret();
  world.allow('jit', allowing(read));
  expect(await reads(own, ref.resourceArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  protect(ref.resourceArn, lets(root, read));
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await ask({ resourceArn: ref.resourceArn, principal: root })).toMatchObject({ saw: 'present' });
});

test('a condition that goes by the ARN lets a new user of the name in (row 14)', async () => {
  const { own, ref } = ofSecret();
  const Condition = { ArnEquals: { 'aws:PrincipalArn': arn('user', 'jit') } };
  protect(ref.resourceArn, lets('*', read, { Condition }));
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  world.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: own.accessKeyId });
  world.iam('DeleteUser', { UserName: 'jit' });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await reads(world.user('jit').keys(), ref.resourceArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a statement that named a user by its ARN does not name its successor', async () => {
  const { jit, own, ref } = ofSecret();
  protect(ref.resourceArn, lets(jit.arn, read));
  world.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: own.accessKeyId });
  world.iam('DeleteUser', { UserName: 'jit' });
  const next = world.user('jit');
  expect(await reads(next.keys(), ref.resourceArn)).toBe('400 AccessDeniedException');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('through a role that the subject becomes', async () => {
  const { jit, ref } = ofSecret();
  const role = world.role('reader', trust(jit.arn));
  protect(ref.resourceArn, lets(role.arn, read));
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    reason: 'R-STANDING',
    value: expect.stringContaining('role/reader'),
  });
  world.iam('UpdateAssumeRolePolicy', {
    RoleName: 'reader',
    PolicyDocument: trust(jit.arn, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
  });
  expect(await ask(ref)).toMatchObject({
    reason: 'R-NOAPI',
    detail: expect.stringContaining('aws:MultiFactorAuthPresent'),
  });
});

test('a deny that others can lift puts it to sleep', async () => {
  const { jit, own, ref } = ofSecret();
  const deny = { ...lets('*', read), Effect: 'Deny' };
  protect(ref.resourceArn, lets(jit.arn, read), deny);
  expect(await reads(own, ref.resourceArn)).toBe('400 AccessDeniedException');
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  protect(ref.resourceArn, deny);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('an action that nobody knows yet', async () => {
  const { jit, ref } = ofSecret();
  protect(ref.resourceArn, lets(jit.arn, 'secretsmanager:BorrowSecret'));
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('borrowsecret') });
});

test('a key: what its policy leaves to the account is for the policies of the account to give', async () => {
  const { jit, own, ref } = ofKey();
  expect(await uses(own, ref.resourceArn)).toBe('400 AccessDeniedException');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  world.allow('jit', allowing('kms:DescribeKey'));
  expect(await uses(own, ref.resourceArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('kms:DescribeKey') });
  world.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'rights' });
  guard(ref.resourceArn, usual, lets(jit.arn, 'kms:DescribeKey'));
  expect(await uses(own, ref.resourceArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  guard(ref.resourceArn, usual);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a condition that nobody can evaluate is named; one whose time has passed is over', async () => {
  const { jit, ref } = ofKey();
  const when = (Condition: object) =>
    guard(ref.resourceArn, usual, lets(jit.arn, 'kms:Decrypt', { Condition }));
  when({ StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } });
  expect(await ask(ref)).toMatchObject({
    reason: 'R-NOAPI',
    detail: expect.stringContaining('kms:ViaService'),
  });
  when({ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  when({ DateGreaterThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } });
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('from 2099') });
});

test('another account that a key lets in', async () => {
  const { ref } = ofKey();
  world.server.world.addAccount('222222222222');
  const there = { resourceArn: ref.resourceArn, principal: '222222222222' };
  guard(ref.resourceArn, usual, lets('arn:aws:iam::222222222222:root', 'kms:Decrypt'));
  expect(await ask(there)).toMatchObject({ saw: 'present' });
  guard(ref.resourceArn, usual);
  expect(await ask(there)).toMatchObject({ saw: 'absent' });
});

test('a thing that is gone lets nobody in, one that may be restored is not gone', async () => {
  const { jit, ref } = ofSecret();
  protect(ref.resourceArn, lets(jit.arn, read));
  world.call('secretsmanager', 'DeleteSecret', { SecretId: ref.resourceArn });
  expect(await ask(ref)).toMatchObject({ reason: 'R-NOAPI', detail: expect.stringContaining('restored') });
  world.call('secretsmanager', 'DeleteSecret', {
    SecretId: ref.resourceArn,
    ForceDeleteWithoutRecovery: true,
  });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  const { resourceArn } = { resourceArn: ref.resourceArn.replace('us-east-1', 'eu-west-1') };
  expect(await ask({ ...ref, resourceArn })).toMatchObject({ reason: 'R-SCOPE' });
});

test('a verifier that may not ask knows nothing', async () => {
  const { ref } = ofKey();
  for (const missing of ['kms:GetKeyPolicy', 'iam:GetAccountAuthorizationDetails']) {
    const needs = resourcePolicyCheck.needs.filter((one) => one !== missing);
    expect(await ask(ref, { needs })).toMatchObject({ reason: 'R-PERM', needs: missing });
  }
});
