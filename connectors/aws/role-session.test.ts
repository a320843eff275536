import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials } from './aws.fake.ts';
import { roleSessionCheck } from './checks/role-session.ts';
import { roleSessionChained } from './checks/role-session-chained.ts';
import { credentialsOf, outcome } from './fake.fixture.ts';
import type { RoleSessionRef } from './kinds/role-session.ts';
import { account, useStage } from './stage.fixture.ts';

const stage = useStage([roleSessionCheck, roleSessionChained]);

const hour = 3_600_000;
const roleMade = z.object({ Role: z.object({ RoleId: z.string(), Arn: z.string() }) });
const policyMade = z.object({ Policy: z.object({ Arn: z.string() }) });
const statements = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string) => statements({ Effect: 'Allow', Action, Resource: '*' });
const deny = (more: object = {}) => statements({ Effect: 'Deny', Action: '*', Resource: '*', ...more });
const iso = (ms: number) => new Date(ms).toISOString();
const olderThan = (ms: number, more: object = {}) =>
  deny({ Condition: { DateLessThan: { 'aws:TokenIssueTime': iso(ms) } }, ...more });

function role(RoleName: string, document: string | undefined = allow('iam:ListUsers')): RoleSessionRef {
  const trusting = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  };
  const input = { RoleName, AssumeRolePolicyDocument: statements(trusting), MaxSessionDuration: 43_200 };
  const { RoleId: roleId, Arn: roleArn } = roleMade.parse(stage.iam('CreateRole', input)).Role;
  if (document !== undefined) put('rights', document, RoleName);
  return { roleArn, roleId };
}
const put = (PolicyName: string, PolicyDocument: string, RoleName = 'deploy') =>
  stage.iam('PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
const take = (PolicyName: string, RoleName = 'deploy') =>
  stage.iam('DeleteRolePolicy', { RoleName, PolicyName });
const endRole = (RoleName = 'deploy') => {
  take('rights', RoleName);
  stage.iam('DeleteRole', { RoleName });
};

const settings = (credentials: AwsCredentials) => ({
  endpoint: stage.server.address,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
  systemClockOffset: stage.server.clock.offset(),
});

/** A session of the role that a user of the subject's made. */
interface Taken {
  readonly session: AwsCredentials;
  readonly ref: RoleSessionRef;
  /** What the session itself is answered when it asks for the users: `200`, `403 AccessDenied`. */
  use(): Promise<string>;
  whoAmI(): Promise<string>;
}

async function assume(of: RoleSessionRef, DurationSeconds = 3_600): Promise<Taken> {
  stage.user('jit');
  stage.iam('PutUserPolicy', { UserName: 'jit', PolicyName: 'may', PolicyDocument: allow('sts:AssumeRole') });
  const own = stage.keysOf('jit');
  const input = { RoleArn: of.roleArn, RoleSessionName: 'task', DurationSeconds };
  const issuedAt = iso(stage.server.clock.now());
  const { Credentials } = await new STSClient(settings(own)).send(new AssumeRoleCommand(input));
  const session = credentialsOf(Credentials);
  return {
    session,
    ref: {
      ...of,
      sessionName: 'task',
      accessKeyId: session.accessKeyId,
      issuedAt,
      expiresAt: Credentials?.Expiration?.toISOString() ?? '',
    },
    use: () => outcome(new IAMClient(settings(session)).send(new ListUsersCommand({}))),
    whoAmI: () => outcome(new STSClient(settings(session)).send(new GetCallerIdentityCommand({}))),
  };
}

/** The key that made it, and its user. */
function endMaker(): void {
  for (const key of stage.server.world.account(account).state.keys.values()) {
    const user = stage.server.world.account(account).state.users.items.get(key.userId);
    if (user?.name === 'jit') stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: key.id });
  }
  stage.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'may' });
  stage.iam('DeleteUser', { UserName: 'jit' });
}

const ask = (ref: RoleSessionRef) => stage.ask(roleSessionCheck, ref);
const later = (ms: number) => stage.server.clock.advance(ms);

// the server's time is moved, the verifier's is not
beforeEach(() => void (stage.server.world.switches.skewToleranceMs = 96 * hour));

test('a session outlives the key and the user that made it, and ends at its time', async () => {
  const { ref, use } = await assume(role('deploy'));
  endMaker();
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    state: 'active',
    bound: { until: ref.expiresAt, basis: 'record' },
    edges: [{ to: { kind: 'aws/role', id: ref.roleId } }],
  });
  later(hour + 3 * 60_000);
  expect(await use()).toBe('403 ExpiredToken');
  expect(await ask(ref)).toMatchObject({ saw: 'excluded', basis: 'declared' });
  later(11 * hour);
  expect(await ask(ref)).toMatchObject({ saw: 'ended', how: 'expired' });
});

