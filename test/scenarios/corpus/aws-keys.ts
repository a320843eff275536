import { allow } from '../aws-world.ts';
import type { AwsScenario } from '../aws-world.ts';
import { bySigning, lists, nothing, stands, tries, triesKey, whole } from './aws-told.ts';

export const keys: readonly AwsScenario[] = [
  {
    name: 'aws-honest',
    story: 'Key and user are deleted; the grant could do nothing in IAM.',
    naive: tries,
    truth: { by: bySigning, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', ...whole } },
    blinded: {
      without: 'iam:GetAccountAuthorizationDetails',
      expected: {
        grant: 'unproven',
        exit: 3,
        needs: 'iam:GetAccountAuthorizationDetails',
        targets: {
          c1: 'unproven R-PERM',
          'sweep:aws-prod': 'unproven R-PERM',
          'hunt:aws-prod': 'unproven R-PERM',
        },
      },
    },
    async play(world) {
      const given = world.give();
      world.end(given, 'with its user');
      return { grant: given.grant, naive: () => triesKey(world, given), truth: () => world.signs(given.key) };
    },
  },
  {
    name: 'aws-second-key',
    story: 'The key of the record is deleted; a second one was made for the same user meanwhile.',
    naive: tries,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'unproven R-DERIVED',
        'sweep:aws-prod/of-the-user-1': 'live R-LISTED',
        'sweep:aws-prod/inline-1': 'live R-LISTED',
        ...whole,
      },
    },
    blinded: {
      without: 'iam:ListAccessKeys',
      expected: {
        grant: 'unproven',
        exit: 3,
        needs: 'iam:ListAccessKeys',
        targets: { c1: 'unproven R-PERM', 'sweep:aws-prod': 'unproven R-PERM', 'hunt:aws-prod': 'gone' },
      },
    },
    async play(world) {
      const given = world.give();
      const second = world.key(given.name, 90);
      world.end(given);
      return {
        grant: given.grant,
        naive: () => triesKey(world, given),
        truth: () => world.signs(second),
        mend: () => Promise.resolve(world.end({ ...given, key: second }, 'with its user')),
      };
    },
  },
  {
    name: 'aws-inactive',
    story: 'The key is switched off, and not deleted: one call switches it on, and no date tells.',
    naive: tries,
    truth: { by: bySigning, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED', ...whole } },
    async play(world) {
      const given = world.give();
      // no session that was made with it may do anything either
      world.iam('PutUserPolicy', { UserName: given.name, PolicyName: 'over', PolicyDocument: nothing });
      const set = (Status: string) =>
        world.iam('UpdateAccessKey', { UserName: given.name, AccessKeyId: given.key.accessKeyId, Status });
      set('Inactive');
      return {
        grant: given.grant,
        naive: () => triesKey(world, given),
        truth: () => world.signs(given.key),
        revive: async () => void set('Active'),
        mend: () => Promise.resolve(world.end(given, 'with its user')),
      };
    },
  },
  {
    name: 'aws-namesake',
    story: 'The user is deleted, and automation makes another one of the same name, with a key.',
    naive: { asks: 'asks for the user by its name', says: 'still there' },
    truth: { by: bySigning, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', ...whole } },
    async play(world) {
      const given = world.give();
      world.end(given, 'with its user');
      world.user(given.name, 50);
      world.key(given.name, 50);
      return {
        grant: given.grant,
        naive: async () => {
          world.iam('GetUser', { UserName: given.name });
          return 'still there';
        },
        truth: () => world.signs(given.key),
      };
    },
  },
  {
    name: 'aws-renamed',
    story: 'The user is renamed, and keeps its key: under the old name there is nobody.',
    naive: { asks: 'asks for the user by its name', says: 'gone' },
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'live R-LISTED', ...whole },
    },
    async play(world) {
      const given = world.give();
      world.iam('UpdateUser', { UserName: given.name, NewUserName: 'retired' });
      return {
        grant: given.grant,
        naive: () => Promise.resolve(stands(world, given.name) ? 'still there' : 'gone'),
        truth: () => world.signs(given.key),
        mend: () => Promise.resolve(world.end({ ...given, name: 'retired' }, 'with its user')),
      };
    },
  },
  {
    name: 'aws-could-make-keys',
    story: 'The grant could make keys, and made one for an administrator; its own key is deleted.',
    naive: lists,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'hunt:aws-prod/born-in-window-1': 'live R-LISTED', ...whole },
    },
    async play(world) {
      const given = world.give([allow('iam:CreateAccessKey')]);
      world.user('admin', 2_000);
      const another = world.key('admin', 90);
      world.end(given, 'with its user');
      return {
        grant: given.grant,
        naive: () => Promise.resolve(stands(world, given.name) ? 'still there' : 'gone'),
        truth: () => world.signs(another),
        mend: async () =>
          void world.iam('DeleteAccessKey', { UserName: 'admin', AccessKeyId: another.accessKeyId }),
      };
    },
  },
  {
    name: 'aws-second-account-of-the-subject',
    story: 'The grant is over; a second user of the same subject got a key in the window.',
    naive: tries,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'sweep:aws-prod/of-the-user-1': 'live R-LISTED', ...whole },
    },
    async play(world) {
      const given = world.give();
      const other = world.user('alice', 2_000);
      const key = world.key('alice', 90);
      world.end(given, 'with its user');
      return {
        grant: { ...given.grant, users: [given.userId, other] },
        naive: () => triesKey(world, given),
        truth: () => world.signs(key),
        mend: async () =>
          void world.iam('DeleteAccessKey', { UserName: 'alice', AccessKeyId: key.accessKeyId }),
      };
    },
  },
];
