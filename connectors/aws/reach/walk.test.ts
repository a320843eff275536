import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mixedAccount, searched } from '../../../test/bench/aws-account.ts';
import { contextOf, evaluate, readDocument } from '../policy/index.ts';
import { index } from './account.ts';
import type { Snapshot } from './snapshot.ts';
import type { Beginning, Given } from './beginning.ts';
import { walk, type Hop } from './walk.ts';

const id = '111122223333';
const user = (name: string) => `arn:aws:iam::${id}:user/${name}`;
const role = (name: string) => `arn:aws:iam::${id}:role/${name}`;
const group = (name: string) => `arn:aws:iam::${id}:group/${name}`;
const managed = (name: string) => `arn:aws:iam::${id}:policy/${name}`;
const root = `arn:aws:iam::${id}:root`;
const now = '2026-11-23T12:00:00Z';

type Statement = Readonly<Record<string, unknown>>;
const text = (...statements: readonly Statement[]) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const may = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  more: Statement = {},
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const mayNot = (Action: string | readonly string[], Resource = '*', more: Statement = {}) => ({
  ...may(Action, Resource, more),
  Effect: 'Deny',
});
const trusts = (Principal: unknown, more: Statement = {}) =>
  text({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more });

interface Someone {
  readonly may?: readonly Statement[];
  readonly attached?: readonly string[];
  readonly boundary?: string;
}
interface World {
  readonly users?: Readonly<Record<string, Someone & { readonly groups?: readonly string[] }>>;
  readonly groups?: Readonly<Record<string, Someone>>;
  readonly roles?: Readonly<
    Record<string, Someone & { readonly trust: unknown; readonly profile?: boolean }>
  >;
  readonly policies?: Readonly<Record<string, readonly (readonly Statement[])[]>>;
}

function snapshot({ users = {}, groups = {}, roles = {}, policies = {} }: World): Snapshot {
  const inline = (one: Someone) =>
    one.may === undefined ? [] : [{ PolicyName: 'inline', PolicyDocument: text(...one.may) }];
  const held = (one: Someone) => ({
    AttachedManagedPolicies: (one.attached ?? []).map((name) => ({ PolicyArn: managed(name) })),
    ...(one.boundary === undefined
      ? {}
      : { PermissionsBoundary: { PermissionsBoundaryArn: managed(one.boundary) } }),
  });
  return {
    UserDetailList: Object.entries(users).map(([name, one]) => ({
      Arn: user(name),
      UserId: `AIDA${name}`,
      GroupList: one.groups ?? [],
      UserPolicyList: inline(one),
      ...held(one),
    })),
    GroupDetailList: Object.entries(groups).map(([name, one]) => ({
      Arn: group(name),
      GroupName: name,
      GroupPolicyList: inline(one),
      ...held(one),
    })),
    RoleDetailList: Object.entries(roles).map(([name, one]) => ({
      Arn: role(name),
      RoleId: `AROA${name}`,
      AssumeRolePolicyDocument: one.trust,
      RolePolicyList: inline(one),
      ...held(one),
      ...(one.profile === undefined ? {} : { InstanceProfileList: one.profile ? [{}] : [] }),
    })),
    Policies: Object.entries(policies).map(([name, versions]) => ({
      Arn: managed(name),
      // the first one is the default
      PolicyVersionList: versions.map((statements, at) => ({
        VersionId: `v${at + 1}`,
        IsDefaultVersion: at === 0,
        Document: text(...statements),
      })),
    })),
  };
}

const jit: Beginning = { kind: 'user', arn: user('jit'), id: 'AIDAjit' };
const short = (hop: Hop) =>
  `${hop.from.split(/[:/]/).at(-1) ?? ''} ${hop.how.join('+')} ${hop.to.split(/[:/]/).at(-1) ?? ''}${hop.certain ? '' : '?'}`;

