import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials } from './aws.fake.ts';
import { federationTokenAssumed } from './checks/federation-token-assumed.ts';
import { federationTokenCheck } from './checks/federation-token.ts';
import { credentialsOf, outcome } from './fake.fixture.ts';
import type { FederationTokenRef } from './kinds/federation-token.ts';
import { account, useStage } from './stage.fixture.ts';

const stage = useStage([federationTokenCheck, federationTokenAssumed]);

const hour = 3_600_000;
const statements = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string) => statements({ Effect: 'Allow', Action, Resource: '*' });
const deny = (more: object = {}) => statements({ Effect: 'Deny', Action: '*', Resource: '*', ...more });
const iso = (ms: number) => new Date(ms).toISOString();
const olderThan = (ms: number) => deny({ Condition: { DateLessThan: { 'aws:TokenIssueTime': iso(ms) } } });

const put = (PolicyName: string, PolicyDocument: string) =>
  stage.iam('PutUserPolicy', { UserName: 'jit', PolicyName, PolicyDocument });
const take = (PolicyName: string) => stage.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName });
const endKey = ({ accessKeyId: AccessKeyId }: AwsCredentials) =>
  stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId });

const sts = (credentials: AwsCredentials) =>
  new STSClient({
    endpoint: stage.server.address,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    systemClockOffset: stage.server.clock.offset(),
  });

interface Taken {
  readonly ref: FederationTokenRef;
  readonly own: AwsCredentials;
  /** What the session is answered when it makes use of what its user may: `200`, `403 AccessDenied`. */
  use(): Promise<string>;
}

/** A role that whoever of the account is allowed to may assume: what IAM is barred from, this is not. */
function deploy(): string {
  const trusting = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  };
  const input = { RoleName: 'deploy', AssumeRolePolicyDocument: statements(trusting) };
  const made = z.object({ Role: z.object({ Arn: z.string() }) });
  return made.parse(stage.iam('CreateRole', input)).Role.Arn;
}

async function sessionToken(DurationSeconds = 129_600): Promise<Taken> {
  const RoleArn = deploy();
  const user = stage.user('jit');
  put('may', allow('sts:AssumeRole'));
  const own = stage.keysOf('jit');
  const issuedAt = iso(stage.server.clock.now());
  const { Credentials } = await sts(own).send(new GetSessionTokenCommand({ DurationSeconds }));
  const session = credentialsOf(Credentials);
  const { accessKeyId } = session;
  const expiresAt = Credentials?.Expiration?.toISOString() ?? '';
  return {
    ref: { ...user, issuedBy: 'GetSessionToken', accessKeyId, issuedAt, expiresAt },
    own,
    use: () => outcome(sts(session).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'task' }))),
  };
}

const ask = (ref: FederationTokenRef) => stage.ask(federationTokenCheck, ref);
const later = (ms: number) => stage.server.clock.advance(ms);

// the server's time is moved, the verifier's is not
beforeEach(() => void (stage.server.world.switches.skewToleranceMs = 96 * hour));

test('a session outlives the key that made it, and ends at its time', async () => {
  const { ref, own, use } = await sessionToken(3_600);
  endKey(own);
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', bound: { until: ref.expiresAt, basis: 'record' } });
  later(hour + 3 * 60_000);
  expect(await use()).toBe('403 ExpiredToken');
  expect(await ask(ref)).toMatchObject({ saw: 'excluded', basis: 'declared' });
  later(35 * hour);
  expect(await ask(ref)).toMatchObject({ saw: 'ended', how: 'expired' });
});

test('a deny on the user of what was issued before holds while it stands', async () => {
  const { ref, own, use } = await sessionToken();
  endKey(own);
  later(10 * 60_000);
  put('RevokeOlderSessions', olderThan(stage.server.clock.now()));
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  take('RevokeOlderSessions');
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
});

