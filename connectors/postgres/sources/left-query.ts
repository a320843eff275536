import { z } from '../../../src/connector.ts';
import { leftClass } from '../object.ts';
import { statement } from '../statement.ts';

const row = z.strictObject({
  /** The key that this row answers, as it was sent. */
  asked: z.string(),
  /** Is it the recorded OID, or only the recorded name? */
  by: z.enum(['oid', 'name']),
  class: leftClass,
  /** Null for what has none: slots and prepared transactions. */
  oid: z.int().nullable(),
  name: z.string().nullable(),
  /** Null where it has none, or where everybody may not see it. */
  owner: z.string().nullable(),
  /** What it confers, in the server's own words. */
  traits: z.array(z.string()),
});
export type LeftRow = z.infer<typeof row>;

/** Catalogs that the statement reads: one that is closed closes it whole. */
export const leftNeeds = [
  'SELECT on pg_catalog.pg_class',
  'SELECT on pg_catalog.pg_proc',
  'SELECT on pg_catalog.pg_namespace',
  'SELECT on pg_catalog.pg_type',
  'SELECT on pg_catalog.pg_language',
  'SELECT on pg_catalog.pg_database',
  'SELECT on pg_catalog.pg_tablespace',
  'SELECT on pg_catalog.pg_rewrite',
  'SELECT on pg_catalog.pg_trigger',
  'SELECT on pg_catalog.pg_policy',
  'SELECT on pg_catalog.pg_default_acl',
  'SELECT on pg_catalog.pg_event_trigger',
  'SELECT on pg_catalog.pg_publication',
  'SELECT on pg_catalog.pg_stat_subscription',
  'SELECT on pg_catalog.pg_foreign_server',
  'SELECT on pg_catalog.pg_foreign_data_wrapper',
  'SELECT on pg_catalog.pg_user_mappings',
  'SELECT on pg_catalog.pg_largeobject_metadata',
  'SELECT on pg_catalog.pg_replication_slots',
  'SELECT on pg_catalog.pg_prepared_xacts',
  'SELECT on pg_catalog.pg_roles',
] as const;

const wanted = (of: string) => `(select pg_catalog.bool_or(a.class = '${of}') from asked a)`;
const none = `'{}'::text[]`;

/** One class: its catalog for `pg_identify_object`, or the column that is its name; owner; what it confers. */
function part(
  of: string,
  options: { catalog: string; oid?: string; owner: string; traits: string; from: string },
) {
  const { catalog, oid = 'o.oid', owner, traits, from } = options;
  return `select '${of}' as class, 'pg_catalog.${catalog}'::pg_catalog.regclass::oid as catalog, ${oid} as oid,
      null::text as called, ${owner} as owner, ${traits} as traits from ${from} where ${wanted(of)}`;
}

const traits = (...of: string[]) => `pg_catalog.array_remove(array[${of.join(', ')}]::text[], null)`;

