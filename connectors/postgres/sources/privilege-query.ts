import { z } from '../../../src/connector.ts';
import { objectClass } from '../objects.ts';
import { statement } from '../statement.ts';
import { future, objects } from './privilege-objects.ts';

const row = z.strictObject({
  /** The key that this row answers, as it was sent. */
  asked: z.string(),
  /** Whose right it is: that of the recorded OID, or of whoever bears the recorded name under another. */
  pair: z.enum(['recorded', 'named']),
  grantee: z.int(),
  /**
   * On which object: the recorded one; one of its name under another OID; a function of its name with
   * other arguments, or another column of its table; or another one of its class, which may be the recorded one under a new name.
   */
  match: z.enum(['recorded', 'recreated', 'overload', 'elsewhere']),
  class: objectClass,
  oid: z.int().nullable(),
  space: z.string().nullable(),
  name: z.string().nullable(),
  part: z.string().nullable(),
  privilege: z.string(),
  way: z.enum(['entry', 'owner', 'superuser', 'predefined', 'setting']),
  /**
   * Where the entry stands: on the object, on the whole table of a column, on one column of a table;
   * of default privileges for all schemas where one was asked about, for one schema where all were.
   */
  level: z.enum(['itself', 'table', 'column', 'every-schema', 'one-schema']),
  /** The role whose right it is, where it is not the grantee; `PUBLIC` for everybody. */
  holder: z.string().nullable(),
  /** The first role on the way to it. */
  via: z.string().nullable(),
  grantable: z.boolean(),
});
export type PrivilegeRow = z.infer<typeof row>;

/** Catalogs that the statement reads. All of them, whatever the class: one that is closed closes it whole. */
export const privilegeNeeds = [
  'SELECT on pg_catalog.pg_roles',
  'SELECT on pg_catalog.pg_auth_members',
  'SELECT on pg_catalog.pg_class',
  'SELECT on pg_catalog.pg_attribute',
  'SELECT on pg_catalog.pg_namespace',
  'SELECT on pg_catalog.pg_database',
  'SELECT on pg_catalog.pg_proc',
  'SELECT on pg_catalog.pg_type',
  'SELECT on pg_catalog.pg_language',
  'SELECT on pg_catalog.pg_tablespace',
  'SELECT on pg_catalog.pg_foreign_server',
  'SELECT on pg_catalog.pg_foreign_data_wrapper',
  'SELECT on pg_catalog.pg_largeobject_metadata',
  'SELECT on pg_catalog.pg_parameter_acl',
  'SELECT on pg_catalog.pg_default_acl',
  'SELECT on pg_catalog.pg_settings',
] as const;

/** What a predefined role may do without an entry. Source: https://www.postgresql.org/docs/current/predefined-roles.html */
const predefined = `(values
    (6181, 'table', 'SELECT'), (6181, 'column', 'SELECT'), (6181, 'sequence', 'SELECT'), (6181, 'schema', 'USAGE'),
    (6182, 'table', 'INSERT'), (6182, 'table', 'UPDATE'), (6182, 'table', 'DELETE'),
    (6182, 'column', 'INSERT'), (6182, 'column', 'UPDATE'), (6182, 'sequence', 'UPDATE'), (6182, 'schema', 'USAGE'),
    (6337, 'table', 'MAINTAIN'))`;

/**
 * From the grantee up to every role whose rights it can have: by inheriting them, by `SET ROLE`, or by
 * granting itself the rest where it has `ADMIN` (as in the source of memberships). The owner of the
 * database is a member of `pg_database_owner` without a row that says so.
 *
 * Source: https://www.postgresql.org/docs/current/role-membership.html
 */