/** Whom it reaches besides itself, with the path in short. */
function reached(
  world: World,
  given: Partial<Given> = {},
  begin: Beginning = jit,
): Record<string, readonly string[]> {
  const reach = walk(index(snapshot(world)), begin, { now, ...given });
  if (reach.saw !== 'reach') return { [reach.saw]: [] };
  return Object.fromEntries(
    reach.reached
      .filter(({ principal, path }) => principal.arn !== begin.arn || path.length > 0)
      .map(({ principal, path }) => [principal.arn.split('/').at(-1) ?? '', path.map(short)]),
  );
}

const nothing = { jit: {} };

describe('by assuming', () => {
  test('a chain, each hop by the shortest way', () => {
    const world = {
      users: { jit: { may: [may('sts:AssumeRole', role('b'))] } },
      roles: {
        a: { trust: trusts({ AWS: user('jit') }) },
        b: { trust: trusts({ AWS: root }), may: [may('sts:AssumeRole', role('c'))] },
        c: { trust: trusts({ AWS: [role('a'), role('b')] }) },
        d: { trust: trusts({ AWS: role('x') }) },
        e: { trust: trusts({ AWS: root }) },
      },
    };
    expect(reached(world)).toEqual({
      a: ['jit sts:AssumeRole a'],
      b: ['jit sts:AssumeRole b'],
      c: ['jit sts:AssumeRole a', 'a sts:AssumeRole c'],
    });
  });

  test('a trust that names the account and a right on everything', () => {
    const roles = {
      a: { trust: trusts({ AWS: root }) },
      b: { trust: trusts({ Service: 'ec2.amazonaws.com' }) },
    };
    expect(reached({ users: { jit: { may: [may('sts:*')] } }, roles })).toEqual({
      a: ['jit sts:AssumeRole a'],
    });
    expect(reached({ users: { jit: { may: [may('sts:*', role('*'))] } }, roles })).toEqual({
      a: ['jit sts:AssumeRole a'],
    });
    expect(
      reached({ users: { jit: { groups: ['g'] } }, groups: { g: { may: [may('*')] } }, roles }).a,
    ).toBeDefined();
    expect(reached({ users: nothing, roles })).toEqual({});
    expect(
      reached({ users: { jit: { may: [may('sts:*'), mayNot('sts:AssumeRole', role('a'))] } }, roles }),
    ).toEqual({});
  });

  test('the unique id of a deleted user is nobody; a session by name is one of its role', () => {
    const roles = {
      old: { trust: trusts({ AWS: 'AIDAgone' }) },
      mine: { trust: trusts({ AWS: 'AIDAjit' }) },
      next: { trust: trusts({ AWS: `arn:aws:sts::${id}:assumed-role/mine/run` }) },
    };
    expect(reached({ users: nothing, roles })).toEqual({
      mine: ['jit sts:AssumeRole mine'],
      next: ['jit sts:AssumeRole mine', 'mine sts:AssumeRole next?'],
    });
  });

  test('a condition that nobody knows is a hop with its name; known, it is a hop or none', () => {
    const roles = {
      a: { trust: trusts({ AWS: user('jit') }, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }) },
    };
    const world = { users: nothing, roles };
    expect(reached(world)).toEqual({ a: ['jit sts:AssumeRole a?'] });
    const [, one] = (() => {
      const reach = walk(index(snapshot(world)), jit, { now });
      return reach.saw === 'reach' ? reach.reached : [];
    })();
    expect(one).toMatchObject({ certain: false, path: [{ unknown: ['sts:ExternalId'] }] });
    expect(reached(world, { context: contextOf({ 'sts:ExternalId': 'x' }) })).toEqual({
      a: ['jit sts:AssumeRole a'],
    });
    expect(reached(world, { context: contextOf({ 'sts:ExternalId': null }) })).toEqual({});
  });

  test('a certain road is taken, however long, before one with an unknown', () => {
    const perhaps = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
    const both = text(
      { Effect: 'Allow', Principal: { AWS: role('a') }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { AWS: user('jit') }, Action: 'sts:AssumeRole', ...perhaps },
    );
    const roles = {
      a: { trust: trusts({ AWS: user('jit') }) },
      b: { trust: both },
      c: { trust: trusts({ AWS: role('d') }) },
      d: { trust: trusts({ AWS: user('jit') }, perhaps) },
    };
    expect(reached({ users: nothing, roles })).toEqual({
      a: ['jit sts:AssumeRole a'],
      b: ['jit sts:AssumeRole a', 'a sts:AssumeRole b'],
      d: ['jit sts:AssumeRole d?'],
      c: ['jit sts:AssumeRole d?', 'd sts:AssumeRole c'],
    });
  });

  test('a document that was not read closes nothing', () => {
    expect(reached({ users: nothing, roles: { a: { trust: '<html>' } } })).toEqual({
      a: ['jit sts:AssumeRole a?'],
    });
    const roles = { a: { trust: trusts({ AWS: root }) } };
    expect(reached({ users: { jit: { attached: ['unread'] } }, roles }).a).toEqual(['jit sts:AssumeRole a?']);
    const scps = [[{ name: 'scp', document: { flaw: 'it was not read' } }]];
    const world = { users: nothing, roles: { a: { trust: trusts({ AWS: user('jit') }) } } };
    expect(reached(world, { scps })).toEqual({ a: ['jit sts:AssumeRole a?'] });
    const deny = { Statement: mayNot('sts:*') };
    expect(reached(world, { scps: [[{ name: 'scp', document: readDocument(deny, 'identity') }]] })).toEqual(
      {},
    );
  });

  test('a session older than the cut-off assumes nothing, a fresh one does', () => {
    const older = { Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-22T09:00:00Z' } } };
    const roles = {
      mine: { trust: trusts({ Service: 'ec2.amazonaws.com' }), may: [may('*'), mayNot('*', '*', older)] },
      a: { trust: trusts({ AWS: root }) },
    };
    const session: Beginning = { kind: 'role', arn: role('mine'), id: 'AROAmine' };
    const walked = (more: object) => Object.keys(reached({ roles }, {}, { ...session, ...more }));
    expect(walked({ issuedAt: '2026-11-22T08:00:00Z' })).toEqual([]);
    expect(walked({ issuedAt: '2026-11-22T10:00:00Z' })).toContain('a');
    expect(reached({ roles }, {}, session).a).toEqual(['mine sts:AssumeRole a?']);
  });

  test('a namesake is somebody else, and whoever is deleted reaches nothing', () => {
    const account = index(snapshot({ users: nothing, roles: { a: { trust: trusts('*') } } }));
    expect(walk(account, { ...jit, id: 'AIDAold' }, { now })).toEqual({ saw: 'nobody', now: 'AIDAjit' });
    expect(walk(account, { ...jit, arn: user('gone') }, { now })).toEqual({ saw: 'nobody' });
  });

  test('from another account: by trusts alone, and what its own policies say is unknown', () => {
    const begin: Beginning = { kind: 'user', arn: 'arn:aws:iam::444455556666:user/jit', id: 'AIDAfar' };
    const roles = {
      a: { trust: trusts({ AWS: '444455556666' }) },
      b: { trust: trusts({ AWS: begin.arn }) },
      c: { trust: trusts({ AWS: root }) },
    };
    expect(reached({ roles }, {}, begin)).toEqual({
      a: ['jit sts:AssumeRole a?'],
      b: ['jit sts:AssumeRole b?'],
    });
  });
});

