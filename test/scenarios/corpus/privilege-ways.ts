import type { Outcome } from '../scenario.ts';

/** One way on which a right stays where its grant was taken back. */
export interface Way {
  readonly name: string;
  readonly story: string;
  /** `live R-STANDING` where not said. */
  readonly outcome?: Outcome;
  readonly by: string;
  /** What the naive checker asks, `$1` being the login's oid; where not said, the ACLs that name it. */
  readonly naive?: { readonly asks: string; readonly sql: string };
  /** The table whose oid stands in the record. */
  readonly oidOf?: string;
  /** The catalog that the blinded twin may not read. */
  readonly blind?: string;
  readonly object: string;
  readonly privilege: string;
  /** `$thing`: a name of this story's own. `$jit`: the standing login. `$group`: a group that it is in. */
  readonly setUp: readonly string[];
  /** What an administrator does in good faith, before the login tries. */
  readonly before?: readonly string[];
  /** What the login tries; it is rolled back. */
  readonly use: readonly string[];
  /** Without it the story ended honestly. */
  readonly mend?: readonly string[];
}

export const entries = {
  asks: 'looks in pg_shdepend for ACLs that name it',
  sql: "select 1 from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = $1 and deptype = 'a'",
};
const grants = {
  asks: 'looks for its name in information_schema.role_table_grants',
  sql: 'select 1 from information_schema.role_table_grants g join pg_roles r on r.rolname = g.grantee where r.oid = $1',
};
const aclByName = {
  asks: "looks for it in the table's ACL, by the table's name",
  sql: "select 1 from pg_class c, aclexplode(c.relacl) e where c.relname = '$thing' and e.grantee = $1",
};

const swapped = [
  'CREATE TABLE $thing (a int)',
  'GRANT SELECT ON $thing TO $jit',
  'ALTER TABLE $thing RENAME TO $thing_old',
  'CREATE TABLE $thing (a int)',
  'REVOKE SELECT ON $thing FROM $jit',
];

