import { describe, expect, test } from 'vitest';
import { onBoth } from './cases.fixture.ts';
import type { Case, Given } from './cases.fixture.ts';
import { privilege as check } from './checks/privilege.ts';
import { readObject, shown } from './objects.ts';
import { privilege } from './privilege.ts';
import type { PrivilegeRef } from './privilege.ts';

type Asked = Pick<PrivilegeRef, 'object' | 'privileges'> & Partial<PrivilegeRef>;

/** Runs the statements, then asks about `jit` as it was before the last of them that drops or makes it. */
function about(asked: Asked, ...statements: string[]): Case['run'] {
  return async (given) => {
    const granteeOid = await made(given);
    await given.at.run(...statements);
    return given.verifier.ask(check, { granteeOid, grantee: 'jit', ...asked });
  };
}

async function made({ at, oid }: Given): Promise<number> {
  await at.run('CREATE ROLE jit LOGIN', 'CREATE TABLE public.jobs (a int, b int)');
  return oid('jit');
}

const jobs: Asked = { object: 'public.jobs', privileges: ['SELECT'] };
const columnA: Asked = { object: 'column public.jobs.a', privileges: ['SELECT'] };
const grant = 'GRANT SELECT ON public.jobs TO jit';
const revoke = 'REVOKE SELECT ON public.jobs FROM jit';
const sighted = (what: string) => `absent, sighted "${what} for oid #" within`;
const catalog = sighted('SELECT on table pg_catalog.pg_class');
const control = 'EXECUTE on function pg_catalog.pg_control_system()';

const work = [
  `CREATE FUNCTION public.work(integer, text) RETURNS int LANGUAGE sql AS 'select 1'`,
  'GRANT EXECUTE ON FUNCTION public.work(integer, text) TO jit',
  'REVOKE EXECUTE ON FUNCTION public.work(integer, text) FROM jit',
];

