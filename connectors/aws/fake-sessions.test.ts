import {
  AttachRolePolicyCommand,
  CreateGroupCommand,
  AddUserToGroupCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  EnableMFADeviceCommand,
  GetRoleCommand,
  GetUserCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetFederationTokenCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, credentialsOf, outcome, policy, trust, useAws } from './fake.fixture.ts';

const fake = useAws();
const { user, role, assume, whoAmI } = fake;

const account = '111111111111';
const rootArn = `arn:aws:iam::${account}:root`;
const list = (credentials: AwsCredentials) => outcome(fake.iam(credentials).send(new ListUsersCommand({})));
const denyAll = 'arn:aws:iam::aws:policy/AWSDenyAll';
const second = 1000;

/** What the console puts on a role whose sessions are revoked. */
const olderThan = (ms: number) =>
  policy({
    Effect: 'Deny',
    Action: ['*'],
    Resource: ['*'],
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(ms).toISOString() } },
  });

async function revokeOlder(RoleName: string): Promise<void> {
  const PolicyDocument = olderThan(fake.aws.clock.now());
  await fake
    .iam()
    .send(new PutRolePolicyCommand({ RoleName, PolicyName: 'AWSRevokeOlderSessions', PolicyDocument }));
}

async function deleteUser(UserName: string, AccessKeyId: string): Promise<void> {
  const iam = fake.iam();
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'rights' }));
  await iam.send(new DeleteUserCommand({ UserName }));
}

