import { SqlError } from './protocol.ts';
import type { Rows } from './protocol.ts';
import { jobRows, keeperRow } from './jobs.ts';
import { leftObjects } from './left-objects.ts';
import { codeRows, handedRows, heldRows, membershipRows } from './whole.ts';
import { privileges } from './privileges.ts';
import { catalogs } from './world.ts';
import type { FakeRole, FakeSession, FakeWorld, Permission } from './world.ts';

/** Who asks, over which session. */
export interface Asker {
  readonly oid: number;
  readonly pid: number;
}

type Row = Readonly<Record<string, unknown>>;

interface Question {
  /** What a statement must contain, and what it must not, to be this question. */
  readonly reads: readonly string[];
  readonly reaches: readonly Permission[];
  answer(world: FakeWorld, asker: Asker, parameters: readonly (string | null)[]): readonly Row[];
}

/** Catalogs and functions by which statements are told apart. */
const known = [
  'pg_identify_object',
  'pg_roles',
  'pg_stat_activity',
  'pg_stat_replication',
  'pg_stat_wal_receiver',
  'pg_auth_members',
  'pg_hba_file_rules',
  'pg_prepared_xact',
  'pg_xact_commit_timestamp',
  'current_user',
  'aclexplode',
  'pg_extension',
  'row_security_active',
];

const privilegeCatalogs = catalogs
  .slice(0, catalogs.indexOf('pg_rewrite'))
  .filter((name) => name !== 'pg_stat_activity')
  .map((name) => `SELECT ${name}` as const);
/** What the list of all objects with an ACL reads. */
const aclCatalogs = privilegeCatalogs.filter(
  (name) => name !== 'SELECT pg_auth_members' && name !== 'SELECT pg_settings',
);
const leftCatalogs = [
  'SELECT pg_roles',
  'SELECT pg_class',
  'SELECT pg_proc',
  'SELECT pg_namespace',
  'SELECT pg_foreign_server',
  'SELECT pg_foreign_data_wrapper',
  'SELECT pg_largeobject_metadata',
  'SELECT pg_type',
  'SELECT pg_language',
  'SELECT pg_database',
  'SELECT pg_tablespace',
  'SELECT pg_default_acl',
  ...catalogs
    .slice(catalogs.indexOf('pg_rewrite'), catalogs.indexOf('pg_stat_replication'))
    .map((name) => `SELECT ${name}` as const),
] as const;

const questions: readonly Question[] = [
  { reads: ['pg_extension'], reaches: ['SELECT pg_extension'], answer: keeperRow },
  {
    reads: ['pg_roles', 'row_security_active'],
    reaches: ['SELECT pg_roles', 'SELECT pg_policy'],
    answer: jobRows,
  },
  { reads: ['pg_roles', 'current_user'], reaches: ['SELECT pg_roles'], answer: whoAsks },
  {
    reads: ['pg_roles'],
    reaches: ['SELECT pg_roles'],
    // without keys it is the whole list
    answer: (world, asker, parameters) =>
      parameters.length > 1 ? rolesByKey(world, asker, parameters) : everyRole(world),
  },
  { reads: ['pg_stat_activity'], reaches: ['SELECT pg_stat_activity'], answer: sessionsByRole },
  {
    reads: ['pg_stat_activity', 'pg_stat_replication', 'pg_stat_wal_receiver'],
    reaches: [
      'SELECT pg_stat_activity',
      'SELECT pg_stat_replication',
      'SELECT pg_replication_slots',
      'SELECT pg_stat_wal_receiver',
    ],
    answer: streams,
  },
  {
    reads: ['pg_roles', 'pg_auth_members'],
    reaches: ['SELECT pg_roles', 'SELECT pg_auth_members'],
    answer: memberships,
  },
  {
    reads: ['pg_roles', 'pg_auth_members', 'pg_xact_commit_timestamp'],
    reaches: ['SELECT pg_roles', 'SELECT pg_auth_members'],
    answer: membershipRows,
  },
  {
    reads: ['pg_roles', 'aclexplode', 'pg_identify_object', 'pg_xact_commit_timestamp'],
    reaches: leftCatalogs,
    answer: codeRows,
  },
  {
    reads: ['pg_roles', 'aclexplode', 'pg_xact_commit_timestamp'],
    reaches: aclCatalogs,
    answer: (world, _asker, [givers, all]) => handedRows(world, all === 'true' ? undefined : oids(givers)),
  },
  {
    reads: ['pg_roles', 'aclexplode'],
    reaches: aclCatalogs,
    answer: (world, _asker, [holders]) => heldRows(world, oids(holders)),
  },
  {
    reads: ['pg_roles', 'pg_auth_members', 'pg_hba_file_rules'],
    reaches: ['SELECT pg_roles', 'SELECT pg_auth_members', 'EXECUTE pg_hba_file_rules'],
    answer: loginRules,
  },
  {
    reads: ['pg_prepared_xact'],
    reaches: ['SELECT pg_database', 'EXECUTE pg_prepared_xact'],
    answer: preparedByOwner,
  },
  {
    reads: ['pg_roles', 'pg_auth_members', 'aclexplode'],
    reaches: privilegeCatalogs,
    answer: (world, _asker, [keys]) => privileges(world, keys),
  },
  {
    reads: ['pg_roles', 'aclexplode', 'pg_identify_object'],
    reaches: leftCatalogs,
    answer: (world, _asker, [keys]) => leftObjects(world, keys),
  },
];

