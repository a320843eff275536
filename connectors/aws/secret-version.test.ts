import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  StopReplicationToReplicaCommand,
} from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { secretVersionCheck } from './checks/secret-version.ts';
import { allow as allowing, outcome, policy } from './fake.fixture.ts';
import { useGranted } from './granted.fixture.ts';
import type { SecretVersionRef } from './kinds/secret-version.ts';

const world = useGranted();
const made = z.object({ ARN: z.string(), VersionId: z.string() });
const call = (action: string, input: object) => world.call('secretsmanager', action, { ...input });

const create = (Name: string) => made.parse(call('CreateSecret', { Name, SecretString: 'one' }));
/** A secret of which the first version was made for the grant, and a user who may read it. */
function given() {
  const { ARN: secretArn, VersionId: versionId } = create('db');
  const jit = world.user('jit');
  const own = new SecretsManagerClient(world.settings(jit.keys()));
  world.allow('jit', allowing('secretsmanager:GetSecretValue'));
  const ref: SecretVersionRef = { secretArn, versionId };
  return { jit, own, ref };
}
const put = (SecretId: string) =>
  call('PutSecretValue', { SecretId, SecretString: randomUUID(), ClientRequestToken: randomUUID() });
const ask = (ref: SecretVersionRef, more = {}) => world.ask(secretVersionCheck, ref, more);
const reads = (own: SecretsManagerClient, { secretArn, versionId }: SecretVersionRef) =>
  outcome(own.send(new GetSecretValueCommand({ SecretId: secretArn, VersionId: versionId })));

test('a value that was rotated away is still there, under its label and then without one (row 18)', async () => {
  const { own, ref } = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('AWSCURRENT') });
  put(ref.secretArn);
  // naive: the value is another
  const { SecretString } = await own.send(new GetSecretValueCommand({ SecretId: ref.secretArn }));
  expect(SecretString).not.toBe('one');
  expect(await reads(own, ref)).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('AWSPREVIOUS') });
  put(ref.secretArn);
  expect(await reads(own, ref)).toBe('200');
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    state: 'active',
    value: expect.stringContaining('without a label'),
  });
  // AWS deletes it some day
  const { secrets } = world.server.world.account('111111111111').state;
  secrets.get(ref.secretArn)?.versions.delete(ref.versionId);
  expect(await reads(own, ref)).toBe('400 ResourceNotFoundException');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a secret that is marked for deletion sleeps (row 19)', async () => {
  const { jit, own, ref } = given();
  world.allow(
    'jit',
    policy({
      Effect: 'Allow',
      Action: ['secretsmanager:ListSecrets', 'secretsmanager:GetSecretValue'],
      Resource: '*',
    }),
  );
  call('DeleteSecret', { SecretId: ref.secretArn, RecoveryWindowInDays: 7 });
  // naive: no secret is listed, and it cannot be read
  expect((await own.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
  expect(await reads(own, ref)).toBe('400 InvalidRequestException');
  const asleep = { saw: 'present', state: 'recoverable', revivedBy: 'others' };
  expect(await ask(ref, { accounts: [jit.id] })).toMatchObject(asleep);
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  // the subject may wake it itself
  world.allow('jit', allowing('secretsmanager:*'));
  expect(await ask(ref, { accounts: [jit.id] })).toMatchObject({ ...asleep, revivedBy: 'subject' });
  await own.send(new RestoreSecretCommand({ SecretId: ref.secretArn }));
  expect(await reads(own, ref)).toBe('200');
});

test('one that was deleted is gone, and another of its name is another', async () => {
  const { ref } = given();
  call('DeleteSecret', { SecretId: ref.secretArn, ForceDeleteWithoutRecovery: true });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  create('db');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('who may wake it is said to be unknown where it is', async () => {
  const { jit, ref } = given();
  call('DeleteSecret', { SecretId: ref.secretArn });
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  world.allow('jit', allowing('secretsmanager:RestoreSecret', '*', { Condition }));
  expect(await ask(ref, { accounts: [jit.id] })).toMatchObject({ reason: 'R-NOAPI' });
});

test('other versions, beyond the first page too', async () => {
  const { ref } = given();
  for (let more = 0; more < 7; more += 1) put(ref.secretArn);
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  expect(await ask({ ...ref, versionId: randomUUID() })).toMatchObject({ saw: 'absent' });
});

test.each(['secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds'])(
  'without %s nothing is known',
  async (missing) => {
    const { ref } = given();
    const needs = secretVersionCheck.needs.filter((one) => one !== missing);
    expect(await ask(ref, { needs })).toMatchObject({ reason: 'R-PERM', needs: missing });
  },
);

test('a region that nobody configured, another account', async () => {
  const { ref } = given();
  const moved = (from: string, to: string) => ({ ...ref, secretArn: ref.secretArn.replace(from, to) });
  expect(await ask(moved('us-east-1', 'eu-west-1'))).toMatchObject({ reason: 'R-SCOPE' });
  expect(await ask(moved('111111111111', '222222222222'))).toMatchObject({ reason: 'R-SCOPE' });
});

test('a list that lacks the current version is not the whole one', async () => {
  const { ref } = given();
  put(ref.secretArn);
  const body = JSON.stringify({ ARN: ref.secretArn, Name: 'db', Versions: [] });
  world.server.fault(({ action }) => action === 'ListSecretVersionIds', {
    status: 200,
    type: 'application/x-amz-json-1.1',
    body,
  });
  expect(await ask({ ...ref, versionId: randomUUID() })).toMatchObject({ reason: 'R-PARTIAL' });
});

test('a copy in another region outlives the secret', async () => {
  const { ref } = given();
  call('ReplicateSecretToRegions', { SecretId: ref.secretArn, AddReplicaRegions: [{ Region: 'eu-west-1' }] });
  const copy = ref.secretArn.replace('us-east-1', 'eu-west-1');
  const other = { ...ref, versionId: randomUUID() };
  expect(await ask(other)).toMatchObject({ reason: 'R-SCOPE', needs: 'regions: [eu-west-1]' });
  const both = { regions: ['eu-west-1'] };
  expect(await ask(other, both)).toMatchObject({ saw: 'absent' });
  const own = new SecretsManagerClient({ ...world.settings(world.operator()), region: 'eu-west-1' });
  await own.send(new StopReplicationToReplicaCommand({ SecretId: copy }));
  call('DeleteSecret', { SecretId: ref.secretArn, ForceDeleteWithoutRecovery: true });
  // naive: the secret is gone
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await reads(own, { ...ref, secretArn: copy })).toBe('200');
  expect(await ask(ref, both)).toMatchObject({ saw: 'present', reason: 'R-STANDING' });
  await own.send(new DeleteSecretCommand({ SecretId: copy, ForceDeleteWithoutRecovery: true }));
  expect(await ask(ref, both)).toMatchObject({ saw: 'absent' });
});
