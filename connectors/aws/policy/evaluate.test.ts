import { describe, expect, test } from 'vitest';
import {
  account,
  allow,
  decide,
  deny,
  deploy,
  jit,
  other,
  policy,
  session,
  target,
} from './build.fixture.ts';
import type { request, Written } from './build.fixture.ts';
import type { Decision, Policies } from './evaluate.ts';

// Worked out by hand from AWS's pages; below https://docs.aws.amazon.com/IAM/latest/UserGuide/
const logic = 'reference_policies_evaluation-logic_policy-eval-denyallow.html';
const single = 'reference_policies_evaluation-logic_policy-eval-basics.html';
const cross = 'reference_policies_evaluation-logic-cross-account.html';
const boundaries = 'access_policies_boundaries.html';
const principal = 'reference_policies_elements_principal.html';
const notPrincipal = 'reference_policies_elements_notprincipal.html';
const switching = 'id_roles_use_permissions-to-switch.html';
const variables = 'reference_policies_variables.html';
const action = 'reference_policies_elements_action.html';
const resource = 'reference_policies_elements_resource.html';

interface Case {
  readonly of: string;
  readonly what: string;
  readonly policies: Partial<Policies>;
  readonly asked?: Parameters<typeof request>[0];
  readonly outcome: Decision['outcome'];
  readonly unknown?: readonly string[];
}

const bucket = (Principal: unknown, more: Written = {}) =>
  policy({ Effect: 'Allow', Principal, Action: 's3:*', Resource: '*', ...more }, 'resource');
