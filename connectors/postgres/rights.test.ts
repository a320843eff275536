import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/connector.ts';
import { givenMemberships } from './looks/given-memberships.ts';
import { leftCode } from './looks/left-code.ts';
import type { Hunted, Sorted } from './looks/part.ts';
import { older } from './oids.ts';
import { rightsOf, subjectOf } from './rights.ts';
import type { CodeRow } from './sources/code-query.ts';
import type { GrantRow } from './sources/grants.ts';
import type { RoleRow } from './sources/roles.ts';

const role = (oid: number, name: string, more: Partial<RoleRow> = {}): RoleRow => ({
  oid,
  name,
  login: true,
  superuser: false,
  createrole: false,
  createdb: false,
  replication: false,
  bypassrls: false,
  connections: -1,
  until: null,
  expired: false,
  ...more,
});
const member = (memberOid: number, roleOid: number, more: Partial<GrantRow> = {}): GrantRow => ({
  oid: 20_000,
  roleOid,
  role: null,
  memberOid,
  member: null,
  grantorOid: 10,
  inherit: true,
  set: true,
  admin: false,
  at: null,
  ...more,
});
const definer = (more: Partial<CodeRow> = {}): CodeRow => ({
  class: 'function',
  oid: 20_001,
  name: 'public.run(text)',
  database: 'postgres',
  owner: 'postgres',
  makers: [10],
  callers: [0],
  traits: ['SECURITY DEFINER'],
  at: null,
  ...more,
});

const postgres = role(10, 'postgres', { superuser: true, createrole: true });
const standing = [postgres, role(17_000, 'alice'), role(17_001, 'team', { createrole: true })];
const alice: Scope = { accounts: ['17000'], targets: [] };
const gone = (ref: object, ...others: Scope['targets']): Scope => ({
  accounts: [],
  targets: [{ kind: 'postgres/role', ref: { name: 'jit', ...ref } }, ...others],
});
const joined = (role: string, roleOid: number) => ({
  kind: 'postgres/membership',
  ref: { role, roleOid, member: 'jit', memberOid: 18_000 },
});

function rights(scope: Scope, rows: readonly GrantRow[] = [], code: readonly CodeRow[] = []) {
  const { basis, anything, createsRoles, makesSlots, door, acts } = rightsOf(
    subjectOf(scope, standing),
    standing,
    rows,
    code,
  );
  return { basis, anything, createsRoles, makesSlots, door, team: acts(17_001) };
}

const none = { anything: false, createsRoles: false, makesSlots: false, door: undefined, team: false };
const all = { anything: true, createsRoles: true, makesSlots: true, team: true };

