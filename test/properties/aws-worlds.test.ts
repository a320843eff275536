import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../connectors/aws/fake/answer.ts';
import type { Incoming } from '../../connectors/aws/aws.fake.ts';
import { unanswers } from '../../connectors/aws/fake/unanswers.ts';
import type { VerdictWord } from '../../src/model/report.ts';
import { account, allow, document, openAwsWorld, readsUsers } from '../scenarios/aws-world.ts';
import type { AwsGiven, AwsWorld } from '../scenarios/aws-world.ts';
import type { GrantInput } from '../scenarios/record.ts';
import { needsOf } from '../scenarios/verifier.ts';

/** 10,000 in CI. A failure prints its seed and path: give them to fc.assert to see it again. */
const runs = process.env['CI'] === 'true' ? 10_000 : 500;

const given = fc.record({
  key: fc.constantFrom('active', 'inactive', 'deleted'),
  user: fc.constantFrom('stands', 'denied', 'renamed', 'deleted', 'recreated'),
  second: fc.boolean(),
  password: fc.boolean(),
  bedrock: fc.boolean(),
  makesKeys: fc.boolean(),
  madeKey: fc.boolean(),
  trusted: fc.constantFrom('by nobody', 'by name', 'by the account'),
  session: fc.boolean(),
  sessionEnded: fc.constantFrom('no', 'revoked', 'role deleted'),
  declares: fc.boolean(),
  crowd: fc.nat({ max: 4 }),
});
const elsewhere = '222222222222';
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** Ended as it should be: nothing is left that the grant gave, whoever else lives there. */
const clean = given.map((one): Given => ({
  ...one,
  key: 'deleted',
  user: one.user === 'recreated' ? 'recreated' : 'deleted',
  // a key that it could have made, of somebody who bears its name now, may be its own
  makesKeys: one.makesKeys && one.user !== 'recreated',
  madeKey: false,
  trusted: 'by nobody',
  session: false,
  declares: true,
}));

const denied = fc.constantFrom(...needsOf('aws').map((need) => ({ is: 'denied', need }) as const));
const unanswered = fc
  .tuple(fc.constantFrom(...Object.keys(unanswers)), fc.nat({ max: 30 }))
  .map(([name, from]) => ({ is: 'unanswered', name, from }) as const);
const refusedCodes = ['Throttling', 'AccessDenied', 'ServiceFailure', 'NoSuchEntity', 'ExpiredToken'];
const refusing = fc
  .tuple(fc.constantFrom(...refusedCodes), fc.nat({ max: 30 }))
  .map(([code, from]) => ({ is: 'refused', code, from }) as const);
const switched = fc.constantFrom(
  { is: 'throttled', every: 2 } as const,
  { is: 'throttled', every: 7 } as const,
  { is: 'lets everybody in' } as const,
  { is: 'another account' } as const,
);
const faults = fc.oneof(denied, unanswered, refusing, switched);
type Fault = typeof faults extends fc.Arbitrary<infer T> ? T : never;

interface Lived {
  readonly grant: GrantInput;
  /** Does anything of the grant still let somebody in? By use. */
  opens(): Promise<boolean>;
}

async function live(world: AwsWorld, one: Given): Promise<Lived> {
  for (let number = 0; number < one.crowd; number += 1) {
    world.user(`other-${number}`, 2_000 + number);
    world.key(`other-${number}`, 2_000 + number);
  }
  world.user('admin', 3_000);
  const jit = world.give(one.makesKeys ? [readsUsers, allow('iam:CreateAccessKey')] : [readsUsers]);
  const trusting = { 'by nobody': undefined, 'by name': `user/${jit.name}`, 'by the account': 'root' };
  const who = trusting[one.trusted];
  if (who !== undefined) role(world, who);
  // a trust in the account alone leaves it to the policies of the user, which let it assume nothing
  const session =
    one.session && one.trusted === 'by name' ? await world.assume(jit.key, 'deploy', 100) : undefined;
  const second = one.second ? world.key(jit.name, 90) : undefined;
  const made = one.madeKey && one.makesKeys ? world.key('admin', 90) : undefined;
  if (one.password) world.ago(80, 'CreateLoginProfile', { UserName: jit.name, Password: 'a long password' });
  if (one.bedrock) {
    const credential = { UserName: jit.name, ServiceName: 'bedrock.amazonaws.com' };
    world.ago(80, 'CreateServiceSpecificCredential', credential);
  }
  finish(world, one, jit, second?.accessKeyId);
  if (one.trusted === 'by name' && one.sessionEnded !== 'no') endSessions(world, one.sessionEnded);

  const { policies: _, ...ref } = jit.grant.credentials?.[0]?.ref ?? {};
  const [credential] = jit.grant.credentials ?? [];
  const credentials =
    one.declares || credential === undefined ? jit.grant.credentials : [{ ...credential, ref }];
  return {
    grant: { ...jit.grant, ...(credentials === undefined ? {} : { credentials }) },
    async opens() {
      const tried = [jit.key, second, made, session].filter((key) => key !== undefined);
      // the session of a role that is denied everything is nobody's way in
      const used = await Promise.all(
        tried.map((key) => (key === session ? world.reads(key, 'admin') : world.signs(key))),
      );
      const standing = world.standsAs(jit.userId);
      return used.includes('works') || (standing && (one.password || one.bedrock));
    },
  };
}

