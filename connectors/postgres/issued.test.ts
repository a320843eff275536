import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/connector.ts';
import { issuedTo, readTemplate } from './looks/issued.ts';
import { subjectOf } from './rights.ts';
import type { GrantRow } from './sources/grants.ts';
import type { RoleRow } from './sources/roles.ts';

const from = '2026-11-22T08:14:00Z';
const begun = Date.parse(from) / 1000;
const random = '9FkAvRXbAZQUSv8qZu0c';
/** As the engine names it: `display-role`, and seconds after the beginning of the window. */
const made = (who: string, after = 60) => `v-${who}-${random}-${begun + after}`;

const row = (name: string, oid: number, more: Partial<RoleRow> = {}): RoleRow => ({
  name,
  oid,
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
const inGroup = (roleOid: number, memberOid: number): GrantRow => ({
  oid: 30_000,
  roleOid,
  role: `oid ${roleOid}`,
  memberOid,
  member: `oid ${memberOid}`,
  grantorOid: 10,
  inherit: true,
  set: true,
  admin: false,
  at: null,
});

interface Record {
  readonly issued?: boolean;
  readonly accounts?: readonly string[];
  readonly groups?: readonly number[];
}

function says(login: string, other: RoleRow, rows: readonly GrantRow[] = [], record: Record = {}) {
  const { issued = true, accounts = [], groups = [] } = record;
  const scope: Scope = {
    accounts,
    targets: [
      {
        kind: 'postgres/role',
        ref: { name: login, oid: 20_000, attributes: [] },
        ...(issued ? { issuedBy: 'vault-prod' } : {}),
      },
      ...groups.map((roleOid) => ({
        kind: 'postgres/membership',
        ref: { role: `g${roleOid}`, roleOid, member: login, memberOid: 20_000 },
      })),
    ],
  };
  return issuedTo(scope, subjectOf(scope, [other]), rows, { from, marker: 20_000 }).says(other);
}

const its = 'may be the grant’s';
const otherRole = 'a login that a broker made for another role';
const earlier = 'a login that a broker made before the grant';

describe('names of the template that brokers come with', () => {
  test.each([
    ['v-token-readonly-9FkAvRXbAZQUSv8qZu0c-1763799240', ['readonly']],
    // nobody can tell where the display name ends
    ['v-a-b-c-9FkAvRXbAZQUSv8qZu0c-1763799240', ['b-c', 'c']],
    ['v-approle-ro-prod--9FkAvRXbAZQUSv8qZu0c-1763799240', ['ro-prod-']],
    ['v--ro-9FkAvRXbAZQUSv8qZu0c-1763799240', ['ro']],
    ['v-token-toolongone-9FkAvRXbAZQUSv8qZu0c-1763799240', undefined],
    ['v-token-ro-9FkAvRXbAZQUSv8qZu0-1763799240', undefined],
    ['v-token-ro-9FkAvRXbAZQUSv8qZu0c-17637992', undefined],
    ['x-token-ro-9FkAvRXbAZQUSv8qZu0c-1763799240', undefined],
  ])('%s', (name, roles) => {
    expect(readTemplate(name)?.roles).toEqual(roles);
  });

  test.each([
    ['younger, of the same role', made('token-ro'), 20_001, its],
    ['older by its OID, of the same role', made('token-ro'), 19_999, its],
    ['of the same role for whoever', made('approle-ro'), 20_001, its],
    ['in the very second', made('token-ro', 0), 20_001, its],
    ['a second before', made('token-ro', -1), 20_001, earlier],
    ['by a clock that is ahead', made('token-ro', 86_400), 20_001, its],
    ['of another role', made('token-rw'), 20_001, otherRole],
    ['whose role may be the same', made('token-x-ro'), 20_001, its],
    ['of no template', 'alice', 20_001, undefined],
  ])('%s', (_title, name, oid, expected) => {
    expect(says(made('token-ro', 30), row(name, oid))).toBe(expected);
  });

  test('tell that a broker made it, where the record does not', () => {
    const record = { issued: false };
    expect(says(made('token-ro', 30), row(made('token-ro'), 20_001), [], record)).toBe(its);
    expect(says(made('token-ro', 30), row(made('token-rw'), 20_001), [], record)).toBe(otherRole);
  });

  test('excuse nothing where the login of the record has another name', () => {
    expect(says('ro.x1.y1', row(made('token-rw'), 20_001))).toBeUndefined();
    expect(says('jit', row(made('token-rw'), 20_001))).toBe(its);
  });
});

describe('names of another template', () => {
  test.each([
    ['all but the last two parts', 'jit_ro_x1_y1', 'jit_ro_x2_y2', its],
    ['other first parts', 'jit_ro_x1_y1', 'jit_rw_x1_y1', undefined],
    ['a second before the grant', `jit_ro_x1_${begun + 9}`, `jit_ro_x2_${begun - 1}`, earlier],
    ['a second of the grant', `jit_ro_x1_${begun + 9}`, `jit_ro_x2_${begun + 1}`, its],
    ['one of them has no second', `jit_ro_x1_y`, `jit_ro_x2_${begun - 1}`, its],
  ])('%s', (_title, login, name, expected) => {
    // the order of the OIDs tells nothing: the record may name the second
    expect(says(login, row(name, 19_999))).toBe(expected);
    expect(says(login, row(name, 20_001))).toBe(expected);
  });

  test('a group, whatever its name', () => {
    expect(says('jit_ro_x1_y1', row('jit_ro_x2_y2', 20_001, { login: false }))).toBeUndefined();
  });

  test('the same groups', () => {
    const other = row('ab12', 20_001);
    const record = { groups: [17_000, 17_001] };
    const both = [inGroup(17_000, 20_001), inGroup(17_001, 20_001)];
    expect(says('cd34', other, both, record)).toBe(its);
    expect(says('cd34', other, both.slice(1), record)).toBeUndefined();
    expect(
      says('cd34', row('ab12', 19_999), [inGroup(17_000, 19_999), inGroup(17_001, 19_999)], record),
    ).toBe(undefined);
    expect(says('cd34', row('ab12', 20_001, { login: false }), both, record)).toBeUndefined();
  });

  test('where nothing tells, every younger login', () => {
    expect(says('cd34', row('ab12', 20_001))).toBe(its);
    expect(says('cd34', row('ab12', 19_999))).toBeUndefined();
    expect(says('cd34', row('ab12', 20_001, { login: false }))).toBeUndefined();
  });

  test('of a login that no other system made, or that the subject has anyway', () => {
    expect(says('cd34', row('ab12', 20_001), [], { issued: false })).toBeUndefined();
    expect(says('cd34', row('ab12', 20_001), [], { accounts: ['20000'] })).toBeUndefined();
  });
});
