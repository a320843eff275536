/** What the world does to a verifier: whatever it is, nothing of it is ever an end of access. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../../src/model/report.ts';
import { account, document, openAwsWorld } from '../../test/scenarios/aws-world.ts';
import type { AwsGiven, AwsWorld } from '../../test/scenarios/aws-world.ts';
import type { AwsVerifier } from '../../test/scenarios/aws-verifier.ts';
import type { GrantInput } from '../../test/scenarios/record.ts';
import { needsOf, policyOf } from '../../test/scenarios/verifier.ts';
import type { Verified } from '../../test/scenarios/verifier.ts';

let world: AwsWorld;
let given: AwsGiven;
/** Ended as it should be: without trouble it is gone. */
beforeEach(async () => {
  world = await openAwsWorld();
  given = world.give();
  world.end(given, 'with its user');
});
afterEach(() => world.stop());

const minute = 60_000;
const look = (verifier?: AwsVerifier, grant: GrantInput = given.grant) =>
  world.look('adverse', grant, undefined, verifier);
const findingsOf = ({ report }: Verified): readonly Finding[] => report.grants[0]?.findings ?? [];
/** What was said of every target, each word once. */
const said = (seen: Verified) =>
  [
    ...new Set(
      findingsOf(seen).map(({ verdict }) =>
        verdict.verdict === 'gone' ? 'gone' : `${verdict.verdict} ${verdict.reason}`,
      ),
    ),
  ].toSorted();
const needed = (seen: Verified) => [
  ...new Set(
    findingsOf(seen).flatMap(({ verdict }) => (verdict.verdict === 'unproven' ? [verdict.needs] : [])),
  ),
];

test('without trouble it is gone', async () => {
  expect(said(await look())).toEqual(['gone']);
});

