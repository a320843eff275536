import {
  CreateGroupCommand as CreateDirectoryGroupCommand,
  CreateGroupMembershipCommand,
  CreateUserCommand as CreateDirectoryUserCommand,
  DeleteGroupMembershipCommand,
  DeleteUserCommand as DeleteDirectoryUserCommand,
  DescribeUserCommand,
  IdentitystoreClient,
  IsMemberInGroupsCommand,
  ListGroupMembershipsForMemberCommand,
} from '@aws-sdk/client-identitystore';
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
import {
  CreateAccountAssignmentCommand,
  CreatePermissionSetCommand,
  DeleteAccountAssignmentCommand,
  ListAccountAssignmentsCommand,
  ListAccountAssignmentsForPrincipalCommand,
  ListInstancesCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { describe, expect, test } from 'vitest';
import { findMoto } from '../../test/servers/moto.ts';
import { realServer } from '../../test/servers/require.ts';
import { outcome, policy } from './fake.fixture.ts';
import { account, readable, useBoth, user } from './moto.fixture.ts';
import type { Shared, Side } from './moto.fixture.ts';

const UserName = 'jit';
const kms = (side: Side) => new KMSClient(side.settings());
const secrets = (side: Side) => new SecretsManagerClient(side.settings());
const organizations = (side: Side) => new OrganizationsClient(side.settings());

const jsonServices: readonly Shared[] = [
  {
    about: 'an assignment of a user, and its end',
    async ask(side) {
      const center = new SSOAdminClient(side.settings());
      const store = new IdentitystoreClient(side.settings());
      const { Instances } = await center.send(new ListInstancesCommand({}));
      const { InstanceArn, IdentityStoreId } = Instances?.[0] ?? {};
      const person = { DisplayName: 'd', Name: { GivenName: 'g', FamilyName: 'f' } };
      const { UserId } = await store.send(
        new CreateDirectoryUserCommand({ IdentityStoreId, UserName, ...person }),
      );
      const made = await center.send(new CreatePermissionSetCommand({ InstanceArn, Name: 'Operator' }));
      const PermissionSetArn = made.PermissionSet?.PermissionSetArn;
      const principal = { PrincipalType: 'USER' as const, PrincipalId: UserId };
      const target = { InstanceArn, PermissionSetArn, TargetId: account, ...principal };
      const assignment = { ...target, TargetType: 'AWS_ACCOUNT' as const };
      const rows = async () => {
        const byAccount = { InstanceArn, PermissionSetArn, AccountId: account };
        const of = await center.send(
          new ListAccountAssignmentsForPrincipalCommand({ InstanceArn, ...principal }),
        );
        const all = await center.send(new ListAccountAssignmentsCommand(byAccount));
        return [of, all].map(({ AccountAssignments }) =>
          AccountAssignments?.map(({ PrincipalType, PrincipalId }) => [
            PrincipalType,
            PrincipalId === UserId,
          ]),
        );
      };
      const before = await rows();
      await center.send(new CreateAccountAssignmentCommand(assignment));
      const assigned = await rows();
      await center.send(new DeleteAccountAssignmentCommand(assignment));
      return [before, assigned, await rows()];
    },
    answer: [
      [[], []],
      [[['USER', true]], [['USER', true]]],
      [[], []],
    ],
  },
  {
    about: 'a membership in the identity store, and its end',
    async ask(side) {
      const store = new IdentitystoreClient(side.settings());
      const { Instances } = await new SSOAdminClient(side.settings()).send(new ListInstancesCommand({}));
      const IdentityStoreId = Instances?.[0]?.IdentityStoreId;
      const person = { DisplayName: 'd', Name: { GivenName: 'g', FamilyName: 'f' } };
      const { UserId = '' } = await store.send(
        new CreateDirectoryUserCommand({ IdentityStoreId, UserName, ...person }),
      );
      const { GroupId = '' } = await store.send(
        new CreateDirectoryGroupCommand({ IdentityStoreId, DisplayName: 'ops' }),
      );
      const MemberId = { UserId };
      const said = async () => {
        const member = new IsMemberInGroupsCommand({ IdentityStoreId, MemberId, GroupIds: [GroupId] });
        const of = new ListGroupMembershipsForMemberCommand({ IdentityStoreId, MemberId });
        const { Results } = await store.send(member);
        const { GroupMemberships } = await store.send(of);
        return [Results?.map((one) => one.MembershipExists), GroupMemberships?.length];
      };
      const before = await said();
      const joined = await store.send(
        new CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId }),
      );
      const inside = await said();
      const { MembershipId } = joined;
      await store.send(new DeleteGroupMembershipCommand({ IdentityStoreId, MembershipId }));
      const after = await said();
      await store.send(new DeleteDirectoryUserCommand({ IdentityStoreId, UserId }));
      const gone = new DescribeUserCommand({ IdentityStoreId, UserId });
      return [before, inside, after, (await outcome(store.send(gone))).split(' ')[1]];
    },
    answer: [[[false], 0], [[true], 1], [[false], 0], 'ResourceNotFoundException'],
  },
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
  test.each(jsonServices)('$about', async ({ ask, answer }) => {
    for (const side of sides) expect({ [side.name]: await ask(side) }).toEqual({ [side.name]: answer });
  });
});
