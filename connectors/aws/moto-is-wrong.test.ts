import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateGroupCommand as CreateDirectoryGroupCommand,
  CreateGroupMembershipCommand,
  CreateUserCommand as CreateDirectoryUserCommand,
  DeleteUserCommand as DeleteDirectoryUserCommand,
  IdentitystoreClient,
  ListGroupMembershipsCommand,
} from '@aws-sdk/client-identitystore';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateAccountAssignmentCommand,
  CreatePermissionSetCommand,
  DeleteAccountAssignmentCommand,
  ListAccountAssignmentsForPrincipalCommand,
  ListInstancesCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { GetAccessKeyInfoCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { findMoto } from '../../test/servers/moto.ts';
import { realServer } from '../../test/servers/require.ts';
import { allow, outcome, policy, trust } from './fake.fixture.ts';
import { account, assume, everyone, iam, role, sts, useBoth, user, whoAmI } from './moto.fixture.ts';
import type { Side } from './moto.fixture.ts';

// Where moto does otherwise than AWS documents, and the truth server does not. A moto that was put right fails
// here: then its entry belongs to the table of what both say.

interface Lie {
  readonly about: string;
  readonly ask: (side: Side) => Promise<unknown>;
  /** What AWS documents. */
  readonly aws: unknown;
  readonly moto: unknown;
}

const UserName = 'jit';
const listUsers = allow('iam:ListUsers');
const list = (side: Side, credentials: Parameters<typeof iam>[1]) =>
  outcome(iam(side, credentials).send(new ListUsersCommand({})));
const denied = '403 AccessDenied';

async function session(side: Side, rights: string, more: Parameters<typeof assume>[3] = {}) {
  const { credentials } = await user(side, UserName, allow('sts:*'));
  const { arn } = await role(side, 'task', everyone, rights);
  return { arn, credentials, session: await assume(side, credentials, arn, more) };
}

const rights: readonly Lie[] = [
  {
    about: 'F1: an inactive key',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      const key = { UserName, AccessKeyId: credentials.accessKeyId };
      await iam(side).send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
      return outcome(whoAmI(side, credentials));
    },
    aws: '403 InvalidClientTokenId',
    moto: '200',
  },
  {
    about: 'F2: a deny of older sessions, for a newer one',
    async ask(side) {
      const made = await session(side, listUsers);
      const Condition = { DateLessThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } };
      const PolicyDocument = policy({ Effect: 'Deny', Action: '*', Resource: '*', Condition });
      const named = { RoleName: 'task', PolicyName: 'AWSRevokeOlderSessions' };
      await iam(side).send(new PutRolePolicyCommand({ ...named, PolicyDocument }));
      return [
        await list(side, made.session),
        await list(side, await assume(side, made.credentials, made.arn)),
      ];
    },
    aws: ['200', '200'],
    moto: [denied, denied],
  },
  {
    about: 'F3: an allow whose condition is not met',
    async ask(side) {
      const Condition = { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };
      const { credentials } = await user(side, UserName, allow('iam:ListUsers', '*', { Condition }));
      return list(side, credentials);
    },
    aws: denied,
    moto: '200',
  },
  {
    about: 'F4: a session policy that denies everything',
    async ask(side) {
      const Policy = policy({ Effect: 'Deny', Action: '*', Resource: '*' });
      return list(side, (await session(side, listUsers, { Policy })).session);
    },
    aws: denied,
    moto: '200',
  },
  {
    about: 'F5: a boundary on a role',
    async ask(side) {
      const made = await session(side, listUsers);
      const own = {
        PolicyName: 'deny',
        PolicyDocument: policy({ Effect: 'Deny', Action: '*', Resource: '*' }),
      };
      const { Policy } = await iam(side).send(new CreatePolicyCommand(own));
      const PermissionsBoundary = Policy?.Arn;
      await iam(side).send(new PutRolePermissionsBoundaryCommand({ RoleName: 'task', PermissionsBoundary }));
      return list(side, made.session);
    },
    aws: denied,
    moto: '200',
  },
  {
    about: 'F5: the boundary with which a user is made',
    async ask(side) {
      const own = { PolicyName: 'bound', PolicyDocument: listUsers };
      const { Policy } = await iam(side).send(new CreatePolicyCommand(own));
      await iam(side).send(new CreateUserCommand({ UserName, PermissionsBoundary: Policy?.Arn }));
      const { User } = await iam(side).send(new GetUserCommand({ UserName }));
      return User?.PermissionsBoundary?.PermissionsBoundaryArn;
    },
    aws: `arn:aws:iam::${account}:policy/bound`,
    moto: undefined,
  },
  {
    about: 'F6: an allow for one thing alone, and an action in other letters',
    async ask(side) {
      const own = `arn:aws:iam::${account}:user/jit`;
      const { credentials } = await user(side, UserName, allow('iam:GetUser', own));
      const other = await user(side, 'other', allow('IAM:listusers'));
      return [
        await outcome(iam(side, credentials).send(new GetUserCommand({ UserName }))),
        await list(side, other.credentials),
      ];
    },
    aws: ['200', '200'],
    moto: [denied, denied],
  },
  {
    about: 'F7: a role that trusts its account',
    async ask(side) {
      const { credentials } = await user(side, UserName, allow('sts:*'));
      const byRoot = await role(side, 'root', trust(`arn:aws:iam::${account}:root`));
      const byId = await role(side, 'id', trust(account));
      return [
        await outcome(assume(side, credentials, byRoot.arn)),
        await outcome(assume(side, credentials, byId.arn)),
      ];
    },
    aws: ['200', '200'],
    moto: [denied, denied],
  },
  {
    about: 'F8: a session of one second',
    ask: (side) => outcome(session(side, listUsers, { DurationSeconds: 1 })),
    aws: '400 ValidationError',
    moto: '200',
  },
  {
    about: 'F9: a role that there is not',
    async ask(side) {
      const { credentials } = await user(side, UserName, allow('sts:*'));
      return outcome(assume(side, credentials, `arn:aws:iam::${account}:role/never`));
    },
    aws: denied,
    moto: '200',
  },
];