describe('role sessions', () => {
  test('a session is its role, and outlives the key and the user that made it', async () => {
    const jit = await user('jit', allow('sts:AssumeRole'));
    const { arn, id } = await role('deploy', trust(rootArn), allow('iam:List*'));
    const session = await assume(jit.credentials, arn);
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(await whoAmI(session)).toMatchObject({
      Arn: `arn:aws:sts::${account}:assumed-role/deploy/task`,
      UserId: `${id}:task`,
      Account: account,
    });
    await deleteUser('jit', jit.credentials.accessKeyId);
    expect(await outcome(whoAmI(jit.credentials))).toBe('403 InvalidClientTokenId');
    expect(await list(session)).toBe('200');
    expect(
      (await fake.iam().send(new GetRoleCommand({ RoleName: 'deploy' }))).Role?.RoleLastUsed,
    ).toMatchObject({ Region: 'us-east-1' });
  });

  test('it needs its own token, and ends at its time', async () => {
    const jit = await user('jit');
    const { arn } = await role('deploy', trust(jit.arn), allow('iam:List*'));
    const { sessionToken, ...bare } = await assume(jit.credentials, arn, { DurationSeconds: 900 });
    const other = await assume(jit.credentials, arn);
    expect(await outcome(whoAmI(bare))).toBe('403 InvalidClientTokenId');
    expect(await outcome(whoAmI({ ...bare, sessionToken: other.sessionToken ?? '' }))).toBe(
      '403 InvalidClientTokenId',
    );
    const whole = { ...bare, sessionToken: sessionToken ?? '' };
    expect(await outcome(whoAmI({ ...whole, secretAccessKey: 'guess' }))).toBe('403 SignatureDoesNotMatch');
    fake.aws.clock.advance(899 * second);
    expect(await outcome(whoAmI(whole))).toBe('200');
    fake.aws.clock.advance(second);
    expect(await outcome(whoAmI(whole))).toBe('403 ExpiredToken');
    expect(await list(whole)).toBe('403 ExpiredToken');
  });

  test('AWSRevokeOlderSessions denies older sessions alone, while it is there, and never who they are', async () => {
    const jit = await user('jit');
    const { arn } = await role('deploy', trust(jit.arn), allow('iam:List*'));
    const before = await assume(jit.credentials, arn);
    fake.aws.clock.advance(2 * second);
    await revokeOlder('deploy');
    fake.aws.clock.advance(2 * second);
    const after = await assume(jit.credentials, arn);
    expect(await list(before)).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('with an explicit deny in an identity-based policy');
    expect(await outcome(whoAmI(before))).toBe('200');
    expect(await list(after)).toBe('200');
    const drift = { RoleName: 'deploy', PolicyName: 'AWSRevokeOlderSessions' };
    await fake.iam().send(new DeleteRolePolicyCommand(drift));
    expect(await list(before)).toBe('200');
  });

  test('rights are those that the role has now', async () => {
    const jit = await user('jit');
    const { arn } = await role('deploy', trust(jit.arn), allow('iam:List*'));
    const session = await assume(jit.credentials, arn);
    await fake.iam().send(new DeleteRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'rights' }));
    expect(await list(session)).toBe('403 AccessDenied');
    expect(await outcome(whoAmI(session))).toBe('200');
  });

  test.each([
    ['refused', '403 InvalidClientTokenId', '403 InvalidClientTokenId'],
    ['authenticate', '200', '403 AccessDenied'],
  ] as const)('after its role, and beside a namesake: %s', async (orphans, who, what) => {
    fake.aws.world.switches.orphans = orphans;
    const jit = await user('jit');
    const first = await role('deploy', trust(jit.arn), allow('iam:List*'));
    const session = await assume(jit.credentials, first.arn);
    const RoleName = 'deploy';
    await fake.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'rights' }));
    await fake.iam().send(new DeleteRoleCommand({ RoleName }));
    expect([await outcome(whoAmI(session)), await list(session)]).toEqual([who, what]);
    const again = await role('deploy', trust(jit.arn), allow('iam:*'));
    expect(again.id).not.toBe(first.id);
    expect([await outcome(whoAmI(session)), await list(session)]).toEqual([who, what]);
  });

  test('session policies and boundaries only take away', async () => {
    const jit = await user('jit');
    const { arn } = await role('deploy', trust(jit.arn), allow('iam:List*'));
    const harmless = await assume(jit.credentials, arn, {
      Policy: policy({ Effect: 'Deny', Action: '*', Resource: '*' }),
    });
    expect(await list(harmless)).toBe('403 AccessDenied');
    const narrow = await assume(jit.credentials, arn, { Policy: allow('iam:GetUser') });
    expect(await list(narrow)).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('because no session policy allows the iam:ListUsers action');
    const wide = await assume(jit.credentials, arn, {
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    });
    expect(await list(wide)).toBe('200');
    const boundary = { RoleName: 'deploy', PermissionsBoundary: denyAll };
    await fake.iam().send(new PutRolePermissionsBoundaryCommand(boundary));
    expect(await list(wide)).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('with an explicit deny in a permissions boundary');
  });

  test('durations: the least, the role’s most, and an hour in a chain', async () => {
    const jit = await user('jit', allow('sts:AssumeRole'));
    const { arn } = await role('deploy', trust(rootArn), allow('sts:AssumeRole'));
    const ask = (credentials: AwsCredentials, DurationSeconds: number, RoleArn = arn) =>
      outcome(assume(credentials, RoleArn, { DurationSeconds }));
    expect(await ask(jit.credentials, 1)).toBe('400 ValidationError');
    expect(await ask(jit.credentials, 43_200)).toBe('200');
    const brief = await fake.iam().send(new GetRoleCommand({ RoleName: 'deploy' }));
    expect(brief.Role?.MaxSessionDuration).toBe(43_200);
    const session = await assume(jit.credentials, arn);
    expect(await ask(session, 3601)).toBe('400 ValidationError');
    expect(await ask(session, 3600)).toBe('200');
    fake.aws.world.call(account, 'iam', 'UpdateRole', { RoleName: 'deploy', MaxSessionDuration: 3600 });
    expect(await ask(jit.credentials, 3601)).toBe('400 ValidationError');
  });
});