/**
 * Answers a statement that reads catalogs, with what its asker may see.
 *
 * @returns undefined for a statement that the fake does not know.
 */
export function readCatalog(
  world: FakeWorld,
  asker: Asker,
  sql: string,
  parameters: readonly (string | null)[],
): Rows | undefined {
  const text = sql.replace(/\s+/g, ' ').toLowerCase();
  const found = known
    .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
    .toSorted()
    .join();
  const question = questions.find(({ reads }) => reads.toSorted().join() === found);
  if (question === undefined || !text.includes('pg_control_system()') || !/^(?:with|select) /.test(text))
    return undefined;
  // the server checks permissions of relations first, then runs the functions
  for (const need of [...question.reaches.toSorted(byRelationFirst), 'EXECUTE pg_control_system' as const]) {
    if (world.may(asker.oid, need)) continue;
    const [, name = ''] = need.split(' ');
    const what = need.startsWith('EXECUTE') ? 'function' : views.includes(name) ? 'view' : 'table';
    throw new SqlError('42501', `permission denied for ${what} ${name}`, 'aclcheck_error');
  }
  return [
    {
      instance: world.systemIdentifier,
      standby: world.inRecovery ? 't' : 'f',
      server_at: instant(world.now()),
      mark: parameters.at(-1) ?? null,
      answer: JSON.stringify(question.answer(world, asker, parameters)),
    },
  ];
}

const views = [
  'pg_roles',
  'pg_stat_activity',
  'pg_stat_replication',
  'pg_stat_wal_receiver',
  'pg_settings',
  'pg_stat_subscription',
  'pg_user_mappings',
  'pg_replication_slots',
  'pg_prepared_xacts',
];

const byRelationFirst = (a: Permission, b: Permission) =>
  Number(a.startsWith('EXECUTE')) - Number(b.startsWith('EXECUTE'));

const instant = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');

/** An array parameter as the driver writes it: `{"a",NULL,3}`. */
function list(parameter: string | null | undefined): (string | null)[] {
  const inner = parameter?.slice(1, -1) ?? '';
  if (inner === '') return [];
  return [...inner.matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)].map(([, quoted, plain]) =>
    quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : plain === 'NULL' ? null : (plain ?? null),
  );
}

const oids = (parameter: string | null | undefined) => list(parameter).map(Number);

function whoAsks(world: FakeWorld, asker: Asker): Row[] {
  return world.roles.filter((one) => one.oid === asker.oid).map(({ name, oid }) => ({ name, oid }));
}

function rolesByKey(world: FakeWorld, _asker: Asker, parameters: readonly (string | null)[]): Row[] {
  return selected(world, parameters).map((one) => asRow(world, one));
}

const everyRole = (world: FakeWorld): Row[] =>
  world.roles.toSorted((a, b) => a.oid - b.oid).map((one) => asRow(world, one));

function asRow(world: FakeWorld, one: FakeRole): Row {
  return {
    oid: one.oid,
    name: one.name,
    login: one.login,
    superuser: one.superuser,
    createrole: one.createrole,
    createdb: one.createdb,
    replication: one.replication,
    bypassrls: one.bypassrls,
    connections: one.connections,
    until: one.validUntil !== undefined && Number.isFinite(one.validUntil) ? instant(one.validUntil) : null,
    expired: one.validUntil !== undefined && one.validUntil < world.now(),
  };
}

function selected(world: FakeWorld, [ids, names]: readonly (string | null)[]): FakeRole[] {
  const wantedIds = oids(ids);
  const wantedNames = list(names);
  return world.roles
    .filter((one) => wantedIds.includes(one.oid) || wantedNames.includes(one.name))
    .toSorted((a, b) => a.oid - b.oid);
}

