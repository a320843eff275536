import { z } from 'zod';
import { document, readsUsers } from '../aws-world.ts';
import type { AwsGiven, AwsScenario, AwsWorld } from '../aws-world.ts';
import type { AwsCredentials } from '../../../connectors/aws/aws.fake.ts';
import type { Located } from '../record.ts';
import {
  arnOf,
  byReading,
  bySigning,
  located,
  mentions,
  named,
  olderThan,
  refused,
  standsByName,
  tries,
  triesKey,
  trusts,
  whole,
  withMore,
} from './aws-told.ts';

const roleMade = z.object({ Role: z.object({ RoleId: z.string() }) });
const profileMade = z.object({ InstanceProfile: z.object({ InstanceProfileId: z.string() }) });
const minute = 60_000;
const RoleName = 'deploy';
const PolicyName = 'AWSRevokeOlderSessions';
const [cut, ended] = [olderThan(Date.now() - 60 * minute), { PolicyName: 'reads', RoleName }];

interface Assumed extends AwsGiven {
  readonly session: AwsCredentials;
  readonly roleId: string;
  /** The session, as the record names it. */
  readonly c2: Located;
}

/** A role that trusts the user of the grant, and a session of it for twelve hours. */
async function assumed(world: AwsWorld): Promise<Assumed> {
  const given = world.give();
  const roleId = roleFor(world, { AWS: arnOf('user', given.name) });
  const session = await world.assume(given.key, RoleName, 100);
  return { ...given, session, roleId, c2: sessionOf(roleId, session) };
}

function roleFor(world: AwsWorld, Principal: object): string {
  const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const input = { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration: 43_200 };
  const { RoleId } = roleMade.parse(world.ago(119, 'CreateRole', input)).Role;
  world.ago(119, 'PutRolePolicy', { ...ended, PolicyDocument: readsUsers });
  return RoleId;
}

const sessionOf = (roleId: string, { accessKeyId }: AwsCredentials): Located =>
  located('c2', 'aws/role-session', {
    roleArn: arnOf('role', RoleName),
    roleId,
    sessionName: 'task',
    accessKeyId,
    issuedAt: new Date(Date.now() - 100 * minute).toISOString(),
    expiresAt: new Date(Date.now() + 620 * minute).toISOString(),
    policies: [readsUsers],
  });

