import { GetRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { roleTrustCheck } from './checks/role-trust.ts';
import { allow as allowing, policy, trust } from './fake.fixture.ts';
import { account, arn, useGranted } from './granted.fixture.ts';
import type { RoleTrustRef } from './kinds/role-trust.ts';

const world = useGranted();
const root = `arn:aws:iam::${account}:root`;
const nobody = policy({
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

/** A user with a key, and a role that trusts as it is told. */
function given(trusting: (userArn: string) => string = trust) {
  const jit = world.user('jit');
  const own = jit.keys();
  const role = world.role('deploy', trusting(jit.arn));
  const ref: RoleTrustRef = { roleName: 'deploy', roleId: role.id, principal: jit.arn, principalId: jit.id };
  return { jit, own, role, ref };
}
const trusts = (PolicyDocument: string, RoleName = 'deploy') =>
  world.iam('UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
const ask = (ref: RoleTrustRef, accounts: readonly string[] = []) =>
  world.ask(roleTrustCheck, ref, { accounts });
const when = (Condition: object) => trust(arn('user', 'jit'), { Condition });

test('a role that names the user lets it in, one that no longer does not (row 6)', async () => {
  const { own, role, ref } = given();
  // naive: the sessions of the role are revoked
  world.iam('PutRolePolicy', {
    RoleName: 'deploy',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: policy({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date().toISOString() } },
    }),
  });
  expect(await world.assumes(own, role.arn)).toBe(true);
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', reason: 'R-LISTED' });
  trusts(nobody);
  expect(await world.assumes(own, role.arn)).toBe(false);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

function deleteUser(UserName: string, accessKeyId: string): void {
  world.iam('DeleteAccessKey', { UserName, AccessKeyId: accessKeyId });
  world.iam('DeleteUser', { UserName });
}

test('a user that was deleted is nobody, though the trust shows its id (row 15)', async () => {
  const { own, role, ref, jit } = given();
  deleteUser('jit', own.accessKeyId);
  const { Role } = await world.as(world.operator()).send(new GetRoleCommand({ RoleName: 'deploy' }));
  // naive: the trust still names somebody
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(jit.id);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  // a new user of the name is not let in
  const namesake = world.user('jit');
  expect(await world.assumes(namesake.keys(), role.arn)).toBe(false);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  // and where it is, nothing says that it is another
  trusts(trust(namesake.arn));
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a condition that goes by the ARN lets a namesake in (row 14)', async () => {
  const byArn = policy({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 'sts:AssumeRole',
    Condition: { ArnEquals: { 'aws:PrincipalArn': arn('user', 'jit') } },
  });
  const { own, role, ref } = given(() => byArn);
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  deleteUser('jit', own.accessKeyId);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  expect(await world.assumes(world.user('jit').keys(), role.arn)).toBe(true);
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a renamed user is the same; a name alone proves nothing', async () => {
  const { own, role, ref } = given();
  world.iam('UpdateUser', { UserName: 'jit', NewUserName: 'jit-renamed' });
  expect(await world.assumes(own, role.arn)).toBe(true);
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  const { principalId: _, ...nameless } = ref;
  expect(await ask(nameless)).toMatchObject({ reason: 'R-IDENTITY' });
  expect(await ask({ ...nameless, principal: arn('user', 'jit-renamed') })).toMatchObject({ saw: 'present' });
  const { roleId: __, ...roleless } = ref;
  expect(await ask(roleless)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('a role that trusts the whole account lets in whoever may by its own policies (row 38)', async () => {
  const { own, role, ref } = given(() => trust(root));
  const second = world.user('second');
  expect(await world.assumes(own, role.arn)).toBe(false);
  expect(await ask(ref, [second.id])).toMatchObject({ saw: 'absent' });
  world.allow('second', allowing('sts:AssumeRole'));
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  // the subject has a second user that may
  expect(await world.assumes(second.keys(), role.arn)).toBe(true);
  expect(await ask(ref, [second.id])).toMatchObject({ saw: 'present', reason: 'R-STANDING' });
  // of the account itself the trust is what the record speaks of
  expect(await ask({ roleId: role.id, principal: root })).toMatchObject({
    saw: 'present',
    reason: 'R-LISTED',
  });
  expect(await ask({ roleId: role.id, principal: account })).toMatchObject({ saw: 'present' });
  trusts(nobody);
  expect(await ask({ roleId: role.id, principal: root })).toMatchObject({ saw: 'absent' });
});

test('a chain of roles leads there too', async () => {
  const { own, role, ref } = given(() => trust(root));
  world.role('hop', trust(arn('user', 'jit')));
  world.iam('PutRolePolicy', {
    RoleName: 'hop',
    PolicyName: 'may',
    PolicyDocument: allowing('sts:AssumeRole'),
  });
  expect(await world.assumes(own, role.arn)).toBe(false);
  expect(await ask(ref)).toMatchObject({
    saw: 'present',
    reason: 'R-STANDING',
    value: expect.stringContaining('role/hop'),
  });
});

test('a deny that others can lift puts it to sleep', async () => {
  const { own, role, ref } = given();
  world.allow('jit', policy({ Effect: 'Deny', Action: '*', Resource: '*' }), 'none');
  expect(await world.assumes(own, role.arn)).toBe(false);
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  trusts(nobody);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test.each([
  ['a condition that nobody can evaluate', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'aws:SourceIp'],
  ['an external id', { StringEquals: { 'sts:ExternalId': 'x' } }, 'sts:ExternalId'],
])('%s is named', async (_, Condition, key) => {
  const { ref } = given(() => trust(root));
  trusts(when(Condition));
  expect(await ask(ref)).toMatchObject({ reason: 'R-NOAPI', detail: expect.stringContaining(key) });
});

const around = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

test.each([
  ['was over an hour ago', { DateLessThan: { 'aws:CurrentTime': around(-1) } }, { saw: 'absent' }],
  ['lasts another hour', { DateLessThan: { 'aws:CurrentTime': around(1) } }, { saw: 'present' }],
  ['begins in an hour', { DateGreaterThan: { 'aws:CurrentTime': around(1) } }, { saw: 'present' }],
  [
    'began and is over',
    { DateGreaterThan: { 'aws:CurrentTime': around(-2) }, DateLessThan: { 'aws:CurrentTime': around(-1) } },
    { saw: 'absent' },
  ],
])('a trust that %s', async (_, Condition, expected) => {
  const { ref } = given();
  trusts(when(Condition));
  expect(await ask(ref)).toMatchObject(expected);
});

test('a role that is gone lets nobody in, a new one of its name is another', async () => {
  const { ref } = given();
  world.iam('DeleteRole', { RoleName: 'deploy' });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
  world.role('deploy', trust(arn('user', 'jit')));
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('everybody, a service, a session', async () => {
  const { role, ref } = given(() => trust('*'));
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  expect(await ask({ roleId: role.id, principal: '*' })).toMatchObject({ saw: 'present' });
  trusts(nobody);
  expect(await ask({ roleId: role.id, principal: '*' })).toMatchObject({ saw: 'absent' });
  const service = { roleId: role.id, principal: 'ec2.amazonaws.com' };
  expect(await ask(service)).toMatchObject({ saw: 'present' });
  expect(await ask({ ...service, principal: 'lambda.amazonaws.com' })).toMatchObject({ saw: 'absent' });
  const hop = world.role('hop', nobody);
  const session = `arn:aws:sts::${account}:assumed-role/hop/task`;
  trusts(trust(session));
  const ofSession = { roleId: role.id, principal: session, principalId: hop.id };
  expect(await ask(ofSession)).toMatchObject({ saw: 'present' });
  trusts(nobody);
  expect(await ask(ofSession)).toMatchObject({ saw: 'absent' });
});

test('somebody of another account, whose own policies nobody here can read', async () => {
  const { role } = given();
  world.server.world.addAccount('222222222222');
  world.server.world.call('222222222222', 'iam', 'CreateUser', { UserName: 'partner' });
  world.server.world.call('222222222222', 'iam', 'CreateUser', { UserName: 'another' });
  const partner = 'arn:aws:iam::222222222222:user/partner';
  trusts(trust(partner));
  const ref = { roleId: role.id, principal: partner, principalId: 'AIDANEVERISSUED00000' };
  expect(await ask(ref)).toMatchObject({ saw: 'present', reason: 'R-LISTED' });
  trusts(trust('arn:aws:iam::222222222222:root'));
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  trusts(trust('arn:aws:iam::222222222222:user/another'));
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  trusts(nobody);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

const provider = arn('oidc-provider', 'token.actions.githubusercontent.com');
const web = (Condition: object) =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  });
const bySub = web({ StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } });
const claims = { sub: 'repo:acme/app:ref:refs/heads/main', aud: 'sts.amazonaws.com' };

test('a web identity: by what its provider says of it, as long as there is the provider', async () => {
  const { role } = given(() => bySub);
  const ref: RoleTrustRef = { roleId: role.id, principal: provider, claims };
  const made = { Url: 'https://token.actions.githubusercontent.com', ClientIDList: ['sts.amazonaws.com'] };
  world.iam('CreateOpenIDConnectProvider', made);
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  expect(await ask({ ...ref, claims: { ...claims, sub: 'repo:other/app' } })).toMatchObject({
    saw: 'absent',
  });
  expect(await ask({ roleId: role.id, principal: provider })).toMatchObject({
    reason: 'R-NOAPI',
    detail: expect.stringContaining('githubusercontent.com:sub'),
  });
  const client = { OpenIDConnectProviderArn: provider, ClientID: 'sts.amazonaws.com' };
  world.iam('RemoveClientIDFromOpenIDConnectProvider', client);
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
  world.iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: provider });
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
  // the subject may make it again
  world.allow('jit', allowing('iam:CreateOpenIDConnectProvider'));
  expect(await ask(ref, [arn('user', 'jit')])).toMatchObject({ state: 'disabled', revivedBy: 'subject' });
  trusts(nobody);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a trust that cannot be read says nothing; nor does a verifier that may not ask', async () => {
  const { ref } = given();
  trusts(policy({ Effect: 'Allow', Principal: { CanonicalUser: 'x' }, Action: 'sts:AssumeRole' }));
  expect(await ask(ref)).toMatchObject({ reason: 'R-ANSWER' });
  expect(await world.ask(roleTrustCheck, ref, { needs: ['iam:GetUser'] })).toMatchObject({
    reason: 'R-PERM',
  });
});
