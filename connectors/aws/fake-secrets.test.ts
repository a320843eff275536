import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  StopReplicationToReplicaCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, outcome, policy, useAws } from './fake.fixture.ts';

const fake = useAws();
const { user } = fake;
const day = 86_400_000;
const secrets = (credentials?: AwsCredentials, region?: string) =>
  new SecretsManagerClient(fake.settings(credentials, region));
const SecretId = 'db';

async function create(Name = SecretId) {
  const made = await secrets().send(new CreateSecretCommand({ Name, SecretString: 'one' }));
  return { arn: made.ARN ?? '', version: made.VersionId ?? '' };
}
const put = async (SecretString: string, VersionStages?: string[]) =>
  (await secrets().send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages }))).VersionId ??
  '';
const labels = async () => (await secrets().send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;
const value = async (more: object = {}) =>
  (await secrets().send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

test('a secret is named by its name, its ARN, and its ARN without the last letters', async () => {
  const { arn } = await create();
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:db-[a-zA-Z0-9]{6}$/);
  for (const id of [SecretId, arn, arn.slice(0, -7)]) {
    expect(await secrets().send(new DescribeSecretCommand({ SecretId: id }))).toMatchObject({ ARN: arn });
  }
  expect(await outcome(secrets().send(new DescribeSecretCommand({ SecretId: 'other' })))).toBe(
    '400 ResourceNotFoundException',
  );
  expect(await outcome(secrets().send(new CreateSecretCommand({ Name: SecretId })))).toBe(
    '400 ResourceExistsException',
  );
});

test('a new value is current, the old one previous, the one before it deprecated', async () => {
  const { version: one } = await create();
  expect(await labels()).toEqual({ [one]: ['AWSCURRENT'] });
  const two = await put('two');
  expect(await labels()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSCURRENT'] });
  expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
  const three = await put('three');
  expect(await labels()).toEqual({ [two]: ['AWSPREVIOUS'], [three]: ['AWSCURRENT'] });
  const list = async (IncludeDeprecated?: boolean) => {
    const ask = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated });
    return (await secrets().send(ask)).Versions?.map(({ VersionId }) => VersionId).toSorted();
  };
  expect(await list()).toEqual([two, three].toSorted());
  expect(await list(true)).toEqual([one, two, three].toSorted());
  // it has no label, and is read by its id still
  expect(await value({ VersionId: one })).toBe('one');
  expect(await outcome(value({ VersionId: one, VersionStage: 'AWSCURRENT' }))).toBe(
    '400 ResourceNotFoundException',
  );
});

test('labels are added, moved and taken away; the current one is only moved', async () => {
  const { version: one } = await create();
  const two = await put('two', ['AWSPENDING', 'mine']);
  expect(await labels()).toEqual({ [one]: ['AWSCURRENT'], [two]: ['AWSPENDING', 'mine'] });
  const update = (VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string) =>
    outcome(
      secrets().send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }),
      ),
    );
  expect(await update('AWSCURRENT', undefined, two)).toBe('400 InvalidParameterException');
  expect(await update('AWSCURRENT', one, two)).toBe('200');
  expect(await labels()).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSPENDING', 'mine', 'AWSCURRENT'] });
  expect(await update('AWSCURRENT', two)).toBe('400 InvalidParameterException');
  expect(await update('mine', one)).toBe('400 InvalidParameterException');
  expect(await update('mine', two)).toBe('200');
  expect(await update('mine', undefined, one)).toBe('200');
  expect(await labels()).toEqual({ [one]: ['AWSPREVIOUS', 'mine'], [two]: ['AWSPENDING', 'AWSCURRENT'] });
  expect(await update('mine', one, 'never')).toBe('400 ResourceNotFoundException');
});

test('deleted with a window: described, not read, not in the usual list, restored', async () => {
  const { arn } = await create();
  await create('other');
  const { DeletionDate } = await secrets().send(
    new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }),
  );
  const { DeletedDate } = await secrets().send(new DescribeSecretCommand({ SecretId }));
  expect(DeletedDate).toEqual(DeletionDate);
  expect(await outcome(value())).toBe('400 InvalidRequestException');
  expect(fake.last.text).toContain('marked for deletion');
  expect(await outcome(put('two'))).toBe('400 InvalidRequestException');
  expect(await outcome(secrets().send(new CreateSecretCommand({ Name: SecretId })))).toBe(
    '400 InvalidRequestException',
  );
  const list = async (IncludePlannedDeletion?: boolean) => {
    const { SecretList } = await secrets().send(new ListSecretsCommand({ IncludePlannedDeletion }));
    return SecretList?.map(({ Name }) => Name).toSorted();
  };
  expect(await list()).toEqual(['other']);
  expect(await list(true)).toEqual(['db', 'other']);
  const versions = await secrets().send(new ListSecretVersionIdsCommand({ SecretId }));
  expect(versions.Versions).toHaveLength(1);
  await secrets().send(new RestoreSecretCommand({ SecretId: arn }));
  expect(await value()).toBe('one');
  await secrets().send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  fake.aws.clock.advance(7 * day);
  expect(await outcome(secrets().send(new DescribeSecretCommand({ SecretId })))).toBe(
    '400 ResourceNotFoundException',
  );
});