describe('the wrong place', () => {
  test('the configured account is another than that of the credential', async () => {
    expect(said(await look({ account: '222222222222' }))).toEqual(['unproven R-INSTANCE']);
  });

  test.each(['cn-north-1', 'us-gov-west-1', 'af-south-1'])(
    'a region in which nobody knows the key: %s',
    async (region) => {
      expect(said(await look({ region, regions: [] }))).toEqual(['unproven R-AUTH']);
    },
  );

  test.each(['eu-central-1', 'sa-east-1'])('IAM is one for all regions: %s', async (region) => {
    expect(said(await look({ region }))).toEqual(['gone']);
  });

  test('an opt-in region that the account has switched on answers', async () => {
    world.server.world.account(account).regions.add('af-south-1');
    expect(said(await look({ region: 'af-south-1' }))).toEqual(['gone']);
  });

  test.each([
    [
      'aws/role-session',
      {
        roleArn: `arn:aws-cn:iam::${account}:role/deploy`,
        roleId: 'AROANEVERISSUED00000',
        sessionName: 'task',
      },
    ],
    [
      'aws/role-trust',
      {
        roleId: 'AROANEVERISSUED00000',
        principal: `arn:aws-cn:iam::${account}:role/x`,
        principalId: 'AROANEVERISSUED00001',
      },
    ],
    ['aws/identity-provider', { providerArn: `arn:aws-cn:iam::${account}:oidc-provider/idp.acme.example` }],
    ['aws/identity-provider', { providerArn: `arn:aws-us-gov:iam::${account}:saml-provider/acme` }],
    [
      'aws/attached-policy',
      { principalId: 'AIDANEVERISSUED00000', policyArn: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' },
    ],
    [
      'aws/policy-version',
      {
        policyArn: `arn:aws-us-gov:iam::${account}:policy/x`,
        policyId: 'ANPANEVERISSUED00000',
        versionId: 'v2',
      },
    ],
    [
      'aws/kms-grant',
      {
        keyArn: `arn:aws-cn:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        grantId: 'a'.repeat(64),
      },
    ],
    [
      'aws/secret-version',
      {
        secretArn: `arn:aws-cn:secretsmanager:us-east-1:${account}:secret:db-AAAAAA`,
        versionId: 'a'.repeat(36),
      },
    ],
  ])('what the record names in another partition: %s', async (kind, ref) => {
    const one = { id: 'x1', kind, system: 'aws-prod', ref };
    const credential = /session|secret/.test(kind);
    const more = credential
      ? { credentials: [...(given.grant.credentials ?? []), one] }
      : { entitlements: [one] };
    const seen = await look(undefined, { ...given.grant, ...more });
    const found = findingsOf(seen).find(({ target }) => target.id === 'x1');
    expect(found?.verdict).toMatchObject({ verdict: 'unproven', reason: 'R-SCOPE' });
  });
});

describe('the wrong time', () => {
  test.each([4, -4])('a clock that is %d minutes off, which AWS takes', async (minutes) => {
    world.server.clock.advance(minutes * minute);
    expect(said(await look())).toEqual(['unproven R-CLOCK']);
  });

  // AWS says of such a signature that it does not match, and only its text tells why
  test.each([10, -10])('a clock that is %d minutes off, which AWS refuses', async (minutes) => {
    world.server.clock.advance(minutes * minute);
    expect(said(await look())).toEqual(['unproven R-AUTH']);
  });
});

describe('a verifier that is a session', () => {
  const RoleName = 'tombstone';
  const trusted = document({
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const PolicyName = 'it';
  beforeEach(() => {
    world.ago(2_000, 'CreateRole', { RoleName, AssumeRolePolicyDocument: trusted });
    world.ago(2_000, 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: policyOf('aws') });
  });
  /** Of the world, which is asked with it. */
  const session = (minutes: number) => world.handOut(RoleName, minutes);

  test('its role stands in the account: the sighting', async () => {
    expect(said(await look({ credentials: session(10) }))).toEqual(['gone']);
  });

  test('it is over', async () => {
    expect(said(await look({ credentials: session(13 * 60) }))).toEqual(['unproven R-AUTH']);
  });

  test('its role is deleted, and it is not taken, or may nothing', async () => {
    const credentials = session(10);
    world.ago(5, 'DeleteRolePolicy', { RoleName, PolicyName });
    world.ago(5, 'DeleteRole', { RoleName });
    expect(said(await look({ credentials }))).toEqual(['unproven R-AUTH']);
    world.server.world.switches.orphans = 'authenticate';
    const seen = await look({ credentials });
    expect(said(seen)).toEqual(['unproven R-PERM']);
    expect(needed(seen)).toEqual(['iam:GetAccountAuthorizationDetails']);
  });
});

describe('calls that are refused', () => {
  const crowd = () => {
    for (let number = 0; number < 3; number += 1) {
      world.user(`other-${number}`, 2_000);
      world.key(`other-${number}`, 2_000);
    }
    // its own lists are asked too, on the way to what else the subject has
    const alice = world.user('alice', 2_000);
    world.key('alice', 2_000);
    return { ...given.grant, users: [given.userId, alice] };
  };

  test('each call in turn, of one whole run', async () => {
    const grant = crowd();
    const asked = world.server.log.length;
    expect(said(await look(undefined, grant))).toEqual(['gone']);
    const calls = world.server.log.slice(asked).filter(({ keyId }) => keyId === world.verifier);
    expect(calls.length).toBeGreaterThan(10);
    const needs = new Set(needsOf('aws'));
    for (const [index] of calls.entries()) {
      const denial = { principal: world.verifier, call: index + 1 };
      world.server.world.denials.add(denial);
      const before = world.server.log.length;
      const seen = await look(undefined, grant);
      world.server.world.denials.delete(denial);
      const refused = world.server.log.slice(before).find(({ code }) => code === 'AccessDenied');
      const action = `${refused?.service ?? 'no'}:${refused?.action ?? 'call'}`;
      expect(
        said(seen).filter((one) => !['gone', 'unproven R-PERM', 'unproven R-CONTROL'].includes(one)),
      ).toEqual([]);
      expect(seen.report.grants[0]?.verdict, `without call ${index + 1}, ${action}`).toBe('unproven');
      const told = needed(seen).filter((one) => one !== undefined);
      if (action !== 'sts:GetCallerIdentity') {
        expect(needs).toContain(action);
        expect(told).toEqual([action]);
      }
    }
  }, 120_000);

  test.each([2, 3, 7])('every call number %d is throttled', async (every) => {
    const grant = crowd();
    world.server.world.switches.throttleEvery = every;
    const seen = await look(undefined, grant);
    expect(seen.report.grants[0]?.verdict).toBe('unproven');
    expect(
      said(seen).filter((one) => !['gone', 'unproven R-RATE', 'unproven R-CONTROL'].includes(one)),
    ).toEqual([]);
    expect(said(seen)).toContain('unproven R-RATE');
  });

  test('throttled now and then, and asked again: the same as without', async () => {
    const grant = crowd();
    world.server.world.switches.throttleEvery = 9;
    const { switches } = world.server.world;
    const seen = await look(
      { asking: { waitMs: 3_000, now: () => ((switches.throttleEvery = undefined), Date.now()) } },
      grant,
    );
    expect(said(seen)).toEqual(['gone']);
  });
});

describe('a replica that is behind', () => {
  const listed = z.object({ AccessKeyMetadata: z.array(z.unknown()) });

  test('the deleted key is shown for a while, then twice no more', async () => {
    const standing = world.user('alice', 2_000);
    const key = world.key('alice', 110);
    const owner = world.server.world.account(account);
    const ref = { userName: 'alice', userId: standing, accessKeyId: key.accessKeyId, policies: [] };
    const grant: GrantInput = {
      from: given.grant.from,
      until: new Date(),
      revokedAt: new Date(Date.now() - 2 * minute),
      credentials: [{ id: 'c1', kind: 'aws/access-key', system: 'aws-prod', ref }],
      users: [standing],
    };
    await look();
    owner.lag = { reads: 10 * minute, rights: 0 };
    world.did(0, 'iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: key.accessKeyId });
    world.did(0, 'iam', 'DeleteUser', { UserName: 'alice' });
    expect(await world.signs(key)).toBe('refused');
    expect(
      listed.parse(world.did(0, 'iam', 'ListAccessKeys', { UserName: 'alice' })).AccessKeyMetadata,
    ).toHaveLength(1);
    const c1 = (seen: Verified) => findingsOf(seen).find(({ target }) => target.id === 'c1')?.verdict;
    expect(c1(await look({ lag: true }, grant))).toMatchObject({ verdict: 'live' });
    owner.lag = { reads: 0, rights: 0 };
    const { clock, log } = world.server;
    const before = log.length;
    expect(c1(await look({ lag: true }, grant))).toMatchObject({ verdict: 'unproven', reason: 'R-LAG' });
    // the second absence after a horizon: time goes by once the first round has asked as much
    const round = log.length - before;
    let due: number | undefined = log.length + round;
    world.server.world.switches.skewToleranceMs = 60 * minute;
    const later = () => {
      if (due !== undefined && log.length >= due) {
        due = undefined;
        clock.advance(6 * minute);
      }
      return clock.now();
    };
    const seen = await look({ lag: true, asking: { waitMs: 6 * minute + 3_000, now: later } }, grant);
    expect(c1(seen)).toMatchObject({ verdict: 'gone' });
  }, 60_000);
});
