import { createHash } from 'node:crypto';
import { z } from 'zod';
import { account, allow, readsUsers } from '../aws-world.ts';
import type { AwsScenario } from '../aws-world.ts';
import { arnOf, byReading, located, mentions, tries, triesKey, trusts, whole, withMore } from './aws-told.ts';

const policyMade = z.object({ Policy: z.object({ Arn: z.string(), PolicyId: z.string() }) });
const roleMade = z.object({ Role: z.object({ RoleId: z.string() }) });

export const entitlements: readonly AwsScenario[] = [
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
  {
    name: 'aws-version-kept',
    story:
      'The policy of a team was widened for the grant; its default is as before, the wide version is kept.',
    naive: { asks: 'reads the version in force', says: 'gone' },
    truth: { by: 'reading a user with the key of somebody of the team', is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'gone', e1: 'dormant R-DISABLED', ...whole } },
    async play(world) {
      const given = world.give();
      const narrow = allow('iam:ListUsers');
      const made = world.ago(2_000, 'CreatePolicy', { PolicyName: 'team', PolicyDocument: narrow });
      const { Arn: PolicyArn, PolicyId: policyId } = policyMade.parse(made).Policy;
      world.user('carol', 2_000);
      const key = world.key('carol', 2_000);
      world.ago(2_000, 'AttachUserPolicy', { UserName: 'carol', PolicyArn });
      world.ago(115, 'CreatePolicyVersion', { PolicyArn, PolicyDocument: readsUsers, SetAsDefault: true });
      const set = (VersionId: string) => world.iam('SetDefaultPolicyVersion', { PolicyArn, VersionId });
      set('v1');
      world.end(given, 'with its user');
      const sha256 = createHash('sha256').update(readsUsers).digest('hex');
      const e1 = located('e1', 'aws/policy-version', {
        policyArn: PolicyArn,
        policyId,
        versionId: 'v2',
        sha256,
      });
      return {
        grant: withMore(given, { entitlements: [e1] }),
        naive: () => {
          const inForce = world.iam('GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
          return Promise.resolve(mentions(inForce, encodeURIComponent('iam:GetUser')));
        },
        truth: () => world.reads(key, 'carol'),
        revive: async () => void set('v2'),
        async mend() {
          set('v1');
          world.iam('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
        },
      };
    },
  },
  {
    name: 'aws-version-in-force-again',
    story: 'The wide version was deleted at the end; drift repair made the same text the next one, in force.',
    naive: { asks: 'asks for the version of the record', says: 'gone' },
    truth: { by: 'reading a user with the key of somebody of the team', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-STANDING', ...whole } },
    async play(world) {
      const given = world.give();
      const made = world.ago(2_000, 'CreatePolicy', {
        PolicyName: 'team',
        PolicyDocument: allow('iam:ListUsers'),
      });
      const { Arn: PolicyArn, PolicyId: policyId } = policyMade.parse(made).Policy;
      world.user('carol', 2_000);
      const key = world.key('carol', 2_000);
      world.ago(2_000, 'AttachUserPolicy', { UserName: 'carol', PolicyArn });
      const widen = (minutes: number) =>
        world.ago(minutes, 'CreatePolicyVersion', {
          PolicyArn,
          PolicyDocument: readsUsers,
          SetAsDefault: true,
        });
      const narrow = (VersionId: string) => {
        world.iam('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' });
        world.iam('DeletePolicyVersion', { PolicyArn, VersionId });
      };
      widen(115);
      narrow('v2');
      widen(30);
      world.end(given, 'with its user');
      const sha256 = createHash('sha256').update(readsUsers).digest('hex');
      const e1 = located('e1', 'aws/policy-version', {
        policyArn: PolicyArn,
        policyId,
        versionId: 'v2',
        sha256,
      });
      return {
        grant: withMore(given, { entitlements: [e1] }),
        naive: () => Promise.resolve(mentions(world.iam('ListPolicyVersions', { PolicyArn }), '"v2"')),
        truth: () => world.reads(key, 'carol'),
        mend: async () => narrow('v3'),
      };
    },
  },
  {
    name: 'aws-trust-taken-back',
    story:
      'The trust was given for the grant and is taken back; a session that was made through it, and that the record does not name, lives on.',
    naive: { asks: 'reads the trust of the role', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'gone', e1: 'unproven R-DERIVED', ...whole } },
    async play(world) {
      const given = world.give();
      const [RoleName, principal] = ['deploy', arnOf('user', given.name)];
      const trusting = { RoleName, AssumeRolePolicyDocument: trusts(principal), MaxSessionDuration: 43_200 };
      const { RoleId: roleId } = roleMade.parse(world.ago(119, 'CreateRole', trusting)).Role;
      world.ago(119, 'PutRolePolicy', { RoleName, PolicyName: 'reads', PolicyDocument: readsUsers });
      const session = await world.assume(given.key, RoleName, 100);
      const nobody = trusts(arnOf('user', 'verifier'));
      world.iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: nobody });
      world.end(given, 'with its user');
      const ref = { roleName: RoleName, roleId, principal, principalId: given.userId };
      return {
        grant: withMore(given, { entitlements: [located('e1', 'aws/role-trust', ref)] }),
        naive: () => Promise.resolve(mentions(world.iam('GetRole', { RoleName }), given.userId)),
        truth: () => world.reads(session, 'verifier'),
        async mend() {
          world.iam('DeleteRolePolicy', { RoleName, PolicyName: 'reads' });
          world.iam('DeleteRole', { RoleName });
        },
      };
    },
  },
  {
    name: 'aws-dead-id-in-a-trust',
    story:
      'The grant let another user of the subject assume a role; that user is deleted, its id stands in the trust.',
    naive: { asks: 'reads the trust of the role, and finds a principal in it', says: 'still there' },
    truth: { by: 'assuming the role with a key of a new user of the name', is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', e1: 'gone', ...whole } },
    async play(world) {
      const given = world.give();
      const [RoleName, UserName] = ['deploy', 'alice'];
      const principalId = world.user(UserName, 2_000);
      const trust = { RoleName, AssumeRolePolicyDocument: trusts(arnOf('user', UserName)) };
      const { RoleId: roleId } = roleMade.parse(world.ago(1_999, 'CreateRole', trust)).Role;
      world.end(given, 'with its user');
      world.iam('DeleteUser', { UserName });
      world.user(UserName, 50);
      const key = world.key(UserName, 50);
      const ref = {
        roleName: RoleName,
        roleId,
        principal: arnOf('user', UserName),
        principalId,
        sessions: 'named',
      };
      return {
        grant: {
          ...withMore(given, { entitlements: [located('e1', 'aws/role-trust', ref)] }),
          users: [given.userId, principalId],
        },
        naive: () => Promise.resolve(mentions(world.iam('GetRole', { RoleName }), principalId)),
        truth: () => world.becomes(key, RoleName),
      };
    },
  },
  {
    name: 'aws-trusts-the-account',
    story: 'The trust is left to the account: another user of the subject may assume whatever trusts it.',
    naive: { asks: 'looks for the user in the trust of the role', says: 'gone' },
    truth: { by: 'assuming the role with the key of the other user', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'gone',
        e1: 'live R-STANDING',
        'sweep:aws-prod': 'unproven R-ORIGIN',
        'hunt:aws-prod': 'gone',
      },
    },
    async play(world) {
      const given = world.give();
      const [RoleName, principal] = ['deploy', arnOf('user', given.name)];
      const other = world.user('alice', 2_000);
      const key = world.key('alice', 2_000);
      const may = { UserName: 'alice', PolicyName: 'may' };
      world.ago(2_000, 'PutUserPolicy', { ...may, PolicyDocument: allow('sts:AssumeRole') });
      const trust = { RoleName, AssumeRolePolicyDocument: trusts(`arn:aws:iam::${account}:root`) };
      const { RoleId: roleId } = roleMade.parse(world.ago(119, 'CreateRole', trust)).Role;
      world.end(given, 'with its user');
      const letIn = { principal, principalId: given.userId };
      const ref = { roleName: RoleName, roleId, ...letIn, sessions: 'named' };
      return {
        grant: {
          ...withMore(given, { entitlements: [located('e1', 'aws/role-trust', ref)] }),
          users: [given.userId, other],
        },
        naive: () => Promise.resolve(mentions(world.iam('GetRole', { RoleName }), given.userId)),
        truth: () => world.becomes(key, RoleName),
        mend: async () => void world.iam('DeleteUserPolicy', may),
      };
    },
  },
  {
    name: 'aws-boundary-lifted',
    story:
      'A user was given a wider boundary for the grant; its own policies were always wide, and nothing set it back.',
    naive: tries,
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-STANDING', ...whole } },
    async play(world) {
      const UserName = 'carol';
      const principalId = world.user(UserName, 2_000);
      const key = world.key(UserName, 2_000);
      world.ago(2_000, 'PutUserPolicy', { UserName, PolicyName: 'wide', PolicyDocument: readsUsers });
      const made = world.ago(2_000, 'CreatePolicy', {
        PolicyName: 'fence',
        PolicyDocument: allow('iam:ListUsers'),
      });
      const { Arn: policyArn } = policyMade.parse(made).Policy;
      const bound = { UserName, PermissionsBoundary: policyArn };
      world.ago(2_000, 'PutUserPermissionsBoundary', bound);
      const baseline = await world.baseline([principalId]);
      const given = world.give();
      world.ago(115, 'DeleteUserPermissionsBoundary', { UserName });
      world.end(given, 'with its user');
      const e1 = located('e1', 'aws/permissions-boundary', {
        principalId,
        principalName: UserName,
        policyArn,
      });
      return {
        grant: { ...withMore(given, { entitlements: [e1] }), baseline },
        naive: () => triesKey(world, given),
        truth: () => world.reads(key, UserName),
        mend: async () => void world.iam('PutUserPermissionsBoundary', bound),
      };
    },
  },
];