test('a deny on a group of the user counts, and what a group gives does too', async () => {
  const { ref, use } = await sessionToken();
  take('may');
  stage.iam('CreateGroup', { GroupName: 'team' });
  stage.iam('AddUserToGroup', { UserName: 'jit', GroupName: 'team' });
  const inGroup = (PolicyName: string, PolicyDocument: string) =>
    stage.iam('PutGroupPolicy', { GroupName: 'team', PolicyName, PolicyDocument });
  inGroup('may', allow('sts:AssumeRole'));
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  inGroup('none', deny());
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies' });
});

test('without its user the session has nothing; another user of the name is another', async () => {
  const { ref, own, use } = await sessionToken();
  endKey(own);
  take('may');
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED', bound: { until: ref.expiresAt } });
  stage.iam('DeleteUser', { UserName: 'jit' });
  expect(await use()).toBe('403 InvalidClientTokenId');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  stage.user('jit');
  put('may', allow('sts:AssumeRole'));
  expect(await use()).toBe('403 InvalidClientTokenId');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a deny by the name of the user holds for its own sessions, and not for federated ones', async () => {
  const { ref } = await sessionToken();
  put('none', deny({ Condition: { StringEquals: { 'aws:username': 'jit' } } }));
  expect(await ask(ref)).toMatchObject({ saw: 'denies' });
  const federated = { ...ref, issuedBy: 'GetFederationToken', federatedName: 'task' } as const;
  expect(await ask(federated)).toMatchObject({ saw: 'present' });
  const { issuedBy: _, ...either } = ref;
  expect(await ask(either)).toMatchObject({ saw: 'present' });
});

test('a token of GetFederationToken is one as well', async () => {
  const user = stage.user('jit');
  put('may', allow('sts:*'));
  const own = stage.keysOf('jit');
  const { Credentials } = await sts(own).send(
    new GetFederationTokenCommand({ Name: 'task', Policy: allow('*') }),
  );
  const session = credentialsOf(Credentials);
  endKey(own);
  expect(await outcome(sts(session).send(new GetCallerIdentityCommand({})))).toBe('200');
  const expiresAt = Credentials?.Expiration?.toISOString() ?? '';
  const issuedAt = iso(stage.server.clock.now());
  const { accessKeyId } = session;
  expect(await ask({ ...user, federatedName: 'task', accessKeyId, issuedAt, expiresAt })).toMatchObject({
    saw: 'present',
    state: 'active',
  });
});

test('the id of the user, and the account that answers, must be known', async () => {
  const { ref } = await sessionToken();
  const { userId: _, ...unnamed } = ref;
  expect(await ask(unnamed)).toMatchObject({ reason: 'R-IDENTITY' });
  expect(await ask({ ...ref, account: '222222222222' })).toMatchObject({ reason: 'R-SCOPE' });
  expect(await ask({ ...ref, accessKeyId: 'ASIAQNZGKIQY56JQ7WML' })).toMatchObject({ reason: 'R-SCOPE' });
});

test('without the right to see the account nothing is proven', async () => {
  const { ref } = await sessionToken();
  stage.allow(['iam:GetUser']);
  expect(await ask(ref)).toMatchObject({ reason: 'R-PERM', needs: 'iam:GetAccountAuthorizationDetails' });
});

test('a role that it assumed lives on without the user; one of GetFederationToken can assume none', async () => {
  const { ref, own } = await sessionToken();
  const assumed = (more: Partial<FederationTokenRef>) =>
    stage.ask(federationTokenAssumed, { ...ref, ...more });
  expect(await assumed({})).toMatchObject({ saw: 'present' });
  endKey(own);
  take('may');
  stage.iam('DeleteUser', { UserName: 'jit' });
  expect(await assumed({})).toMatchObject({ reason: 'R-DERIVED' });
  expect(await assumed({ policies: [allow('sts:AssumeRole')] })).toMatchObject({ reason: 'R-DERIVED' });
  expect(await assumed({ policies: [allow('s3:GetObject')] })).toMatchObject({ saw: 'excluded' });
  expect(await assumed({ issuedBy: 'GetFederationToken' })).toMatchObject({
    saw: 'excluded',
    basis: 'declared',
  });
});
