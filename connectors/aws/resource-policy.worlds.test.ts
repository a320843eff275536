/** Random policies of keys and secrets: what is said of them against what the subject's own key really does. */
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reached, roles, settingsOf, some, when, whom } from './account-worlds.fixture.ts';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { resourcePolicyCheck } from './checks/resource-policy.ts';
import { credentialsOf, outcome, policy, trust } from './fake.fixture.ts';
import { account, arn } from './granted.fixture.ts';

const statement = fc.record({
  Effect: some('Allow', 'Allow', 'Allow', 'Deny'),
  Principal: whom,
  Condition: when,
});
const having = fc.record({ Effect: some('Allow', 'Allow', 'Deny'), Condition: when });
const drawn = fc.record({
  isKey: fc.boolean(),
  lets: fc.array(statement, { minLength: 1, maxLength: 3 }),
  /** Of the user and of the one role that it may become. */
  rights: fc.tuple(fc.array(having, { maxLength: 2 }), fc.array(having, { maxLength: 2 })),
});

const made = z.object({ User: z.object({ UserId: z.string() }) });
const keyed = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });
const keyMade = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });
const secretMade = z.object({ ARN: z.string() });

/** The one operation that every policy of these worlds is about. */
const opens = (server: FakeAws, credentials: AwsCredentials, isKey: boolean, of: string) =>
  outcome(
    isKey
      ? new KMSClient(settingsOf(server, credentials)).send(new DescribeKeyCommand({ KeyId: of }))
      : new SecretsManagerClient(settingsOf(server, credentials)).send(
          new DescribeSecretCommand({ SecretId: of }),
        ),
  );

async function play({ isKey, lets, rights }: typeof drawn extends fc.Arbitrary<infer D> ? D : never) {
  const server = await startAws();
  try {
    const call = (service: string, action: string, input: Parameters<FakeAws['world']['call']>[3]) =>
      server.world.call(account, service, action, input);
    const user = (UserName: string) => made.parse(call('iam', 'CreateUser', { UserName })).User.UserId;
    const key = (UserName: string) =>
      credentialsOf({ ...keyed.parse(call('iam', 'CreateAccessKey', { UserName })).AccessKey });
    const Action = isKey ? 'kms:DescribeKey' : 'secretsmanager:DescribeSecret';
    const rule = (action: string, holder: object, statements: (typeof rights)[number]) => {
      // what a policy of its own gives of a secret is not of the policy of the secret
      const own = statements.filter(({ Effect }) => isKey || Effect === 'Deny');
      if (own.length === 0) return;
      const PolicyDocument = policy(...own.map((one) => ({ ...one, Action, Resource: '*' })));
      call('iam', action, { ...holder, PolicyName: 'rights', PolicyDocument });
    };
    const jit = user('jit');
    user('left');
    user('verifier');
    const [first, ...others] = roles;
    call('iam', 'CreateRole', { RoleName: first, AssumeRolePolicyDocument: trust(arn('user', 'jit')) });
    for (const RoleName of others) {
      const nobody = policy({
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      });
      call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: nobody });
    }
    rule('PutUserPolicy', { UserName: 'jit' }, rights[0]);
    rule('PutRolePolicy', { RoleName: first }, rights[1]);
    const PolicyDocument = policy({ Effect: 'Allow', Action: resourcePolicyCheck.needs, Resource: '*' });
    call('iam', 'PutUserPolicy', { UserName: 'verifier', PolicyName: 'rights', PolicyDocument });
    const statements = lets.map((one) => ({ ...one, Action, Resource: '*' }));
    const reading = {
      Effect: 'Allow',
      Principal: { AWS: arn('user', 'verifier') },
      Action: 'kms:GetKeyPolicy',
      Resource: '*',
    };
    const resourceArn = isKey
      ? keyMade.parse(call('kms', 'CreateKey', { Policy: policy(...statements, reading) })).KeyMetadata.Arn
      : secretMade.parse(call('secretsmanager', 'CreateSecret', { Name: 'db', SecretString: 'x' })).ARN;
    if (!isKey) {
      const guarded = { SecretId: resourceArn, ResourcePolicy: policy(...statements) };
      call('secretsmanager', 'PutResourcePolicy', guarded);
    }
    call('iam', 'DeleteUser', { UserName: 'left' });
    const own = key('jit');
    const all = [own, ...(await reached(server, own)).values()];
    const each = await Promise.all(all.map((one) => opens(server, one, isKey, resourceArn)));
    await using asked = asking(server, key('verifier'));
    const ref = { resourceArn, principal: arn('user', 'jit'), principalId: jit };
    return {
      open: each.includes('200'),
      seen: await asked.ask(resourcePolicyCheck, ref, { accounts: [jit] }),
    };
  } finally {
    await server.stop();
  }
}

test('no policy is called gone that still lets the subject in, and none live that does not', async () => {
  const told = { absent: 0, present: 0 };
  await fc.assert(
    fc.asyncProperty(drawn, async (world) => {
      const { open, seen } = await play(world);
      if (seen.saw === 'absent' || seen.saw === 'denies') expect(open).toBe(false);
      // what begins later is there already
      if (seen.saw === 'present' && !seen.value.includes('from 2099')) expect(open).toBe(true);
      if (seen.saw === 'absent' || seen.saw === 'present') told[seen.saw] += 1;
    }),
    { numRuns: 60 },
  );
  // it is not by silence
  expect(Math.min(told.absent, told.present)).toBeGreaterThan(5);
});