/** Nobody but a service of AWS is trusted any more. */
const distrust = (world: AwsWorld) =>
  world.iam('UpdateAssumeRolePolicy', {
    RoleName,
    PolicyDocument: document({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  });
const revoke = (world: AwsWorld) => world.iam('PutRolePolicy', { RoleName, PolicyName, PolicyDocument: cut });
function removeRole(world: AwsWorld, ...policies: readonly string[]): Promise<void> {
  for (const one of ['reads', ...policies]) world.iam('DeleteRolePolicy', { RoleName, PolicyName: one });
  world.iam('DeleteRole', { RoleName });
  return Promise.resolve();
}

export const sessions: readonly AwsScenario[] = [
  {
    name: 'aws-trusted-by-name',
    story: 'Key and user are deleted; with the key a role was assumed that trusts the user by name.',
    naive: tries,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: {
        c1: 'unproven R-DERIVED',
        'sweep:aws-prod': 'gone',
        'hunt:aws-prod': 'unproven R-ORIGIN',
      },
    },
    async play(world) {
      const given = world.give();
      world.ago(119, 'CreateRole', {
        RoleName: 'deploy',
        AssumeRolePolicyDocument: trusts(arnOf('user', given.name)),
        MaxSessionDuration: 43_200,
      });
      const session = await world.assume(given.key, 'deploy', 100);
      world.end(given, 'with its user');
      return {
        grant: given.grant,
        naive: () => triesKey(world, given),
        truth: () => world.signs(session),
        mend: async () => void world.iam('DeleteRole', { RoleName: 'deploy' }),
      };
    },
  },
  {
    name: 'aws-session-outlives-its-user',
    story: 'Key and user are deleted; the role that it had assumed knows nothing of that for twelve hours.',
    naive: named,
    truth: { by: byReading, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'unproven R-DERIVED',
        c2: 'live R-ACTIVE',
        'sweep:aws-prod': 'gone',
        'hunt:aws-prod': 'unproven R-ORIGIN',
      },
    },
    async play(world) {
      const given = await assumed(world);
      world.end(given, 'with its user');
      return {
        grant: withMore(given, { credentials: [given.c2] }),
        naive: () => standsByName(world, given.name),
        truth: () => world.reads(given.session, 'verifier'),
        mend: () => removeRole(world),
      };
    },
  },
  {
    name: 'aws-session-cut-off',
    story: 'Everything is denied to what was issued before the end: it holds as long as the deny stands.',
    naive: { asks: 'reads a user with the session', says: 'gone' },
    truth: { by: byReading, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'gone', c2: 'dormant R-DISABLED', ...whole } },
    async play(world) {
      const given = await assumed(world);
      revoke(world);
      distrust(world);
      world.end(given, 'with its user');
      return {
        grant: withMore(given, { credentials: [given.c2] }),
        naive: async () => refused(await world.reads(given.session, 'verifier')),
        truth: () => world.reads(given.session, 'verifier'),
        revive: async () => void world.iam('DeleteRolePolicy', { RoleName, PolicyName }),
        mend: () => removeRole(world),
      };
    },
  },
  {
    name: 'aws-deny-repaired-away',
    story: 'The deny of older sessions was there when it was looked for; drift repair took it away.',
    naive: { asks: 'looks for the deny right after the end', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE', ...whole } },
    async play(world) {
      const given = await assumed(world);
      revoke(world);
      distrust(world);
      world.end(given, 'with its user');
      const seen = mentions(world.iam('ListRolePolicies', { RoleName }), PolicyName);
      world.ago(30, 'DeleteRolePolicy', { RoleName, PolicyName });
      return {
        grant: withMore(given, { credentials: [given.c2] }),
        naive: () => Promise.resolve(seen === 'gone' ? 'still there' : 'gone'),
        truth: () => world.reads(given.session, 'verifier'),
        mend: () => removeRole(world),
      };
    },
  },
  {
    name: 'aws-assumed-again',
    story: 'All sessions are revoked as they should be, and the role still trusts the subject.',
    naive: { asks: 'reads a user with the session', says: 'gone' },
    truth: { by: 'assuming the role once more', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c2: 'dormant R-DISABLED', e1: 'live R-LISTED', ...whole },
    },
    async play(world) {
      const [principal, principalId] = [arnOf('user', 'alice'), world.user('alice', 2_000)];
      const key = world.key('alice', 2_000);
      const roleId = roleFor(world, { AWS: principal });
      const session = await world.assume(key, RoleName, 100);
      revoke(world);
      const ref = { roleName: RoleName, roleId, principal, principalId };
      return {
        grant: {
          ...world.window(),
          users: [principalId],
          credentials: [sessionOf(roleId, session)],
          entitlements: [located('e1', 'aws/role-trust', ref)],
        },
        naive: async () => refused(await world.reads(session, 'verifier')),
        truth: () => world.becomes(key, RoleName),
        mend: () => removeRole(world, PolicyName),
      };
    },
  },
  {
    name: 'aws-machine-fetches-anew',
    story:
      'Older sessions of the role are denied everything; a machine that has it fetches newer credentials.',
    naive: { asks: 'looks for the deny of older sessions', says: 'gone' },
    truth: { by: 'reading a user with what the machine fetched since', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', c2: 'dormant R-DISABLED', e1: 'live R-LISTED', ...whole },
    },
    async play(world) {
      const given = world.give();
      const roleId = roleFor(world, { Service: 'ec2.amazonaws.com' });
      const InstanceProfileName = 'worker';
      const made = world.ago(2_000, 'CreateInstanceProfile', { InstanceProfileName });
      const { InstanceProfileId } = profileMade.parse(made).InstanceProfile;
      world.ago(118, 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
      const session = world.handOut(RoleName, 100);
      revoke(world);
      world.end(given, 'with its user');
      const fetched = world.handOut(RoleName, 10);
      const place = { instanceProfileName: InstanceProfileName, instanceProfileId: InstanceProfileId };
      const e1 = located('e1', 'aws/instance-profile', { ...place, roleName: RoleName, roleId });
      return {
        grant: withMore(given, { credentials: [sessionOf(roleId, session)], entitlements: [e1] }),
        naive: () =>
          Promise.resolve(
            mentions(world.iam('ListRolePolicies', { RoleName }), PolicyName) === 'gone'
              ? 'still there'
              : 'gone',
          ),
        truth: () => world.reads(fetched, 'verifier'),
        mend() {
          world.iam('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
          return removeRole(world, PolicyName);
        },
      };
    },
  },
  {
    name: 'aws-trust-not-told',
    story:
      'A role trusted the user by name, which the record does not tell; the trust is taken back, a session of it lives.',
    naive: tries,
    truth: { by: byReading, is: 'works' },
    limit:
      'IAM keeps no history of trusts: of one that was taken back, and that the record does not name, nothing is left to see. With `assumedRights: refuse` it is unproven.',
    expected: {
      grant: 'gone',
      exit: 0,
      says: 'no role here trusts it by name now',
      targets: { c1: 'gone', ...whole },
    },
    async play(world) {
      const given = await assumed(world);
      distrust(world);
      world.end(given, 'with its user');
      return {
        grant: given.grant,
        naive: () => triesKey(world, given),
        truth: () => world.reads(given.session, 'verifier'),
        mend: () => removeRole(world),
      };
    },
  },
];