describe('who may assume a role', () => {
  test('one who is named needs no right of its own; one whose account is named does', async () => {
    const plain = await user('plain');
    const named = await role('named', trust(plain.arn));
    const open = await role('open', trust('*'));
    const byAccount = await role('by-account', trust(rootArn));
    const byNumber = await role('by-number', trust(account));
    const ask = ({ credentials }: typeof plain, { arn }: typeof named) => outcome(assume(credentials, arn));
    expect(await ask(plain, named)).toBe('200');
    expect(await ask(plain, open)).toBe('200');
    expect(await ask(plain, byAccount)).toBe('403 AccessDenied');
    expect(await ask(plain, byNumber)).toBe('403 AccessDenied');
    const holder = await user('holder', allow('sts:AssumeRole', byAccount.arn));
    expect(await ask(holder, byAccount)).toBe('200');
    expect(await ask(holder, byNumber)).toBe('403 AccessDenied');
    expect(await ask(holder, named)).toBe('403 AccessDenied');
    const denied = await user('denied', policy({ Effect: 'Deny', Action: 'sts:*', Resource: '*' }));
    expect(await ask(denied, open)).toBe('403 AccessDenied');
    expect(await outcome(assume(fake.aws.root, named.arn))).toBe('403 AccessDenied');
  });

  test('a role that is not there is refused as one that does not trust', async () => {
    const jit = await user('jit', allow('sts:AssumeRole'));
    await role('closed', trust(`arn:aws:iam::222222222222:root`));
    const ask = async (name: string) => {
      const code = await outcome(assume(jit.credentials, `arn:aws:iam::${account}:role/${name}`));
      return [code, fake.last.text.replaceAll(name, '?').replaceAll(fake.last.requestId, '')];
    };
    expect(await ask('closed')).toEqual(await ask('absent'));
  });

  test('from another account both must say so', async () => {
    fake.aws.world.addAccount('222222222222');
    const theirs = await user('theirs', allow('sts:AssumeRole'), '222222222222');
    const powerless = await user('powerless', undefined, '222222222222');
    const { arn } = await role('shared', trust('arn:aws:iam::222222222222:root'));
    const direct = await role('direct', trust(powerless.arn));
    const session = await assume(theirs.credentials, arn);
    expect(await whoAmI(session)).toMatchObject({ Account: account });
    expect(await outcome(assume(powerless.credentials, arn))).toBe('403 AccessDenied');
    expect(await outcome(assume(powerless.credentials, direct.arn))).toBe('403 AccessDenied');
  });

  test('external ids and source identities', async () => {
    const jit = await user('jit', policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' }));
    const guarded = { Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } } };
    const { arn } = await role('guarded', trust(rootArn, guarded));
    expect(await outcome(assume(jit.credentials, arn))).toBe('403 AccessDenied');
    expect(await outcome(assume(jit.credentials, arn, { ExternalId: 'x-1' }))).toBe('200');
    const who = { SourceIdentity: 'ticket-7' };
    expect(await outcome(assume(jit.credentials, arn, { ...who, ExternalId: 'x-1' }))).toBe(
      '403 AccessDenied',
    );
    const both = policy({
      Effect: 'Allow',
      Principal: { AWS: rootArn },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    });
    const kept = await role('kept', both, allow('sts:AssumeRole'));
    const answer = await fake
      .sts(jit.credentials)
      .send(new AssumeRoleCommand({ RoleArn: kept.arn, RoleSessionName: 'task', ...who }));
    expect(answer.SourceIdentity).toBe('ticket-7');
    // it goes with the session, and a deny by it holds for that session alone
    await fake.iam().send(
      new PutRolePolicyCommand({
        RoleName: 'kept',
        PolicyName: 'ticket',
        PolicyDocument: policy(
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { StringEquals: { 'aws:SourceIdentity': 'ticket-7' } },
          },
          { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
        ),
      }),
    );
    expect(await list(credentialsOf(answer.Credentials))).toBe('403 AccessDenied');
    expect(await list(await assume(jit.credentials, kept.arn))).toBe('200');
  });

  test('a principal is its id: a namesake is not trusted, a new name is, and what is gone shows its id', async () => {
    const jit = await user('jit', allow('sts:AssumeRole'));
    const { arn } = await role('deploy', trust(jit.arn));
    const shown = async () => {
      const { Role } = await fake.iam().send(new GetRoleCommand({ RoleName: 'deploy' }));
      expect(Role?.AssumeRolePolicyDocument).toContain('%7B%22Version%22');
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    };
    expect(await shown()).toContain(jit.arn);
    await fake.iam().send(new UpdateUserCommand({ UserName: 'jit', NewUserName: 'renamed' }));
    expect(await shown()).toContain('user/renamed');
    expect(await outcome(assume(jit.credentials, arn))).toBe('200');
    await deleteUser('renamed', jit.credentials.accessKeyId);
    expect(await shown()).toContain(`"AWS":"${jit.id}"`);
    const namesake = await user('jit', allow('sts:AssumeRole'));
    expect(namesake.id).not.toBe(jit.id);
    expect(await outcome(assume(namesake.credentials, arn))).toBe('403 AccessDenied');
    // an ARN in a condition is no id: the namesake has it
    const byArn = { Condition: { ArnEquals: { 'aws:PrincipalArn': namesake.arn } } };
    const conditional = trust(rootArn, byArn);
    await fake
      .iam()
      .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument: conditional }));
    expect(await outcome(assume(namesake.credentials, arn))).toBe('200');
  });
});

