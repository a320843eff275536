import { z } from 'zod';
import { builtIn } from '../../src/registry.ts';
import type { RunningOpenBao } from '../servers/openbao.ts';
import type { RunningPostgres } from '../servers/postgres.ts';
import type { World } from './world.ts';

/** Everything of the world that a verifier could have changed, and where the logs stood. */
export interface Snapshot {
  readonly vault: unknown;
  readonly databases: readonly unknown[];
}

/** The state of both systems, by their administrators. */
export async function snapshot(world: World): Promise<Snapshot> {
  return {
    vault: await vaultState(world.bao),
    databases: await Promise.all([world.database, world.other].map(databaseState)),
  };
}

const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** A server that is stopped or sealed has nothing that could be changed. */
async function vaultState(bao: RunningOpenBao): Promise<unknown> {
  const health = await fetch(`${bao.address}/v1/sys/health`).then(
    (answer) => answer.status,
    () => 0,
  );
  if (health !== 200) return `health ${health}`;
  const keys = async (path: string): Promise<readonly string[]> => {
    const { status, json } = await bao.api('LIST', path);
    return status === 404 ? [] : listed.parse(json).data.keys;
  };
  const tokens = await keys('auth/token/accessors');
  const roles = await keys('sys/leases/lookup/database/creds/');
  const leases = await Promise.all(
    roles.map(async (role) =>
      (await keys(`sys/leases/lookup/database/creds/${role}`)).map((key) => `database/creds/${role}${key}`),
    ),
  );
  const paths = [
    'sys/policies/acl',
    'database/roles',
    'database/config',
    'identity/entity/id',
    'identity/group/id',
  ];
  return {
    tokens: await Promise.all(
      tokens.map((accessor) => still(bao, 'auth/token/lookup-accessor', { accessor })),
    ),
    leases: await Promise.all(
      leases.flat().map((lease) => still(bao, 'sys/leases/lookup', { lease_id: lease })),
    ),
    lists: await Promise.all(paths.map(keys)),
    mounts: [(await bao.api('GET', 'sys/mounts')).json, (await bao.api('GET', 'sys/auth')).json].map(
      withoutId,
    ),
  };
}

const answered = z.object({ data: z.record(z.string(), z.unknown()) });

/** All that the server tells of it, but for the seconds that run down by themselves. */
async function still(bao: RunningOpenBao, path: string, body: object): Promise<unknown> {
  const { status, json } = await bao.api('POST', path, body);
  if (status !== 200) return status;
  const { ttl: _, ...data } = answered.parse(json).data;
  return data;
}

const withoutId = (json: unknown) => {
  const { request_id: _, ...rest } = z.record(z.string(), z.unknown()).parse(json);
  return rest;
};

/**
 * Roles with their passwords, memberships, rights, open sessions, and the next transaction id: every
 * write takes one, so equal ids say that nothing at all was written.
 */
async function databaseState(server: RunningPostgres): Promise<unknown> {
  return server.sql(`select
    (select json_agg(r order by r.oid) from pg_authid r) as roles,
    (select json_agg(m order by m.roleid, m.member, m.grantor) from pg_auth_members m) as members,
    (select json_agg(c.relacl order by c.oid) from pg_class c) as rights,
    (select json_agg(s.pid order by s.pid) from pg_stat_activity s
      where s.backend_type = 'client backend' and s.pid <> pg_backend_pid()) as sessions,
    (select json_agg(h order by h.line_number) from pg_hba_file_rules h) as rules,
    -- pg_cron writes of its own accord
    case when current_setting('shared_preload_libraries') like '%pg_cron%' then null
      else pg_snapshot_xmax(pg_current_snapshot())::text end as "nextTransaction"`);
}

// ── what the verifier did, by the systems' own logs ──────────────────────────────────────────────

export interface LogMarks {
  readonly audit: number;
  readonly postgres: readonly number[];
}

export const marks = ({ bao, database, other }: World): LogMarks => ({
  audit: bao.auditLog().length,
  postgres: [database.log().length, other.log().length],
});

const auditEntry = z.object({
  type: z.enum(['request', 'response']),
  auth: z.object({ accessor: z.string().optional() }).optional(),
  request: z.object({ operation: z.string(), path: z.string() }),
});
const methods: Readonly<Record<string, string>> = { read: 'GET', update: 'POST', list: 'LIST' };

/** Requests since the marks that OpenBao audited, and those of them that the connector does not declare. */
export function auditedSince({ bao }: World, since: LogMarks) {
  const entries = bao
    .auditLog()
    .slice(since.audit)
    .map((line) => auditEntry.parse(JSON.parse(line)))
    .filter((entry) => entry.type === 'request');
  const reads = builtIn().get('vault')?.reads ?? [];
  const undeclared = entries
    .filter(({ request: { operation, path } }) => {
      const method = methods[operation];
      // the log keeps the slash that a list ends with
      const asked = `/v1/${path.replace(/\/$/, '')}`;
      return !reads.some((read) => read.method === method && read.path.test(asked));
    })
    .map(({ request }) => `${request.operation} ${request.path}`);
  return {
    requests: entries.length,
    undeclared,
    accessors: [...new Set(entries.flatMap(({ auth }) => auth?.accessor ?? []))],
  };
}

/** Through a pooler each question is a transaction of its own, and the pooler passes the client's name on. */
const reading = [
  /^(?:select|with recursive)\b/i,
  /^begin read only; set local search_path = pg_catalog; set local statement_timeout = \d+$/,
  /^commit$/,
  /^SET application_name='tombstone';$/,
];

/** Statements since the marks that PostgreSQL logged for the verifier, and those that are no select. */
export function loggedSince({ database, other }: World, since: LogMarks) {
  const statements = [database, other]
    .flatMap((server, index) => server.log().slice(since.postgres[index]).split('\n'))
    .filter((line) => /tombstone_verifier\w*@/.test(line))
    .flatMap((line) => / LOG: {2}(?:statement|execute [^:]*): (.*)$/.exec(line)?.[1] ?? []);
  return {
    statements: statements.length,
    others: statements.filter((text) => !reading.some((one) => one.test(text.trim()))),
  };
}
