/** Classes with default privileges: what `acldefault` and `pg_default_acl` call them. Source: https://www.postgresql.org/docs/current/catalog-pg-default-acl.html */
export const future = `(values ('table', 'r', 'r', 1), ('sequence', 's', 'S', 2), ('function', 'f', 'f', 3),
    ('type', 'T', 'T', 4), ('schema', 'n', 'n', 5), ('large-object', 'L', 'L', 6))`;

/** Answered once, before anything is scanned: catalogs of classes that nobody asks about are not. */
const wanted = (of: string) => `(select pg_catalog.bool_or(a.class = '${of}') from asked a)`;

/** A catalog whose rows have a name, perhaps a schema, an owner and an ACL. `code` is what `acldefault` calls its class. */
function catalog(of: string, code: string, from: string, where = 'true'): string {
  return `select '${of}' as class, '${code}' as code, o.oid, 0 as sub, ${from} where ${wanted(of)} and ${where}`;
}

const inSchema = (prefix: string, part: string, catalogName: string) =>
  `n.nspname::text as space, o.${prefix}name::text as name, ${part} as part, o.${prefix}owner as owner, o.${prefix}acl as acl
   from pg_catalog.${catalogName} o join pg_catalog.pg_namespace n on n.oid = o.${prefix}namespace`;
const byName = (name: string, owner: string, acl: string, catalogName: string) =>
  `null::text as space, o.${name}::text as name, null::text as part, o.${owner} as owner, o.${acl} as acl
   from pg_catalog.${catalogName} o`;

/** A sequence too: `GRANT … ON TABLE` takes one, and a record may call it so. */
const relations = `'r', 'v', 'm', 'f', 'p', 'S'`;

/** Every object of the classes that are asked about, with its owner and its ACL, as a CTE over `asked` and `future`. */
export const objects = [
  catalog('table', 'r', inSchema('rel', 'null::text', 'pg_class'), `o.relkind in (${relations})`),
  catalog('sequence', 's', inSchema('rel', 'null::text', 'pg_class'), `o.relkind = 'S'`),
  `select 'column', 'c', c.oid, a.attnum::int, n.nspname::text, c.relname::text, a.attname::text, c.relowner, a.attacl
   from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
   join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where ${wanted('column')} and c.relkind in (${relations}) and not a.attisdropped`,
  catalog('function', 'f', inSchema('pro', 'pg_catalog.oidvectortypes(o.proargtypes)', 'pg_proc')),
  catalog('type', 'T', inSchema('typ', 'null::text', 'pg_type')),
  catalog('schema', 'n', byName('nspname', 'nspowner', 'nspacl', 'pg_namespace')),
  catalog('database', 'd', byName('datname', 'datdba', 'datacl', 'pg_database')),
  catalog('language', 'l', byName('lanname', 'lanowner', 'lanacl', 'pg_language')),
  catalog('tablespace', 't', byName('spcname', 'spcowner', 'spcacl', 'pg_tablespace')),
  catalog('foreign-server', 'S', byName('srvname', 'srvowner', 'srvacl', 'pg_foreign_server')),
  catalog('foreign-data-wrapper', 'F', byName('fdwname', 'fdwowner', 'fdwacl', 'pg_foreign_data_wrapper')),
  catalog('large-object', 'L', byName('oid', 'lomowner', 'lomacl', 'pg_largeobject_metadata')),
  // a parameter is no row until somebody is given a right to it, and has no owner
  `select distinct 'parameter', 'p', p.oid, 0, null::text, a.name, null::text, null::oid, p.paracl
   from asked a left join pg_catalog.pg_parameter_acl p on p.parname = a.name where a.class = 'parameter'`,
  // what is not said for a role and a class is as the server comes; what is not said for a schema adds nothing
  `select 'default', case when w.namespace = 0 then k.code end, r.oid, w.namespace::bigint * 8 + k.number, n.nspname::text, r.rolname::text, k.word, r.oid,
     d.defaclacl
   from (
     select d.defaclrole as role, d.defaclnamespace as namespace, d.defaclobjtype::text as kind from pg_catalog.pg_default_acl d
     union
     select r.oid, coalesce(n.oid, 0::oid), k.kind from asked a join future k on k.word = a.part
     join pg_catalog.pg_roles r on r.rolname::text = a.name or r.oid = a.oid
     left join pg_catalog.pg_namespace n on n.nspname::text = a.space
     where a.class = 'default' and (a.space is null or n.oid is not null)
   ) w
   join future k on k.kind = w.kind join pg_catalog.pg_roles r on r.oid = w.role
   left join pg_catalog.pg_namespace n on n.oid = w.namespace
   left join pg_catalog.pg_default_acl d on d.defaclrole = w.role and d.defaclnamespace = w.namespace and d.defaclobjtype::text = w.kind
   where ${wanted('default')}`,
].join('\n    union all ');