test('a deny of all that was issued before holds while it stands; without it the session is back', async () => {
  const { ref, use, whoAmI } = await assume(role('deploy'), 12 * 3_600);
  later(10 * 60_000);
  put('AWSRevokeOlderSessions', olderThan(stage.server.clock.now()));
  expect(await use()).toBe('403 AccessDenied');
  // that it still says who it is, is no access
  expect(await whoAmI()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  later(30 * 60_000);
  take('AWSRevokeOlderSessions');
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
});

test('a cut-off before the issue catches nothing, one beside it is doubted', async () => {
  const { ref, use } = await assume(role('deploy'));
  const issued = Date.parse(ref.issuedAt ?? '');
  put('AWSRevokeOlderSessions', olderThan(issued - 10 * 60_000));
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('issued before') });
  put('AWSRevokeOlderSessions', olderThan(issued + 60_000));
  expect(await ask(ref)).toMatchObject({ reason: 'R-CLOCK' });
});

test('the deny counts wherever it reaches the session: attached, or in the boundary', async () => {
  const { ref, use } = await assume(role('deploy'));
  const PolicyDocument = olderThan(stage.server.clock.now() + 10 * 60_000);
  const { Arn: PolicyArn } = policyMade.parse(
    stage.iam('CreatePolicy', { PolicyName: 'revoke', PolicyDocument }),
  ).Policy;
  stage.iam('AttachRolePolicy', { RoleName: 'deploy', PolicyArn });
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies' });
  stage.iam('DetachRolePolicy', { RoleName: 'deploy', PolicyArn });
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  stage.iam('PutRolePermissionsBoundary', { RoleName: 'deploy', PermissionsBoundary: PolicyArn });
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies' });
});

test.each([
  ['not every action', { Action: undefined, NotAction: 'iam:*' }],
  ['not every resource', { Resource: 'arn:aws:s3:::*' }],
])('a deny of some is none: %s', async (why, more) => {
  const { ref, use } = await assume(role('deploy'));
  put('AWSRevokeOlderSessions', olderThan(stage.server.clock.now() + 10 * 60_000, more));
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining(why) });
});

test('a deny of another session is none of this one, and of this one is one', async () => {
  const { ref, use } = await assume(role('deploy'));
  const only = (name: string) =>
    deny({ Condition: { StringEquals: { 'aws:userid': `${ref.roleId ?? ''}:${name}` } } });
  put('only', only('other'));
  expect(await use()).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  put('only', only('task'));
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies' });
});

test('a role that is deleted takes its sessions along, and another of its name is another', async () => {
  const { ref, use } = await assume(role('deploy'));
  endRole();
  expect(await use()).toBe('403 InvalidClientTokenId');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(role('deploy').roleId).not.toBe(ref.roleId);
  expect(await use()).toBe('403 InvalidClientTokenId');
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a role without policies gives nothing, and is no end: a policy elsewhere may name its sessions', async () => {
  const { ref, use } = await assume(role('deploy'));
  take('rights');
  expect(await use()).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({
    reason: 'R-DERIVED',
    needs: expect.stringContaining('AWSRevokeOlderSessions'),
    bound: { until: ref.expiresAt },
  });
  put('rights', deny({ Action: 's3:*' }));
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED' });
});

describe('what the record must say', () => {
  test('the id of the role, and of a role', async () => {
    const { ref } = await assume(role('deploy'));
    const { roleId: _, ...unnamed } = ref;
    expect(await ask(unnamed)).toMatchObject({ reason: 'R-IDENTITY' });
    const { userId } = stage.user('somebody');
    expect(await ask({ ...ref, roleId: userId })).toMatchObject({ reason: 'R-IDENTITY' });
  });

  test('the account that answers', async () => {
    const { ref } = await assume(role('deploy'));
    const roleArn = 'arn:aws:iam::222222222222:role/deploy';
    endRole();
    expect(await ask({ ...ref, roleArn })).toMatchObject({ reason: 'R-SCOPE' });
    expect(await ask({ roleId: ref.roleId, accessKeyId: 'ASIAQNZGKIQY56JQ7WML' })).toMatchObject({
      reason: 'R-SCOPE',
    });
  });

  test('dates of a session: without them only a deny without a date is an end', async () => {
    const { ref } = await assume(role('deploy'));
    const { issuedAt: _, expiresAt: __, ...undated } = ref;
    later(48 * hour);
    expect(await ask(undated)).toMatchObject({ reason: 'R-DERIVED', bound: { basis: 'issuer' } });
    put('AWSRevokeOlderSessions', olderThan(stage.server.clock.now()));
    expect(await ask(undated)).toMatchObject({ reason: 'R-DERIVED' });
    put('none', deny());
    expect(await ask(undated)).toMatchObject({ saw: 'denies' });
  });

  test('an end alone dates the issue at the latest', async () => {
    const { ref } = await assume(role('deploy'));
    const { issuedAt: _, ...ending } = ref;
    expect(await ask(ending)).toMatchObject({ saw: 'present' });
    put('AWSRevokeOlderSessions', olderThan(stage.server.clock.now() + 10 * 60_000));
    // it may have been issued 15 minutes before its end
    expect(await ask(ending)).toMatchObject({ saw: 'present' });
    put('AWSRevokeOlderSessions', olderThan(stage.server.clock.now() + 50 * 60_000));
    expect(await ask(ending)).toMatchObject({ saw: 'denies' });
  });

  test('no dates that STS does not give', async () => {
    const { ref } = await assume(role('deploy'));
    const { issuedAt = '' } = ref;
    const days = iso(Date.parse(issuedAt) + 13 * hour);
    expect(await ask({ ...ref, expiresAt: days })).toMatchObject({ reason: 'R-IDENTITY' });
    expect(await ask({ ...ref, expiresAt: issuedAt })).toMatchObject({ reason: 'R-IDENTITY' });
  });

  test('the end that the record tells is not enough where it is later than the longest session', async () => {
    const { ref } = await assume(role('deploy'), 12 * 3_600);
    later(11 * hour);
    expect(await ask(ref)).toMatchObject({ saw: 'present' });
  });
});