describe('sessions of a user', () => {
  const tokenOf = async (credentials: AwsCredentials, more: object = {}) => {
    const answer = await fake.sts(credentials).send(new GetSessionTokenCommand(more));
    return credentialsOf(answer.Credentials);
  };
  const federate = async (credentials: AwsCredentials, Policy?: string) => {
    const ask = new GetFederationTokenCommand({ Name: 'agent', ...(Policy === undefined ? {} : { Policy }) });
    return credentialsOf((await fake.sts(credentials).send(ask)).Credentials);
  };

  test('GetSessionToken needs no right, outlives the key, and may not call IAM', async () => {
    const jit = await user('jit', policy({ Effect: 'Deny', Action: '*', Resource: '*' }));
    const session = await tokenOf(jit.credentials);
    expect(await whoAmI(session)).toMatchObject({ Arn: jit.arn, UserId: jit.id });
    // looks dead, and is not
    expect(await list(session)).toBe('403 InvalidClientTokenId');
    expect(await outcome(tokenOf(session))).toBe('403 AccessDenied');
    const { accessKeyId } = jit.credentials;
    await fake.iam().send(new DeleteAccessKeyCommand({ UserName: 'jit', AccessKeyId: accessKeyId }));
    expect(await outcome(whoAmI(session))).toBe('200');
    fake.aws.clock.advance(43_200 * second);
    expect(await outcome(whoAmI(session))).toBe('403 ExpiredToken');
  });

  test('with a second factor it may', async () => {
    const jit = await user('jit', allow('iam:*'));
    const iam = fake.iam();
    const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }));
    const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? '';
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
    await iam.send(new EnableMFADeviceCommand({ UserName: 'jit', SerialNumber, ...codes }));
    const session = await tokenOf(jit.credentials, { SerialNumber, TokenCode: '123456' });
    expect(await list(session)).toBe('200');
    expect(await outcome(tokenOf(jit.credentials, { SerialNumber, TokenCode: 'x' }))).toBe(
      '403 AccessDenied',
    );
  });

  test('a denied user’s session assumes no role, and an undenied one’s does', async () => {
    const jit = await user('jit', allow('sts:AssumeRole'));
    const { arn } = await role('deploy', trust(rootArn));
    const session = await tokenOf(jit.credentials);
    expect(await outcome(assume(session, arn))).toBe('200');
    fake.aws.clock.advance(2 * second);
    await fake.iam().send(
      new PutUserPolicyCommand({
        UserName: 'jit',
        PolicyName: 'older',
        PolicyDocument: olderThan(fake.aws.clock.now()),
      }),
    );
    expect(await outcome(assume(session, arn))).toBe('403 AccessDenied');
    // a key has no issue time, and is not touched
    expect(await outcome(assume(jit.credentials, arn))).toBe('200');
  });

  test('GetFederationToken: a right, a name, no IAM, and what both sides allow', async () => {
    const plain = await user('plain');
    expect(await outcome(federate(plain.credentials))).toBe('403 AccessDenied');
    const jit = await user('jit', allow('*'));
    const session = await federate(jit.credentials, allow('*'));
    expect(await whoAmI(session)).toMatchObject({
      Arn: `arn:aws:sts::${account}:federated-user/agent`,
      UserId: `${account}:agent`,
    });
    expect(await list(session)).toBe('403 InvalidClientTokenId');
    await deleteUser('jit', jit.credentials.accessKeyId);
    expect(await outcome(whoAmI(session))).toBe('403 InvalidClientTokenId');
    fake.aws.world.switches.orphans = 'authenticate';
    expect(await outcome(whoAmI(session))).toBe('200');
  });
});

