import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import {
  AttachPolicyCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand as CreateScpCommand,
  DescribeOrganizationCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListParentsCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { findMoto } from '../../test/servers/moto.ts';
import { realServer } from '../../test/servers/require.ts';
import { allow, outcome, policy, trust } from './fake.fixture.ts';
import { account, assume, iam, keyOf, role, useBoth, user, whoAmI } from './moto.fixture.ts';
import type { Side } from './moto.fixture.ts';

// What two servers by different hands say alike is not the invention of one of them. Where they differ, and
// what AWS documents about it, is in moto-is-wrong.test.ts.

interface Shared {
  readonly about: string;
  readonly ask: (side: Side) => Promise<unknown>;
  readonly answer: unknown;
}

const stranger = { accessKeyId: 'AKIAQNZGKIQY56JQ7WML', secretAccessKey: 'never issued' };
const wrong = { secretAccessKey: 'another one' };
const UserName = 'jit';
const everyone = trust('*');

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

const readable = (document: string | undefined): unknown => {
  const text = document ?? '';
  return JSON.parse(text.startsWith('{') ? text : decodeURIComponent(text));
};

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

const kms = (side: Side) => new KMSClient(side.settings());
const secrets = (side: Side) => new SecretsManagerClient(side.settings());
const organizations = (side: Side) => new OrganizationsClient(side.settings());

const jsonServices: readonly Shared[] = [
  {
    about: 'grants of a key: listed, revoked, retired',
    async ask(side) {
      const { arn } = await user(side, UserName);
      const { KeyMetadata } = await kms(side).send(new CreateKeyCommand({}));
      const KeyId = KeyMetadata?.Arn;
      const grant = async () => {
        const principals = { GranteePrincipal: arn, RetiringPrincipal: arn };
        const made = new CreateGrantCommand({ KeyId, Operations: ['Decrypt'], ...principals });
        return (await kms(side).send(made)).GrantId;
      };
      const first = await grant();
      const second = await grant();
      const ids = async (more: { readonly GrantId?: string | undefined } = {}) => {
        const { Grants } = await kms(side).send(new ListGrantsCommand({ KeyId, ...more }));
        return Grants?.map(({ GrantId }) => (GrantId === first ? 'first' : 'second')).toSorted();
      };
      const both = await ids();
      const one = await ids({ GrantId: first });
      const retirable = await kms(side).send(new ListRetirableGrantsCommand({ RetiringPrincipal: arn }));
      await kms(side).send(new RevokeGrantCommand({ KeyId, GrantId: first }));
      const left = await ids();
      await kms(side).send(new RetireGrantCommand({ KeyId, GrantId: second }));
      return [both, one, retirable.Grants?.length, left, await ids(), await ids({ GrantId: first })];
    },
    answer: [['first', 'second'], ['first'], 2, ['second'], [], []],
  },
  {
    about: 'a key that never was; the policy of one without any of its own',
    async ask(side) {
      const KeyId = `arn:aws:kms:us-east-1:${account}:key/00000000-0000-0000-0000-000000000000`;
      const absent = await outcome(kms(side).send(new DescribeKeyCommand({ KeyId })));
      const { KeyMetadata } = await kms(side).send(new CreateKeyCommand({}));
      const asked = { KeyId: KeyMetadata?.KeyId, PolicyName: 'default' };
      const { Policy } = await kms(side).send(new GetKeyPolicyCommand(asked));
      return [absent, readable(Policy)];
    },
    answer: [
      '400 NotFoundException',
      {
        Version: '2012-10-17',
        Id: 'key-default-1',
        Statement: [
          {
            Sid: 'Enable IAM User Permissions',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      },
    ],
  },
  {
    about: 'versions of a secret and their labels',
    async ask(side) {
      const SecretId = 'db';
      const one = await secrets(side).send(new CreateSecretCommand({ Name: SecretId, SecretString: 'one' }));
      const put = async (SecretString: string) =>
        (await secrets(side).send(new PutSecretValueCommand({ SecretId, SecretString }))).VersionId;
      const names = new Map([[one.VersionId, 'one']]);
      names.set(await put('two'), 'two');
      names.set(await put('three'), 'three');
      const told = await secrets(side).send(new DescribeSecretCommand({ SecretId }));
      const labels = Object.entries(told.VersionIdsToStages ?? {}).filter(([, stages]) => stages.length > 0);
      const before = new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' });
      return [
        new Map(labels.map(([id, stages]) => [names.get(id), stages])),
        (await secrets(side).send(before)).SecretString,
      ];
    },
    answer: [
      new Map([
        ['two', ['AWSPREVIOUS']],
        ['three', ['AWSCURRENT']],
      ]),
      'two',
    ],
  },
  {
    about: 'a secret that waits for its deletion, restored, and one that never was',
    async ask(side) {
      const SecretId = 'db';
      await secrets(side).send(new CreateSecretCommand({ Name: SecretId, SecretString: 'one' }));
      await secrets(side).send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
      const value = () => outcome(secrets(side).send(new GetSecretValueCommand({ SecretId })));
      const list = async (IncludePlannedDeletion?: boolean) => {
        const ask = new ListSecretsCommand({ IncludePlannedDeletion });
        return (await secrets(side).send(ask)).SecretList?.length;
      };
      const { DeletedDate } = await secrets(side).send(new DescribeSecretCommand({ SecretId }));
      const waiting = [await value(), await list(), await list(true), DeletedDate !== undefined];
      await secrets(side).send(new RestoreSecretCommand({ SecretId }));
      const restored = await value();
      await secrets(side).send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      // the status is another matter
      return [waiting, restored, (await value()).split(' ')[1]];
    },
    answer: [['400 InvalidRequestException', 0, 1, true], '200', 'ResourceNotFoundException'],
  },
  {
    about: 'an organisation and a policy on its root',
    async ask(side) {
      const client = organizations(side);
      const outside = await outcome(client.send(new DescribeOrganizationCommand({})));
      await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
      const { Roots } = await client.send(new ListRootsCommand({}));
      const root = Roots?.[0]?.Id;
      const Type = 'SERVICE_CONTROL_POLICY';
      const enabled = await outcome(
        client.send(new EnablePolicyTypeCommand({ RootId: root, PolicyType: Type })),
      );
      const Content = policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' });
      const made = await client.send(
        new CreateScpCommand({ Content, Description: 'd', Name: 'guard', Type }),
      );
      const PolicyId = made.Policy?.PolicySummary?.Id;
      const names = async () => {
        const ask = new ListPoliciesForTargetCommand({ TargetId: root, Filter: Type });
        return (await client.send(ask)).Policies?.map(({ Name }) => Name).toSorted();
      };
      await client.send(new AttachPolicyCommand({ PolicyId, TargetId: root }));
      const attached = await names();
      await client.send(new DetachPolicyCommand({ PolicyId, TargetId: root }));
      const { Parents } = await client.send(new ListParentsCommand({ ChildId: account }));
      return [outside, enabled, attached, await names(), Parents?.map(({ Type: type }) => type)];
    },
    answer: [
      '400 AWSOrganizationsNotInUseException',
      '200',
      ['FullAWSAccess', 'guard'],
      ['FullAWSAccess'],
      ['ROOT'],
    ],
  },
];

describe.runIf(realServer('moto', findMoto()))('both say', () => {
  const sides = useBoth();
  const shared = [...authentication, ...rights, ...ends, ...lists, ...jsonServices];
  test.each(shared)('$about', async ({ ask, answer }) => {
    for (const side of sides) expect({ [side.name]: await ask(side) }).toEqual({ [side.name]: answer });
  });
});