test('a policy that cannot be read may be the one that denies', async () => {
  const { ref } = await assume(role('deploy'));
  const { items } = stage.server.world.account(account).state.roles;
  items
    .get(ref.roleId ?? '')
    ?.inline.set('odd', '{"Version":"2012-10-17","Statement":[{"Effect":"Refuse"}]}');
  expect(await ask(ref)).toMatchObject({ reason: 'R-ANSWER' });
});

test('without the right to see the account nothing is proven', async () => {
  const { ref } = await assume(role('deploy'));
  endRole();
  stage.allow(['iam:GetUser']);
  expect(await ask(ref)).toMatchObject({ reason: 'R-PERM', needs: 'iam:GetAccountAuthorizationDetails' });
});

describe('sessions of other roles', () => {
  const chained = (ref: RoleSessionRef) => stage.ask(roleSessionChained, ref);
  const lists = allow('iam:ListUsers');

  test('that of the next role outlives the role of the first', async () => {
    const may = allow('sts:AssumeRole');
    const { ref, session, use } = await assume(role('deploy', may));
    const { roleArn } = role('next');
    const input = { RoleArn: roleArn, RoleSessionName: 'task' };
    const { Credentials } = await new STSClient(settings(session)).send(new AssumeRoleCommand(input));
    const next = new IAMClient(settings(credentialsOf(Credentials)));
    expect(await chained({ ...ref, policies: [lists] })).toMatchObject({ saw: 'present' });
    endRole();
    expect(await use()).toBe('403 InvalidClientTokenId');
    expect(await outcome(next.send(new ListUsersCommand({})))).toBe('200');
    expect(await ask(ref)).toMatchObject({ saw: 'absent' });
    const detail = expect.stringContaining('could assume roles');
    expect(await chained({ ...ref, policies: [may] })).toMatchObject({ reason: 'R-DERIVED', detail });
    expect(await chained(ref)).toMatchObject({ reason: 'R-DERIVED' });
    // what the record says it could not, it did not
    expect(await chained({ ...ref, policies: [lists] })).toMatchObject({
      saw: 'excluded',
      basis: 'declared',
    });
  });

  test.each([
    ['the role', (ref: RoleSessionRef) => ref.roleArn],
    ['its id', (ref: RoleSessionRef) => ref.roleId],
    ['its session', () => `arn:aws:sts::${account}:assumed-role/deploy/task`],
  ])('a role that trusts %s needs no policy of it', async (_, named) => {
    const { ref } = await assume(role('deploy'));
    const { roleId } = role('next');
    const { items } = stage.server.world.account(account).state.roles;
    const next = items.get(roleId ?? '');
    const trusting = { Effect: 'Allow', Principal: { AWS: named(ref) }, Action: 'sts:AssumeRole' };
    if (next !== undefined) next.trust = statements(trusting);
    endRole();
    expect(await chained({ ...ref, policies: [lists] })).toMatchObject({
      reason: 'R-DERIVED',
      detail: expect.stringContaining('next trusts the session'),
    });
  });

  test('without the right to see the account nothing is proven', async () => {
    const { ref } = await assume(role('deploy'));
    endRole();
    stage.allow(['iam:GetUser']);
    expect(await chained({ ...ref, policies: [lists] })).toMatchObject({ reason: 'R-PERM' });
  });
});
