import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateLoginProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateSAMLProviderCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteGroupCommand,
  DeleteInstanceProfileCommand,
  DeleteLoginProfileCommand,
  DeleteOpenIDConnectProviderCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteSAMLProviderCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetGroupCommand,
  GetLoginProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetSAMLProviderCommand,
  GetSSHPublicKeyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  ListOpenIDConnectProvidersCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  ListSAMLProvidersCommand,
  ListServiceSpecificCredentialsCommand,
  ListSSHPublicKeysCommand,
  ListSigningCertificatesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  ListVirtualMFADevicesCommand,
  PutUserPolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  ResetServiceSpecificCredentialCommand,
  UpdateLoginProfileCommand,
  UpdateUserCommand,
  UploadSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  paginateGetAccountAuthorizationDetails,
  paginateListAccessKeys,
  paginateListGroups,
  paginateListRoles,
  paginateListSSHPublicKeys,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { allow, outcome, trust, useAws } from './fake.fixture.ts';

const fake = useAws();
const { user, role } = fake;
const rootTrust = trust('arn:aws:iam::111111111111:root');
const rsa = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== jit';
const create = (action: string, input: Record<string, string>) =>
  fake.aws.world.call('111111111111', 'iam', action, input);

/** What a paginator of the SDK walks through. */
async function walk<Page>(pages: AsyncIterable<Page>): Promise<readonly Page[]> {
  const walked: Page[] = [];
  for await (const one of pages) walked.push(one);
  return walked;
}

describe('pages', () => {
  test('small ones end to end, in order, with IsTruncated always there', async () => {
    fake.aws.world.switches.pageSize = 2;
    for (const UserName of ['e', 'a', 'd', 'b', 'c']) create('CreateUser', { UserName });
    const pages = await walk(paginateListUsers({ client: fake.iam() }, {}));
    expect(pages.map(({ IsTruncated }) => IsTruncated)).toEqual([true, true, false]);
    expect(pages.flatMap(({ Users }) => Users?.map(({ UserName }) => UserName))).toEqual([...'abcde']);
  });

  test('what is deleted between two pages takes nothing else with it', async () => {
    for (const UserName of 'abcd') create('CreateUser', { UserName });
    const first = await fake.iam().send(new ListUsersCommand({ MaxItems: 2 }));
    create('DeleteUser', { UserName: 'a' });
    create('DeleteUser', { UserName: 'b' });
    const rest = await fake.iam().send(new ListUsersCommand({ Marker: first.Marker, MaxItems: 2 }));
    expect(rest).toMatchObject({ Users: [{ UserName: 'c' }, { UserName: 'd' }], IsTruncated: false });
  });

  test('F12: lists page, say whether they end, and refuse markers from nowhere', async () => {
    const { world } = fake.aws;
    for (const name of 'abc') {
      create('CreateUser', { UserName: name });
      create('CreateGroup', { GroupName: name });
      create('CreateRole', { RoleName: name, AssumeRolePolicyDocument: rootTrust });
    }
    create('CreateAccessKey', { UserName: 'a' });
    create('CreateAccessKey', { UserName: 'a' });
    for (const key of ['1', '2', '3']) {
      create('UploadSSHPublicKey', { UserName: 'a', SSHPublicKeyBody: `ssh-rsa AAAA${key}` });
    }
    world.switches.pageSize = 1;
    const on = { client: fake.iam() };
    expect(await walk(paginateListUsers(on, {}))).toHaveLength(3);
    expect(await walk(paginateListGroups(on, {}))).toHaveLength(3);
    expect(await walk(paginateListRoles(on, {}))).toHaveLength(3);
    expect(await walk(paginateListAccessKeys(on, { UserName: 'a' }))).toHaveLength(2);
    expect(await walk(paginateListSSHPublicKeys(on, { UserName: 'a' }))).toHaveLength(3);
    const first = await fake.iam().send(new ListUsersCommand({}));
    const refused = '400 ValidationError';
    expect(await outcome(fake.iam().send(new ListUsersCommand({ Marker: 'garbage' })))).toBe(refused);
    expect(await outcome(fake.iam().send(new ListRolesCommand({ Marker: first.Marker })))).toBe(refused);
    expect((await fake.iam().send(new ListGroupsCommand({ MaxItems: 1000 }))).IsTruncated).toBe(true);
  });

  test('F12: the whole account in pages, each thing once', async () => {
    for (const name of 'abc') {
      create('CreateUser', { UserName: name });
      create('CreateGroup', { GroupName: name });
      create('CreateRole', { RoleName: name, AssumeRolePolicyDocument: rootTrust });
      create('CreatePolicy', { PolicyName: name, PolicyDocument: allow('s3:*') });
    }
    const pages = await walk(paginateGetAccountAuthorizationDetails({ client: fake.iam(), pageSize: 5 }, {}));
    expect(pages.map(({ IsTruncated }) => IsTruncated)).toEqual([true, true, false]);
    const names = pages.flatMap((page) => [
      ...(page.UserDetailList ?? []).map(({ UserName }) => `user ${UserName}`),
      ...(page.GroupDetailList ?? []).map(({ GroupName }) => `group ${GroupName}`),
      ...(page.RoleDetailList ?? []).map(({ RoleName }) => `role ${RoleName}`),
      ...(page.Policies ?? []).map(({ PolicyName }) => `policy ${PolicyName}`),
    ]);
    expect(names).toHaveLength(12);
    expect(new Set(names).size).toBe(12);
  });
});

