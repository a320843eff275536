/** What a naive checker takes for the end, beside what the subject can still do, and beside a true end. */
import {
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  GetLoginProfileCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListServiceSpecificCredentialsCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { accessKeyCheck } from './checks/access-key.ts';
import { accessKeySessions } from './checks/access-key-sessions.ts';
import { consoleLoginCheck } from './checks/console-login.ts';
import { consoleLoginSessions } from './checks/console-login-sessions.ts';
import { serviceSpecificCredentialCheck } from './checks/service-specific-credential.ts';
import { outcome } from './fake.fixture.ts';
import { useStage } from './stage.fixture.ts';

const stage = useStage([
  accessKeyCheck,
  accessKeySessions,
  consoleLoginCheck,
  consoleLoginSessions,
  serviceSpecificCredentialCheck,
]);

const settings = (credentials: AwsCredentials) => ({
  endpoint: stage.server.address,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});
const iam = (credentials: AwsCredentials) => new IAMClient(settings(credentials));
const signs = (credentials: AwsCredentials) =>
  outcome(new STSClient(settings(credentials)).send(new GetCallerIdentityCommand({})));

const may = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iam:Create*', Resource: '*' }],
});

/** The subject: a user with a key that may make more. */
function given() {
  const user = stage.user('jit');
  stage.iam('PutUserPolicy', { UserName: 'jit', PolicyName: 'may', PolicyDocument: may });
  const own = stage.keysOf('jit');
  return { own, user, key: { ...user, accessKeyId: own.accessKeyId, policies: [may] } };
}

const set = (AccessKeyId: string, Status: string) =>
  stage.iam('UpdateAccessKey', { UserName: 'jit', AccessKeyId, Status });
const endKey = ({ accessKeyId: AccessKeyId }: AwsCredentials) =>
  stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId });

/** The naive checker, with rights to see all. */
const keysOf = async () =>
  (await iam(stage.server.root).send(new ListAccessKeysCommand({ UserName: 'jit' }))).AccessKeyMetadata ?? [];

test('an inactive key is refused like one that is gone, and one call of somebody brings it back', async () => {
  const { own, key } = given();
  set(own.accessKeyId, 'Inactive');
  expect(await signs(own)).toBe('403 InvalidClientTokenId');
  expect(await stage.ask(accessKeyCheck, key)).toMatchObject({ state: 'disabled', revivedBy: 'others' });
  set(own.accessKeyId, 'Active');
  expect(await signs(own)).toBe('200');
  endKey(own);
  expect(await signs(own)).toBe('403 InvalidClientTokenId');
  expect(await stage.ask(accessKeyCheck, key)).toMatchObject({ saw: 'absent' });
});

test('a wrong secret in the record is refused while the key lives', async () => {
  const { own, key } = given();
  const copied = { ...own, secretAccessKey: 'a'.repeat(40) };
  expect(await signs(copied)).toBe('403 SignatureDoesNotMatch');
  expect(await signs(own)).toBe('200');
  expect(await stage.ask(accessKeyCheck, key)).toMatchObject({ saw: 'present', state: 'active' });
  endKey(own);
  expect(await signs(copied)).toBe('403 InvalidClientTokenId');
  expect(await stage.ask(accessKeyCheck, key)).toMatchObject({ saw: 'absent' });
});

test('without a key the user signs in with the password that it gave itself', async () => {
  const { own, user } = given();
  const Password = 'correct horse battery staple';
  await iam(own).send(new CreateLoginProfileCommand({ UserName: 'jit', Password }));
  endKey(own);
  expect(await keysOf()).toEqual([]);
  const ask = () => stage.ask(consoleLoginCheck, user);
  const standing = iam(stage.server.root).send(new GetLoginProfileCommand({ UserName: 'jit' }));
  expect(await outcome(standing)).toBe('200');
  expect(await ask()).toMatchObject({ saw: 'present', state: 'active' });
  stage.iam('DeleteLoginProfile', { UserName: 'jit' });
  expect(await ask()).toMatchObject({ saw: 'absent' });
  stage.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'may' });
  stage.iam('DeleteUser', { UserName: 'jit' });
  expect(await ask()).toMatchObject({ saw: 'absent' });
  expect(await stage.ask(consoleLoginSessions, { ...user, policies: [may] })).toMatchObject({
    saw: 'excluded',
    basis: 'declared',
  });
});

test('without key and password the user has the key for Bedrock that it made itself', async () => {
  const { own, user } = given();
  const input = { UserName: 'jit', ServiceName: 'bedrock.amazonaws.com' };
  const made = await iam(own).send(new CreateServiceSpecificCredentialCommand(input));
  const credentialId = made.ServiceSpecificCredential?.ServiceSpecificCredentialId ?? '';
  endKey(own);
  expect(await keysOf()).toEqual([]);
  const password = iam(stage.server.root).send(new GetLoginProfileCommand({ UserName: 'jit' }));
  expect(await outcome(password)).toBe('404 NoSuchEntityException');
  const list = new ListServiceSpecificCredentialsCommand({ UserName: 'jit' });
  expect((await iam(stage.server.root).send(list)).ServiceSpecificCredentials).toMatchObject([
    { Status: 'Active', ServiceSpecificCredentialId: credentialId },
  ]);
  const ask = () => stage.ask(serviceSpecificCredentialCheck, { ...user, credentialId });
  const standing = await ask();
  expect(standing).toMatchObject({ saw: 'present', state: 'active' });
  // it was made without an end
  expect(standing).not.toHaveProperty('bound');
  const which = { UserName: 'jit', ServiceSpecificCredentialId: credentialId };
  stage.iam('DeleteServiceSpecificCredential', which);
  expect(await ask()).toMatchObject({ saw: 'absent' });
});