export const standing = [
  part('table', { catalog: 'pg_class', owner: 'o.relowner', traits: none, from: 'pg_catalog.pg_class o' }),
  part('function', {
    catalog: 'pg_proc',
    owner: 'o.proowner',
    traits: traits(
      `case when o.prosecdef then 'SECURITY DEFINER' end`,
      `case when exists (select from pg_catalog.aclexplode(coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner))) e
        where e.grantee = 0) then 'EXECUTE by PUBLIC' end`,
    ),
    from: 'pg_catalog.pg_proc o',
  }),
  part('schema', {
    catalog: 'pg_namespace',
    owner: 'o.nspowner',
    traits: none,
    from: 'pg_catalog.pg_namespace o',
  }),
  part('type', { catalog: 'pg_type', owner: 'o.typowner', traits: none, from: 'pg_catalog.pg_type o' }),
  part('language', {
    catalog: 'pg_language',
    owner: 'o.lanowner',
    traits: traits(`case when o.lanpltrusted then 'trusted' end`),
    from: 'pg_catalog.pg_language o',
  }),
  part('database', {
    catalog: 'pg_database',
    owner: 'o.datdba',
    traits: traits(`case when not o.datallowconn then 'closed to logins' end`),
    from: 'pg_catalog.pg_database o',
  }),
  part('tablespace', {
    catalog: 'pg_tablespace',
    owner: 'o.spcowner',
    traits: none,
    from: 'pg_catalog.pg_tablespace o',
  }),
  part('rule', {
    catalog: 'pg_rewrite',
    owner: 'c.relowner',
    traits: none,
    from: 'pg_catalog.pg_rewrite o join pg_catalog.pg_class c on c.oid = o.ev_class',
  }),
  part('trigger', {
    catalog: 'pg_trigger',
    owner: 'c.relowner',
    traits: traits(`'runs ' || p.proname`, `case when o.tgenabled = 'D' then 'disabled' end`),
    from: `pg_catalog.pg_trigger o join pg_catalog.pg_class c on c.oid = o.tgrelid
      join pg_catalog.pg_proc p on p.oid = o.tgfoid`,
  }),
  part('policy', {
    catalog: 'pg_policy',
    owner: 'c.relowner',
    traits: traits(
      `'for ' || case when o.polroles = '{0}' then 'PUBLIC' else (select pg_catalog.string_agg(g.rolname, ' and ' order by g.rolname)
        from pg_catalog.pg_roles g where g.oid = any (o.polroles)) end`,
      `case when not o.polpermissive then 'restrictive' end`,
      `case when not c.relrowsecurity then 'row security is switched off' end`,
    ),
    from: 'pg_catalog.pg_policy o join pg_catalog.pg_class c on c.oid = o.polrelid',
  }),
  part('default-privileges', {
    catalog: 'pg_default_acl',
    owner: 'o.defaclrole',
    traits: `array(select e.privilege_type || ' for ' || coalesce(g.rolname, 'PUBLIC')
      from pg_catalog.aclexplode(o.defaclacl) e left join pg_catalog.pg_roles g on g.oid = e.grantee
      where e.grantee <> o.defaclrole order by 1)`,
    from: 'pg_catalog.pg_default_acl o',
  }),
  part('event-trigger', {
    catalog: 'pg_event_trigger',
    owner: 'o.evtowner',
    traits: traits(`'at ' || o.evtevent`, `case when o.evtenabled = 'D' then 'disabled' end`),
    from: 'pg_catalog.pg_event_trigger o',
  }),
  part('publication', {
    catalog: 'pg_publication',
    owner: 'o.pubowner',
    traits: traits(`case when o.puballtables then 'of all tables' end`),
    from: 'pg_catalog.pg_publication o',
  }),
  // pg_subscription itself holds passwords; this view shows everybody that one stands
  `select distinct 'subscription', 'pg_catalog.pg_subscription'::pg_catalog.regclass::oid, o.subid, o.subname::text,
      null::oid, ${none} from pg_catalog.pg_stat_subscription o where ${wanted('subscription')}`,
  part('foreign-server', {
    catalog: 'pg_foreign_server',
    owner: 'o.srvowner',
    traits: none,
    from: 'pg_catalog.pg_foreign_server o',
  }),
  part('foreign-data-wrapper', {
    catalog: 'pg_foreign_data_wrapper',
    owner: 'o.fdwowner',
    traits: none,
    from: 'pg_catalog.pg_foreign_data_wrapper o',
  }),
  part('user-mapping', {
    catalog: 'pg_user_mapping',
    oid: 'o.umid',
    owner: 'nullif(o.umuser, 0::oid)',
    traits: traits(`'on server ' || o.srvname`, `case when o.umuser = 0 then 'for PUBLIC' end`),
    from: 'pg_catalog.pg_user_mappings o',
  }),
  part('large-object', {
    catalog: 'pg_largeobject',
    owner: 'o.lomowner',
    traits: none,
    from: 'pg_catalog.pg_largeobject_metadata o',
  }),
  `select 'replication-slot', null, null, o.slot_name::text, null,
      ${traits('o.slot_type', `case when o.active then 'streaming' end`)}
    from pg_catalog.pg_replication_slots o where ${wanted('replication-slot')}`,
  `select 'prepared-transaction', null, null, o.gid, r.oid, ${traits(`'in database ' || o.database`)}
    from pg_catalog.pg_prepared_xacts o left join pg_catalog.pg_roles r on r.rolname = o.owner
    where ${wanted('prepared-transaction')}`,
].join('\n    union all ');

/** Objects by their OID, or by their name as `pg_identify_object` writes it. */
export const leftQuery = statement({
  name: 'objects by class and oid',
  needs: 'SELECT on pg_catalog.pg_class',
  before: `asked as (
      select a.* from pg_catalog.jsonb_to_recordset($1::jsonb) as a (asked text, class text, oid oid, name text)
    ),
    standing as (
    ${standing}
    ),
    found as (
      select a.asked, coalesce(s.oid = a.oid, false) as same, s.*,
        coalesce(s.called, (pg_catalog.pg_identify_object(s.catalog, s.oid, 0)).identity) as name
      from asked a join standing s on s.class = a.class
      where s.oid = a.oid or (a.name is not null
        and coalesce(s.called, (pg_catalog.pg_identify_object(s.catalog, s.oid, 0)).identity) = a.name)
    )`,
  query: `select f.asked, case when f.same then 'oid' else 'name' end as by, f.class, f.oid::bigint as oid, f.name,
      r.rolname::text as owner, f.traits
    from found f left join pg_catalog.pg_roles r on r.oid = f.owner
    order by f.asked, f.same desc, f.oid`,
  row,
});