describe('the whole account at once', () => {
  test('what stands on whom, with every document encoded, and nothing that the filter leaves out', async () => {
    const jit = await user('jit', allow('s3:*'));
    const iam = fake.iam();
    await iam.send(new CreateGroupCommand({ GroupName: 'g' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'g', UserName: 'jit' }));
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iam.send(new AttachUserPolicyCommand({ UserName: 'jit', PolicyArn }));
    await role('deploy', trust(jit.arn), allow('s3:*'));
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'p' }));
    const pair = { InstanceProfileName: 'p', RoleName: 'deploy' };
    await iam.send(new AddRoleToInstanceProfileCommand(pair));
    const encodedRights = encodeURIComponent(allow('s3:*')).replaceAll('*', '%2A');
    const all = await iam.send(new GetAccountAuthorizationDetailsCommand({}));
    expect(all.UserDetailList).toMatchObject([
      {
        UserId: jit.id,
        GroupList: ['g'],
        UserPolicyList: [{ PolicyName: 'rights', PolicyDocument: encodedRights }],
        AttachedManagedPolicies: [{ PolicyArn }],
      },
    ]);
    expect(all.RoleDetailList).toMatchObject([
      {
        AssumeRolePolicyDocument: encodeURIComponent(trust(jit.arn)),
        RolePolicyList: [{ PolicyDocument: encodedRights }],
        InstanceProfileList: [{ InstanceProfileName: 'p' }],
      },
    ]);
    expect(all.Policies).toMatchObject([{ Arn: PolicyArn, AttachmentCount: 1 }]);
    const some = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ['Group', 'LocalManagedPolicy'] }),
    );
    expect(some).toMatchObject({ UserDetailList: [], RoleDetailList: [], Policies: [], IsTruncated: false });
    expect(some.GroupDetailList).toMatchObject([{ GroupName: 'g', GroupPolicyList: [] }]);
  });

  test('the counters', async () => {
    await user('jit');
    const { SummaryMap } = await fake.iam().send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toMatchObject({ Users: 1, Roles: 0, AccountAccessKeysPresent: 1 });
  });
});

describe('names and ids', () => {
  test('an id outlives a name, and a name an id', async () => {
    const jit = await user('jit', allow('iam:GetUser'));
    const iam = fake.iam();
    await iam.send(new UpdateUserCommand({ UserName: 'jit', NewUserName: 'other', NewPath: '/x/' }));
    expect(await outcome(iam.send(new GetUserCommand({ UserName: 'jit' })))).toBe(
      '404 NoSuchEntityException',
    );
    const renamed = await fake.iam(jit.credentials).send(new GetUserCommand({}));
    expect(renamed.User).toMatchObject({ UserId: jit.id, Arn: 'arn:aws:iam::111111111111:user/x/other' });
    const again = await user('jit');
    expect(again.id).not.toBe(jit.id);
    expect(await outcome(user('OTHER'))).toBe('409 EntityAlreadyExistsException');
    expect((await iam.send(new GetUserCommand({ UserName: 'OTHER' }))).User?.UserName).toBe('other');
  });

  test('a list of keys without a name is of the caller’s own', async () => {
    const jit = await user('jit', allow('iam:ListAccessKeys'));
    await user('other');
    const own = await fake.iam(jit.credentials).send(new ListAccessKeysCommand({}));
    expect(own.AccessKeyMetadata).toMatchObject([{ AccessKeyId: jit.credentials.accessKeyId }]);
    const roots = await fake.iam().send(new ListAccessKeysCommand({}));
    expect(roots.AccessKeyMetadata).toMatchObject([{ AccessKeyId: fake.aws.root.accessKeyId }]);
    const deploy = await role('deploy', trust(jit.arn), allow('iam:*'));
    const session = await fake.assume(jit.credentials, deploy.arn);
    expect(await outcome(fake.iam(session).send(new ListAccessKeysCommand({})))).toBe('400 ValidationError');
  });
});

