import * as iamModel from '@aws-sdk/client-iam';
import * as stsModel from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { Caller } from './fake/caller.ts';
import { account, at, createLife, faultsOf, partsOf } from './model.fixture.ts';

const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
});
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
});

test('every operation of IAM that is served has the members of AWS’s own model', () => {
  const { run, ran, faults, operations } = createLife('iam', iamModel);
  const Tags = [{ Key: 'a', Value: 'b' }];
  const page = { MaxItems: 10 };
  const user = { UserName: 'jit' };
  const group = { GroupName: 'g' };
  const role = { RoleName: 'r' };
  const boundary = { PermissionsBoundary: 'arn:aws:iam::aws:policy/AWSDenyAll' };
  run('CreateUser', { ...user, Path: '/', Tags, ...boundary });
  run('CreateGroup', { ...group, Path: '/' });
  const made = { ...role, AssumeRolePolicyDocument: trust, Description: 'd', MaxSessionDuration: 7200 };
  run('CreateRole', { ...made, Path: '/', Tags, ...boundary });
  run('AddUserToGroup', { ...user, ...group });

  for (const [kind, of] of [
    ['User', user],
    ['Group', group],
    ['Role', role],
  ] as const) {
    run(`Put${kind}Policy`, { ...of, PolicyName: 'p', PolicyDocument: document });
    run(`Get${kind}Policy`, { ...of, PolicyName: 'p' });
    run(`List${kind}Policies`, { ...of, ...page });
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    run(`Attach${kind}Policy`, { ...of, PolicyArn });
    run(`ListAttached${kind}Policies`, { ...of, ...page, PathPrefix: '/' });
  }
  const PolicyArn = at(
    run('CreatePolicy', { PolicyName: 'own', Path: '/', PolicyDocument: document, Description: 'd', Tags }),
    'Policy',
    'Arn',
  );
  run('CreatePolicyVersion', { PolicyArn, PolicyDocument: document, SetAsDefault: true });
  run('AttachUserPolicy', { ...user, PolicyArn });
  run('GetPolicy', { PolicyArn });
  run('ListPolicies', { Scope: 'All', OnlyAttached: true, PathPrefix: '/', ...page });
  run('ListPolicies', { PolicyUsageFilter: 'PermissionsBoundary' });
  run('ListPolicyVersions', { PolicyArn, ...page });
  run('GetPolicyVersion', { PolicyArn, VersionId: 'v2' });
  run('ListEntitiesForPolicy', { PolicyArn, EntityFilter: 'User', PolicyUsageFilter: 'PermissionsPolicy' });

  const AccessKeyId = at(run('CreateAccessKey', user), 'AccessKey', 'AccessKeyId');
  run('ListAccessKeys', { ...user, ...page });
  run('GetAccessKeyLastUsed', { AccessKeyId });
  run('UpdateAccessKey', { ...user, AccessKeyId, Status: 'Inactive' });
  run('CreateLoginProfile', { ...user, Password: 'x', PasswordResetRequired: true });
  run('GetLoginProfile', user);
  run('UpdateLoginProfile', { ...user, Password: 'y', PasswordResetRequired: false });
  const device = run('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone', Path: '/' });
  const SerialNumber = at(device, 'VirtualMFADevice', 'SerialNumber');
  const codes = { AuthenticationCode1: '111111', AuthenticationCode2: '222222' };
  run('EnableMFADevice', { ...user, SerialNumber, ...codes });
  run('ListMFADevices', { ...user, ...page });
  run('ListVirtualMFADevices', { AssignmentStatus: 'Assigned', ...page });
  const ssh = run('UploadSSHPublicKey', { ...user, SSHPublicKeyBody: 'ssh-rsa AAAA' });
  const SSHPublicKeyId = at(ssh, 'SSHPublicKey', 'SSHPublicKeyId');
  run('GetSSHPublicKey', { ...user, SSHPublicKeyId, Encoding: 'SSH' });
  run('UpdateSSHPublicKey', { ...user, SSHPublicKeyId, Status: 'Inactive' });
  run('ListSSHPublicKeys', { ...user, ...page });
  const certificate = run('UploadSigningCertificate', { ...user, CertificateBody: 'PEM' });
  const CertificateId = at(certificate, 'Certificate', 'CertificateId');
  run('UpdateSigningCertificate', { ...user, CertificateId, Status: 'Inactive' });
  run('ListSigningCertificates', { ...user, ...page });
  const ServiceName = 'bedrock.amazonaws.com';
  const bearer = run('CreateServiceSpecificCredential', { ...user, ServiceName, CredentialAgeDays: 1 });
  const credential = {
    ...user,
    ServiceSpecificCredentialId: at(bearer, 'ServiceSpecificCredential', 'ServiceSpecificCredentialId'),
  };
  run('CreateServiceSpecificCredential', { ...user, ServiceName: 'codecommit.amazonaws.com' });
  run('ListServiceSpecificCredentials', { AllUsers: true, ServiceName, ...page });
  run('ListServiceSpecificCredentials', user);
  run('UpdateServiceSpecificCredential', { ...credential, Status: 'Inactive' });
  run('ResetServiceSpecificCredential', credential);

  const profile = { InstanceProfileName: 'p' };
  run('CreateInstanceProfile', { ...profile, Path: '/' });
  run('AddRoleToInstanceProfile', { ...profile, ...role });
  run('GetInstanceProfile', profile);
  run('ListInstanceProfiles', { PathPrefix: '/', ...page });
  run('ListInstanceProfilesForRole', { ...role, ...page });
  const oidc = {
    OpenIDConnectProviderArn: at(
      run('CreateOpenIDConnectProvider', { Url: 'https://a', ClientIDList: ['b'], ThumbprintList: ['c'] }),
      'OpenIDConnectProviderArn',
    ),
  };
  run('GetOpenIDConnectProvider', oidc);
  run('ListOpenIDConnectProviders');
  run('AddClientIDToOpenIDConnectProvider', { ...oidc, ClientID: 'd' });
  run('RemoveClientIDFromOpenIDConnectProvider', { ...oidc, ClientID: 'd' });
  run('UpdateOpenIDConnectProviderThumbprint', { ...oidc, ThumbprintList: ['e'] });
  const metadata = { SAMLMetadataDocument: '<EntityDescriptor/>' };
  const saml = {
    SAMLProviderArn: at(run('CreateSAMLProvider', { Name: 's', ...metadata }), 'SAMLProviderArn'),
  };
  run('GetSAMLProvider', saml);
  run('ListSAMLProviders');
  run('UpdateSAMLProvider', { ...saml, ...metadata });

  run('GetUser', user);
  run('ListUsers', { PathPrefix: '/', ...page });
  run('TagUser', { ...user, Tags });
  run('ListUserTags', { ...user, ...page });
  run('UntagUser', { ...user, TagKeys: ['a'] });
  run('GetGroup', { ...group, ...page });
  run('ListGroups', { PathPrefix: '/', ...page });
  run('ListGroupsForUser', { ...user, ...page });
  run('GetRole', role);
  run('ListRoles', { PathPrefix: '/', ...page });
  run('TagRole', { ...role, Tags });
  run('ListRoleTags', { ...role, ...page });
  run('UntagRole', { ...role, TagKeys: ['a'] });
  run('GetAccountAuthorizationDetails', page);
  run('GetAccountAuthorizationDetails', { Filter: ['User', 'Role', 'Group', 'LocalManagedPolicy'] });
  run('GetAccountSummary');
  run('GenerateCredentialReport');
  run('GenerateCredentialReport');
  run('GetCredentialReport');

  run('PutUserPermissionsBoundary', { ...user, ...boundary });
  run('DeleteUserPermissionsBoundary', user);
  run('PutRolePermissionsBoundary', { ...role, ...boundary });
  run('DeleteRolePermissionsBoundary', role);
  run('UpdateAssumeRolePolicy', { ...role, PolicyDocument: trust });
  run('UpdateRole', { ...role, Description: 'e', MaxSessionDuration: 3600 });
  run('UpdateGroup', { ...group, NewGroupName: 'g', NewPath: '/x/' });
  run('UpdateUser', { ...user, NewUserName: 'jit', NewPath: '/x/' });
  run('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' });

  run('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
  run('DetachUserPolicy', { ...user, PolicyArn });
  run('DeletePolicy', { PolicyArn });
  run('RemoveRoleFromInstanceProfile', { ...profile, ...role });
  run('DeleteInstanceProfile', profile);
  run('DeleteOpenIDConnectProvider', oidc);
  run('DeleteSAMLProvider', saml);
  run('DeleteAccessKey', { ...user, AccessKeyId });
  run('DeleteLoginProfile', user);
  run('DeactivateMFADevice', { ...user, SerialNumber });
  run('DeleteVirtualMFADevice', { SerialNumber });
  run('DeleteSSHPublicKey', { ...user, SSHPublicKeyId });
  run('DeleteSigningCertificate', { ...user, CertificateId });
  run('DeleteServiceSpecificCredential', credential);
  run('RemoveUserFromGroup', { ...user, ...group });
  for (const [kind, of] of [
    ['User', user],
    ['Group', group],
    ['Role', role],
  ] as const) {
    run(`Delete${kind}Policy`, { ...of, PolicyName: 'p' });
    run(`Detach${kind}Policy`, { ...of, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
  }
  const [left] = [run('ListServiceSpecificCredentials', user)['ServiceSpecificCredentials']].flat();
  run('DeleteServiceSpecificCredential', {
    ...user,
    ServiceSpecificCredentialId: at(Object(left), 'ServiceSpecificCredentialId'),
  });
  run('DeleteUser', user);
  run('DeleteGroup', group);
  run('DeleteRole', role);

  expect(faults).toEqual([]);
  expect([...ran].toSorted()).toEqual(operations.toSorted());
});

test('the witness can tell', () => {
  const { GetUser$ } = iamModel;
  const [, , , , , answered] = partsOf(GetUser$);
  const User = { Path: '/', UserName: 'jit', UserId: 'A', Arn: 'b', CreateDate: new Date() };
  expect(faultsOf({ User }, answered, 'GetUser')).toEqual([]);
  expect(faultsOf({ User: { ...User, Nmae: 'x', CreateDate: 'today' } }, answered, 'GetUser')).toEqual([
    'GetUser.User.CreateDate is no date',
    'GetUser.User.Nmae is unknown',
  ]);
  expect(faultsOf({ User: { ...User, Arn: undefined } }, answered, 'GetUser')).toEqual([
    'GetUser.User.Arn is missing',
  ]);
});

test('every operation of STS that is served has the members of AWS’s own model', () => {
  const { run, ran, faults, world, operations } = createLife('sts', stsModel);
  const UserName = 'jit';
  const { User } = world.call(account, 'iam', 'CreateUser', { UserName });
  const arn = `arn:aws:iam::${account}:user/jit`;
  world.call(account, 'iam', 'CreateRole', {
    RoleName: 'r',
    AssumeRolePolicyDocument: trust.replace('sts:AssumeRole', 'sts:*'),
  });
  const rights = document.replace('s3:*', 'sts:*');
  world.call(account, 'iam', 'PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: rights });
  const AccessKeyId = at(
    world.call(account, 'iam', 'CreateAccessKey', { UserName }),
    'AccessKey',
    'AccessKeyId',
  );
  const caller: Caller = {
    account: world.account(account),
    kind: 'user',
    keyId: AccessKeyId,
    principalId: at({ User }, 'User', 'UserId'),
    arn,
    userId: at({ User }, 'User', 'UserId'),
    principalArn: arn,
    session: undefined,
  };
  run('GetCallerIdentity', {}, caller);
  run('GetAccessKeyInfo', { AccessKeyId }, caller);
  run('GetSessionToken', { DurationSeconds: 900 }, caller);
  const narrow = { Policy: rights, PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] };
  run('GetFederationToken', { Name: 'jit', DurationSeconds: 900, ...narrow }, caller);
  const session = { RoleArn: `arn:aws:iam::${account}:role/r`, RoleSessionName: 'task', ExternalId: 'xy' };
  const more = { DurationSeconds: 900, Tags: [{ Key: 'a', Value: 'b' }], SourceIdentity: 'me' };
  run('AssumeRole', { ...session, ...more, ...narrow }, caller);
  expect(faults).toEqual([]);
  expect([...ran].toSorted()).toEqual(operations.toSorted());
});