function sessionsByRole(world: FakeWorld, asker: Asker, [ids]: readonly (string | null)[]): Row[] {
  const wanted = oids(ids);
  const seesAll = world.readsAllStats(asker.oid);
  const own = world.privilegesOf(asker.oid);
  const sees = ({ roleOid }: FakeSession) => seesAll || (roleOid !== undefined && own.has(roleOid));
  return world.sessions
    .filter((one) => one.pid !== asker.pid && (one.roleOid === undefined || wanted.includes(one.roleOid)))
    .map((one) => ({
      pid: one.pid,
      roleOid: one.roleOid ?? null,
      startedAt: sees(one) ? instant(one.startedAt) : null,
      type: sees(one) ? one.type : null,
      database: one.database ?? null,
      from: sees(one) ? (one.from ?? null) : null,
      sighted: seesAll,
    }));
}

/** Everybody sees that there is a stream, and its name; the rest and the server's own processes only who reads all statistics. */
function streams(world: FakeWorld, asker: Asker): Row[] {
  const seesAll = world.readsAllStats(asker.oid);
  const none = { slot: null, state: null, address: null };
  return [
    ...world.streams.map((one) => ({ ...one, ...(seesAll ? {} : { state: null, address: null }) })),
    ...world.sessions
      .filter((one) => seesAll && one.roleOid === undefined)
      .map(({ type }) => ({ does: 'itself', name: type, ...none })),
  ];
}

function preparedByOwner(world: FakeWorld, _asker: Asker, [owner]: readonly (string | null)[]): Row[] {
  return world.objects.all
    .filter((one) => one.class === 'prepared-transaction' && one.owner === Number(owner))
    .map(({ name, madeAt }) => ({
      owner: Number(owner),
      name,
      preparedAt: instant(madeAt),
      database: 'postgres',
    }));
}

function loginRules(world: FakeWorld, _asker: Asker, parameters: readonly (string | null)[]): Row[] {
  const who = selected(world, parameters);
  return world.rules.flatMap((rule, index): Row[] => {
    const line = index + 1;
    if (rule.error !== undefined) {
      return [{ oid: null, name: null, line, databases: null, method: null, broken: true }];
    }
    return who
      .filter((one) => rule.users.some((user) => world.isNamed(one, user)))
      .map(({ oid, name }) => ({
        oid,
        name,
        line,
        databases: rule.databases,
        method: rule.method,
        broken: false,
      }));
  });
}

// ── memberships: every chain is walked, one by one ──────────────────────────────────────────────

interface Chain {
  readonly via: number;
  readonly hops: number;
  readonly inherit: boolean;
  readonly set: boolean;
  readonly admin: boolean;
}

function memberships(world: FakeWorld, _asker: Asker, parameters: readonly (string | null)[]): Row[] {
  const [roles = [], roleOids = [], members = [], memberOids = []] = parameters.map(list);
  return roles.flatMap((role, at) => {
    const now = [
      world.roles.find((one) => one.name === role)?.oid,
      world.roles.find((one) => one.name === members[at])?.oid,
    ];
    const recorded = [Number(roleOids[at] ?? now[0]), Number(memberOids[at] ?? now[1])];
    const same = now[0] === recorded[0] && now[1] === recorded[1];
    return [...between(world, 'recorded', recorded), ...(same ? [] : between(world, 'named', now))];
  });
}

function between(world: FakeWorld, pair: string, [role, member]: readonly (number | undefined)[]): Row[] {
  if (role === undefined || member === undefined || Number.isNaN(role) || Number.isNaN(member)) return [];
  const ways = new Map<string, Chain>();
  for (const chain of chains(world, member, role)) {
    const key = `${chain.via} ${chain.hops === 1}`;
    const before = ways.get(key);
    ways.set(key, {
      ...chain,
      inherit: chain.inherit || before?.inherit === true,
      set: chain.set || before?.set === true,
      admin: chain.admin || before?.admin === true,
    });
  }
  const name = (oid: number) => world.roles.find((one) => one.oid === oid)?.name ?? null;
  return [...ways.values()]
    .toSorted((a, b) => a.hops - b.hops)
    .map(({ via, hops, inherit, set, admin }) => ({
      pair,
      roleOid: role,
      role: name(role),
      memberOid: member,
      member: name(member),
      via: name(via),
      direct: hops === 1,
      inherit,
      set,
      admin,
    }));
}

/** All chains from a member up to a role, each with what its last hop gives. */
function* chains(world: FakeWorld, from: number, to: number, so?: Chain): Generator<Chain> {
  for (const edge of world.memberships.filter((one) => one.member === from)) {
    const maySet = so === undefined || so.set || so.admin;
    const inherits = so === undefined || so.inherit;
    const chain: Chain = {
      via: so?.via ?? edge.role,
      hops: (so?.hops ?? 0) + 1,
      inherit: edge.inherit && (maySet || inherits),
      set: edge.set && maySet,
      admin: edge.admin && (maySet || inherits),
    };
    const leads = chain.inherit || chain.set || chain.admin;
    if (edge.role === to) {
      if (leads || chain.hops === 1) yield chain;
    } else if (leads) {
      yield* chains(world, edge.role, to, chain);
    }
  }
}