const trust = (Principal: unknown, more: Written = {}): Partial<Policies> => ({
  resource: policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }, 'resource'),
  resourcePolicy: 'needed',
});
const assume = { action: 'sts:AssumeRole', resource: target };
const nothing = policy({ Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' });
const all = [policy(allow())];
const foreign = { account: other };

const cases: readonly Case[] = [
  { of: logic, what: 'nothing is allowed by default', policies: {}, outcome: 'implicitly-denied' },
  { of: logic, what: 'an allow of the identity is enough', policies: { identity: all }, outcome: 'allowed' },
  {
    of: logic,
    what: 'an explicit deny wins over it',
    policies: { identity: [policy([allow(), deny({ Action: 's3:Get*' })])] },
    outcome: 'explicitly-denied',
  },
  {
    of: logic,
    what: 'a deny of the resource wins over it',
    policies: { identity: all, resource: bucket('*', { Effect: 'Deny' }) },
    outcome: 'explicitly-denied',
  },
  {
    of: logic,
    what: 'every level of SCPs must allow',
    policies: { identity: all, scps: [[policy(allow())], [policy(allow({ Action: 'ec2:*' }))]] },
    outcome: 'implicitly-denied',
  },
  {
    of: logic,
    what: 'of one level one SCP is enough',
    policies: { identity: all, scps: [[policy(allow({ Action: 'ec2:*' })), policy(allow())]] },
    outcome: 'allowed',
  },
  {
    of: logic,
    what: 'an RCP denies',
    policies: {
      identity: all,
      rcps: [
        [
          bucket('*'),
          bucket('*', { Effect: 'Deny', Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } }),
        ],
      ],
    },
    outcome: 'explicitly-denied',
  },
  {
    of: boundaries,
    what: 'a boundary does not allow by itself',
    policies: { boundary: policy(allow()) },
    outcome: 'implicitly-denied',
  },
  {
    of: boundaries,
    what: 'a boundary limits the identity',
    policies: { identity: all, boundary: nothing },
    outcome: 'implicitly-denied',
  },
  {
    of: boundaries,
    what: 'a boundary does not limit what a bucket grants to the user',
    policies: { boundary: nothing, resource: bucket({ AWS: jit.kind === 'user' ? jit.arn : '' }) },
    outcome: 'allowed',
  },
  {
    of: boundaries,
    what: 'a boundary limits what a bucket grants to the role',
    policies: { boundary: nothing, resource: bucket({ AWS: `arn:aws:iam::${account}:role/team/deploy` }) },
    asked: { caller: deploy },
    outcome: 'implicitly-denied',
  },
  {
    of: boundaries,
    what: 'a boundary does not limit what a bucket grants to the session',
    policies: { boundary: nothing, session: [nothing], resource: bucket({ AWS: session }) },
    asked: { caller: deploy },
    outcome: 'allowed',
  },
  {
    of: single,
    what: 'a session policy limits what a bucket grants to the role',
    policies: { session: [nothing], resource: bucket({ AWS: `arn:aws:iam::${account}:role/team/deploy` }) },
    asked: { caller: deploy },
    outcome: 'implicitly-denied',
  },
  {
    of: single,
    what: 'a session policy limits the identity',
    policies: { identity: all, session: [nothing] },
    asked: { caller: deploy },
    outcome: 'implicitly-denied',
  },
  {
    of: single,
    what: 'one name of everybody beside a boundary is settled by no page',
    policies: { boundary: nothing, resource: bucket('*') },
    asked: { caller: deploy },
    outcome: 'unknown',
    unknown: ['Principal "*" beside a permissions boundary or session policy'],
  },
  {
    of: single,
    what: 'an account in a bucket policy delegates and does not grant',
    policies: { resource: bucket({ AWS: account }) },
    outcome: 'implicitly-denied',
  },
  {
    of: cross,
    what: 'another account: the bucket alone is not enough',
    policies: { resource: bucket({ AWS: `arn:aws:iam::${account}:user/jit` }) },
    asked: foreign,
    outcome: 'implicitly-denied',
  },
  {
    of: cross,
    what: 'another account: the identity alone is not enough',
    policies: { identity: all },
    asked: foreign,
    outcome: 'implicitly-denied',
  },
  {
    of: cross,
    what: 'another account: both',
    policies: { identity: all, resource: bucket({ AWS: `arn:aws:iam::${account}:root` }) },
    asked: foreign,
    outcome: 'allowed',
  },
  {
    of: switching,
    what: 'a trust policy that names the user is enough',
    policies: trust({ AWS: `arn:aws:iam::${account}:user/jit` }),
    asked: assume,
    outcome: 'allowed',
  },
  {
    of: switching,
    what: 'a trust policy that names the account needs the identity',
    policies: trust({ AWS: `arn:aws:iam::${account}:root` }),
    asked: assume,
    outcome: 'implicitly-denied',
  },
  {
    of: switching,
    what: 'and has it',
    policies: { ...trust({ AWS: account }), identity: all },
    asked: assume,
    outcome: 'allowed',
  },
  {
    of: switching,
    what: 'the identity alone assumes nothing',
    policies: { ...trust({ Service: 'ec2.amazonaws.com' }), identity: all },
    asked: assume,
    outcome: 'implicitly-denied',
  },
  {
    of: switching,
    what: 'a role of another account that trusts the caller needs both',
    policies: { ...trust({ AWS: `arn:aws:iam::${account}:user/jit` }) },
    asked: { ...assume, ...foreign },
    outcome: 'implicitly-denied',
  },
  {
    of: principal,
    what: 'a service is let in by name',
    policies: trust({ Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] }),
    asked: { ...assume, caller: { kind: 'service', name: 'ec2.amazonaws.com' } },
    outcome: 'allowed',
  },
  {
    of: principal,
    what: 'a provider is let in by name',
    policies: trust({ Federated: 'accounts.google.com' }, { Action: 'sts:AssumeRoleWithWebIdentity' }),
    asked: {
      ...assume,
      action: 'sts:AssumeRoleWithWebIdentity',
      caller: { kind: 'federated', provider: 'accounts.google.com' },
    },
    outcome: 'allowed',
  },
  {
    of: principal,
    what: 'the unique id of a deleted user is nobody, whoever has its name now',
    policies: { ...trust({ AWS: 'AIDAGONE' }), identity: all },
    asked: assume,
    outcome: 'implicitly-denied',
  },
  {
    of: principal,
    what: 'a unique id is its holder',
    policies: trust({ AWS: 'AIDAJIT' }),
    asked: assume,
    outcome: 'allowed',
  },
  {
    of: principal,
    what: 'an ARN in aws:PrincipalArn is a text: a namesake matches it',
    policies: {
      resource: bucket('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/jit' } } }),
    },
    asked: { caller: { kind: 'user', arn: `arn:aws:iam::${account}:user/jit`, id: 'AIDANEW' } },
    outcome: 'allowed',
  },
  {
    of: principal,
    what: 'a deny to an account is one to all in it',
    policies: { identity: all, resource: bucket({ AWS: account }, { Effect: 'Deny' }) },
    outcome: 'explicitly-denied',
  },
  {
    of: principal,
    what: 'a session that nobody named may be the one that is trusted',
    policies: trust({ AWS: session }),
    asked: {
      ...assume,
      caller: { kind: 'role', arn: `arn:aws:iam::${account}:role/team/deploy`, id: 'AROADEPLOY' },
    },
    outcome: 'unknown',
    unknown: ['the name of the role session'],
  },
  {
    of: notPrincipal,
    what: 'a deny to all but another',
    policies: {
      identity: all,
      resource: policy(
        { Effect: 'Deny', NotPrincipal: { AWS: [other] }, Action: '*', Resource: '*' },
        'resource',
      ),
    },
    outcome: 'explicitly-denied',
  },
  {
    of: notPrincipal,
    what: 'a deny to all but the user and its account',
    policies: {
      identity: all,
      resource: policy(
        {
          Effect: 'Deny',
          NotPrincipal: { AWS: [account, `arn:aws:iam::${account}:user/jit`] },
          Action: '*',
          Resource: '*',
        },
        'resource',
      ),
    },
    outcome: 'allowed',
  },
  {
    of: notPrincipal,
    what: 'without the account the page says that it may deny',
    policies: {
      identity: all,
      resource: policy(
        {
          Effect: 'Deny',
          NotPrincipal: { AWS: `arn:aws:iam::${account}:user/jit` },
          Action: '*',
          Resource: '*',
        },
        'resource',
      ),
    },
    outcome: 'unknown',
    unknown: ['NotPrincipal'],
  },
  {
    of: notPrincipal,
    what: 'whoever has a boundary is denied by any NotPrincipal',
    policies: {
      identity: all,
      boundary: policy(allow()),
      resource: policy(
        {
          Effect: 'Deny',
          NotPrincipal: { AWS: [account, `arn:aws:iam::${account}:user/jit`] },
          Action: '*',
          Resource: '*',
        },
        'resource',
      ),
    },
    outcome: 'explicitly-denied',
  },
  {
    of: action,
    what: 'actions have no case, wildcards reach into them',
    policies: { identity: [policy(allow({ Action: 'S3:get?bject' }))] },
    outcome: 'allowed',
  },
  {
    of: action,
    what: 'NotAction is everything else',
    policies: { identity: [policy(allow({ Action: undefined, NotAction: ['s3:Get*', 'iam:*'] }))] },
    outcome: 'implicitly-denied',
  },
  {
    of: resource,
    what: 'resources have a case',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::Bucket/*' }))] },
    outcome: 'implicitly-denied',
  },
  {
    of: resource,
    what: 'NotResource is everything else',
    policies: {
      identity: [policy(allow({ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/private/*' }))],
    },
    outcome: 'allowed',
  },
  {
    of: resource,
    what: 'a wildcard over a colon: no page says',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3*key' }))] },
    outcome: 'unknown',
    unknown: ['the resource pattern arn:aws:s3*key'],
  },
  {
    of: variables,
    what: 'the name of the user stands for the variable',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::home/${aws:username}/*' }))] },
    asked: { resource: 'arn:aws:s3:::home/jit/x' },
    outcome: 'allowed',
  },
  {
    of: variables,
    what: 'a role has no user name: nothing matches',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::home/${aws:username}/*' }))] },
    asked: { resource: 'arn:aws:s3:::home/jit/x', caller: deploy },
    outcome: 'implicitly-denied',
  },
  {
    of: variables,
    what: 'a default stands for what is missing',
    policies: { identity: [policy(allow({ Resource: "arn:aws:s3:::home/${aws:username, 'all'}/*" }))] },
    asked: { resource: 'arn:aws:s3:::home/all/x', caller: deploy },
    outcome: 'allowed',
  },
  {
    of: variables,
    what: 'a tag that is not known may be any',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::${aws:PrincipalTag/team}/*' }))] },
    outcome: 'unknown',
    unknown: ['aws:PrincipalTag/team'],
  },
  {
    of: variables,
    what: 'but not one that could not match in any case',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::${aws:PrincipalTag/team}-logs/*' }))] },
    outcome: 'implicitly-denied',
  },
  {
    of: variables,
    what: 'an escaped star is a star',
    policies: { identity: [policy(allow({ Resource: 'arn:aws:s3:::bucket/${*}' }))] },
    outcome: 'implicitly-denied',
  },
];

describe('worked out by hand', () => {
  for (const { of, what, policies, asked, outcome, unknown = [] } of cases) {
    test(`${what} (${of})`, () => {
      const decision = decide(policies, asked);
      expect([decision.outcome, decision.unknown]).toEqual([outcome, unknown]);
    });
  }
});

test('before 2012-10-17 there are no variables', () => {
  const old = { name: 'old', document: { version: '2008-10-17', statements: [] } } as const;
  const { document } = policy(allow({ Resource: 'arn:aws:s3:::home/${aws:username}' }));
  if ('flaw' in document) throw new Error(document.flaw);
  const asked = { resource: 'arn:aws:s3:::home/jit' };
  expect(decide({ identity: [{ ...old, document }] }, asked).outcome).toBe('allowed');
  expect(
    decide({ identity: [{ ...old, document: { ...document, version: '2008-10-17' } }] }, asked).outcome,
  ).toBe('implicitly-denied');
});

test('three values: what is unknown neither opens nor closes', () => {
  const when = { Condition: { StringEquals: { 'aws:SourceIdentity': 'jit' } } };
  const maybe = policy(allow(when));
  const perhapsNot = policy([allow(), deny(when)]);
  expect(decide({ identity: [maybe] })).toMatchObject({
    outcome: 'unknown',
    unknown: ['aws:SourceIdentity'],
  });
  expect(decide({ identity: [perhapsNot] })).toMatchObject({
    outcome: 'unknown',
    unknown: ['aws:SourceIdentity'],
  });
  // a certain deny wins over it, and so does the absence of any allow
  expect(decide({ identity: [maybe, policy(deny())] }).outcome).toBe('explicitly-denied');
  expect(decide({ identity: [policy(deny(when))] }).outcome).toBe('implicitly-denied');
  // a certain allow beside it needs no second
  expect(decide({ identity: [maybe, policy(allow())] }).outcome).toBe('allowed');
  // once it is known, so is the answer
  const known = (value: string | null) => ({ context: { 'AWS:sourceidentity': value } });
  expect(decide({ identity: [maybe] }, known('jit')).outcome).toBe('allowed');
  expect(decide({ identity: [maybe] }, known(null)).outcome).toBe('implicitly-denied');
  expect(decide({ identity: [perhapsNot] }, known('jit')).outcome).toBe('explicitly-denied');
  expect(decide({ identity: [perhapsNot] }, known(null)).outcome).toBe('allowed');
});

test('a document that nobody understands may allow and may deny', () => {
  const broken = { name: 'arn:aws:iam::aws:policy/x', document: { flaw: 'it was not read' } };
  const said = ['arn:aws:iam::aws:policy/x: it was not read'];
  expect(decide({ identity: [broken] })).toMatchObject({ outcome: 'unknown', unknown: said });
  expect(decide({ identity: [broken, policy(allow())] })).toMatchObject({
    outcome: 'unknown',
    unknown: said,
  });
  expect(decide({ identity: [broken, policy(deny())] }).outcome).toBe('explicitly-denied');
  expect(decide({ identity: all, boundary: broken }).outcome).toBe('unknown');
  expect(decide({ identity: all, scps: [[broken]] }).outcome).toBe('unknown');
  expect(decide({ resource: broken }).outcome).toBe('unknown');
  expect(decide({ boundary: broken }).outcome).toBe('implicitly-denied');
});

test('it says which statements decided', () => {
  const named = policy(
    [allow({ Sid: 'Wide' }), deny({ Action: 'iam:*' }), deny({ Action: 's3:*' })],
    'identity',
    'p',
  );
  expect(decide({ identity: [named] }).statements).toEqual([
    { policy: 'p', statement: '#3', effect: 'Deny' },
  ]);
  expect(decide({ identity: [named] }, { action: 'ec2:RunInstances', resource: '*' }).statements).toEqual([
    { policy: 'p', statement: 'Wide', effect: 'Allow' },
  ]);
});
