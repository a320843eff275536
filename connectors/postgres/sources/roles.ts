import { failed, z } from '../../../src/connector.ts';
import type { Raw, Sibling, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { instant, statement } from '../statement.ts';

/** A role by OID, by name, or by both: rows for either count. At least one is given. */
export interface RoleKey {
  readonly oid?: number | undefined;
  readonly name?: string | undefined;
}

const row = z.strictObject({
  oid: z.int(),
  name: z.string(),
  login: z.boolean(),
  superuser: z.boolean(),
  createrole: z.boolean(),
  createdb: z.boolean(),
  replication: z.boolean(),
  bypassrls: z.boolean(),
  /** -1: no limit. */
  connections: z.int(),
  /** `VALID UNTIL`; null where there is none, or one that never comes. */
  until: z.string().nullable(),
  /** Is `until` past, by the server's clock? */
  expired: z.boolean(),
});
export type RoleRow = z.infer<typeof row>;

const columns = `r.oid::bigint as oid, r.rolname::text as name, r.rolcanlogin as login,
      r.rolsuper as superuser, r.rolcreaterole as createrole, r.rolcreatedb as createdb,
      r.rolreplication as replication, r.rolbypassrls as bypassrls, r.rolconnlimit as connections,
      case when pg_catalog.isfinite(r.rolvaliduntil) then ${instant('r.rolvaliduntil')} end as until,
      coalesce(r.rolvaliduntil < pg_catalog.clock_timestamp(), false) as expired`;

const byOidOrName = statement({
  name: 'pg_roles by oid or name',
  needs: 'SELECT on pg_catalog.pg_roles',
  query: `select ${columns}
    from pg_catalog.pg_roles r
    where r.oid = any ($1::pg_catalog.oid[]) or r.rolname::text = any ($2::text[])
    order by r.oid`,
  row,
});

const everyRole = statement({
  name: 'pg_roles, all of them',
  needs: 'SELECT on pg_catalog.pg_roles',
  query: `select ${columns} from pg_catalog.pg_roles r order by r.oid`,
  row,
});

/**
 * Roles of the whole cluster. A role that is in neither way there is `'nothing'`: `pg_roles` shows
 * every role to everybody, and the verifier's own stands in the same answer.
 *
 * Source: https://www.postgresql.org/docs/current/view-pg-roles.html
 */
export const roles: Source<PostgresClient, RoleKey, readonly RoleRow[]> = {
  id: 'postgres/roles',
  scope: () => 'cluster',
  name: ({ oid, name }) =>
    [oid === undefined ? [] : `oid ${oid}`, name === undefined ? [] : name].flat().join(' '),
  answers: (rows, key) => rows.length > 0 && rows.every((one) => isAbout(one, key)),
  async siblings(client, _scope, signal) {
    const own = await client.verifier(signal);
    if (failed(own)) return own;
    const configured: readonly Sibling<RoleKey>[] =
      client.controlRole === undefined ? [] : [{ key: { name: client.controlRole }, chosen: 'configured' }];
    return [...configured, { key: { oid: own.oid, name: own.name }, chosen: 'own' }, builtIn];
  },
  async some(client, keys, signal) {
    const oids = keys.flatMap(({ oid }) => oid ?? []);
    const names = keys.flatMap(({ name }) => name ?? []);
    const answer = await client.ask(byOidOrName, [oids, names], signal);
    if (failed(answer)) return answer;
    return keys.map((key): Raw<readonly RoleRow[]> => {
      const rows = answer.rows.filter((one) => isAbout(one, key));
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
  order: 'snapshot',
  async *all(client, _scope, signal) {
    const answer = await client.ask(everyRole, [], signal);
    yield failed(answer) ? answer : { items: answer.rows.map((one) => [one]), last: true };
  },
};

/** Created by initdb under a fixed OID; nobody can drop it. For a verifier that is asked about itself. */
const builtIn: Sibling<RoleKey> = { key: { oid: 3373, name: 'pg_monitor' }, chosen: 'own' };

function isAbout(one: RoleRow, key: RoleKey): boolean {
  return one.oid === key.oid || one.name === key.name;
}