describe('where moto lies', () => {
  test('F5: a boundary given at birth is kept; F10: who has it as a boundary is told apart', async () => {
    const iam = fake.iam();
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allow('s3:*') }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    await iam.send(new CreateUserCommand({ UserName: 'bound', PermissionsBoundary: PolicyArn }));
    await iam.send(new CreateUserCommand({ UserName: 'holder' }));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'holder', PolicyArn }));
    const { User } = await iam.send(new GetUserCommand({ UserName: 'bound' }));
    expect(User?.PermissionsBoundary).toMatchObject({ PermissionsBoundaryArn: PolicyArn });
    const who = async (PolicyUsageFilter: 'PermissionsBoundary' | 'PermissionsPolicy') => {
      const answer = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter }));
      return answer.PolicyUsers?.map(({ UserName }) => UserName);
    };
    expect(await who('PermissionsBoundary')).toEqual(['bound']);
    expect(await who('PermissionsPolicy')).toEqual(['holder']);
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
    });
    expect(await outcome(iam.send(new DeletePolicyCommand({ PolicyArn })))).toBe(
      '409 DeleteConflictException',
    );
  });

  test('F11: a console password has a date of its own, which a new password keeps', async () => {
    const iam = fake.iam();
    await user('jit');
    const UserName = 'jit';
    const get = () => iam.send(new GetLoginProfileCommand({ UserName }));
    expect(await outcome(get())).toBe('404 NoSuchEntityException');
    fake.aws.clock.advance(3_600_000);
    const late = fake.iam();
    await late.send(new CreateLoginProfileCommand({ UserName, Password: 'one' }));
    const born = (await late.send(new GetLoginProfileCommand({ UserName }))).LoginProfile?.CreateDate;
    const made = (await late.send(new GetUserCommand({ UserName }))).User?.CreateDate;
    expect((born?.getTime() ?? 0) - (made?.getTime() ?? 0)).toBeGreaterThanOrEqual(3_599_000);
    fake.aws.clock.advance(60_000);
    await late.send(new UpdateLoginProfileCommand({ UserName, Password: 'two' }));
    const kept = await late.send(new GetLoginProfileCommand({ UserName }));
    expect(kept.LoginProfile?.CreateDate).toEqual(born);
  });

  test('F13: documents are percent-encoded wherever they stand', async () => {
    const iam = fake.iam();
    const PolicyDocument = allow('s3:Get*', "arn:aws:s3:::bucket/(it's)!");
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument }));
    const PolicyArn = Policy?.Arn ?? '';
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(version.PolicyVersion?.Document).not.toMatch(/[!'()*{}" ]/);
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? '')).toBe(PolicyDocument);
    await user('jit', PolicyDocument);
    const inline = await iam.send(new GetUserPolicyCommand({ UserName: 'jit', PolicyName: 'rights' }));
    expect(inline.PolicyDocument).toBe(version.PolicyVersion?.Document);
  });

  test('F16: an OIDC provider that is not there is deleted with success, a SAML one is not', async () => {
    const iam = fake.iam();
    const OpenIDConnectProviderArn = 'arn:aws:iam::111111111111:oidc-provider/absent.example';
    const gone = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    expect(await outcome(iam.send(gone))).toBe('200');
    expect(await outcome(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })))).toBe(
      '404 NoSuchEntityException',
    );
    const SAMLProviderArn = 'arn:aws:iam::111111111111:saml-provider/absent';
    expect(await outcome(iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn })))).toBe(
      '404 NoSuchEntityException',
    );
  });

  test('F17: a user that holds anything is not deleted', async () => {
    const iam = fake.iam();
    await user('jit', allow('s3:*'));
    const UserName = 'jit';
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'one' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'g' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'g', UserName }));
    const reasons: string[] = [];
    const key = { UserName, AccessKeyId: '' };
    const listed = await iam.send(new ListAccessKeysCommand({ UserName }));
    key.AccessKeyId = listed.AccessKeyMetadata?.[0]?.AccessKeyId ?? '';
    const cures = [
      () => create('DeleteAccessKey', key),
      () => create('DeleteLoginProfile', { UserName }),
      () => create('DeleteUserPolicy', { UserName, PolicyName: 'rights' }),
      () => create('RemoveUserFromGroup', { UserName, GroupName: 'g' }),
    ];
    for (const cure of cures) {
      expect(await outcome(iam.send(new DeleteUserCommand({ UserName })))).toBe(
        '409 DeleteConflictException',
      );
      reasons.push(/must ([^.]*) first/.exec(fake.last.text)?.[1] ?? '');
      cure();
    }
    expect(reasons).toEqual([
      'delete access keys',
      'delete login profile',
      'delete policies',
      'remove users from group',
    ]);
    expect(await outcome(iam.send(new DeleteUserCommand({ UserName })))).toBe('200');
  });

  test('F18: AWS’s own policies are there, and are nobody’s to change', async () => {
    const iam = fake.iam();
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId).toBe('v1');
    expect(await outcome(iam.send(new DeletePolicyCommand({ PolicyArn })))).toBe('403 AccessDenied');
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
    expect(Policies).toEqual([]);
    const used = await iam.send(new ListPoliciesCommand({ OnlyAttached: true }));
    expect(used.Policies).toEqual([]);
  });
});

