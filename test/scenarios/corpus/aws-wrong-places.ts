import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { AwsError, startAws } from '../../../connectors/aws/aws.fake.ts';
import { find } from '../../../connectors/aws/fake/state.ts';
import type { AwsScenario, AwsWorld } from '../aws-world.ts';
import { settingsOf } from '../aws-use.ts';
import type { AwsVerifier } from '../aws-verifier.ts';
import { account } from '../aws-world.ts';
import { policyOf } from '../verifier.ts';
import { bySigning, lists, mentions, named, refused, tries, whole } from './aws-told.ts';

const elsewhere = '222222222222';
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });
const everywhere = (reason: 'R-CONTROL' | 'R-SCOPE' | 'R-RATE') =>
  ({
    c1: `unproven ${reason}`,
    'sweep:aws-prod': `unproven ${reason}`,
    'hunt:aws-prod': `unproven ${reason}`,
  }) as const;

/** A verifier with all that it needs, in another account. */
function inAnotherAccount({ server }: Pick<AwsWorld, 'server'>): AwsVerifier {
  const { world } = server;
  world.addAccount(elsewhere);
  const UserName = 'verifier';
  world.call(elsewhere, 'iam', 'CreateUser', { UserName });
  const PolicyDocument = policyOf('aws');
  world.call(elsewhere, 'iam', 'PutUserPolicy', { UserName, PolicyName: 'it', PolicyDocument });
  const { AccessKey } = keyMade.parse(world.call(elsewhere, 'iam', 'CreateAccessKey', { UserName }));
  const credentials = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  return { account: elsewhere, credentials };
}

export const wrongPlaces: readonly AwsScenario[] = [
  {
    name: 'aws-another-account',
    story: 'The verifier is configured for another account, where nobody has heard of the user.',
    naive: named,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'unproven R-SCOPE', 'sweep:aws-prod': 'gone', 'hunt:aws-prod': 'gone' },
    },
    async play(world) {
      const given = world.give();
      const verifier = inAnotherAccount(world);
      const { users } = world.server.world.account(elsewhere).state;
      return {
        grant: given.grant,
        verifier,
        naive: () => Promise.resolve(find(users, given.name) === undefined ? 'gone' : 'still there'),
        truth: () => world.signs(given.key),
        mend: () => Promise.resolve(world.end(given, 'with its user')),
      };
    },
  },
  {
    name: 'aws-endpoint-lets-everybody-in',
    story: 'The verifier asks a stand-in of AWS that takes any key: in it the user is not.',
    naive: named,
    truth: { by: bySigning, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: everywhere('R-CONTROL') },
    async play(world) {
      const given = world.give();
      const other = await startAws({ account });
      other.world.switches.authenticates = 'everybody';
      return {
        grant: given.grant,
        verifier: { address: other.address },
        naive: () => Promise.resolve(mentions(other.world.call(account, 'iam', 'ListUsers'), given.name)),
        truth: () => world.signs(given.key),
        mend: () => Promise.resolve(world.end(given, 'with its user')),
        clean: () => other.stop(),
      };
    },
  },
  {
    name: 'aws-copied-wrong',
    story:
      'The record’s copy of the secret is wrong, so the key is refused; whoever has the right one comes in.',
    naive: tries,
    truth: { by: bySigning, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED', ...whole } },
    async play(world) {
      const given = world.give();
      return {
        grant: given.grant,
        naive: async () => {
          // by the code of the answer alone: signature wrong, key known
          const told = await world.signs({ ...given.key, secretAccessKey: 'a'.repeat(40) });
          return refused(told);
        },
        truth: () => world.signs(given.key),
        mend: () => Promise.resolve(world.end(given, 'with its user')),
      };
    },
  },
  {
    name: 'aws-throttled-once-too-often',
    story: 'The list of keys is throttled until the checker gives up: an empty list in its hand.',
    naive: { asks: 'lists the keys of the user, and takes an error for an empty list', says: 'gone' },
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'unproven R-RATE', 'sweep:aws-prod': 'unproven R-RATE', 'hunt:aws-prod': 'gone' },
    },
    async play(world) {
      const given = world.give();
      const heal = world.server.fault(
        ({ action }) => action === 'ListAccessKeys',
        new AwsError('Throttling', 400, 'Rate exceeded'),
      );
      return {
        grant: given.grant,
        naive: async () => {
          const iam = new IAMClient(settingsOf(world.server, given.key));
          try {
            const told = await iam.send(new ListAccessKeysCommand({ UserName: given.name }));
            return mentions(told, given.key.accessKeyId);
          } catch {
            return 'gone';
          }
        },
        truth: () => world.signs(given.key),
        mend() {
          heal();
          return Promise.resolve(world.end(given, 'with its user'));
        },
      };
    },
  },
  {
    name: 'aws-two-seconds-after',
    story: 'Key and user are deleted this moment: lists know it, what lets requests in does not know it yet.',
    naive: lists,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'unproven R-LAG', 'sweep:aws-prod': 'gone', 'hunt:aws-prod': 'gone' },
    },
    async play(world) {
      const given = world.give();
      // that the verifier may ask was known everywhere before
      await world.look('before', given.grant);
      const owner = world.server.world.account(account);
      owner.lag = { reads: 0, rights: 600_000 };
      const UserName = given.name;
      world.did(0, 'iam', 'DeleteAccessKey', { UserName, AccessKeyId: given.key.accessKeyId });
      const keys = mentions(world.iam('ListAccessKeys', { UserName }), given.key.accessKeyId);
      world.did(0, 'iam', 'DeleteUserPolicy', { UserName, PolicyName: 'jit-0' });
      world.did(0, 'iam', 'DeleteUser', { UserName });
      return {
        grant: { ...given.grant, until: new Date(), revokedAt: new Date() },
        verifier: { lag: true },
        naive: () => Promise.resolve(keys),
        truth: () => world.signs(given.key),
        mend() {
          owner.lag = { reads: 0, rights: 0 };
          return Promise.resolve();
        },
      };
    },
  },
];