describe('by signing in as another user', () => {
  const users = (...statements: readonly Statement[]) => ({ jit: { may: statements }, ops: {}, dev: {} });

  test('a new key', () => {
    expect(reached({ users: users(may('iam:CreateAccessKey', user('o*'))) })).toEqual({
      ops: ['jit iam:CreateAccessKey ops'],
    });
    expect(reached({ users: users(may('iam:CreateAccessKey', user('${aws:username}'))) })).toEqual({});
    expect(reached({ users: users(may('iam:Get*')) })).toEqual({});
  });

  test('a password: made or changed; certain only where both may be done', () => {
    expect(reached({ users: users(may('iam:CreateLoginProfile', user('ops'))) })).toEqual({
      ops: ['jit iam:CreateLoginProfile ops?'],
    });
    expect(reached({ users: users(may('iam:UpdateLoginProfile', user('ops'))) })).toEqual({
      ops: ['jit iam:UpdateLoginProfile ops?'],
    });
    expect(reached({ users: users(may('iam:*LoginProfile', user('ops'))) })).toEqual({
      ops: ['jit iam:CreateLoginProfile ops'],
    });
  });
});

describe('by changing what is trusted or attached', () => {
  const ec2 = trusts({ Service: 'ec2.amazonaws.com' });

  test('a trust policy', () => {
    const roles = { a: { trust: ec2 }, b: { trust: ec2 } };
    const rights = (...more: readonly Statement[]) => ({
      users: { jit: { may: [may('iam:UpdateAssumeRolePolicy', role('a')), ...more] } },
      roles,
    });
    expect(reached(rights())).toEqual({ a: ['jit iam:UpdateAssumeRolePolicy+sts:AssumeRole a'] });
    expect(reached(rights(mayNot('sts:*')))).toEqual({});
  });

  for (const action of ['iam:PutUserPolicy', 'iam:AttachUserPolicy']) {
    test(`${action} on itself opens all that trusts the account`, () => {
      const roles = { a: { trust: trusts({ AWS: root }) } };
      expect(reached({ users: { jit: { may: [may(action, user('jit'))] } }, roles })).toEqual({
        a: [`jit ${action} jit`, 'jit sts:AssumeRole a'],
      });
    });
  }

  test('the policies of another that it can become', () => {
    const roles = {
      a: { trust: trusts({ AWS: user('jit') }) },
      b: { trust: trusts({ AWS: root }) },
      never: { trust: ec2 },
    };
    const users = { jit: { may: [may('iam:PutRolePolicy', [role('a'), role('never')])] } };
    expect(reached({ users, roles })).toEqual({
      a: ['jit sts:AssumeRole a'],
      b: ['jit iam:PutRolePolicy a', 'jit sts:AssumeRole a', 'a sts:AssumeRole b'],
      never: expect.arrayContaining(['jit iam:PutRolePolicy a']),
    });
  });

  test('a group: its policies, or its members', () => {
    const groups = { admins: { may: [may('sts:AssumeRole')] } };
    const roles = { a: { trust: trusts({ AWS: root }) } };
    expect(
      reached({ users: { jit: { may: [may('iam:AddUserToGroup', group('admins'))] } }, groups, roles }).a,
    ).toEqual(['jit iam:AddUserToGroup jit', 'jit sts:AssumeRole a']);
    const own = { jit: { groups: ['mine'] } };
    expect(
      reached({ users: own, groups: { mine: { may: [may('iam:PutGroupPolicy', group('mine'))] } }, roles }).a,
    ).toEqual(['jit iam:PutGroupPolicy jit', 'jit sts:AssumeRole a']);
  });

  test('a policy that is attached: a new version, or an older one', () => {
    const roles = { a: { trust: trusts({ AWS: root }) } };
    const policies = { p: [[may('s3:*')], [may('sts:AssumeRole')]] };
    const users = (action: string, attached: readonly string[]) => ({
      jit: { may: [may(action, managed('p'))], attached },
    });
    for (const action of ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion']) {
      expect(reached({ users: users(action, ['p']), roles, policies }).a).toEqual([
        `jit ${action} jit`,
        'jit sts:AssumeRole a',
      ]);
      expect(reached({ users: users(action, []), roles, policies })).toEqual({});
    }
    const harmless = { p: [[may('s3:*')], [may('s3:Get*')]] };
    expect(
      reached({ users: users('iam:SetDefaultPolicyVersion', ['p']), roles, policies: harmless }).a,
    ).toBeUndefined();
  });

  test('a right to attach some policies only is not a certain one', () => {
    const only = { Condition: { ArnEquals: { 'iam:PolicyARN': managed('p') } } };
    const users = { jit: { may: [may('iam:AttachUserPolicy', user('jit'), only)] } };
    expect(reached({ users, roles: { a: { trust: trusts({ AWS: root }) } } }).a).toEqual([
      'jit iam:AttachUserPolicy jit?',
      'jit sts:AssumeRole a',
    ]);
  });

  test('what it gives itself stays below its boundary; a deny of its own it may take away', () => {
    const roles = { a: { trust: trusts({ AWS: root }) } };
    const rewriting = may('iam:PutUserPolicy', user('jit'));
    const policies = { fence: [[may('iam:PutUserPolicy')]] };
    expect(reached({ users: { jit: { may: [rewriting], boundary: 'fence' } }, roles, policies })).toEqual({});
    expect(reached({ users: { jit: { may: [rewriting, mayNot('sts:*')] } }, roles }).a).toEqual([
      'jit iam:PutUserPolicy jit',
      'jit sts:AssumeRole a?',
    ]);
  });
});

