/** Random accounts: what is said of a trust against what the subject's own key really does, hop by hop. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { roleTrustCheck } from './checks/role-trust.ts';
import { allow, credentialsOf, policy } from './fake.fixture.ts';
import { account, arn } from './granted.fixture.ts';

const roles = ['alpha', 'beta', 'gamma'] as const;
const past = '2020-01-01T00:00:00Z';
const future = '2099-01-01T00:00:00Z';
const some = fc.constantFrom;

const whom = some<unknown>(
  { AWS: arn('user', 'jit') },
  { AWS: arn('user', 'jit') },
  { AWS: arn('user', 'left') },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: '*' },
  { Service: 'ec2.amazonaws.com' },
  ...roles.map((name) => ({ AWS: arn('role', name) })),
);
const when = some<object>(
  {},
  {},
  {},
  { DateLessThan: { 'aws:CurrentTime': past } },
  { DateGreaterThan: { 'aws:CurrentTime': past } },
  { DateGreaterThan: { 'aws:CurrentTime': future } },
  { ArnEquals: { 'aws:PrincipalArn': arn('user', 'jit') } },
  { ArnLike: { 'aws:PrincipalArn': arn('role', '*') } },
  { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
);
const trusting = fc.array(
  fc.record({ Effect: some('Allow', 'Allow', 'Allow', 'Deny'), Principal: whom, Condition: when }),
  { minLength: 1, maxLength: 2 },
);
const having = fc.array(
  fc.record({
    Effect: some('Allow', 'Allow', 'Deny'),
    Action: some('sts:AssumeRole', 'sts:*', 's3:*'),
    Resource: some('*', ...roles.map((name) => arn('role', name))),
    Condition: when,
  }),
  { maxLength: 2 },
);
const drawn = fc.record({
  trusts: fc.tuple(trusting, trusting, trusting),
  rights: fc.tuple(having, having, having, having),
});

const made = z.object({ User: z.object({ UserId: z.string() }) });
const roleMade = z.object({ Role: z.object({ RoleId: z.string() }) });
const keyed = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });

/** Roles that the credential assumes, and those that it assumes from there. */
async function reached(server: FakeAws, credentials: AwsCredentials, done = new Set<string>()) {
  const settings = { endpoint: server.address, region: 'us-east-1', credentials, maxAttempts: 1 };
  const sts = new STSClient(settings);
  for (const name of roles) {
    if (done.has(name)) continue;
    const asked = new AssumeRoleCommand({ RoleArn: arn('role', name), RoleSessionName: 'task' });
    const answer = await sts.send(asked).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AccessDenied') return undefined;
      throw error;
    });
    if (answer === undefined) continue;
    done.add(name);
    await reached(server, credentialsOf(answer.Credentials), done);
  }
  return done;
}

type World = typeof drawn extends fc.Arbitrary<infer D> ? D : never;

/** What the check sees of each role, and what the key really reaches. */
async function play({ trusts, rights }: World) {
  const server = await startAws();
  try {
    const iam = (action: string, input: Parameters<FakeAws['world']['call']>[3]) =>
      server.world.call(account, 'iam', action, input);
    const user = (UserName: string) => made.parse(iam('CreateUser', { UserName })).User.UserId;
    const key = (UserName: string) =>
      credentialsOf({ ...keyed.parse(iam('CreateAccessKey', { UserName })).AccessKey });
    const jit = user('jit');
    user('left');
    user('verifier');
    const reading = allow('iam:GetAccountAuthorizationDetails');
    iam('PutUserPolicy', { UserName: 'verifier', PolicyName: 'rights', PolicyDocument: reading });
    const nobody = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const ids = roles.map((RoleName) => {
      const created = iam('CreateRole', { RoleName, AssumeRolePolicyDocument: policy(nobody) });
      return roleMade.parse(created).Role.RoleId;
    });
    const rule = (action: string, holder: object, statements: readonly object[] = []) => {
      if (statements.length === 0) return;
      iam(action, { ...holder, PolicyName: 'rights', PolicyDocument: policy(...statements) });
    };
    for (const [at, RoleName] of roles.entries()) {
      const statements = (trusts[at] ?? []).map((one) => ({ ...one, Action: 'sts:AssumeRole' }));
      iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: policy(...statements) });
      rule('PutRolePolicy', { RoleName }, rights[at]);
    }
    rule('PutUserPolicy', { UserName: 'jit' }, rights[3]);
    iam('DeleteUser', { UserName: 'left' });
    const truth = await reached(server, key('jit'));
    await using asked = asking(server, key('verifier'));
    const subject = { principal: arn('user', 'jit'), principalId: jit };
    const seen = await Promise.all(
      ids.map((roleId) => asked.ask(roleTrustCheck, { roleId, ...subject }, { accounts: [jit] })),
    );
    return roles.map((name, at) => ({ reached: truth.has(name), seen: seen[at] }));
  } finally {
    await server.stop();
  }
}

test('no trust is called gone that still lets the subject in, and none live that does not', async () => {
  const told = { absent: 0, present: 0 };
  await fc.assert(
    fc.asyncProperty(drawn, async (world) => {
      for (const { reached: is, seen } of await play(world)) {
        const saw = seen?.saw;
        if (saw === 'absent' || saw === 'denies') expect(is).toBe(false);
        // what begins later is there already
        if (saw === 'present' && !/from 2099/.test(seen?.saw === 'present' ? seen.value : ''))
          expect(is).toBe(true);
        if (saw === 'absent' || saw === 'present') told[saw] += 1;
      }
    }),
    { numRuns: 40 },
  );
  // it is not by silence
  expect(Math.min(told.absent, told.present)).toBeGreaterThan(10);
});
