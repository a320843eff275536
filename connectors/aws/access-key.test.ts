import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { aws } from './index.ts';
import type { AskingOptions } from './asking.fixture.ts';
import { accessKeyCheck } from './checks/access-key.ts';
import { accessKeySessions } from './checks/access-key-sessions.ts';
import type { AccessKeyRef } from './kinds/access-key.ts';

const account = '111111111111';
let server: FakeAws;
let verifier: AwsCredentials;
beforeEach(async () => {
  server = await startAws({ pageSize: 2 });
  verifier = user('verifier').keys();
  iam('PutUserPolicy', {
    UserName: 'verifier',
    PolicyName: 'tombstone',
    PolicyDocument: aws.policy([...accessKeyCheck.needs, ...accessKeySessions.needs]),
  });
});
afterEach(async () => {
  if (server.unexpected.length > 0) throw new Error(server.unexpected.join('\n'));
  await server.stop();
});

type Input = Parameters<FakeAws['world']['call']>[3];
const iam = (action: string, input: Input) => server.world.call(account, 'iam', action, input);

const made = z.object({ User: z.object({ UserId: z.string() }) });
const keyed = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });

function user(UserName: string) {
  const { UserId: userId } = made.parse(iam('CreateUser', { UserName })).User;
  return {
    userId,
    keys(): AwsCredentials {
      const { AccessKeyId, SecretAccessKey } = keyed.parse(iam('CreateAccessKey', { UserName })).AccessKey;
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    },
  };
}

function given(): AccessKeyRef {
  const { userId, keys } = user('jit');
  return { userName: 'jit', userId, accessKeyId: keys().accessKeyId, policies: [readsObjects] };
}

const readsObjects = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});
const denied = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

async function ask(ref: AccessKeyRef, options: AskingOptions = {}) {
  await using asked = asking(server, verifier, options);
  return await asked.ask(accessKeyCheck, ref);
}
async function sessions(ref: AccessKeyRef) {
  await using asked = asking(server, verifier);
  return await asked.ask(accessKeySessions, ref);
}
const endKey = ({ userName = '', accessKeyId }: AccessKeyRef) =>
  iam('DeleteAccessKey', { UserName: userName, AccessKeyId: accessKeyId });

test('a key that stands is there, an inactive one is switched off, a deleted one is not there', async () => {
  const ref = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  iam('UpdateAccessKey', { UserName: 'jit', AccessKeyId: ref.accessKeyId, Status: 'Inactive' });
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
  endKey(ref);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a user with another name keeps its keys', async () => {
  const ref = given();
  iam('UpdateUser', { UserName: 'jit', NewUserName: 'jit-renamed' });
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('jit-renamed') });
});

test('a new user of the old name is another one', async () => {
  const ref = given();
  endKey(ref);
  iam('DeleteUser', { UserName: 'jit' });
  user('jit').keys();
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a user on a late page is found', async () => {
  for (let other = 0; other < 5; other += 1) user(`another-${other}`);
  const ref = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
});

test('without the id of the user nothing is proven', async () => {
  const { userId: _, ...ref } = given();
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  expect(await sessions(ref)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a key of another account is not looked for here', async () => {
  const ref = { ...given(), accessKeyId: 'AKIAQNZGKIQY56JQ7WML' };
  expect(await ask(ref)).toMatchObject({ reason: 'R-SCOPE' });
  expect(await ask({ ...given, ...ref, account: '222222222222' })).toMatchObject({ reason: 'R-SCOPE' });
});

test.each(accessKeyCheck.needs)('without %s it is unproven, and the action is named', async (missing) => {
  const ref = given();
  endKey(ref);
  const left = accessKeyCheck.needs.filter((one) => one !== missing);
  iam('PutUserPolicy', { UserName: 'verifier', PolicyName: 'tombstone', PolicyDocument: aws.policy(left) });
  expect(await ask(ref)).toMatchObject({ reason: 'R-PERM', needs: missing });
});

test('a control that is not among the keys of its user proves nothing', async () => {
  const ref = given();
  endKey(ref);
  const accessKey = { userName: 'verifier', accessKeyId: 'AKIANEVERISSUED00000' };
  verifier = await sessionOf();
  expect(await ask(ref, { controls: { accessKey } })).toMatchObject({ reason: 'R-CONTROL' });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

/** A verifier that is a role: it has no key of its own among those of users. */
async function sessionOf(): Promise<AwsCredentials> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' },
    ],
  };
  iam('CreateRole', { RoleName: 'verifier', AssumeRolePolicyDocument: JSON.stringify(trust) });
  const needs = [...accessKeyCheck.needs, ...accessKeySessions.needs];
  iam('PutRolePolicy', { RoleName: 'verifier', PolicyName: 'tombstone', PolicyDocument: aws.policy(needs) });
  const credentials = user('operator').keys();
  iam('PutUserPolicy', {
    UserName: 'operator',
    PolicyName: 'may',
    PolicyDocument: aws.policy(['sts:AssumeRole']),
  });
  const settings = { endpoint: server.address, region: 'us-east-1', credentials, maxAttempts: 1 };
  const role = { RoleArn: `arn:aws:iam::${account}:role/verifier`, RoleSessionName: 'tombstone' };
  const { Credentials } = await new STSClient(settings).send(new AssumeRoleCommand(role));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = Credentials ?? {};
  return { accessKeyId, secretAccessKey, sessionToken: Credentials?.SessionToken ?? '' };
}

test('sessions that a key made have what the user has, as long as there is one', async () => {
  const ref = given();
  endKey(ref);
  expect(await sessions(ref)).toMatchObject({ reason: 'R-DERIVED', bound: { basis: 'issuer' } });
  iam('PutUserPolicy', { UserName: 'jit', PolicyName: 'none', PolicyDocument: denied });
  expect(await sessions(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'none' });
  iam('DeleteUser', { UserName: 'jit' });
  expect(await sessions(ref)).toMatchObject({ saw: 'excluded', basis: 'declared' });
});

test('a deny that has a date says nothing of sessions that were made since', async () => {
  const ref = given();
  const older = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } },
  };
  iam('PutUserPolicy', {
    UserName: 'jit',
    PolicyName: 'none',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [older] }),
  });
  endKey(ref);
  expect(await sessions(ref)).toMatchObject({ reason: 'R-DERIVED' });
});

test.each([
  ['nobody knows what it could do', { policies: undefined }],
  [
    'it could assume a role',
    {
      policies: [
        JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'STS:assume*', Resource: '*' },
        }),
      ],
    },
  ],
  ['a policy of the record cannot be read', { policies: ['{"Statement":[{"Effect":"Allow"}]}'] }],
])('a role that was assumed lives on without the user: %s', async (_, { policies }) => {
  const { policies: __, ...known } = given();
  const ref = { ...known, ...(policies === undefined ? {} : { policies }) };
  endKey(ref);
  iam('DeleteUser', { UserName: 'jit' });
  expect(await sessions(ref)).toMatchObject({ reason: 'R-DERIVED' });
});

test('a role that trusts the user itself needs no policy of the user', async () => {
  const ref = given();
  const trusting = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:user/jit` },
    Action: 'sts:AssumeRole',
  };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [trusting] });
  iam('CreateRole', { RoleName: 'deploy', AssumeRolePolicyDocument: document });
  endKey(ref);
  iam('DeleteUser', { UserName: 'jit' });
  expect(await sessions(ref)).toMatchObject({
    reason: 'R-DERIVED',
    detail: expect.stringContaining('deploy'),
  });
});