function role(world: AwsWorld, who: string): void {
  const Principal = { AWS: `arn:aws:iam::${account}:${who}` };
  const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  world.ago(119, 'CreateRole', {
    RoleName: 'deploy',
    AssumeRolePolicyDocument: trust,
    MaxSessionDuration: 43_200,
  });
  world.ago(119, 'PutRolePolicy', { RoleName: 'deploy', PolicyName: 'reads', PolicyDocument: readsUsers });
}

function endSessions(world: AwsWorld, how: 'revoked' | 'role deleted'): void {
  if (how === 'role deleted') {
    world.iam('DeleteRolePolicy', { RoleName: 'deploy', PolicyName: 'reads' });
    world.iam('DeleteRole', { RoleName: 'deploy' });
    return;
  }
  const Condition = {
    DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() - 3_600_000).toISOString() },
  };
  world.iam('PutRolePolicy', {
    RoleName: 'deploy',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: document({ Effect: 'Deny', Action: '*', Resource: '*', Condition }),
  });
}

function finish(world: AwsWorld, one: Given, jit: AwsGiven, second: string | undefined): void {
  const { name, key } = jit;
  const set = { UserName: name, AccessKeyId: key.accessKeyId };
  if (one.key === 'inactive') world.iam('UpdateAccessKey', { ...set, Status: 'Inactive' });
  if (one.key === 'deleted') world.iam('DeleteAccessKey', set);
  const nothing = document({ Effect: 'Deny', Action: '*', Resource: '*' });
  if (one.user === 'denied')
    world.iam('PutUserPolicy', { UserName: name, PolicyName: 'no', PolicyDocument: nothing });
  if (one.user === 'renamed') world.iam('UpdateUser', { UserName: name, NewUserName: 'retired' });
  if (one.user !== 'deleted' && one.user !== 'recreated') return;
  // nobody is deleted who has a credential
  for (const id of [one.key === 'deleted' ? undefined : key.accessKeyId, second]) {
    if (id !== undefined) world.iam('DeleteAccessKey', { UserName: name, AccessKeyId: id });
  }
  world.remove(name);
  if (one.user === 'recreated') {
    world.user(name, 50);
    world.key(name, 50);
  }
}

function inflict(world: AwsWorld, fault: Fault): string | undefined {
  let asked = 0;
  // the subject's own use is not in anybody's way
  const late =
    (from: number) =>
    ({ keyId }: Incoming) =>
      keyId === world.verifier && (asked += 1) > from;
  switch (fault.is) {
    case 'denied':
      return fault.need;
    case 'unanswered': {
      const answer = Object.entries(unanswers).find(([name]) => name === fault.name)?.[1];
      if (answer !== undefined) world.server.fault(late(fault.from), answer);
      return undefined;
    }
    case 'refused':
      world.server.fault(late(fault.from), new AwsError(fault.code, 400, 'a fault'));
      return undefined;
    case 'throttled':
      world.server.world.switches.throttleEvery = fault.every;
      return undefined;
    case 'lets everybody in':
      world.server.world.switches.authenticates = 'everybody';
      return undefined;
    case 'another account':
      if (!world.server.world.accounts.has(elsewhere)) world.move(elsewhere);
      return undefined;
  }
}

async function inWorld(one: Given, check: (world: AwsWorld, lived: Lived) => Promise<void>): Promise<void> {
  const world = await openAwsWorld();
  try {
    await check(world, await live(world, one));
  } finally {
    await world.stop();
  }
}

const verdictOf = async (
  world: AwsWorld,
  grant: GrantInput,
  without?: string,
): Promise<VerdictWord | undefined> => (await world.look('random', grant, without)).report.grants[0]?.verdict;

describe('random worlds of AWS', () => {
  it('law 1: where something of the grant still opens, it is never gone, and never called dormant', async () => {
    await fc.assert(
      fc.asyncProperty(given, (one) =>
        inWorld(one, async (world, { grant, opens }) => {
          const verdict = await verdictOf(world, grant);
          if (await opens()) expect(['live', 'unproven']).toContain(verdict);
          else expect(verdict).toBeDefined();
        }),
      ),
      { numRuns: runs / 10 },
    );
  }, 1_200_000);

  it('law 1, with faults: a fault opens nothing that was closed, and closes nothing that was open', async () => {
    await fc.assert(
      fc.asyncProperty(given, faults, fc.option(faults), (one, first, second) =>
        inWorld(one, async (world, { grant, opens }) => {
          const open = await opens();
          const without = inflict(world, first);
          const more = second === null ? undefined : inflict(world, second);
          const verdict = await verdictOf(world, grant, without ?? more);
          if (open) expect(['live', 'unproven']).toContain(verdict);
        }),
      ),
      { numRuns: runs },
    );
  }, 3_600_000);

  it('law 2: clean worlds reach gone, whatever else lives there', async () => {
    await fc.assert(
      fc.asyncProperty(clean, (one) =>
        inWorld(one, async (world, { grant, opens }) => {
          expect(await opens()).toBe(false);
          const { report } = await world.ask('clean', grant);
          expect(
            report.exitCode,
            JSON.stringify(report.grants[0]?.findings.map(({ target, verdict }) => [target.id, verdict])),
          ).toBe(0);
        }),
      ),
      { numRuns: runs / 10 },
    );
  }, 1_200_000);
});
