import { failed, z } from '../../../src/connector.ts';
import type { Raw, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { firstOid } from '../oids.ts';
import { objectClass } from '../objects.ts';
import { committed, statement } from '../statement.ts';
import { future, objects } from './privilege-objects.ts';

/** Rights that one role gave others, or all that anybody did; `control` is one that initdb gives. */
export interface GiverKey {
  readonly by: number | 'anybody' | 'control';
}

const row = z.strictObject({
  grantor: z.int(),
  /** 0 for PUBLIC. */
  grantee: z.int(),
  granteeName: z.string(),
  class: objectClass,
  oid: z.int(),
  space: z.string().nullable(),
  name: z.string(),
  part: z.string().nullable(),
  privileges: z.array(z.string()),
  /** When the object's row was last written; null where nothing tells. */
  at: z.string().nullable(),
});
export type HandedRow = z.infer<typeof row>;

/** Default privileges are among what acts by itself; a sequence stands among the tables. */
const classes = objectClass.options.filter(
  (one) => one !== 'sequence' && one !== 'parameter' && one !== 'default',
);
const rows = (...catalogs: string[]) =>
  catalogs.map((name) => `select o.oid, o.xmin from pg_catalog.${name} o`).join(' union all ');

const byGiver = statement({
  name: 'rights that roles gave others',
  needs: 'SELECT on pg_catalog.pg_class',
  before: `asked as (select a.class, null::text as space, null::text as name, null::text as part, null::oid as oid
      from pg_catalog.unnest($3::text[]) as a (class)),
    future as (select f.* from ${future} as f (word, code, kind, number)),
    objects as (
    ${objects}
    ),
    written as (${rows('pg_class', 'pg_proc', 'pg_namespace', 'pg_type', 'pg_language', 'pg_foreign_server', 'pg_foreign_data_wrapper', 'pg_database', 'pg_tablespace')})`,
  query: `select e.grantor::bigint as grantor, e.grantee::bigint as grantee, coalesce(r.rolname::text, 'PUBLIC') as "granteeName",
      o.class, o.oid::bigint as oid, o.space, o.name, o.part,
      pg_catalog.array_agg(distinct e.privilege_type order by e.privilege_type) as privileges,
      pg_catalog.max(case o.class when 'column' then ${committed('a.xmin')} else ${committed('w.xmin')} end) as at
    from objects o cross join lateral pg_catalog.aclexplode(o.acl) e
    left join written w on o.class <> 'column' and w.oid = o.oid
    left join pg_catalog.pg_attribute a on o.class = 'column' and a.attrelid = o.oid and a.attnum = o.sub
    left join pg_catalog.pg_roles r on r.oid = e.grantee
    where e.grantee is distinct from o.owner and (
      (o.oid >= ${firstOid} and ($2::boolean or e.grantor = any ($1::pg_catalog.oid[])))
      or (o.class = 'function' and o.oid = 'pg_catalog.pg_ls_logdir()'::pg_catalog.regprocedure))
    group by 1, 2, 3, 4, 5, 6, 7, 8
    order by 1, 4, 5, 8, 2`,
  row,
});

/**
 * Entries of ACLs by who gave them, in the connected database: of objects that initdb did not make. The
 * control is the right of `pg_monitor` to a function of the server, in the very answer.
 *
 * Source: https://www.postgresql.org/docs/current/ddl-priv.html
 */
export const handed: Source<PostgresClient, GiverKey, readonly HandedRow[]> = {
  id: 'postgres/rights-given',
  scope: () => 'database',
  name: ({ by }) => (by === 'control' ? 'pg_monitor on pg_ls_logdir()' : `by ${by}`),
  answers: (given, key) => given.length > 0 && given.every((one) => isAbout(one, key)),
  siblings: () => Promise.resolve([{ key: { by: 'control' }, chosen: 'own' }]),
  async some(client, keys, signal) {
    const givers = keys.flatMap(({ by }) => (typeof by === 'number' ? by : []));
    const all = keys.some(({ by }) => by === 'anybody');
    const answer = await client.ask(byGiver, [givers, all, classes], signal);
    if (failed(answer)) return answer;
    return keys.map((key): Raw<readonly HandedRow[]> => {
      const given = answer.rows.filter((one) => isAbout(one, key));
      return given.length === 0 ? 'nothing' : { value: given };
    });
  },
};

const isControl = (one: HandedRow) => one.oid < firstOid && one.name === 'pg_ls_logdir';

function isAbout(one: HandedRow, { by }: GiverKey): boolean {
  if (by === 'control') return isControl(one);
  return !isControl(one) && (by === 'anybody' || one.grantor === by);
}