const cases: readonly Case[] = [
  {
    title: 'a privilege',
    expected: 'present active R-ACTIVE: SELECT granted to it: on table public.jobs',
    run: about(jobs, grant),
  },
  {
    title: 'with grant option',
    expected: 'present active R-ACTIVE: SELECT granted to it with grant option: on table public.jobs',
    run: about(jobs, `${grant} WITH GRANT OPTION`),
  },
  { title: 'revoked', expected: catalog, run: about(jobs, grant, revoke) },
  { title: 'another privilege', expected: catalog, run: about(jobs, 'GRANT INSERT ON public.jobs TO jit') },
  {
    title: 'one of several is left',
    expected: 'present active R-ACTIVE: INSERT granted to it: on table public.jobs',
    run: about(
      { ...jobs, privileges: ['SELECT', 'INSERT'] },
      'GRANT SELECT, INSERT ON public.jobs TO jit',
      revoke,
    ),
  },
  {
    title: 'revoked, and PUBLIC has it',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT by PUBLIC: on table public.jobs',
    run: about(jobs, grant, 'GRANT SELECT ON public.jobs TO PUBLIC', revoke),
  },
  {
    title: 'revoked, and a group has it',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT by role grp: on table public.jobs',
    run: about(
      jobs,
      'CREATE ROLE grp',
      'GRANT grp TO jit',
      'GRANT SELECT ON public.jobs TO grp',
      grant,
      revoke,
    ),
  },
  {
    title: 'revoked, and a far group has it, for SET ROLE alone',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT by role grp by way of near: on table public.jobs',
    run: about(
      jobs,
      'CREATE ROLE grp',
      'CREATE ROLE near',
      'GRANT grp TO near WITH INHERIT FALSE, SET TRUE',
      'GRANT near TO jit WITH INHERIT FALSE, SET TRUE',
      'GRANT SELECT ON public.jobs TO grp',
    ),
  },
  {
    title: 'a group that it inherits from, but which it may not SET, to one that must be set',
    expected: catalog,
    run: about(
      jobs,
      'CREATE ROLE grp',
      'CREATE ROLE near',
      'GRANT grp TO near WITH INHERIT FALSE, SET TRUE',
      'GRANT near TO jit WITH INHERIT TRUE, SET FALSE',
      'GRANT SELECT ON public.jobs TO grp',
    ),
  },
  {
    title: 'a group that it is in without an option',
    expected: catalog,
    run: about(
      jobs,
      'CREATE ROLE grp',
      'GRANT grp TO jit WITH INHERIT FALSE, SET FALSE',
      'GRANT SELECT ON public.jobs TO grp',
    ),
  },
  {
    title: 'a group that it may put itself into',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT by role grp: on table public.jobs',
    run: about(
      jobs,
      'CREATE ROLE grp',
      'GRANT grp TO jit WITH ADMIN TRUE, INHERIT FALSE, SET FALSE',
      'GRANT SELECT ON public.jobs TO grp',
    ),
  },
  {
    title: 'the owner',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT as the owner: on table public.jobs',
    run: about(jobs, 'ALTER TABLE public.jobs OWNER TO jit'),
  },
  {
    title: 'a member of the owner',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT as a member of the owner grp: on table public.jobs',
    run: about(jobs, 'CREATE ROLE grp', 'GRANT grp TO jit', 'ALTER TABLE public.jobs OWNER TO grp'),
  },
  {
    title: 'a superuser',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT as a superuser: on table public.jobs',
    run: about(jobs, 'ALTER ROLE jit SUPERUSER'),
  },
  {
    title: 'pg_read_all_data',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT by the predefined role pg_read_all_data: on table public.jobs',
    run: about(jobs, 'GRANT pg_read_all_data TO jit'),
  },
  {
    title: 'pg_write_all_data does not read',
    expected: catalog,
    run: about(jobs, 'GRANT pg_write_all_data TO jit'),
  },
  {
    title: 'a column of the table',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT granted to it on a column: on table public.jobs',
    run: about(jobs, 'GRANT SELECT (a) ON public.jobs TO jit'),
  },
  {
    title: 'a column',
    expected: 'present active R-ACTIVE: SELECT granted to it: on column public.jobs.a',
    run: about(columnA, 'GRANT SELECT (a) ON public.jobs TO jit'),
  },
  {
    title: 'a column, by the whole table',
    expected:
      'present active R-STANDING: not granted to it itself, but SELECT granted to it on the whole table: on column public.jobs.a',
    run: about(
      columnA,
      'GRANT SELECT (a) ON public.jobs TO jit',
      grant,
      'REVOKE SELECT (a) ON public.jobs FROM jit',
    ),
  },
  {
    title: 'a column, revoked',
    expected: sighted('SELECT on column pg_catalog.pg_class.relname'),
    run: about(
      columnA,
      'GRANT SELECT (a) ON public.jobs TO jit',
      'REVOKE SELECT (a) ON public.jobs FROM jit',
    ),
  },
  {
    title: 'a column that was renamed',
    expected:
      'R-IDENTITY: no column public.jobs.a stands, but the role has SELECT on column public.jobs.c (oid #): it may be the recorded column under a new name',
    run: about(columnA, 'GRANT SELECT (a) ON public.jobs TO jit', 'ALTER TABLE public.jobs RENAME a TO c'),
  },
  {
    title: 'a column that was renamed, and a group reads the whole table',
    expected:
      'R-IDENTITY: no column public.jobs.a stands, but the role has SELECT on column public.jobs.c (oid #): it may be the recorded column under a new name',
    run: about(
      columnA,
      'CREATE ROLE grp',
      'GRANT grp TO jit',
      'GRANT SELECT ON public.jobs TO grp',
      'ALTER TABLE public.jobs RENAME a TO c',
    ),
  },
  {
    title: 'a column that was renamed, and PUBLIC reads another',
    expected: sighted('SELECT on column pg_catalog.pg_class.relname'),
    run: about(columnA, 'ALTER TABLE public.jobs RENAME a TO c', 'GRANT SELECT (b) ON public.jobs TO PUBLIC'),
  },
  { title: 'the table was dropped', expected: catalog, run: about(jobs, grant, 'DROP TABLE public.jobs') },
  {
    title: 'the table was renamed, and the entry went with it',
    expected:
      'R-IDENTITY: nothing more on public.jobs, but the role has SELECT on table public.far (oid #): it may be the recorded object under a new name',
    run: about(jobs, grant, 'ALTER TABLE public.jobs RENAME TO far'),
  },
  {
    title: 'the table was renamed, and another one was put in its place',
    expected:
      'R-IDENTITY: nothing more on public.jobs, but the role has SELECT on table public.far (oid #): it may be the recorded object under a new name',
    run: about(
      jobs,
      grant,
      'ALTER TABLE public.jobs RENAME TO far',
      'CREATE TABLE public.jobs (a int, b int)',
    ),
  },
  {
    title: 'a younger table that the role may read is not the recorded one',
    expected: catalog,
    run: about(jobs, grant, revoke, 'CREATE TABLE public.far (a int)', 'GRANT SELECT ON public.far TO jit'),
  },
  {
    title: 'a superuser, when the table was dropped',
    expected:
      'R-IDENTITY: nothing more on public.jobs, but the role has SELECT on everything of its class: it may be the recorded object under a new name',
    run: about(jobs, 'ALTER ROLE jit SUPERUSER', 'DROP TABLE public.jobs'),
  },
  {
    title: 'the role was dropped, and PUBLIC has the privilege',
    expected: catalog,
    run: about(jobs, 'GRANT SELECT ON public.jobs TO PUBLIC', 'DROP ROLE jit'),
  },
  {
    title: 'a new role of the same name has it',
    expected:
      'R-IDENTITY: the recorded role has none of them, but jit stands as oid # and has SELECT: a new role of the same name',
    run: about(jobs, grant, revoke, 'DROP ROLE jit', 'CREATE ROLE jit', grant),
  },
  {
    title: 'a new role of the same name has it not',
    expected: catalog,
    run: about(jobs, grant, revoke, 'DROP ROLE jit', 'CREATE ROLE jit'),
  },
  {
    title: 'another database than the configured one',
    expected: 'R-SCOPE: the privilege is in the database app, and the configured url leads to another',
    run: about({ ...jobs, database: 'app' }),
  },
  {
    title: 'the configured database by its name',
    expected: catalog,
    run: about({ ...jobs, database: 'postgres' }),
  },
  {
    title: 'a schema',
    expected: 'present active R-ACTIVE: CREATE granted to it: on schema far',
    run: about(
      { object: 'schema far', privileges: ['CREATE'] },
      'CREATE SCHEMA far',
      'GRANT CREATE ON SCHEMA far TO jit',
    ),
  },
  {
    title: 'a schema that belongs to whoever owns the database',
    expected:
      'present active R-STANDING: not granted to it itself, but CREATE as a member of the owner pg_database_owner: on schema public',
    run: about({ object: 'schema public', privileges: ['CREATE'] }, 'ALTER DATABASE postgres OWNER TO jit'),
  },
  {
    title: 'a schema, revoked',
    expected: sighted('USAGE on schema pg_catalog'),
    run: about(
      { object: 'schema far', privileges: ['CREATE'] },
      'CREATE SCHEMA far',
      'GRANT CREATE ON SCHEMA far TO jit',
      'REVOKE CREATE ON SCHEMA far FROM jit',
    ),
  },
  {
    title: 'a sequence',
    expected: 'present active R-ACTIVE: USAGE granted to it: on sequence public.ticks',
    run: about(
      { object: 'sequence public.ticks', privileges: ['USAGE'] },
      'CREATE SEQUENCE public.ticks',
      'GRANT USAGE ON SEQUENCE public.ticks TO jit',
    ),
  },
  {
    title: 'a sequence that the record calls a table',
    expected: 'present active R-ACTIVE: SELECT granted to it: on table public.ticks',
    run: about(
      { object: 'public.ticks', privileges: ['SELECT'] },
      'CREATE SEQUENCE public.ticks',
      'GRANT SELECT ON SEQUENCE public.ticks TO jit',
    ),
  },
  {
    title: 'a sequence, revoked: a class of which initdb makes nothing',
    expected: catalog,
    run: about(
      { object: 'sequence public.ticks', privileges: ['USAGE'] },
      'CREATE SEQUENCE public.ticks',
      'GRANT USAGE ON SEQUENCE public.ticks TO jit',
      'REVOKE USAGE ON SEQUENCE public.ticks FROM jit',
    ),
  },
  {
    title: 'a function, revoked from the role: PUBLIC has it from the start',
    expected:
      'present active R-STANDING: not granted to it itself, but EXECUTE by PUBLIC: on function public.work(integer, text)',
    run: about({ object: 'function public.work(int, text)', privileges: ['EXECUTE'] }, ...work),
  },
  {
    title: 'a function, revoked from PUBLIC too',
    expected: sighted(control),
    run: about(
      { object: 'function public.work(integer, text)', privileges: ['EXECUTE'] },
      ...work,
      'REVOKE EXECUTE ON FUNCTION public.work(integer, text) FROM PUBLIC',
    ),
  },
  {
    title: 'a function with other arguments than the recorded ones',
    expected:
      'R-IDENTITY: no function public.work(bigint) stands, but the role has EXECUTE on function public.work(integer, text) (oid #): the same name with other arguments',
    run: about({ object: 'function public.work(bigint)', privileges: ['EXECUTE'] }, ...work),
  },
  {
    title: 'a database',
    expected: 'present active R-ACTIVE: CREATE granted to it: on database postgres',
    run: about(
      { object: 'database postgres', privileges: ['CREATE'] },
      'GRANT CREATE ON DATABASE postgres TO jit',
    ),
  },
  {
    title: 'a database that everybody may connect to',
    expected:
      'present active R-STANDING: not granted to it itself, but CONNECT by PUBLIC: on database postgres',
    run: about({ object: 'database postgres', privileges: ['CONNECT'] }),
  },
  {
    title: 'a large object',
    expected: 'present active R-ACTIVE: SELECT granted to it: on large-object 77001',
    run: about(
      { object: 'large-object 77001', privileges: ['SELECT'] },
      'SELECT lo_create(77001)',
      'GRANT SELECT ON LARGE OBJECT 77001 TO jit',
    ),
  },
  {
    title: 'a large object that was unlinked',
    expected: catalog,
    run: about(
      { object: 'large-object 77001', privileges: ['SELECT'] },
      'SELECT lo_create(77001)',
      'GRANT SELECT ON LARGE OBJECT 77001 TO jit',
      'SELECT lo_unlink(77001)',
    ),
  },
  {
    title: 'a large object that was unlinked, and the role is a superuser: its oid is its name',
    expected: catalog,
    run: about(
      { object: 'large-object 77001', privileges: ['SELECT'] },
      'ALTER ROLE jit SUPERUSER',
      'SELECT lo_create(77001)',
      'SELECT lo_unlink(77001)',
    ),
  },
  {
    title: 'a table by its oid that was dropped, and the role is a superuser',
    expected: catalog,
    run: about({ ...jobs, objectOid: 4_000_000_000 }, 'ALTER ROLE jit SUPERUSER', 'DROP TABLE public.jobs'),
  },
  {
    title: 'another table of the recorded name, and PUBLIC reads it',
    expected:
      'R-IDENTITY: the role has SELECT on table public.jobs (oid #), which bears the recorded name and not the recorded oid',
    run: about({ ...jobs, objectOid: 4_000_000_000 }, 'GRANT SELECT ON public.jobs TO PUBLIC'),
  },
  {
    title: 'a parameter',
    expected: 'present active R-ACTIVE: SET granted to it: on parameter log_statement',
    run: about(
      { object: 'parameter log_statement', privileges: ['SET'] },
      'GRANT SET ON PARAMETER log_statement TO jit',
    ),
  },
  {
    title: 'a parameter, revoked',
    expected: catalog,
    run: about(
      { object: 'parameter log_statement', privileges: ['SET'] },
      'GRANT SET ON PARAMETER log_statement TO jit',
      'REVOKE SET ON PARAMETER log_statement FROM jit',
    ),
  },
  {
    title: 'a parameter that every role may set',
    expected:
      'present active R-STANDING: not granted to it itself, but SET for every role may set this parameter: on parameter work_mem',
    run: about({ object: 'parameter work_mem', privileges: ['SET'] }),
  },
  {
    title: 'a foreign server',
    expected: 'present active R-ACTIVE: USAGE granted to it: on foreign-server far',
    run: about(
      { object: 'foreign-server far', privileges: ['USAGE'] },
      'CREATE FOREIGN DATA WRAPPER wrapper',
      'CREATE SERVER far FOREIGN DATA WRAPPER wrapper',
      'GRANT USAGE ON FOREIGN SERVER far TO jit',
    ),
  },
  {
    title: 'a foreign-data wrapper',
    expected: 'present active R-ACTIVE: USAGE granted to it: on foreign-data-wrapper wrapper',
    run: about(
      { object: 'foreign-data-wrapper wrapper', privileges: ['USAGE'] },
      'CREATE FOREIGN DATA WRAPPER wrapper',
      'GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO jit',
    ),
  },
  {
    title: 'a foreign-data wrapper, revoked',
    expected: catalog,
    run: about(
      { object: 'foreign-data-wrapper wrapper', privileges: ['USAGE'] },
      'CREATE FOREIGN DATA WRAPPER wrapper',
      'GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO jit',
      'REVOKE USAGE ON FOREIGN DATA WRAPPER wrapper FROM jit',
    ),
  },
  {
    title: 'a language that everybody may use',
    expected: 'present active R-STANDING: not granted to it itself, but USAGE by PUBLIC: on language far',
    run: about(
      { object: 'language far', privileges: ['USAGE'] },
      'CREATE TRUSTED LANGUAGE far HANDLER plpgsql_call_handler',
    ),
  },
  {
    title: 'a type',
    expected: 'present active R-STANDING: not granted to it itself, but USAGE by PUBLIC: on type public.mood',
    run: about(
      { object: 'type public.mood', privileges: ['USAGE'] },
      `CREATE TYPE public.mood AS ENUM ('a')`,
    ),
  },
  {
    title: 'a type, revoked from PUBLIC',
    expected: sighted('USAGE on type pg_catalog.int4'),
    run: about(
      { object: 'type public.mood', privileges: ['USAGE'] },
      `CREATE TYPE public.mood AS ENUM ('a')`,
      'REVOKE USAGE ON TYPE public.mood FROM PUBLIC',
    ),
  },
  {
    title: 'a tablespace',
    expected: 'present active R-ACTIVE: CREATE granted to it: on tablespace pg_default',
    run: about(
      { object: 'tablespace pg_default', privileges: ['CREATE'] },
      'GRANT CREATE ON TABLESPACE pg_default TO jit',
    ),
  },
];