describe('by passing a role', () => {
  const lambda = trusts({ Service: 'lambda.amazonaws.com' });
  const start = ['lambda:CreateFunction', 'lambda:InvokeFunction'];

  test('to a service that trusts nobody else and runs what it is told', () => {
    const roles = { a: { trust: lambda }, b: { trust: trusts({ Service: 'events.amazonaws.com' }) } };
    const users = (...statements: readonly Statement[]) => ({ jit: { may: statements } });
    const found = { a: ['jit iam:PassRole+lambda:CreateFunction+lambda:InvokeFunction a'] };
    expect(reached({ users: users(may('iam:PassRole'), may(start)), roles })).toEqual(found);
    expect(
      reached({ users: users(may('iam:PassRole'), may(start, 'arn:aws:lambda:*:*:function:dev-*')), roles }),
    ).toEqual(found);
    const to = (service: string) =>
      may('iam:PassRole', '*', { Condition: { StringEquals: { 'iam:PassedToService': service } } });
    expect(reached({ users: users(to('lambda.amazonaws.com'), may(start)), roles })).toEqual(found);
    expect(reached({ users: users(to('ec2.amazonaws.com'), may(start)), roles })).toEqual({});
    expect(reached({ users: users(may('iam:PassRole'), may('lambda:CreateFunction')), roles })).toEqual({});
    expect(reached({ users: users(may(start)), roles })).toEqual({});
    expect(reached({ users: users(may('iam:PassRole', role('z')), may(start)), roles })).toEqual({});
  });

  test('to a machine: only a role in an instance profile', () => {
    const ec2 = trusts({ Service: 'ec2.amazonaws.com' });
    const world = (profile: object, resource = '*') => ({
      users: { jit: { may: [may('iam:PassRole'), may('ec2:RunInstances', resource)] } },
      roles: { a: { trust: ec2, ...profile } },
    });
    expect(reached(world({ profile: true }))).toEqual({ a: ['jit iam:PassRole+ec2:RunInstances a'] });
    expect(reached(world({ profile: false }))).toEqual({});
    const { users, roles } = world({ profile: false });
    const putting = { jit: { may: [...users.jit.may, may('iam:AddRoleToInstanceProfile')] } };
    expect(reached({ users: putting, roles })).toEqual({ a: ['jit iam:PassRole+ec2:RunInstances a?'] });
    expect(reached(world({}))).toEqual({ a: ['jit iam:PassRole+ec2:RunInstances a?'] });
    expect(reached(world({ profile: true }, 'arn:aws:ec2:*:*:instance/*'))).toEqual({
      a: ['jit iam:PassRole+ec2:RunInstances a?'],
    });
  });
});