/** Every class of objects, and every way on which a right stays. */
export const ways: readonly Way[] = [
  {
    name: 'privilege-revoked',
    story: 'SELECT on a table was given to a standing login for an hour, and revoked.',
    outcome: 'gone',
    by: 'reading the table',
    naive: aclByName,
    object: 'public.$thing',
    privilege: 'SELECT',
    setUp: [
      'CREATE TABLE $thing (a int)',
      'GRANT SELECT ON $thing TO $jit',
      'REVOKE SELECT ON $thing FROM $jit',
    ],
    use: ['SELECT a FROM $thing'],
  },
  {
    name: 'privilege-by-public',
    story: 'SELECT on a table was revoked from the login; during the task somebody gave it to PUBLIC.',
    by: 'reading the table',
    naive: grants,
    blind: 'pg_class',
    object: 'public.$thing',
    privilege: 'SELECT',
    setUp: [
      'CREATE TABLE $thing (a int)',
      'GRANT SELECT ON $thing TO $jit',
      'GRANT SELECT ON $thing TO PUBLIC',
      'REVOKE SELECT ON $thing FROM $jit',
    ],
    use: ['SELECT a FROM $thing'],
    mend: ['REVOKE SELECT ON $thing FROM PUBLIC'],
  },
  {
    name: 'privilege-renamed-table',
    story: 'The table was renamed and a new one put in its place: the revocation met the new one.',
    outcome: 'unproven R-IDENTITY',
    by: 'reading the table under its new name',
    naive: aclByName,
    object: 'public.$thing',
    privilege: 'SELECT',
    setUp: swapped,
    use: ['SELECT a FROM $thing_old'],
    mend: ['REVOKE SELECT ON $thing_old FROM $jit'],
  },
  {
    name: 'privilege-renamed-table-by-oid',
    story: "The same, and the table's oid stands in the record: the right is found under the new name.",
    outcome: 'live R-ACTIVE',
    by: 'reading the table under its new name',
    naive: aclByName,
    oidOf: '$thing_old',
    object: 'public.$thing',
    privilege: 'SELECT',
    setUp: swapped,
    use: ['SELECT a FROM $thing_old'],
    mend: ['REVOKE SELECT ON $thing_old FROM $jit'],
  },
  {
    name: 'privilege-column-by-table',
    story: 'SELECT on one column was revoked; the whole table can still be read.',
    by: 'reading the column',
    blind: 'pg_attribute',
    object: 'column public.$thing.a',
    privilege: 'SELECT',
    setUp: [
      'CREATE TABLE $thing (a int, b int)',
      'GRANT SELECT (a) ON $thing TO $jit',
      'REVOKE SELECT (a) ON $thing FROM $jit',
      'GRANT SELECT ON $thing TO $group',
    ],
    use: ['SELECT a FROM $thing'],
    mend: ['REVOKE SELECT ON $thing FROM $group'],
  },
  {
    name: 'privilege-schema-owned',
    story:
      'CREATE on a schema was revoked from the login, which has become the owner of the schema meanwhile.',
    by: 'making a table in it',
    blind: 'pg_namespace',
    object: 'schema $thing',
    privilege: 'CREATE',
    setUp: [
      'CREATE SCHEMA $thing',
      'GRANT CREATE ON SCHEMA $thing TO $jit',
      'REVOKE CREATE ON SCHEMA $thing FROM $jit',
      'ALTER SCHEMA $thing OWNER TO $group',
    ],
    use: ['CREATE TABLE $thing.t (a int)'],
    mend: ['ALTER SCHEMA $thing OWNER TO postgres'],
  },
  {
    name: 'privilege-function-public',
    story: 'EXECUTE was revoked from the login: PUBLIC has it on every new function.',
    by: 'calling the function',
    blind: 'pg_proc',
    object: 'function public.$thing(integer)',
    privilege: 'EXECUTE',
    setUp: [
      "CREATE FUNCTION $thing(integer) RETURNS int LANGUAGE sql AS 'select $1'",
      'GRANT EXECUTE ON FUNCTION $thing(integer) TO $jit',
      'REVOKE EXECUTE ON FUNCTION $thing(integer) FROM $jit',
    ],
    use: ['SELECT $thing(1)'],
    mend: ['REVOKE EXECUTE ON FUNCTION $thing(integer) FROM PUBLIC'],
  },
  {
    name: 'privilege-sequence-by-set-role',
    story:
      'USAGE on a sequence was revoked; a group has it that the login does not inherit from but may become.',
    by: 'SET ROLE, then nextval',
    naive: {
      asks: "asks has_sequence_privilege(…, 'USAGE')",
      sql: "select 1 where has_sequence_privilege($1::oid, '$thing', 'USAGE')",
    },
    object: 'sequence public.$thing',
    privilege: 'USAGE',
    setUp: [
      'CREATE SEQUENCE $thing',
      'GRANT USAGE ON SEQUENCE $thing TO $jit',
      'REVOKE USAGE ON SEQUENCE $thing FROM $jit',
      'GRANT $group TO $jit WITH INHERIT FALSE, SET TRUE',
      'GRANT USAGE ON SEQUENCE $thing TO $group',
    ],
    use: ['SET ROLE $group', "SELECT nextval('$thing')"],
    mend: ['REVOKE USAGE ON SEQUENCE $thing FROM $group'],
  },
  {
    name: 'privilege-database-by-group',
    story: 'CREATE in the database was revoked from the login, and not from its group.',
    by: 'making a schema',
    blind: 'pg_database',
    object: 'database postgres',
    privilege: 'CREATE',
    setUp: [
      'GRANT CREATE ON DATABASE postgres TO $jit, $group',
      'REVOKE CREATE ON DATABASE postgres FROM $jit',
    ],
    use: ['CREATE SCHEMA $thing'],
    mend: ['REVOKE CREATE ON DATABASE postgres FROM $group'],
  },
  {
    name: 'privilege-large-object-public',
    story: 'A large object was closed to the login and left open to PUBLIC.',
    by: 'reading the large object',
    blind: 'pg_largeobject_metadata',
    object: 'large-object $number',
    privilege: 'SELECT',
    setUp: [
      "SELECT lo_from_bytea($number, 'ledger')",
      'GRANT SELECT ON LARGE OBJECT $number TO $jit',
      'GRANT SELECT ON LARGE OBJECT $number TO PUBLIC',
      'REVOKE SELECT ON LARGE OBJECT $number FROM $jit',
    ],
    use: ['SELECT lo_get($number)'],
    mend: ['REVOKE SELECT ON LARGE OBJECT $number FROM PUBLIC'],
  },
  {
    name: 'privilege-parameter-by-group',
    story:
      'The right to switch off the log of statements was revoked from the login, and not from its group.',
    by: 'switching it off',
    blind: 'pg_parameter_acl',
    object: 'parameter log_statement',
    privilege: 'SET',
    setUp: [
      'GRANT SET ON PARAMETER log_statement TO $jit, $group',
      'REVOKE SET ON PARAMETER log_statement FROM $jit',
    ],
    use: ["SET log_statement = 'none'"],
    mend: ['REVOKE SET ON PARAMETER log_statement FROM $group'],
  },
  {
    name: 'privilege-tablespace-public',
    story: 'CREATE in a tablespace was revoked from the login and left to PUBLIC.',
    by: 'making a table there',
    blind: 'pg_tablespace',
    object: 'tablespace $thing',
    privilege: 'CREATE',
    setUp: [
      "CREATE TABLESPACE $thing LOCATION ''",
      'GRANT CREATE ON TABLESPACE $thing TO $jit',
      'GRANT CREATE ON TABLESPACE $thing TO PUBLIC',
      'REVOKE CREATE ON TABLESPACE $thing FROM $jit',
    ],
    use: ['CREATE TEMP TABLE there (a int) TABLESPACE $thing'],
    mend: ['REVOKE CREATE ON TABLESPACE $thing FROM PUBLIC'],
  },
  {
    name: 'privilege-foreign-server-owned',
    story: 'USAGE of a foreign server was revoked from the login, which belongs to the group that owns it.',
    by: 'making itself a user mapping',
    blind: 'pg_foreign_server',
    object: 'foreign-server $thing',
    privilege: 'USAGE',
    setUp: [
      'CREATE FOREIGN DATA WRAPPER $thing_wrapper',
      'CREATE SERVER $thing FOREIGN DATA WRAPPER $thing_wrapper',
      'GRANT USAGE ON FOREIGN SERVER $thing TO $jit',
      'REVOKE USAGE ON FOREIGN SERVER $thing FROM $jit',
      'GRANT USAGE ON FOREIGN DATA WRAPPER $thing_wrapper TO $group',
      'ALTER SERVER $thing OWNER TO $group',
    ],
    use: ['CREATE USER MAPPING FOR $jit SERVER $thing'],
    mend: ['ALTER SERVER $thing OWNER TO postgres'],
  },
  {
    name: 'privilege-wrapper-by-group',
    story: 'USAGE of a foreign-data wrapper was revoked from the login, and not from its group.',
    by: 'making a foreign server',
    blind: 'pg_foreign_data_wrapper',
    object: 'foreign-data-wrapper $thing',
    privilege: 'USAGE',
    setUp: [
      'CREATE FOREIGN DATA WRAPPER $thing',
      'GRANT USAGE ON FOREIGN DATA WRAPPER $thing TO $jit, $group',
      'REVOKE USAGE ON FOREIGN DATA WRAPPER $thing FROM $jit',
    ],
    use: ['CREATE SERVER $thing FOREIGN DATA WRAPPER $thing'],
    mend: ['REVOKE USAGE ON FOREIGN DATA WRAPPER $thing FROM $group'],
  },
  {
    name: 'privilege-default',
    story:
      'SELECT was revoked on all tables of a schema; the default privileges give it on every table that is made from now on.',
    outcome: 'live R-ACTIVE',
    by: 'reading a table that an administrator has made since',
    naive: grants,
    blind: 'pg_default_acl',
    object: 'default table of postgres in schema $thing',
    privilege: 'SELECT',
    setUp: [
      'CREATE SCHEMA $thing',
      'GRANT USAGE ON SCHEMA $thing TO $jit',
      'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing GRANT SELECT ON TABLES TO $jit',
      'CREATE TABLE $thing.today (a int)',
      'REVOKE ALL ON ALL TABLES IN SCHEMA $thing FROM $jit',
    ],
    before: ['DROP TABLE IF EXISTS $thing.tomorrow', 'CREATE TABLE $thing.tomorrow (a int)'],
    use: ['SELECT a FROM $thing.tomorrow'],
    mend: ['ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing REVOKE SELECT ON TABLES FROM $jit'],
  },
  {
    name: 'privilege-default-every-schema',
    story:
      'The default privileges were taken back in the schema that the grant was for, and not in every schema, for which its group had got them.',
    by: 'reading a table that an administrator has made since',
    naive: grants,
    object: 'default table of postgres in schema $thing',
    privilege: 'SELECT',
    setUp: [
      'CREATE SCHEMA $thing',
      'GRANT USAGE ON SCHEMA $thing TO $jit',
      'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing GRANT SELECT ON TABLES TO $jit',
      'ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO $group',
      'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing REVOKE SELECT ON TABLES FROM $jit',
    ],
    before: ['DROP TABLE IF EXISTS $thing.tomorrow', 'CREATE TABLE $thing.tomorrow (a int)'],
    use: ['SELECT a FROM $thing.tomorrow'],
    mend: ['ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE SELECT ON TABLES FROM $group'],
  },
  {
    name: 'privilege-language-public',
    story: 'USAGE of a language was revoked from the login: PUBLIC has it on every trusted one.',
    by: 'making a function in it',
    blind: 'pg_language',
    object: 'language $thing',
    privilege: 'USAGE',
    setUp: [
      'CREATE TRUSTED LANGUAGE $thing HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler',
      'GRANT USAGE ON LANGUAGE $thing TO $jit',
      'REVOKE USAGE ON LANGUAGE $thing FROM $jit',
    ],
    use: ['DO LANGUAGE $thing $body$ BEGIN END $body$'],
    mend: ['REVOKE USAGE ON LANGUAGE $thing FROM PUBLIC'],
  },
  {
    name: 'privilege-type-public',
    story: 'USAGE of a type was revoked from the login: PUBLIC has it on every new one.',
    by: 'making a table with it',
    blind: 'pg_type',
    object: 'type public.$thing',
    privilege: 'USAGE',
    setUp: [
      "CREATE TYPE $thing AS ENUM ('a')",
      'GRANT USAGE ON TYPE $thing TO $jit',
      'REVOKE USAGE ON TYPE $thing FROM $jit',
    ],
    use: ['CREATE TEMP TABLE with_it (a $thing)'],
    mend: ['REVOKE USAGE ON TYPE $thing FROM PUBLIC'],
  },
  {
    name: 'privilege-predefined-role',
    story: 'SELECT on a table was revoked; the login was made a member of pg_read_all_data during the task.',
    by: 'reading the table',
    naive: grants,
    blind: 'pg_settings',
    object: 'public.$thing',
    privilege: 'SELECT',
    setUp: [
      'CREATE TABLE $thing (a int)',
      'GRANT SELECT ON $thing TO $jit',
      'GRANT pg_read_all_data TO $jit',
      'REVOKE SELECT ON $thing FROM $jit',
    ],
    use: ['SELECT a FROM $thing'],
    mend: ['REVOKE pg_read_all_data FROM $jit'],
  },
];