const before = `asked as (
    select a.* from pg_catalog.jsonb_to_recordset($1::jsonb) as a (asked text, grantee oid, "granteeName" text,
      class text, space text, name text, part text, oid oid, wanted text[])
  ),
  future as (select f.* from ${future} as f (word, code, kind, number)),
  objects as (
    ${objects}
  ),
  named as (
    select a.asked, a.wanted, o.*,
      case when a.oid is null or a.oid = o.oid then 'recorded' else 'recreated' end as match
    from asked a join objects o on o.class = a.class and (
      (o.space is not distinct from a.space and o.name = a.name and o.part is not distinct from a.part)
      or (o.oid = a.oid and (a.class not in ('column', 'default') or o.part = a.part)
        and (a.class <> 'default' or o.space is not distinct from a.space)))
  ),
  others as (
    select a.asked, a.wanted, o.*, case when x.alike then 'overload' else 'elsewhere' end as match
    from asked a join objects o on o.class = a.class
    cross join lateral (select case a.class
      when 'function' then (o.space, o.name) = (a.space, a.name)
      when 'column' then o.sub > 0 and (o.oid = a.oid or (a.oid is null and (o.space, o.name) = (a.space, a.name)))
        and not exists (select from named n where n.asked = a.asked)
      else false end) as x (alike)
    where (a.oid is null or (a.class in ('column', 'default') and a.oid = o.oid))
      and a.class not in ('parameter', 'large-object') and (a.class <> 'default' or o.part = a.part)
      and not exists (select from named n where n.asked = a.asked and (n.oid, n.sub) <= (o.oid, o.sub))
      and (x.alike or (o.owner = a.grantee and a.class <> 'default')
        or exists (select from pg_catalog.aclexplode(o.acl) e where e.grantee = a.grantee))
  ),
  seen as (select * from named union all select * from others),
  entries as (
    select s.asked, s.class, s.oid, s.sub, s.match, 'entry' as way, 'itself' as level,
      e.grantee as holder, e.privilege_type as privilege, e.is_grantable as grantable
    from seen s cross join lateral pg_catalog.aclexplode(
      coalesce(s.acl, pg_catalog.acldefault(s.code::"char", coalesce(s.owner, 10::oid)))) e
    where e.privilege_type = any (s.wanted) and e.grantee is distinct from s.owner
    union all
    select s.asked, s.class, s.oid, s.sub, s.match, 'owner', 'itself', s.owner, p.privilege, true
    from seen s cross join lateral pg_catalog.unnest(s.wanted) as p (privilege)
    where s.owner is not null and (s.class <> 'default' or s.match <> 'elsewhere')
    union all
    select s.asked, s.class, s.oid, s.sub, s.match, 'entry', 'table', e.grantee, e.privilege_type, e.is_grantable
    from seen s join pg_catalog.pg_class c on c.oid = s.oid cross join lateral pg_catalog.aclexplode(c.relacl) e
    where s.class = 'column' and s.match <> 'elsewhere'
      and e.privilege_type = any (s.wanted) and e.grantee <> c.relowner
    union all
    select s.asked, s.class, s.oid, s.sub, s.match, 'entry', 'column', e.grantee, e.privilege_type, e.is_grantable
    from seen s join pg_catalog.pg_attribute c on c.attrelid = s.oid
    cross join lateral pg_catalog.aclexplode(c.attacl) e
    where s.class = 'table' and not c.attisdropped
      and e.privilege_type = any (s.wanted) and e.grantee is distinct from s.owner
    union all
    select s.asked, s.class, s.oid, s.sub, s.match, 'entry', case when d.global then 'every-schema' else 'one-schema' end,
      e.grantee, e.privilege_type, e.is_grantable
    from named s join future k on k.word = s.part cross join lateral (
      select true as global, coalesce((select d.defaclacl from pg_catalog.pg_default_acl d
        where d.defaclrole = s.oid and d.defaclobjtype::text = k.kind and d.defaclnamespace = 0),
        pg_catalog.acldefault(k.code::"char", s.oid)) as acl where s.space is not null
      union all
      select false, d.defaclacl from pg_catalog.pg_default_acl d
      where s.space is null and d.defaclrole = s.oid and d.defaclobjtype::text = k.kind and d.defaclnamespace <> 0
    ) d cross join lateral pg_catalog.aclexplode(d.acl) e
    where s.class = 'default' and e.privilege_type = any (s.wanted) and e.grantee <> s.oid
    union all
    select s.asked, s.class, s.oid, s.sub, s.match, 'setting', 'itself', 0::oid, 'SET', false
    from named s join pg_catalog.pg_settings g on pg_catalog.lower(g.name) = s.name
    where s.class = 'parameter' and g.context = 'user' and 'SET' = any (s.wanted)
  ),
  grantees as (
    select a.asked, 'recorded' as pair, a.grantee from asked a
    union all
    select a.asked, 'named', r.oid from asked a
    join pg_catalog.pg_roles r on r.rolname::text = a."granteeName" and r.oid <> a.grantee
  ),
  edges as (
    select m.roleid, m.member, m.admin_option as admin,
      coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true) as set,
      coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit, false) as inherit
    from pg_catalog.pg_auth_members m left join pg_catalog.pg_roles r on r.oid = m.member
    union all
    select 6171::oid, d.datdba, false, true, true
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  ),
  climb as (
    select g.grantee as start, g.grantee as at, null::oid as via, true as may_set, true as inherit
    from (select distinct grantee from grantees) g
    union
    select c.start, e.roleid, coalesce(c.via, e.roleid),
      (c.may_set and e.set) or ((c.may_set or c.inherit) and e.admin), e.inherit
    from climb c join edges e on e.member = c.at
    where (c.may_set and (e.set or e.admin or e.inherit)) or (c.inherit and (e.inherit or e.admin))
  ),
  targets as (
    select s.asked, s.class, s.oid, s.sub, s.match from named s
    union all
    select a.asked, a.class, null, 0, 'elsewhere' from asked a
    where not exists (select from named n where n.asked = a.asked)
      and (a.oid is null or exists (select from others o where o.asked = a.asked and o.match = 'overload'))
  ),
  held as (
    select g.pair, g.grantee, e.*, c.via from grantees g
    join entries e on e.asked = g.asked
    join climb c on c.start = g.grantee and c.at = e.holder
    where e.match in ('recorded', 'recreated') or c.at = g.grantee
      or (e.match = 'overload' and (e.class = 'function' or e.level = 'table' or e.way = 'owner'))
    union all
    select g.pair, g.grantee, e.*, null from grantees g
    join entries e on e.asked = g.asked and e.holder = 0 and e.match <> 'elsewhere'
      and (e.match <> 'overload' or e.class = 'function' or e.level = 'table')
    join pg_catalog.pg_roles r on r.oid = g.grantee
    union all
    select g.pair, g.grantee, t.asked, t.class, t.oid, t.sub, t.match, 'superuser', 'itself', c.at, p.privilege, true, c.via
    from grantees g join targets t on t.asked = g.asked join asked a on a.asked = g.asked
    cross join lateral pg_catalog.unnest(a.wanted) as p (privilege)
    join climb c on c.start = g.grantee and c.may_set
    join pg_catalog.pg_roles r on r.oid = c.at and r.rolsuper
    union all
    select g.pair, g.grantee, t.asked, t.class, t.oid, t.sub, t.match, 'predefined', 'itself', c.at, p.privilege, false, c.via
    from grantees g join targets t on t.asked = g.asked join asked a on a.asked = g.asked
    join climb c on c.start = g.grantee
    join ${predefined} as p (role, class, privilege)
      on p.role = c.at::bigint and p.class = case when t.class = 'default' then a.part else t.class end and p.privilege = any (a.wanted)
  ),
  ranked as (
    select h.*, pg_catalog.row_number() over (
      partition by h.asked, h.pair, h.match
      order by h.holder <> h.grantee, h.way <> 'entry', h.level <> 'itself', h.via is not null, h.privilege, h.oid, h.sub, h.holder, h.via
    ) as place
    from held h
  )`;

/** So many rows of one sort tell the story: the ways that are left over are in the next run's. */
const enough = 40;

/** Every way by which grantees hold privileges on objects of the connected database. */
export const privilegeQuery = statement({
  name: 'privileges on objects, by every way',
  needs: 'SELECT on pg_catalog.pg_class',
  before,
  query: `select h.asked, h.pair, h.grantee::bigint as grantee, h.match, h.class, h.oid::bigint as oid,
      o.space, o.name, o.part, h.privilege, h.way, h.level,
      case when h.holder = 0 then 'PUBLIC' when h.holder <> h.grantee then r.rolname::text end as holder,
      v.rolname::text as via, h.grantable
    from ranked h
    left join objects o on o.class = h.class and o.oid is not distinct from h.oid and o.sub = h.sub
      and (h.class <> 'parameter' or o.name = (select a.name from asked a where a.asked = h.asked))
    left join pg_catalog.pg_roles r on r.oid = h.holder
    left join pg_catalog.pg_roles v on v.oid = h.via
    where h.place <= ${enough}
    order by h.asked, h.pair desc, h.match, h.place`,
  row,
});