test('deleted by force, whether it is there or not; its namesake has another ARN', async () => {
  const { arn } = await create();
  const force = (id: string, more: object = {}) =>
    outcome(
      secrets().send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true, ...more })),
    );
  expect(await force(SecretId, { RecoveryWindowInDays: 7 })).toBe('400 InvalidParameterException');
  expect(await force(SecretId)).toBe('200');
  expect(await force('never')).toBe('200');
  expect(await outcome(secrets().send(new DescribeSecretCommand({ SecretId: arn })))).toBe(
    '400 ResourceNotFoundException',
  );
  expect((await create()).arn).not.toBe(arn);
});

test('lists come in pages', async () => {
  for (const name of ['a', 'b', 'c']) await create(name);
  const first = await secrets().send(new ListSecretsCommand({ MaxResults: 2 }));
  expect(first.SecretList).toHaveLength(2);
  const second = await secrets().send(new ListSecretsCommand({ MaxResults: 2, NextToken: first.NextToken }));
  expect(second.SecretList).toHaveLength(1);
  expect(second.NextToken).toBeUndefined();
  expect(await outcome(secrets().send(new ListSecretsCommand({ NextToken: 'x' })))).toBe(
    '400 InvalidNextTokenException',
  );
});

test('who may: an identity policy or the secret’s own, and no deny of either', async () => {
  const { arn } = await create();
  const jit = await user('jit', allow('secretsmanager:DescribeSecret', arn));
  const bare = await user('bare');
  const ask = (by: AwsCredentials, id = SecretId) =>
    outcome(secrets(by).send(new DescribeSecretCommand({ SecretId: id })));
  expect(await ask(jit.credentials)).toBe('200');
  expect(await ask(bare.credentials)).toBe('400 AccessDeniedException');
  // of a name that is none, nothing is told to whom nothing is allowed
  expect(await ask(jit.credentials, 'absent')).toBe('400 AccessDeniedException');
  const rule = (Effect: string, AWS: string) =>
    policy({ Effect, Principal: { AWS }, Action: 'secretsmanager:DescribeSecret', Resource: '*' });
  const write = (ResourcePolicy: string) =>
    secrets().send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  await write(rule('Allow', bare.arn));
  expect(await ask(bare.credentials)).toBe('200');
  const read = async () => (await secrets().send(new GetResourcePolicyCommand({ SecretId }))).ResourcePolicy;
  expect(await read()).toBe(rule('Allow', bare.arn));
  await write(rule('Deny', jit.arn));
  expect(await ask(jit.credentials)).toBe('400 AccessDeniedException');
  await secrets().send(new DeleteResourcePolicyCommand({ SecretId }));
  expect(await ask(jit.credentials)).toBe('200');
  expect(await read()).toBeUndefined();
  expect(await outcome(write('{'))).toBe('400 MalformedPolicyDocumentException');
});

test('another account is let in by both sides; another region has nothing', async () => {
  const { arn } = await create();
  fake.aws.world.addAccount('222222222222');
  const { credentials } = await user('far', allow('secretsmanager:*'), '222222222222');
  const ask = () => outcome(secrets(credentials).send(new GetSecretValueCommand({ SecretId: arn })));
  expect(await ask()).toBe('400 AccessDeniedException');
  const ResourcePolicy = policy({
    Effect: 'Allow',
    Principal: { AWS: '222222222222' },
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
  });
  await secrets().send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  expect(await ask()).toBe('200');
  const there = secrets(undefined, 'eu-west-1');
  expect((await there.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
  expect(await outcome(there.send(new DescribeSecretCommand({ SecretId: arn })))).toBe(
    '400 ResourceNotFoundException',
  );
});

test('a copy in another region: it follows, it is not written, it goes first, and it can be let go', async () => {
  const { arn } = await create();
  const there = secrets(undefined, 'eu-west-1');
  const AddReplicaRegions = [{ Region: 'eu-west-1' }];
  await secrets().send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }));
  const told = await secrets().send(new DescribeSecretCommand({ SecretId }));
  expect(told).toMatchObject({
    PrimaryRegion: 'us-east-1',
    ReplicationStatus: [{ Region: 'eu-west-1', Status: 'InSync' }],
  });
  await put('two');
  const copied = async () => (await there.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  expect(await copied()).toBe('two');
  const copy = await there.send(new DescribeSecretCommand({ SecretId }));
  expect(copy).toMatchObject({ ARN: arn.replace('us-east-1', 'eu-west-1'), PrimaryRegion: 'us-east-1' });
  const write = new PutSecretValueCommand({ SecretId, SecretString: 'three' });
  expect(await outcome(there.send(write))).toBe('400 InvalidRequestException');
  const force = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true });
  expect(await outcome(secrets().send(force))).toBe('400 InvalidParameterException');
  const RemoveReplicaRegions = ['eu-west-1'];
  const remove = new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions });
  await secrets().send(remove);
  expect(await outcome(copied())).toBe('400 ResourceNotFoundException');
  // one that was let go outlives the secret
  await secrets().send(new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions }));
  await there.send(new StopReplicationToReplicaCommand({ SecretId }));
  await put('three');
  await secrets().send(force);
  expect(await copied()).toBe('two');
  expect((await there.send(new DescribeSecretCommand({ SecretId }))).PrimaryRegion).toBeUndefined();
});