describe('what the grant could do', () => {
  test('of a role that stands, the catalog says it', () => {
    expect(rights(alice)).toEqual({ basis: 'proven', ...none });
  });

  test('of one that is gone, the record says it', () => {
    expect(rights(gone({ oid: 18_000, attributes: [] }))).toEqual({ basis: 'declared', ...none });
    expect(rights(gone({ oid: 18_000, attributes: ['SUPERUSER'] }))).toMatchObject(all);
    expect(rights(gone({ oid: 18_000, attributes: ['REPLICATION'] }))).toMatchObject({
      makesSlots: true,
      anything: false,
    });
  });

  test('or nobody does', () => {
    expect(rights(gone({ oid: 18_000 }))).toMatchObject({ basis: 'unknown', ...all });
    expect(rights(gone({}))).toMatchObject({ basis: 'unknown', ...all });
    expect(rights({ accounts: [], targets: [] })).toMatchObject({ basis: 'unknown', ...all });
    expect(rights({ accounts: ['alice@acme.example'], targets: [] })).toMatchObject({ basis: 'unknown' });
  });

  test('a record that names only a session says it too', () => {
    const opened = (more: object) => ({
      accounts: [],
      targets: [{ kind: 'postgres/session', id: '18000', ref: { roleOid: 18_000, ...more } }],
    });
    expect(rights(opened({ attributes: [] }))).toEqual({ basis: 'declared', ...none });
    expect(rights(opened({}))).toMatchObject({ basis: 'unknown', ...all });
  });

  test('a record that gives only a name says it too', () => {
    expect(rights(gone({ attributes: [] }))).toEqual({ basis: 'declared', ...none });
  });

  test('a group that the record names lends what it is today', () => {
    const scope = gone({ oid: 18_000, attributes: [] }, joined('team', 17_001));
    expect(rights(scope)).toMatchObject({
      basis: 'declared',
      createsRoles: true,
      team: true,
      anything: false,
    });
  });

  test('a group that is gone too could have been anything', () => {
    expect(rights(gone({ oid: 18_000, attributes: [] }, joined('lost', 17_999)))).toMatchObject({
      basis: 'unknown',
    });
  });

  test.each([
    ['SET', { set: true, inherit: false }, { createsRoles: true, team: true }],
    ['ADMIN', { set: false, inherit: false, admin: true }, { createsRoles: true, team: true }],
    ['INHERIT alone', { set: false, inherit: true }, { createsRoles: false, team: true }],
    ['no option', { set: false, inherit: false }, { createsRoles: false, team: false }],
  ])('a membership with %s', (_title, options, expected) => {
    expect(rights(alice, [member(17_000, 17_001, options)])).toMatchObject(expected);
  });

  test('a role of the operating system opens everything', () => {
    expect(rights(alice, [member(17_000, 4570)])).toMatchObject(all);
  });

  test('before version 16 whoever may make roles may join any', () => {
    expect(rights(alice, [member(17_000, 17_001, { oid: null })])).toMatchObject(all);
  });

  test.each([
    ['that everybody may call', definer(), true],
    ['that the role may call', definer({ callers: [10, 17_000] }), true],
    ['that others may call', definer({ callers: [10, 17_001] }), false],
    ['of an owner without such rights', definer({ makers: [17_002] }), false],
    ['that acts as its caller', definer({ traits: [] }), false],
  ])('code of a superuser %s', (_title, one, opens) => {
    const seen = rights(alice, [], [one]);
    expect(seen.anything).toBe(opens);
    expect(seen.door).toBe(opens ? 'public.run(text), which acts as postgres' : undefined);
  });
});

describe('where the server keeps no instants', () => {
  const scope = gone({ oid: 18_000, attributes: [] });
  const subject = subjectOf(scope, standing);
  const hunted: Hunted = {
    subject,
    rights: rightsOf(subject, standing, [], []),
    issued: { says: () => undefined },
    marker: 18_000,
    known: () => false,
    before: () => undefined,
  };
  const fates = (things: readonly Sorted[]) => things.map((one) => Object.keys(one ?? {})[0]);

  test('what the login of the grant gave is its own all the same', () => {
    const rows = [
      member(17_000, 17_001, { oid: 19_000, grantorOid: 18_000 }),
      member(17_000, 17_001, { oid: 19_001 }),
    ];
    expect(fates(givenMemberships(rows, hunted))).toEqual(['found', 'excused']);
  });

  test('a membership from before it is not', () => {
    const rows = [member(17_000, 17_001, { oid: 17_500, grantorOid: 18_000 })];
    expect(fates(givenMemberships(rows, hunted))).toEqual(['excused']);
  });

  test('and code that it owns; what a standing account owns may be older', () => {
    expect(fates(leftCode([definer({ makers: [18_000] }), definer({ makers: [17_001] })], hunted))).toEqual([
      'found',
      'excused',
    ]);
    const account: Hunted = { ...hunted, subject: subjectOf(alice, standing) };
    expect(fates(leftCode([definer({ makers: [17_000] })], account))).toEqual(['unexplained']);
  });
});

describe('the order of OIDs', () => {
  test.each([
    [17_000, 18_000, true],
    [18_001, 18_000, false],
    [18_000, 18_000, false],
    [6_171, undefined, true],
    [17_000, undefined, false],
    [null, 18_000, false],
    // the counter may have come round since: nothing is older but what initdb made
    [17_000, 4_000_000_000, false],
    [6_171, 4_000_000_000, true],
  ])('%j beside the marker %j', (oid, marker, isOlder) => {
    expect(older(oid, marker)).toBe(isOlder);
  });
});
