import { failed, z } from '../../../src/connector.ts';
import type { Raw, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { instant, statement } from '../statement.ts';

/** Transactions that a role prepared, in any database. */
export interface PreparedKey {
  readonly ownerOid: number;
}

const row = z.strictObject({
  owner: z.int(),
  /** The name under which it is committed or rolled back: unique in the cluster while it waits. */
  name: z.string(),
  /** RFC 3339. */
  preparedAt: z.string(),
  database: z.string().min(1),
});
export type PreparedRow = z.infer<typeof row>;

/** The view above it shows the owner by its name, and nothing once the role is dropped. */
export const readPrepared = 'EXECUTE on function pg_catalog.pg_prepared_xact()';
/** To call the database by its name. */
export const readDatabases = 'SELECT on pg_catalog.pg_database';
const docs = 'https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html';

const byOwner = statement({
  name: 'pg_prepared_xact by owner oid',
  needs: readPrepared,
  query: `select x.ownerid::bigint as owner, x.gid as name, ${instant('x.prepared')} as "preparedAt",
      coalesce(d.datname::text, 'oid ' || x.dbid) as database
    from pg_catalog.pg_prepared_xact() x left join pg_catalog.pg_database d on d.oid = x.dbid
    where x.ownerid = $1::pg_catalog.oid
    order by x.prepared, x.gid`,
  row,
});

/**
 * Prepared transactions of the whole cluster by the OID of their owner, which stays when the role is
 * dropped. `'nothing'`: none of that owner. Nothing of the kind stands in every cluster, so the control
 * is an owner that never was: whoever may not ask is refused the whole statement, with another word.
 *
 * Source: https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html
 */
export const prepared: Source<PostgresClient, PreparedKey, readonly PreparedRow[]> = {
  id: 'postgres/prepared-transactions',
  scope: () => 'cluster',
  name: ({ ownerOid }) => `prepared by oid ${ownerOid}`,
  answers: (rows, { ownerOid }) => rows.length > 0 && rows.every((one) => one.owner === ownerOid),
  siblings: () => Promise.resolve([]),
  stranger: { key: () => ({ ownerOid: neverIssued }), docs },
  async one(client, { ownerOid }, signal): Promise<Raw<readonly PreparedRow[]>> {
    const answer = await client.ask(byOwner, [ownerOid], signal);
    if (failed(answer)) return answer;
    return answer.rows.length === 0 ? 'nothing' : { value: answer.rows };
  },
};

/** Object ids count upwards from 16384: the last but one is as good as never issued. */
const neverIssued = 4_294_967_294;
