import { beforeEach, expect, test } from 'vitest';
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { failed } from '../../src/connector.ts';
import type { Context } from '../../src/connector.ts';
import type { AwsCredentials } from './aws.fake.ts';
import type { AwsClient } from './client.ts';
import { roleTrustSessions } from './checks/role-trust-sessions.ts';
import { allow, credentialsOf, outcome, policy, trust } from './fake.fixture.ts';
import { useGranted } from './granted.fixture.ts';
import type { RoleTrustRef } from './kinds/role-trust.ts';

const world = useGranted();
const [hour, minute] = [3_600_000, 60_000];

/** A user whom a role lets in, and a session that it made; then the trust is taken back. */
async function given() {
  const jit = world.user('jit');
  const { id: roleId, arn } = world.role('deploy', trust(jit.arn));
  world.iam('PutRolePolicy', {
    RoleName: 'deploy',
    PolicyName: 'rights',
    PolicyDocument: allow('iam:ListUsers'),
  });
  const sts = new STSClient(world.settings(jit.keys()));
  const made = await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'task' }));
  const ref: RoleTrustRef = { roleId, principal: jit.arn, principalId: jit.id };
  return { ref, session: credentialsOf(made.Credentials) };
}
const takeBack = () => {
  const PolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  world.iam('UpdateAssumeRolePolicy', { RoleName: 'deploy', PolicyDocument });
};
const lists = (session: AwsCredentials) =>
  outcome(new IAMClient(world.settings(session)).send(new ListUsersCommand({})));
const deny = (before: number) =>
  policy({
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(before).toISOString() } },
  });
const revoke = (before: number) =>
  world.iam('PutRolePolicy', {
    RoleName: 'deploy',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: deny(before),
  });

/** As the record dates the end. */
const ended = (revokedAt: number): typeof roleTrustSessions => ({
  ...roleTrustSessions,
  observe: (target, ctx) => {
    const window: Context<AwsClient>['window'] = {
      ...ctx.window,
      revokedAt: new Date(revokedAt).toISOString(),
    };
    return roleTrustSessions.observe(target, { ...ctx, window });
  },
});
const ask = (ref: RoleTrustRef, revokedAt = Date.now()) => world.ask(ended(revokedAt), ref);

// the server's time is moved, the verifier's is not
beforeEach(() => void (world.server.world.switches.skewToleranceMs = 96 * hour));

test('a session that was made through the trust outlives it; only a deny, the role’s end or time reach it', async () => {
  const { ref, session } = await given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  takeBack();
  expect(await lists(session)).toBe('200');
  const lives = await ask(ref);
  expect(lives).toMatchObject({ reason: 'R-DERIVED', needs: expect.stringContaining('sessions: named') });
  expect(lives).toHaveProperty('bound.until');
  revoke(Date.now() - hour);
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED' });
  revoke(Date.now() + minute);
  expect(await ask(ref)).toMatchObject({ reason: 'R-CLOCK' });
  revoke(Date.now() + 10 * minute);
  expect(await lists(session)).toBe('403 AccessDenied');
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
});

test('over with the role', async () => {
  const { ref } = await given();
  world.iam('DeleteRolePolicy', { RoleName: 'deploy', PolicyName: 'rights' });
  world.iam('DeleteRole', { RoleName: 'deploy' });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('over twelve hours after the end that the record tells, and not before', async () => {
  const { ref } = await given();
  takeBack();
  expect(await ask(ref, Date.now() - 11 * hour)).toMatchObject({ reason: 'R-DERIVED' });
  expect(await ask(ref, Date.now() - 12 * hour - minute)).toMatchObject({
    saw: 'excluded',
    basis: 'declared',
  });
  expect(failed(await world.ask(roleTrustSessions, ref))).toBe(true);
});

test('told by the record, which names them all', async () => {
  const { ref } = await given();
  const named: RoleTrustRef = { ...ref, sessions: 'named' };
  expect(await ask(named)).toMatchObject({ saw: 'present' });
  takeBack();
  expect(await ask(named)).toMatchObject({ saw: 'excluded', basis: 'declared' });
});

test('without the right to see the account nothing is proven', async () => {
  const { ref } = await given();
  takeBack();
  const { needs } = roleTrustSessions;
  for (const missing of needs.slice(0, 1)) {
    const seen = await world.ask(roleTrustSessions, ref, { needs: needs.filter((one) => one !== missing) });
    expect(seen).toMatchObject({ reason: 'R-PERM', needs: missing });
  }
});
