import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteLoginProfileCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  RemoveUserFromGroupCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { findMoto } from '../../test/servers/moto.ts';
import { realServer } from '../../test/servers/require.ts';
import { allow, outcome, policy, trust } from './fake.fixture.ts';
import {
  account,
  assume,
  everyone,
  iam,
  keyOf,
  readable,
  role,
  useBoth,
  user,
  whoAmI,
} from './moto.fixture.ts';
import type { Shared } from './moto.fixture.ts';

// Where the two differ, and what AWS documents about it, is in moto-is-wrong.test.ts.

const stranger = { accessKeyId: 'AKIAQNZGKIQY56JQ7WML', secretAccessKey: 'never issued' };
const wrong = { secretAccessKey: 'another one' };
const UserName = 'jit';

const authentication: readonly Shared[] = [
  {
    about: 'a key that was never issued',
    ask: (side) => outcome(whoAmI(side, stranger)),
    answer: '403 InvalidClientTokenId',
  },
  {
    about: 'a key from its making to its end',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      const before = await outcome(whoAmI(side, credentials));
      await iam(side).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId }));
      const { AccessKeyMetadata } = await iam(side).send(new ListAccessKeysCommand({ UserName }));
      return [before, await outcome(whoAmI(side, credentials)), AccessKeyMetadata];
    },
    answer: ['200', '403 InvalidClientTokenId', []],
  },
  {
    about: 'a wrong secret, for a key that lives and for one that does not',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      const guess = () => outcome(whoAmI(side, { ...credentials, ...wrong }));
      const before = await guess();
      await iam(side).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId }));
      return [before, await guess()];
    },
    answer: ['403 SignatureDoesNotMatch', '403 InvalidClientTokenId'],
  },
  {
    about: 'a session outlives the key that made it',
    async ask(side) {
      const { credentials } = await user(side, UserName, allow('sts:AssumeRole'));
      const { arn } = await role(side, 'task', everyone);
      const session = await assume(side, credentials, arn);
      await iam(side).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId }));
      const { Arn } = await whoAmI(side, session);
      return [await outcome(whoAmI(side, credentials)), Arn];
    },
    answer: ['403 InvalidClientTokenId', `arn:aws:sts::${account}:assumed-role/task/task`],
  },
  {
    about: 'a session without its token, and with another',
    async ask(side) {
      const { credentials } = await user(side, UserName, allow('sts:AssumeRole'));
      const { arn } = await role(side, 'task', everyone);
      const { sessionToken: _, ...bare } = await assume(side, credentials, arn);
      return [await outcome(whoAmI(side, bare)), await outcome(whoAmI(side, { ...bare, sessionToken: 'x' }))];
    },
    answer: ['403 InvalidClientTokenId', '403 InvalidClientTokenId'],
  },
  {
    about: 'a third key',
    async ask(side) {
      await user(side, UserName);
      await keyOf(side, UserName);
      return outcome(keyOf(side, UserName));
    },
    answer: '409 LimitExceededException',
  },
];

const rights: readonly Shared[] = [
  {
    about: 'denied is told alike, whether it is there or not; absent is told to whom it may be',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      const get = (name: string, by = credentials) =>
        outcome(iam(side, by).send(new GetUserCommand({ UserName: name })));
      const absent = await outcome(iam(side).send(new GetUserCommand({ UserName: 'absent' })));
      return [await get(UserName), await get('absent'), absent];
    },
    answer: ['403 AccessDenied', '403 AccessDenied', '404 NoSuchEntityException'],
  },
  {
    about: 'a right through a group, until the user leaves it',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      const GroupName = 'ops';
      const list = () => outcome(iam(side, credentials).send(new ListUsersCommand({})));
      await iam(side).send(new CreateGroupCommand({ GroupName }));
      const PolicyDocument = allow('iam:ListUsers');
      await iam(side).send(new PutGroupPolicyCommand({ GroupName, PolicyName: 'p', PolicyDocument }));
      const before = await list();
      await iam(side).send(new AddUserToGroupCommand({ GroupName, UserName }));
      const inside = await list();
      await iam(side).send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
      return [before, inside, await list()];
    },
    answer: ['403 AccessDenied', '200', '403 AccessDenied'],
  },
  {
    about: 'a deny wins over an allow',
    async ask(side) {
      const { credentials } = await user(
        side,
        UserName,
        policy(
          { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
          { Effect: 'Deny', Action: 'iam:ListUsers', Resource: '*' },
        ),
      );
      return [
        await outcome(iam(side, credentials).send(new ListUsersCommand({}))),
        await outcome(iam(side, credentials).send(new GetUserCommand({ UserName }))),
      ];
    },
    answer: ['403 AccessDenied', '200'],
  },
  {
    about: 'a role that trusts one user, and then another',
    async ask(side) {
      const first = await user(side, 'first', allow('sts:*'));
      const second = await user(side, 'second', allow('sts:*'));
      const { arn } = await role(side, 'task', trust(first.arn));
      const both = async () => [
        await outcome(assume(side, first.credentials, arn)),
        await outcome(assume(side, second.credentials, arn)),
      ];
      const before = await both();
      const PolicyDocument = trust(second.arn);
      await iam(side).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'task', PolicyDocument }));
      return [before, await both()];
    },
    answer: [
      ['200', '403 AccessDenied'],
      ['403 AccessDenied', '200'],
    ],
  },
  {
    about: 'a deny of older sessions stops this one, and its removal revives it',
    async ask(side) {
      const { credentials } = await user(side, UserName, allow('sts:*'));
      const { arn } = await role(side, 'task', everyone, allow('iam:ListUsers'));
      const session = await assume(side, credentials, arn);
      const list = () => outcome(iam(side, session).send(new ListUsersCommand({})));
      const before = await list();
      const older = { DateLessThan: { 'aws:TokenIssueTime': '2100-01-01T00:00:00Z' } };
      const named = { RoleName: 'task', PolicyName: 'AWSRevokeOlderSessions' };
      const PolicyDocument = policy({ Effect: 'Deny', Action: '*', Resource: '*', Condition: older });
      await iam(side).send(new PutRolePolicyCommand({ ...named, PolicyDocument }));
      const stopped = await list();
      // it says who it is all the same
      const known = await outcome(whoAmI(side, session));
      await iam(side).send(new DeleteRolePolicyCommand(named));
      return [before, stopped, known, await list()];
    },
    answer: ['200', '403 AccessDenied', '200', '200'],
  },
];

