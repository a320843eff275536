import { failed, z } from '../../../src/connector.ts';
import type { Raw, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { objectClass } from '../objects.ts';
import { statement } from '../statement.ts';
import { future, objects } from './privilege-objects.ts';

/** Everything that one role owns, or was given by name. */
export interface HolderKey {
  readonly oid: number;
}

const row = z.strictObject({
  holder: z.int(),
  class: objectClass,
  /** Null for a parameter. */
  oid: z.int().nullable(),
  space: z.string().nullable(),
  name: z.string().nullable(),
  part: z.string().nullable(),
  owns: z.boolean(),
  /** What it was given; empty for what it owns. */
  privileges: z.array(z.string()),
});
export type HeldRow = z.infer<typeof row>;

/** A sequence stands among the tables. Parameters have no list: they are known by the rows that give them. */
const classes = objectClass.options.filter((one) => one !== 'sequence' && one !== 'parameter');

const byHolder = statement({
  name: 'what roles own and were given',
  needs: 'SELECT on pg_catalog.pg_class',
  before: `holders as (select h.oid from pg_catalog.unnest($1::pg_catalog.oid[]) as h (oid)),
    asked as (select a.class, null::text as space, null::text as name, null::text as part, null::oid as oid
      from pg_catalog.unnest($2::text[]) as a (class)),
    future as (select f.* from ${future} as f (word, code, kind, number)),
    objects as (
    ${objects}
    union all
    select 'parameter', 'p', p.oid, 0, null::text, p.parname, null::text, null::oid, p.paracl
    from pg_catalog.pg_parameter_acl p
    )`,
  query: `select h.oid::bigint as holder, o.class, case when o.class <> 'parameter' then o.oid::bigint end as oid,
      o.space, o.name, o.part, true as owns, '{}'::text[] as privileges
    from objects o join holders h on h.oid = o.owner where o.class not in ('default', 'column')
    union all
    select h.oid::bigint, o.class, case when o.class <> 'parameter' then o.oid::bigint end, o.space, o.name, o.part, false,
      pg_catalog.array_agg(distinct e.privilege_type order by e.privilege_type)
    from objects o cross join lateral pg_catalog.aclexplode(o.acl) e join holders h on h.oid = e.grantee
    where e.grantee is distinct from o.owner
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6`,
  row,
});

/**
 * What roles own and hold by entries of their own, in the connected database and of the whole cluster.
 * `'nothing'`: no entry names it, and it owns nothing. The control a role to which initdb gives
 * functions, views or the schema `public`, in the very answer.
 *
 * Source: https://www.postgresql.org/docs/current/ddl-priv.html
 */
export const held: Source<PostgresClient, HolderKey, readonly HeldRow[]> = {
  id: 'postgres/held',
  scope: () => 'database',
  name: ({ oid }) => `oid ${oid}`,
  answers: (rows, { oid }) => rows.length > 0 && rows.every((one) => one.holder === oid),
  siblings: () => Promise.resolve([3373, 3375, 6171].map((oid) => ({ key: { oid }, chosen: 'own' }))),
  async some(client, keys, signal) {
    const answer = await client.ask(byHolder, [keys.map(({ oid }) => oid), classes], signal);
    if (failed(answer)) return answer;
    return keys.map(({ oid }): Raw<readonly HeldRow[]> => {
      const rows = answer.rows.filter((one) => one.holder === oid);
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
};