test('a boundary that one may take away closes nothing', () => {
  const roles = { a: { trust: trusts({ AWS: root }) } };
  const users = (...statements: readonly Statement[]) => ({ jit: { may: statements, boundary: 'fence' } });
  const policies = { fence: [[may(['iam:DeleteUserPermissionsBoundary', 's3:*'])]] };
  expect(reached({ users: users(may('sts:*')), roles, policies })).toEqual({});
  expect(
    reached({ users: users(may(['sts:*', 'iam:DeleteUserPermissionsBoundary'])), roles, policies }),
  ).toEqual({
    a: ['jit sts:AssumeRole a?'],
  });
});

test('each hop names the statements that allow it', () => {
  const reach = walk(
    index(
      snapshot({
        users: { jit: { attached: ['p'] } },
        policies: { p: [[may('sts:AssumeRole', '*', { Sid: 'Wide' })]] },
        roles: { a: { trust: trusts({ AWS: root }) } },
      }),
    ),
    jit,
    { now },
  );
  expect(reach).toMatchObject({
    reached: [
      { principal: { arn: user('jit') }, path: [], certain: true },
      {
        certain: true,
        path: [
          {
            by: [
              { policy: managed('p'), statement: 'Wide', effect: 'Allow' },
              { policy: `${role('a')} trust policy`, statement: '#1', effect: 'Allow' },
            ],
          },
        ],
      },
    ],
  });
});