const ends: readonly Shared[] = [
  {
    about: 'a deleted user, and a namesake with another id',
    async ask(side) {
      const { id, credentials } = await user(side, UserName);
      await iam(side).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId }));
      await iam(side).send(new DeleteUserCommand({ UserName }));
      const gone = await outcome(iam(side).send(new GetUserCommand({ UserName })));
      const keys = await outcome(iam(side).send(new ListAccessKeysCommand({ UserName })));
      const { User } = await iam(side).send(new CreateUserCommand({ UserName }));
      return [gone, keys, User?.UserId === id, await outcome(whoAmI(side, credentials))];
    },
    answer: ['404 NoSuchEntityException', '404 NoSuchEntityException', false, '403 InvalidClientTokenId'],
  },
  {
    about: 'a deleted group, and what its member is in',
    async ask(side) {
      const GroupName = 'ops';
      await user(side, UserName);
      await iam(side).send(new CreateGroupCommand({ GroupName }));
      await iam(side).send(new AddUserToGroupCommand({ GroupName, UserName }));
      await iam(side).send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
      await iam(side).send(new DeleteGroupCommand({ GroupName }));
      const gone = await outcome(iam(side).send(new GetGroupCommand({ GroupName })));
      const { Groups } = await iam(side).send(new ListGroupsForUserCommand({ UserName }));
      return [gone, Groups];
    },
    answer: ['404 NoSuchEntityException', []],
  },
  {
    about: 'F16: to delete a provider that is not there is no error, as AWS documents',
    ask: (side) =>
      outcome(
        iam(side).send(
          new DeleteOpenIDConnectProviderCommand({
            OpenIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/never`,
          }),
        ),
      ),
    answer: '200',
  },
];

const lists: readonly Shared[] = [
  {
    about: 'what hangs on a user',
    async ask(side) {
      await user(side, UserName, allow('iam:GetUser'));
      const made = await iam(side).send(
        new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allow('s3:*') }),
      );
      const PolicyArn = made.Policy?.Arn;
      await iam(side).send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      const { PolicyNames } = await iam(side).send(new ListUserPoliciesCommand({ UserName }));
      const attached = await iam(side).send(new ListAttachedUserPoliciesCommand({ UserName }));
      return [PolicyNames, attached.AttachedPolicies];
    },
    answer: [['rights'], [{ PolicyName: 'own', PolicyArn: `arn:aws:iam::${account}:policy/own` }]],
  },
  {
    about: 'the trust policy of a role',
    async ask(side) {
      const { arn } = await user(side, UserName);
      await role(side, 'task', trust(arn));
      const { Role } = await iam(side).send(new GetRoleCommand({ RoleName: 'task' }));
      return readable(Role?.AssumeRolePolicyDocument);
    },
    answer: JSON.parse(trust(`arn:aws:iam::${account}:user/jit`)) as unknown,
  },
  {
    about: 'the whole account in one answer',
    async ask(side) {
      await user(side, UserName, allow('iam:GetUser'));
      const GroupName = 'ops';
      await iam(side).send(new CreateGroupCommand({ GroupName }));
      await iam(side).send(new AddUserToGroupCommand({ GroupName, UserName }));
      const group = { GroupName, PolicyName: 'p', PolicyDocument: allow('iam:ListUsers') };
      await iam(side).send(new PutGroupPolicyCommand(group));
      await role(side, 'task', everyone, allow('s3:*'));
      const made = await iam(side).send(
        new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: allow('s3:*') }),
      );
      const PolicyArn = made.Policy?.Arn;
      await iam(side).send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      const second = { PolicyArn, PolicyDocument: allow('ec2:*'), SetAsDefault: true };
      await iam(side).send(new CreatePolicyVersionCommand(second));
      const all = await iam(side).send(
        new GetAccountAuthorizationDetailsCommand({
          Filter: ['User', 'Role', 'Group', 'LocalManagedPolicy'],
        }),
      );
      const jit = all.UserDetailList?.find((one) => one.UserName === UserName);
      return {
        users: all.UserDetailList?.map((one) => one.UserName).toSorted(),
        groups: jit?.GroupList,
        rights: jit?.UserPolicyList?.map((one) => [one.PolicyName, readable(one.PolicyDocument)]),
        attached: jit?.AttachedManagedPolicies?.map((one) => one.PolicyArn),
        ofGroup: all.GroupDetailList?.map((one) => [
          one.GroupName,
          one.GroupPolicyList?.map((inner) => [inner.PolicyName, readable(inner.PolicyDocument)]),
        ]),
        roles: all.RoleDetailList?.map((one) => [
          one.RoleName,
          readable(one.AssumeRolePolicyDocument),
          one.RolePolicyList?.map((inner) => inner.PolicyName),
        ]),
        policies: all.Policies?.map((one) => [
          one.Arn,
          one.DefaultVersionId,
          one.PolicyVersionList?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])
            .toSorted()
            .map(String),
        ]),
      };
    },
    answer: {
      users: ['administrator', 'jit'],
      groups: ['ops'],
      rights: [['rights', JSON.parse(allow('iam:GetUser')) as unknown]],
      attached: [`arn:aws:iam::${account}:policy/own`],
      ofGroup: [['ops', [['p', JSON.parse(allow('iam:ListUsers')) as unknown]]]],
      roles: [['task', JSON.parse(everyone) as unknown, ['rights']]],
      policies: [[`arn:aws:iam::${account}:policy/own`, 'v2', ['v1,false', 'v2,true']]],
    },
  },
];

const others: readonly Shared[] = [
  {
    about: 'a password: none, one, changed, none; and of a user that there is not',
    async ask(side) {
      await user(side, UserName);
      const get = (name = UserName) =>
        outcome(iam(side).send(new GetLoginProfileCommand({ UserName: name })));
      const Password = 'Aa1!aaaaaaaaaaaa';
      const before = await get();
      await iam(side).send(new CreateLoginProfileCommand({ UserName, Password }));
      const twice = await outcome(iam(side).send(new CreateLoginProfileCommand({ UserName, Password })));
      await iam(side).send(new UpdateLoginProfileCommand({ UserName, Password: `${Password}b` }));
      const changed = await get();
      await iam(side).send(new DeleteLoginProfileCommand({ UserName }));
      return [before, twice, changed, await get(), await get('absent')];
    },
    answer: [
      '404 NoSuchEntityException',
      '409 EntityAlreadyExistsException',
      '200',
      '404 NoSuchEntityException',
      '404 NoSuchEntityException',
    ],
  },
  {
    about: 'a second factor',
    async ask(side) {
      await user(side, UserName);
      const made = await iam(side).send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }));
      const SerialNumber = made.VirtualMFADevice?.SerialNumber;
      const devices = async () => {
        const { MFADevices } = await iam(side).send(new ListMFADevicesCommand({ UserName }));
        return MFADevices?.map((one) => one.SerialNumber);
      };
      const before = await devices();
      const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
      await iam(side).send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));
      const enabled = await devices();
      await iam(side).send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
      return [before, enabled, await devices()];
    },
    answer: [[], [`arn:aws:iam::${account}:mfa/phone`], []],
  },
  {
    about: 'what a profile of instances carries',
    async ask(side) {
      await role(side, 'task', everyone);
      const named = { InstanceProfileName: 'machine', RoleName: 'task' };
      const profiles = async () => {
        const ask = new ListInstanceProfilesForRoleCommand({ RoleName: 'task' });
        return (await iam(side).send(ask)).InstanceProfiles?.map((one) => one.InstanceProfileName);
      };
      await iam(side).send(new CreateInstanceProfileCommand({ InstanceProfileName: 'machine' }));
      const before = await profiles();
      await iam(side).send(new AddRoleToInstanceProfileCommand(named));
      const inside = await profiles();
      await iam(side).send(new RemoveRoleFromInstanceProfileCommand(named));
      return [before, inside, await profiles()];
    },
    answer: [[], ['machine'], []],
  },
];

describe.runIf(realServer('moto', findMoto()))('both say', () => {
  const sides = useBoth();
  const shared = [...authentication, ...rights, ...ends, ...lists, ...others];
  test.each(shared)('$about', async ({ ask, answer }) => {
    for (const side of sides) expect({ [side.name]: await ask(side) }).toEqual({ [side.name]: answer });
  });
});