const lists: readonly Lie[] = [
  {
    about: 'F10: whom a policy bounds',
    async ask(side) {
      await user(side, UserName);
      const own = { PolicyName: 'own', PolicyDocument: listUsers };
      const { Policy } = await iam(side).send(new CreatePolicyCommand(own));
      const PolicyArn = Policy?.Arn;
      await iam(side).send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
      const PolicyUsageFilter = 'PermissionsBoundary';
      const told = await iam(side).send(new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter }));
      return told.PolicyUsers?.map((one) => one.UserName);
    },
    aws: [],
    moto: ['jit'],
  },
  {
    about: 'F11: when a password was made',
    async ask(side) {
      const made = await iam(side).send(new CreateUserCommand({ UserName }));
      await side.later();
      const Password = 'Aa1!aaaaaaaaaaaa';
      await iam(side).send(new CreateLoginProfileCommand({ UserName, Password }));
      const { LoginProfile } = await iam(side).send(new GetLoginProfileCommand({ UserName }));
      const later = Number(LoginProfile?.CreateDate) - Number(made.User?.CreateDate);
      return later > 0 ? 'after the user' : 'with the user';
    },
    aws: 'after the user',
    moto: 'with the user',
  },
  {
    about: 'F12: the pages of a list, of an unpaged one, of the whole account',
    async ask(side) {
      for (const name of ['a', 'b', 'c']) await iam(side).send(new CreateUserCommand({ UserName: name }));
      const users = await iam(side).send(new ListUsersCommand({ MaxItems: 2 }));
      const groups = await iam(side).send(new ListGroupsCommand({}));
      const all = await iam(side).send(
        new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: 2 }),
      );
      return [users.Users?.length, groups.IsTruncated, all.UserDetailList?.length, all.IsTruncated];
    },
    aws: [2, false, 2, true],
    moto: [4, undefined, 4, false],
  },
  {
    about: 'F13: the document of a version is encoded',
    async ask(side) {
      const own = { PolicyName: 'own', PolicyDocument: listUsers };
      const { Policy } = await iam(side).send(new CreatePolicyCommand(own));
      const ask = new GetPolicyVersionCommand({ PolicyArn: Policy?.Arn, VersionId: 'v1' });
      return (await iam(side).send(ask)).PolicyVersion?.Document?.slice(0, 3);
    },
    aws: '%7B',
    moto: '{"V',
  },
  {
    about: 'F14: the last use of a key that never was',
    ask: (side) =>
      outcome(iam(side).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAQNZGKIQY56JQ7WML' }))),
    aws: denied,
    moto: '404 NoSuchEntityException',
  },
  {
    about: 'F15: whose a key is that is nobody’s',
    async ask(side) {
      const ask = new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIA7777777777777777' });
      return outcome(sts(side).send(ask));
    },
    aws: '400 ValidationError',
    moto: '200',
  },
  {
    about: 'F17: a user is deleted with keys and groups, a group with members',
    async ask(side) {
      const GroupName = 'ops';
      const { credentials } = await user(side, UserName);
      await iam(side).send(new CreateGroupCommand({ GroupName }));
      await iam(side).send(new AddUserToGroupCommand({ GroupName, UserName }));
      return [
        await outcome(iam(side).send(new DeleteGroupCommand({ GroupName }))),
        await outcome(iam(side).send(new DeleteUserCommand({ UserName }))),
        await outcome(whoAmI(side, credentials)),
      ];
    },
    aws: ['409 DeleteConflictException', '409 DeleteConflictException', '200'],
    moto: ['200', '200', '403 InvalidClientTokenId'],
  },
  {
    about: 'F18: the policies that AWS manages',
    ask: (side) =>
      outcome(
        iam(side).send(new GetPolicyCommand({ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })),
      ),
    aws: '200',
    moto: '404 NoSuchEntityException',
  },
  {
    about: 'F21: the ids of users and groups',
    async ask(side) {
      const { User } = await iam(side).send(new CreateUserCommand({ UserName }));
      const { Group } = await iam(side).send(new CreateGroupCommand({ GroupName: 'ops' }));
      return [User?.UserId?.replace(/^A(IDA|GPA)[A-Z2-7]{16}$/, '$1'), Group?.GroupId]
        .map((id) => id?.replace(/^A(IDA|GPA)[A-Z2-7]{16}$/, '$1') ?? '')
        .map((id) => id.replace(/^[a-z0-9]{20}$/, 'small letters'));
    },
    aws: ['IDA', 'GPA'],
    moto: ['small letters', 'small letters'],
  },
];

