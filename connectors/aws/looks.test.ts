import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Found, Scope } from '../../src/connector.ts';
import { accountAccess } from './looks/account-access.ts';
import { bornCredentials } from './looks/born-credentials.ts';
import { bornPrincipals } from './looks/born-principals.ts';
import {
  credentialsCreated,
  credentialsRevived,
  letInElsewhere,
  principalsBorn,
  principalsChanged,
} from './makers.ts';
import { permissionActions } from './policy/permission-actions.ts';
import { account, useGranted } from './granted.fixture.ts';

const here = useGranted();
/** Milliseconds. */
const day = 86_400_000;
const from = () => new Date(Date.now() - 3_600_000).toISOString();
const allow = (...Action: readonly string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

function earlier<T>(make: () => T): T {
  here.server.clock.advance(-day);
  const made = make();
  here.server.clock.advance(day);
  return made;
}
/** The user that asks stood before every grant. */
beforeEach(() => {
  const { users, keys } = here.server.world.account(account).state;
  for (const one of [...users.items.values(), ...keys.values()])
    Object.assign(one, { createdAt: Date.now() - day });
});

/** A grant that is over, as its record tells it. */
const granted = (...actions: readonly string[]): Scope => ({
  accounts: [],
  targets: [
    {
      kind: 'aws/access-key',
      id: 'AKIANEVERISSUED00000',
      ref: {
        userId: 'AIDANEVERISSUED00000',
        accessKeyId: 'AKIANEVERISSUED00000',
        policies: [allow(...actions)],
      },
    },
  ],
});
const untold: Scope = { accounts: [], targets: [] };
const told = z.looseObject({ excused: z.record(z.string(), z.number()) });
const excusedIn = (seen: unknown) => told.parse(seen).excused;

describe('the other access of the subject', () => {
  const sweep = (...accounts: readonly string[]) =>
    here.ask(accountAccess, { accounts, targets: [] }, { from: from() });

  test('a key that was made before the grant is the subject’s own, with or without the second', async () => {
    const alice = earlier(() => here.user('alice'));
    earlier(alice.keys);
    const seen = await sweep(alice.id);
    expect(seen).toMatchObject({ saw: 'absent' });
    expect(excusedIn(seen)).toEqual({ another: 1, 'made before the grant': 1 });
    const { accessKeyId } = alice.keys();
    expect(await sweep(alice.id)).toMatchObject({
      saw: 'present',
      leads: [{ kind: 'aws/access-key', ref: { accessKeyId } }],
    });
  });

  test('what nothing dates needs a baseline, where somebody can come in by it', async () => {
    const alice = earlier(() => here.user('alice'));
    here.allow('alice', allow('s3:GetObject'));
    expect(await sweep(alice.id)).toMatchObject({ saw: 'absent' });
    earlier(alice.keys);
    expect(await sweep(alice.id)).toMatchObject({
      reason: 'R-ORIGIN',
      detail: expect.stringContaining('inline policy rights of alice'),
    });
  });

  test('what stood before stood with its text: a policy that was widened since is another', async () => {
    const alice = earlier(() => here.user('alice'));
    earlier(alice.keys);
    const made = z.object({ Policy: z.object({ Arn: z.string() }) });
    const PolicyDocument = allow('s3:GetObject');
    const { Arn: PolicyArn } = made.parse(
      earlier(() => here.iam('CreatePolicy', { PolicyName: 'reads', PolicyDocument })),
    ).Policy;
    here.iam('AttachUserPolicy', { UserName: 'alice', PolicyArn });
    const standing = async () => {
      const seen: Found[][] = [];
      await here.ask(
        accountAccess,
        { accounts: [alice.id], targets: [] },
        {
          captured: (found) => void seen.push([...found]),
        },
      );
      return seen.flat().find(({ kind }) => kind === 'aws/attached-policy')?.standing;
    };
    const before = await standing();
    expect(await standing()).toBe(before);
    here.iam('CreatePolicyVersion', { PolicyArn, PolicyDocument: allow('*'), SetAsDefault: true });
    expect(await standing()).not.toBe(before);
  });

  test('who is renamed while its credentials are listed, or whose name another takes, is not known', async () => {
    const alice = earlier(() => here.user('alice'));
    for (const answer of ['NoSuchEntity', 'another']) {
      const heal = here.server.fault(
        ({ action, input }) => {
          if (action !== 'GetUser' || input['UserName'] !== 'alice') return false;
          // in between
          here.iam('UpdateUser', { UserName: 'alice', NewUserName: 'alicia' });
          if (answer === 'another') here.user('alice');
          heal();
          return false;
        },
        { status: 500, type: 'text/xml', body: '' },
      );
      expect(await sweep(alice.id)).toMatchObject({
        reason: 'R-LAG',
        detail: expect.stringContaining('alice'),
      });
      if (answer === 'NoSuchEntity') here.iam('UpdateUser', { UserName: 'alicia', NewUserName: 'alice' });
    }
  });

  test('what only denies gives nothing', async () => {
    const alice = earlier(() => here.user('alice'));
    earlier(alice.keys);
    here.allow('alice', allow('s3:GetObject').replace('Allow', 'Deny'));
    expect(await sweep(alice.id)).toMatchObject({ saw: 'absent' });
  });

  test('roles that trust the subject are said, with the way there', async () => {
    const alice = earlier(() => here.user('alice'));
    earlier(alice.keys);
    const trust = { Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'sts:AssumeRole' };
    here.role('deploy', JSON.stringify({ Version: '2012-10-17', Statement: [trust] }));
    expect(await sweep(alice.id)).toMatchObject({
      reason: 'R-ORIGIN',
      detail: expect.stringContaining(
        `alice can become arn:aws:iam::${account}:role/deploy (sts:AssumeRole)`,
      ),
    });
  });

  test('a role as the subject: what it holds has no date either', async () => {
    const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const role = earlier(() =>
      here.role('build', JSON.stringify({ Version: '2012-10-17', Statement: [trust] })),
    );
    expect(await sweep(role.id)).toMatchObject({ saw: 'absent' });
    here.iam('PutRolePolicy', { RoleName: 'build', PolicyName: 'p', PolicyDocument: allow('s3:*') });
    expect(await sweep(role.id)).toMatchObject({ reason: 'R-ORIGIN' });
    expect(await sweep(role.arn)).toMatchObject({ reason: 'R-ORIGIN' });
  });

  test.each([
    `arn:aws:iam::${account}:user/nobody`,
    'arn:aws:iam::222222222222:user/alice',
    'alice',
    'arn:aws:sts::111111111111:assumed-role/x/y',
  ])('an account that is %s may be somebody else by now', async (id) => {
    expect(await sweep(id)).toMatchObject({ reason: 'R-IDENTITY', detail: expect.stringContaining(id) });
  });

  test('who may not see one kind of credential does not know', async () => {
    const alice = earlier(() => here.user('alice'));
    for (const need of accountAccess.needs) {
      const needs = accountAccess.needs.filter((one) => one !== need);
      const seen = await here.ask(
        accountAccess,
        { accounts: [alice.id], targets: [] },
        { from: from(), needs },
      );
      expect(seen).toMatchObject({ reason: 'R-PERM', needs: need });
    }
  });
});

describe('what the grant could have made', () => {
  const hunt = (look: typeof bornCredentials, scope: Scope) => here.ask(look, scope, { from: from() });

  test.each([bornCredentials, bornPrincipals])(
    '$id: who could change nothing made nothing, as the record says',
    async (look) => {
      earlier(() => here.user('admin'));
      here.user('admin-2').keys();
      expect(await hunt(look, granted('s3:GetObject', 'iam:ListUsers'))).toMatchObject({
        saw: 'excluded',
        basis: 'declared',
      });
    },
  );

  test.each([bornCredentials, bornPrincipals])(
    '$id: without rights in the record nothing is excused',
    async (look) => {
      expect(await hunt(look, untold)).toMatchObject({
        reason: 'R-ORIGIN',
        needs: expect.stringContaining('what the grant could do is not in the record'),
      });
    },
  );

  test.each([bornCredentials, bornPrincipals])(
    '$id: a device, a URL and the value of a secret make nothing beside a key whose rights are told',
    async (look) => {
      const { accounts, targets } = granted('s3:GetObject');
      const beside = (kind: string) => ({ accounts, targets: [...targets, { kind, id: 'x', ref: {} }] });
      for (const kind of ['aws/mfa-device', 'aws/presigned-url', 'aws/secret-version']) {
        expect(await hunt(look, beside(kind))).toMatchObject({ saw: 'excluded' });
      }
      expect(await hunt(look, beside('aws/service-specific-credential'))).toMatchObject({
        reason: 'R-ORIGIN',
      });
    },
  );

  test.each(['service-specific-credential', 'signing-certificate', 'ssh-public-key'])(
    'an aws/%s tells what its user could do, and then nothing else was made',
    async (noun) => {
      const { accounts, targets } = granted('s3:GetObject');
      const alone = targets.map((one) => ({ ...one, kind: `aws/${noun}` }));
      expect(await hunt(bornPrincipals, { accounts, targets: alone })).toMatchObject({ saw: 'excluded' });
    },
  );

  test('a key that it could make is its own, one of before is not', async () => {
    const admin = earlier(() => here.user('admin'));
    earlier(admin.keys);
    expect(await hunt(bornCredentials, granted('iam:Create*'))).toMatchObject({ saw: 'absent' });
    const { accessKeyId } = admin.keys();
    expect(await hunt(bornCredentials, granted('iam:Create*'))).toMatchObject({
      saw: 'present',
      leads: [{ ref: { accessKeyId }, relation: 'born-in-window' }],
    });
  });

  test('a key that it could switch on has no date that would tell', async () => {
    earlier(() => earlier(() => here.user('admin')).keys());
    expect(await hunt(bornCredentials, granted('iam:UpdateAccessKey'))).toMatchObject({ reason: 'R-ORIGIN' });
  });

  test('a user that it could make is its own; a role that it could change may be', async () => {
    const { id } = here.user('backdoor');
    expect(await hunt(bornPrincipals, granted('iam:CreateUser'))).toMatchObject({
      saw: 'present',
      leads: [{ kind: 'aws/principal', ref: { principalId: id } }],
    });
    expect(await hunt(bornPrincipals, granted('iam:UpdateAssumeRolePolicy'))).toMatchObject({
      reason: 'R-ORIGIN',
    });
  });

  test.each([
    'iam:UpdateSAMLProvider',
    'iam:CreateOpenIDConnectProvider',
    'iam:AcceptDelegationRequest',
    'iam:TagUser',
    'iam:DeactivateMFADevice',
    'kms:CreateGrant',
    's3:PutBucketPolicy',
    'lambda:UpdateFunctionCode',
    'ssm:SendCommand',
    'sqs:*',
    's3:Put*',
  ])('who could %s may have let somebody in where no list shows it', async (action) => {
    expect(await hunt(bornPrincipals, granted(action))).toMatchObject({
      reason: 'R-NOAPI',
    });
  });

  test.each(['iam:DeleteAccessKey', 'iam:GetUser', 's3:PutObject', 'dynamodb:*Item', 'sqs:SendMessage'])(
    'who could %s made nothing that lets anybody in',
    async (action) => {
      here.user('admin-2').keys();
      expect(await hunt(bornPrincipals, granted(action))).toMatchObject({ saw: 'excluded' });
    },
  );

  test('every action of IAM that writes is dated, shown, elsewhere or only takes away', () => {
    const [known] = [new Set([...credentialsCreated, ...credentialsRevived, ...principalsBorn])];
    const sorted = [...principalsChanged, ...letInElsewhere, ...known].filter((one) =>
      one.startsWith('iam:'),
    );
    expect(new Set(sorted).size).toBe(sorted.length);
    const left = (permissionActions['iam'] ?? '')
      .split(' ')
      .filter((name) => !sorted.includes(`iam:${name}`));
    for (const name of left) expect(name).toMatch(/^(?:Delete|Disable|Reject|RemoveClientID|PassRole$)/);
  });

  test('who could become another had the rights of the other', async () => {
    expect(await hunt(bornPrincipals, granted('sts:AssumeRole'))).toMatchObject({
      reason: 'R-ORIGIN',
      needs: expect.stringContaining('could assume roles'),
    });
    const { id: userId, arn } = here.user('jit');
    const trust = { Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' };
    here.role('deploy', JSON.stringify({ Version: '2012-10-17', Statement: [trust] }));
    const ref = {
      userId,
      userName: 'jit',
      accessKeyId: 'AKIANEVERISSUED00000',
      policies: [allow('s3:GetObject')],
    };
    const targets = [{ kind: 'aws/access-key', id: 'AKIANEVERISSUED00000', ref }];
    expect(await hunt(bornPrincipals, { accounts: [], targets })).toMatchObject({
      needs: expect.stringContaining('deploy trusts the user'),
    });
  });
});