describe('every other thing that a user or an account holds', () => {
  test('two keys and no third', async () => {
    await user('jit');
    const make = () => outcome(fake.iam().send(new CreateAccessKeyCommand({ UserName: 'jit' })));
    expect([await make(), await make()]).toEqual(['200', '409 LimitExceededException']);
  });

  test('uploads and devices', async () => {
    const iam = fake.iam();
    const UserName = 'jit';
    await user(UserName);
    const ssh = await iam.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: rsa }));
    const SSHPublicKeyId = ssh.SSHPublicKey?.SSHPublicKeyId ?? '';
    expect(SSHPublicKeyId).toMatch(/^APKA/);
    expect((await iam.send(new ListSSHPublicKeysCommand({ UserName }))).SSHPublicKeys).toMatchObject([
      { SSHPublicKeyId, Status: 'Active' },
    ]);
    const got = await iam.send(new GetSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Encoding: 'SSH' }));
    expect(got.SSHPublicKey?.Fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    await iam.send(new UploadSigningCertificateCommand({ UserName, CertificateBody: 'PEM' }));
    expect((await iam.send(new ListSigningCertificatesCommand({ UserName }))).Certificates).toHaveLength(1);
    const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }));
    const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? '';
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
    const unassigned = await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Unassigned' }));
    expect(unassigned.VirtualMFADevices).toHaveLength(1);
    await iam.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));
    expect((await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices).toMatchObject([
      { SerialNumber, UserName },
    ]);
  });

  test('a reset changes the secret of a service’s credential and not its id', async () => {
    const iam = fake.iam();
    await user('jit');
    const ask = { UserName: 'jit', ServiceName: 'codecommit.amazonaws.com' };
    const made = await iam.send(new CreateServiceSpecificCredentialCommand(ask));
    const ServiceSpecificCredentialId = made.ServiceSpecificCredential?.ServiceSpecificCredentialId ?? '';
    expect(ServiceSpecificCredentialId).toMatch(/^ACCA/);
    const reset = await iam.send(
      new ResetServiceSpecificCredentialCommand({ UserName: 'jit', ServiceSpecificCredentialId }),
    );
    expect(reset.ServiceSpecificCredential).toMatchObject({ ServiceSpecificCredentialId });
    expect(reset.ServiceSpecificCredential?.ServicePassword).not.toBe(
      made.ServiceSpecificCredential?.ServicePassword,
    );
    const one = await iam.send(new ListServiceSpecificCredentialsCommand(ask));
    expect(one.ServiceSpecificCredentials?.[0]).not.toHaveProperty('ServicePassword');
  });

  test('versions of a policy: five, one in force, none of them deleted with it', async () => {
    const iam = fake.iam();
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allow('s3:*') }),
    );
    const PolicyArn = Policy?.Arn ?? '';
    const add = () => iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow('*') }));
    for (let made = 0; made < 4; made += 1) await add();
    expect(await outcome(add())).toBe('409 LimitExceededException');
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
      ['v1', true],
      ...['v2', 'v3', 'v4', 'v5'].map((id) => [id, false]),
    ]);
    const drop = (VersionId: string) =>
      outcome(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId })));
    expect(await drop('v1')).toBe('409 DeleteConflictException');
    expect(await outcome(iam.send(new DeletePolicyCommand({ PolicyArn })))).toBe(
      '409 DeleteConflictException',
    );
    expect(await drop('v2')).toBe('200');
  });

  test('groups, instance profiles and providers', async () => {
    const iam = fake.iam();
    const jit = await user('jit');
    await iam.send(new CreateGroupCommand({ GroupName: 'g' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'g', UserName: 'jit' }));
    const group = await iam.send(new GetGroupCommand({ GroupName: 'g' }));
    expect(group).toMatchObject({
      Users: [{ UserId: jit.id }],
      Group: { GroupId: expect.stringMatching(/^AGPA/) },
    });
    expect((await iam.send(new ListGroupsForUserCommand({ UserName: 'jit' }))).Groups).toHaveLength(1);
    expect(await outcome(iam.send(new DeleteGroupCommand({ GroupName: 'g' })))).toBe(
      '409 DeleteConflictException',
    );
    await role('deploy', trust(jit.arn));
    const pair = { InstanceProfileName: 'p', RoleName: 'deploy' };
    await iam.send(new CreateInstanceProfileCommand(pair));
    await iam.send(new AddRoleToInstanceProfileCommand(pair));
    const on = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'deploy' }));
    expect(on.InstanceProfiles).toMatchObject([{ Roles: [{ RoleName: 'deploy' }] }]);
    expect(await outcome(iam.send(new DeleteRoleCommand({ RoleName: 'deploy' })))).toBe(
      '409 DeleteConflictException',
    );
    expect(await outcome(iam.send(new DeleteInstanceProfileCommand(pair)))).toBe(
      '409 DeleteConflictException',
    );
    await iam.send(new RemoveRoleFromInstanceProfileCommand(pair));
    expect(await outcome(iam.send(new DeleteRoleCommand({ RoleName: 'deploy' })))).toBe('200');
    const Url = 'https://token.example/path';
    const oidc = await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['sts'] }));
    expect(oidc.OpenIDConnectProviderArn).toBe('arn:aws:iam::111111111111:oidc-provider/token.example/path');
    const { OpenIDConnectProviderArn } = oidc;
    expect(await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))).toMatchObject({
      Url: 'token.example/path',
      ClientIDList: ['sts'],
      CreateDate: expect.any(Date),
    });
    const providers = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    expect(providers.OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }]);
    const saml = await iam.send(
      new CreateSAMLProviderCommand({ Name: 'corp', SAMLMetadataDocument: '<EntityDescriptor/>' }),
    );
    const { SAMLProviderArn } = saml;
    expect((await iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList).toMatchObject([
      { Arn: SAMLProviderArn },
    ]);
    expect(await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))).toMatchObject({
      SAMLMetadataDocument: '<EntityDescriptor/>',
    });
  });

  test('lists that are empty have their member', async () => {
    const iam = fake.iam();
    create('CreateUser', { UserName: 'jit' });
    const UserName = 'jit';
    expect(await iam.send(new ListUserPoliciesCommand({ UserName }))).toMatchObject({ PolicyNames: [] });
    expect(await iam.send(new ListAttachedUserPoliciesCommand({ UserName }))).toMatchObject({
      AttachedPolicies: [],
      IsTruncated: false,
    });
    expect(await iam.send(new ListMFADevicesCommand({ UserName }))).toMatchObject({ MFADevices: [] });
    expect(await outcome(iam.send(new DeleteLoginProfileCommand({ UserName })))).toBe(
      '404 NoSuchEntityException',
    );
    const bad = new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: '{' });
    expect(await outcome(iam.send(bad))).toBe('400 MalformedPolicyDocumentException');
  });
});
