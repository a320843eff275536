import { find } from '../../../connectors/aws/fake/state.ts';
import { account, allow, document } from '../aws-world.ts';
import type { AwsGiven, AwsScenario, AwsWorld } from '../aws-world.ts';
import type { NaiveAnswer, Truth } from '../scenario.ts';

const whole = { 'sweep:aws-prod': 'gone', 'hunt:aws-prod': 'gone' } as const;
const refused = (truth: Truth): NaiveAnswer => (truth === 'works' ? 'still there' : 'gone');

const bySigning = 'signing with the credential, and asking who that is';
const tries = { asks: 'signs with the key', says: 'gone' } as const;
const triesKey = async ({ signs }: AwsWorld, { key }: AwsGiven) => refused(await signs(key));
const lists = { asks: 'lists the keys of the user', says: 'gone' } as const;

/** Whatever the list holds, by a checker that looks for the id. */
function listsKeys({ iam }: AwsWorld, { name, key }: AwsGiven): Promise<NaiveAnswer> {
  const told = JSON.stringify(iam('ListAccessKeys', { UserName: name }));
  return Promise.resolve(told.includes(key.accessKeyId) ? 'still there' : 'gone');
}

const trusts = (who: string) =>
  document({ Effect: 'Allow', Principal: { AWS: who }, Action: 'sts:AssumeRole' });
const nothing = document({ Effect: 'Deny', Action: '*', Resource: '*' });
const arnOf = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`;

export const aws: readonly AwsScenario[] = [
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
    name: 'aws-password',
    story: 'The key is deleted; the user was given a password for the console in the window.',
    naive: lists,
    truth: { by: 'whether the user has a password', is: 'works' },
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
    async play(world) {
      const given = world.give();
      world.ago(90, 'CreateLoginProfile', { UserName: given.name, Password: 'correct horse battery' });
      world.end(given);
      return {
        grant: given.grant,
        naive: () => listsKeys(world, given),
        truth: () => Promise.resolve(passwordOf(world, given)),
        async mend() {
          world.iam('DeleteLoginProfile', { UserName: given.name });
          world.iam('DeleteUserPolicy', { UserName: given.name, PolicyName: 'jit-0' });
          world.iam('DeleteUser', { UserName: given.name });
        },
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
    name: 'aws-group-besides',
    story: 'The policy is detached; a group that the subject is in gives the same, and it has a key.',
    naive: { asks: 'lists the policies of the user', says: 'gone' },
    truth: { by: 'reading a user with the key', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      needs: 'a baseline that was taken before the grant (tombstone capture)',
      targets: { e1: 'gone', 'sweep:aws-prod': 'unproven R-ORIGIN', 'hunt:aws-prod': 'gone' },
    },
    async play(world) {
      const [name, PolicyName] = ['alice', 'jit'];
      const principalId = world.user(name, 2_000);
      const key = world.key(name, 2_000);
      const PolicyDocument = allow('iam:GetUser');
      world.ago(2_000, 'CreateGroup', { GroupName: 'readers' });
      world.ago(2_000, 'PutGroupPolicy', { GroupName: 'readers', PolicyName: 'reads', PolicyDocument });
      world.ago(100, 'AddUserToGroup', { GroupName: 'readers', UserName: name });
      world.ago(120, 'PutUserPolicy', { UserName: name, PolicyName, PolicyDocument });
      world.iam('DeleteUserPolicy', { UserName: name, PolicyName });
      const ref = { principalName: name, principalId, policyName: PolicyName, policies: [PolicyDocument] };
      return {
        grant: {
          ...world.window(),
          users: [principalId],
          entitlements: [{ id: 'e1', kind: 'aws/inline-policy', system: 'aws-prod', ref }],
        },
        naive: () =>
          Promise.resolve(
            JSON.stringify(world.iam('ListUserPolicies', { UserName: name })).includes(PolicyName)
              ? 'still there'
              : 'gone',
          ),
        truth: () => world.reads(key, name),
        mend: async () => void world.iam('RemoveUserFromGroup', { GroupName: 'readers', UserName: name }),
      };
    },
  },
];

/** Does anybody bear the name? */
const stands = ({ server }: AwsWorld, name: string): boolean =>
  find(server.world.account(account).state.users, name) !== undefined;

function passwordOf({ server }: AwsWorld, { name }: AwsGiven): Truth {
  return find(server.world.account(account).state.users, name)?.login === undefined ? 'refused' : 'works';
}