describe('who may call', () => {
  test.each([
    ['letters of either case', allow('IAM:listusers'), '200'],
    ['a wildcard', allow('i?m:L*'), '200'],
    ['an ARN of the kind', allow('iam:ListUsers', `arn:aws:iam::${account}:user/*`), '200'],
    [
      'an ARN of another account',
      allow('iam:ListUsers', 'arn:aws:iam::222222222222:user/*'),
      '403 AccessDenied',
    ],
    ['NotAction', policy({ Effect: 'Allow', NotAction: 'iam:ListUsers', Resource: '*' }), '403 AccessDenied'],
    ['NotAction of another', policy({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), '200'],
    ['NotResource', policy({ Effect: 'Allow', Action: '*', NotResource: '*' }), '403 AccessDenied'],
    [
      'an allow that is over',
      allow('*', '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } }),
      '403 AccessDenied',
    ],
    [
      'an allow that is not over',
      allow('*', '*', { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } }),
      '200',
    ],
    [
      'a deny that stands before every allow',
      policy(
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'iam:List*', Resource: '*' },
      ),
      '403 AccessDenied',
    ],
    [
      'a variable',
      allow('*', '*', {
        Condition: { StringEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:user/\${aws:username}` } },
      }),
      '200',
    ],
    [
      'Null of a key that is not there',
      allow('*', '*', { Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }),
      '200',
    ],
    [
      'an address elsewhere',
      allow('*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      '403 AccessDenied',
    ],
    [
      'the address here',
      allow('*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }),
      '200',
    ],
    [
      'a second factor that is not there',
      allow('*', '*', { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      '200',
    ],
    [
      'one that must be',
      allow('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      '403 AccessDenied',
    ],
  ])('%s', async (_, document, expected) => {
    const jit = await user('jit', document);
    expect(await list(jit.credentials)).toBe(expected);
  });

  test('one’s own name, by a variable', async () => {
    const own = allow('iam:GetUser', `arn:aws:iam::${account}:user/\${aws:username}`);
    const jit = await user('jit', own);
    await user('other');
    const get = (UserName: string) =>
      outcome(fake.iam(jit.credentials).send(new GetUserCommand({ UserName })));
    expect([await get('jit'), await get('other')]).toEqual(['200', '403 AccessDenied']);
  });

  test('rights through a group, a boundary around a user, and a service control policy around all', async () => {
    const jit = await user('jit');
    const iam = fake.iam();
    await iam.send(new CreateGroupCommand({ GroupName: 'readers' }));
    const rights = { GroupName: 'readers', PolicyName: 'read', PolicyDocument: allow('iam:List*') };
    await iam.send(new PutGroupPolicyCommand(rights));
    expect(await list(jit.credentials)).toBe('403 AccessDenied');
    await iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName: 'jit' }));
    expect(await list(jit.credentials)).toBe('200');
    fake.aws.world.account(account).scps.push(allow('sts:*'));
    expect(await list(jit.credentials)).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('because no service control policy allows the iam:ListUsers action');
    fake.aws.world.account(account).scps.length = 0;
    await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'jit', PermissionsBoundary: denyAll }));
    expect(await list(jit.credentials)).toBe('403 AccessDenied');
    expect(await outcome(whoAmI(jit.credentials))).toBe('200');
    const got = await iam.send(new GetUserCommand({ UserName: 'jit' }));
    expect(got.User?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(denyAll);
  });

  test('a managed policy rules by its version in force', async () => {
    const jit = await user('jit');
    const { arn } = await role('deploy', trust(jit.arn));
    const session = await assume(jit.credentials, arn);
    const { world } = fake.aws;
    const make = { PolicyName: 'p', PolicyDocument: allow('s3:*') };
    world.call(account, 'iam', 'CreatePolicy', make);
    const PolicyArn = `arn:aws:iam::${account}:policy/p`;
    await fake.iam().send(new AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
    world.call(account, 'iam', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: allow('iam:*') });
    expect(await list(session)).toBe('403 AccessDenied');
    world.call(account, 'iam', 'SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' });
    expect(await list(session)).toBe('200');
  });
});