onBoth(cases, async ({ run }) => {
  await run('ALTER DATABASE postgres OWNER TO postgres');
  await run('DROP TABLE IF EXISTS public.jobs', 'DROP TABLE IF EXISTS public.far');
  await run(
    'DROP SEQUENCE IF EXISTS public.ticks',
    'DROP TYPE IF EXISTS public.mood',
    'DROP SCHEMA IF EXISTS far',
  );
  await run('DROP FUNCTION IF EXISTS public.work(integer, text)', 'DROP LANGUAGE IF EXISTS far');
  await run('DROP SERVER IF EXISTS far', 'DROP FOREIGN DATA WRAPPER IF EXISTS wrapper');
  for (const name of ['jit', 'near', 'grp', 'new']) {
    // nothing is owned by a role that may be missing
    await run(`DROP ROLE IF EXISTS ${name}`).catch(() => run(`DROP OWNED BY ${name}`, `DROP ROLE ${name}`));
  }
  await run('SELECT lo_unlink(77001)').catch(() => undefined);
});

describe('an object of a record', () => {
  test.each([
    ['public.ledger', 'table public.ledger'],
    ['table public.ledger', 'table public.ledger'],
    ['"Sales".t', 'table "Sales".t'],
    ['"a.b"."c d"', 'table "a.b"."c d"'],
    ['column public.ledger."Line"', 'column public.ledger."Line"'],
    ['schema audit', 'schema audit'],
    ['function public.f()', 'function public.f()'],
    [
      'function public.f( int ,varchar[], timestamptz)',
      'function public.f(integer, character varying[], timestamp with time zone)',
    ],
    ['large-object 16401', 'large-object 16401'],
    ['parameter my.setting', 'parameter my.setting'],
    ['foreign-server billing', 'foreign-server billing'],
  ])('%s', (text, expected) => {
    const object = readObject(text);
    expect(typeof object === 'string' ? object : shown(object)).toBe(expected);
  });

  test.each([
    ['ledger', 'a table is written schema.table'],
    ['public.Ledger', 'in double quotes'],
    ['view public.v', 'no class of objects'],
    ['column public.t', 'a column is written column schema.table.column'],
    ['function public.f', 'types of its arguments'],
    ['large-object invoice', 'by its oid'],
    ['parameter Work_Mem', 'in lower case'],
    ['schema a.b', 'a schema is written schema name'],
    ['public.', 'ends with a dot'],
    ['public.a b', 'is no name'],
    ['"open.t', 'is no name'],
  ])('%s is refused', (object, text) => {
    const read = privilege.ref.safeParse({ granteeOid: 20_000, object, privileges: ['SELECT'] });
    expect(read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0]).toMatch(
      new RegExp(`^object: .*${text}`),
    );
  });

  test('privileges are those of its class', () => {
    const read = privilege.ref.safeParse({
      granteeOid: 20_000,
      object: 'schema a',
      privileges: ['USAGE', 'SELECT'],
    });
    expect(read.error?.issues).toMatchObject([
      { path: ['privileges', 1], message: expect.stringContaining('USAGE') },
    ]);
    expect(privilege.ref.safeParse({ granteeOid: 20_000, object: 'schema a', privileges: [] }).success).toBe(
      false,
    );
  });
});
