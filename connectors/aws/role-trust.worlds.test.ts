/** Random accounts: what is said of a trust against what the subject's own key really does, hop by hop. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reached, roles, some, when, whom } from './account-worlds.fixture.ts';
import type { FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { roleTrustCheck } from './checks/role-trust.ts';
import { allow, credentialsOf, policy } from './fake.fixture.ts';
import { account, arn } from './granted.fixture.ts';

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