test('the planted chain is found among the mixed shape, whoever else is there', () => {
  for (const roles of [10, 100, 500]) {
    const reach = searched(mixedAccount(roles, roles));
    const found =
      reach.saw === 'reach' ? reach.reached.find(({ principal }) => principal.arn === role('r2')) : undefined;
    expect(found).toMatchObject({ certain: true, anything: 'certain' });
    expect(found?.path.slice(0, 3).map(short)).toEqual([
      'u0 sts:AssumeRole r0',
      'r0 sts:AssumeRole r1',
      'r1 sts:AssumeRole r2',
    ]);
  }
});

test('with assuming alone it finds exactly whom a search without any index finds', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const principal = fc.constantFrom(root, '*', user('jit'), 'AIDAjit', 'AROAb', ...names.map(role));
  const rights = fc.array(
    fc.record({
      effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      resource: fc.constantFrom('*', role('*'), role('?'), ...names.map(role)),
    }),
    { maxLength: 2 },
  );
  const drawn = fc.record({
    jit: rights,
    roles: fc.array(fc.record({ trust: principal, rights }), { minLength: 5, maxLength: 5 }),
  });
  const written = (list: readonly { readonly effect: string; readonly resource: string }[]) =>
    list.map((one) => ({ Effect: one.effect, Action: 'sts:AssumeRole', Resource: one.resource }));
  fc.assert(
    fc.property(drawn, (world) => {
      const roles = Object.fromEntries(
        world.roles.map((one, at) => [
          names[at] ?? '',
          { trust: trusts({ AWS: one.trust }), may: written(one.rights) },
        ]),
      );
      const account = index(snapshot({ users: { jit: { may: written(world.jit) } }, roles }));
      const found = new Set([user('jit')]);
      for (let before = 0; before < found.size;) {
        before = found.size;
        for (const from of found) {
          const one = account.principals.get(from);
          if (one === undefined) throw new Error(from);
          for (const to of account.principals.values()) {
            if (to.trust === undefined) continue;
            const { outcome } = evaluate(
              { caller: one, action: 'sts:AssumeRole', resource: to.arn, account: id, context: new Map() },
              { identity: one.identity, resource: to.trust, resourcePolicy: 'needed' },
            );
            if (outcome === 'allowed') found.add(to.arn);
          }
        }
      }
      const reach = walk(account, jit, { now });
      const arns = reach.saw === 'reach' ? reach.reached.map(({ principal: { arn } }) => arn) : [];
      expect(arns.toSorted()).toEqual([...found].toSorted());
    }),
    { numRuns: 500 },
  );
});