const sso = (side: Side) => new SSOAdminClient(side.settings());
const store = (side: Side) => new IdentitystoreClient(side.settings());

async function center(side: Side) {
  const { Instances } = await sso(side).send(new ListInstancesCommand({}));
  const { InstanceArn, IdentityStoreId } = Instances?.[0] ?? {};
  const made = await sso(side).send(new CreatePermissionSetCommand({ InstanceArn, Name: 'Operator' }));
  const { UserId } = await store(side).send(
    new CreateDirectoryUserCommand({
      IdentityStoreId,
      UserName,
      DisplayName: 'd',
      Name: { GivenName: 'g', FamilyName: 'f' },
    }),
  );
  const group = new CreateDirectoryGroupCommand({ IdentityStoreId, DisplayName: 'ops' });
  const { GroupId } = await store(side).send(group);
  const MemberId = { UserId: UserId ?? '' };
  await store(side).send(new CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId }));
  const PermissionSetArn = made.PermissionSet?.PermissionSetArn;
  const target = { InstanceArn, PermissionSetArn, TargetId: account, TargetType: 'AWS_ACCOUNT' as const };
  const assignment = { ...target, PrincipalType: 'GROUP' as const, PrincipalId: GroupId };
  await sso(side).send(new CreateAccountAssignmentCommand(assignment));
  return { InstanceArn, IdentityStoreId, UserId, GroupId, assignment };
}

const identityCenter: readonly Lie[] = [
  {
    about: 'F19: the assignments of a user that come by its groups',
    async ask(side) {
      const { InstanceArn, UserId } = await center(side);
      const principal = { PrincipalType: 'USER' as const, PrincipalId: UserId };
      const ask = new ListAccountAssignmentsForPrincipalCommand({ InstanceArn, ...principal });
      return (await sso(side).send(ask)).AccountAssignments?.map(({ PrincipalType }) => PrincipalType);
    },
    aws: ['GROUP'],
    moto: [],
  },
  {
    about: 'F19: an instance that there is not',
    async ask(side) {
      const { UserId } = await center(side);
      const InstanceArn = 'arn:aws:sso:::instance/ssoins-0000000000000000';
      const principal = { PrincipalType: 'USER' as const, PrincipalId: UserId };
      const ask = new ListAccountAssignmentsForPrincipalCommand({ InstanceArn, ...principal });
      return outcome(sso(side).send(ask));
    },
    aws: '400 ResourceNotFoundException',
    moto: '200',
  },
  {
    about: 'F19: the end of an assignment takes its time',
    async ask(side) {
      const { assignment } = await center(side);
      const told = await sso(side).send(new DeleteAccountAssignmentCommand(assignment));
      return told.AccountAssignmentDeletionStatus?.Status;
    },
    aws: 'IN_PROGRESS',
    moto: 'SUCCEEDED',
  },
  {
    about: 'F20: the memberships of a deleted user',
    async ask(side) {
      const { IdentityStoreId, UserId, GroupId } = await center(side);
      await store(side).send(new DeleteDirectoryUserCommand({ IdentityStoreId, UserId }));
      const ask = new ListGroupMembershipsCommand({ IdentityStoreId, GroupId });
      return (await store(side).send(ask)).GroupMemberships?.length;
    },
    aws: 0,
    moto: 1,
  },
];

const jsonServices: readonly Lie[] = [
  {
    about: 'a refusal of a service that speaks JSON',
    async ask(side) {
      const { credentials } = await user(side, UserName);
      return outcome(new KMSClient(side.settings(credentials)).send(new ListKeysCommand({})));
    },
    aws: '400 AccessDeniedException',
    moto: '403 SyntaxError',
  },
  {
    about: 'versions of a secret that have no label are not told',
    async ask(side) {
      const secrets = new SecretsManagerClient(side.settings());
      const SecretId = 'db';
      await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: '1' }));
      for (const SecretString of ['2', '3']) {
        await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
      }
      const told = await secrets.send(new DescribeSecretCommand({ SecretId }));
      return Object.keys(told.VersionIdsToStages ?? {}).length;
    },
    aws: 2,
    moto: 3,
  },
];

describe.runIf(realServer('moto', findMoto()))('moto is wrong', () => {
  const sides = useBoth();
  const [truth, moto] = sides;
  test.each([...rights, ...lists, ...identityCenter, ...jsonServices])('$about', async (lie) => {
    expect(lie.aws).not.toEqual(lie.moto);
    expect(await lie.ask(truth)).toEqual(lie.aws);
    expect(await lie.ask(moto)).toEqual(lie.moto);
  });
});
