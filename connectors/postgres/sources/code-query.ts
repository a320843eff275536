import { z } from '../../../src/connector.ts';
import { leftClass } from '../object.ts';
import { committed, instant, statement } from '../statement.ts';
import { standing } from './left-query.ts';

const row = z.strictObject({
  class: leftClass,
  /** Null for a slot and a prepared transaction. */
  oid: z.int().nullable(),
  name: z.string(),
  database: z.string().min(1),
  owner: z.string().nullable(),
  /** Roles each of which could have made or changed it; 0 for PUBLIC. */
  makers: z.array(z.int()),
  /** Of a function: who may call it; 0 for PUBLIC. */
  callers: z.array(z.int()),
  /** What it confers, in the server's own words. */
  traits: z.array(z.string()),
  /** When its row was last written, or the transaction was prepared; null where nothing tells. */
  at: z.string().nullable(),
});
export type CodeRow = z.infer<typeof row>;

/** Classes whose objects run code, or hand rights on, when their maker is gone. */
export const codeClasses = [
  'table',
  'function',
  'rule',
  'trigger',
  'policy',
  'default-privileges',
  'event-trigger',
  'publication',
  'subscription',
  'user-mapping',
  'replication-slot',
  'prepared-transaction',
] as const;

/** Stands everywhere: the control. */
export const builtIn = { class: 'function', name: 'pg_catalog.pg_control_system()' } as const;

const rows = (...catalogs: string[]) =>
  catalogs.map((name) => `select o.tableoid, o.oid, o.xmin from pg_catalog.${name} o`).join(' union all ');

/** Objects by which a subject could come back; of functions and views those that act with the rights of their owner. */
export const codeQuery = statement({
  name: 'code and rights that act by themselves',
  needs: 'SELECT on pg_catalog.pg_class',
  before: `asked as (select a.class from pg_catalog.unnest($1::text[]) as a (class)),
    standing as (
    ${standing}
    ),
    written as (${rows('pg_class', 'pg_proc', 'pg_rewrite', 'pg_trigger', 'pg_policy', 'pg_default_acl', 'pg_event_trigger', 'pg_publication')})`,
  query: `select s.class, s.oid::bigint as oid,
      coalesce(s.called, (pg_catalog.pg_identify_object(s.catalog, s.oid, 0)).identity) as name,
      pg_catalog.current_database()::text as database, r.rolname::text as owner,
      array(select distinct m.role::bigint from (
          select s.owner as role
          union all select e.grantee from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
            cross join lateral pg_catalog.aclexplode(c.relacl) e
            where s.class = 'trigger' and t.oid = s.oid and e.privilege_type = 'TRIGGER'
          union all select f.srvowner from pg_catalog.pg_user_mappings u
            join pg_catalog.pg_foreign_server f on f.oid = u.srvid
            where s.class = 'user-mapping' and u.umid = s.oid
          union all select 6304::oid where s.class = 'subscription'
        ) m where m.role is not null order by 1) as makers,
      array(select e.grantee::bigint from pg_catalog.pg_proc p
        cross join lateral pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) e
        where s.class = 'function' and p.oid = s.oid order by 1) as callers,
      s.traits, coalesce(${instant('x.prepared')}, ${committed('w.xmin')}) as at
    from standing s left join written w on w.tableoid = s.catalog and w.oid = s.oid
    left join pg_catalog.pg_prepared_xacts x on s.class = 'prepared-transaction' and x.gid = s.called
    left join pg_catalog.pg_roles r on r.oid = s.owner
    where (s.oid is null or s.oid >= 16384) and case s.class
        when 'function' then 'SECURITY DEFINER' = any (s.traits)
        when 'table' then exists (select from pg_catalog.pg_class c where c.oid = s.oid and c.relkind in ('v', 'm')
          and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false))
        when 'rule' then exists (select from pg_catalog.pg_rewrite w where w.oid = s.oid and w.rulename <> '_RETURN')
        when 'trigger' then exists (select from pg_catalog.pg_trigger t where t.oid = s.oid and not t.tgisinternal)
        else true end
      or s.class = 'function' and s.oid = 'pg_catalog.pg_control_system()'::pg_catalog.regprocedure
    order by s.class, s.oid`,
  row,
});
