import { describe, expect, test } from 'vitest';
import { onBoth } from './cases.fixture.ts';
import type { Case, Given } from './cases.fixture.ts';
import { object as check } from './checks/object.ts';
import { object } from './object.ts';
import type { LeftClass, ObjectRef } from './object.ts';

const database = 'postgres';

/** The OID of something that stands: a record without one gets it in the answer. */
async function oidOf({ verifier }: Given, of: LeftClass, name: string): Promise<number> {
  const seen = await verifier.ask(check, { database, class: of, name });
  const found = seen.saw === 'inconclusive' ? /stands as oid (\d+)/.exec(seen.detail)?.[1] : undefined;
  if (found === undefined) throw new Error(`no ${of} ${name}`);
  return Number(found);
}

/** Runs the first statements, looks the OID up, runs the others, and asks. */
function left(of: LeftClass, name: string, made: string[], then: string[] = [], by = name): Case['run'] {
  return async (given) => {
    await given.at.run(...made);
    const oid = await oidOf(given, of, name);
    await given.at.run(...then);
    return given.verifier.ask(check, { database, class: of, oid, name: by });
  };
}

const asked =
  (ref: ObjectRef, ...statements: string[]): Case['run'] =>
  async ({ at, verifier }) => {
    await at.run(...statements);
    return verifier.ask(check, ref);
  };

const work = `CREATE FUNCTION public.work(integer) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'`;
const hook = `CREATE FUNCTION public.hook() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end'`;
const jobs = 'CREATE TABLE public.jobs (a int)';
const rule = 'CREATE RULE silence AS ON INSERT TO public.jobs DO INSTEAD NOTHING';
const trigger = [
  `CREATE FUNCTION public.hook() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'`,
  'CREATE TRIGGER copy AFTER INSERT ON public.jobs FOR EACH ROW EXECUTE FUNCTION public.hook()',
];
const secured = 'ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY';
const defaults = 'ALTER DEFAULT PRIVILEGES FOR ROLE jit IN SCHEMA far';
const server = ['CREATE FOREIGN DATA WRAPPER wrapper', 'CREATE SERVER far FOREIGN DATA WRAPPER wrapper'];
const mapping = 'CREATE USER MAPPING FOR jit SERVER far';
const subscription = `CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1' PUBLICATION pub WITH (connect = false, slot_name = none)`;
const prepared = `BEGIN; CREATE TABLE public.later (a int); PREPARE TRANSACTION 'later'`;
const present = (what: string) => `present active R-LISTED: ${what}`;
const catalog = 'absent, sighted "table pg_catalog.pg_class (oid #)" within';

const cases: readonly Case[] = [
  {
    title: 'a definer function that everybody may call',
    expected: present('function public.work(integer), of postgres, SECURITY DEFINER, EXECUTE by PUBLIC'),
    run: left('function', 'public.work(integer)', [work]),
  },
  {
    title: 'a definer function, closed to PUBLIC',
    expected: present('function public.work(integer), of postgres, SECURITY DEFINER'),
    run: left(
      'function',
      'public.work(integer)',
      [work],
      ['REVOKE EXECUTE ON FUNCTION public.work(integer) FROM PUBLIC'],
    ),
  },
  {
    title: 'a function, dropped',
    expected: 'absent, sighted "function pg_catalog.pg_control_system() (oid #)" within',
    run: left('function', 'public.work(integer)', [work], ['DROP FUNCTION public.work(integer)']),
  },
  {
    title: 'a function, made anew',
    expected:
      'R-IDENTITY: no function has oid #, but one called public.work(integer) stands as oid #: a new object of the same name',
    run: left('function', 'public.work(integer)', [work], ['DROP FUNCTION public.work(integer)', work]),
  },
  {
    title: 'a table, renamed',
    expected: present('table public.done, recorded as public.jobs, of postgres'),
    run: left('table', 'public.jobs', [jobs], ['ALTER TABLE public.jobs RENAME TO done']),
  },
  {
    title: 'a table, given to another',
    expected: present('table public.jobs, of jit'),
    run: left('table', 'public.jobs', [jobs], ['CREATE ROLE jit', 'ALTER TABLE public.jobs OWNER TO jit']),
  },
  {
    title: 'a table, dropped',
    expected: catalog,
    run: left('table', 'public.jobs', [jobs], ['DROP TABLE public.jobs']),
  },
  {
    title: 'a schema, dropped',
    expected: 'absent, sighted "schema pg_catalog (oid #)" within',
    run: left('schema', 'far', ['CREATE SCHEMA far'], ['DROP SCHEMA far']),
  },
  {
    title: 'a rule',
    expected: present('rule silence on public.jobs, of postgres'),
    run: left('rule', 'silence on public.jobs', [jobs, rule]),
  },
  {
    title: 'a rule, dropped: a class of which the control is a table',
    expected: catalog,
    run: left('rule', 'silence on public.jobs', [jobs, rule], ['DROP RULE silence ON public.jobs']),
  },
  {
    title: 'a trigger',
    expected: present('trigger copy on public.jobs, of postgres, runs hook'),
    run: left('trigger', 'copy on public.jobs', [jobs, ...trigger]),
  },
  {
    title: 'a trigger, dropped',
    expected: catalog,
    run: left('trigger', 'copy on public.jobs', [jobs, ...trigger], ['DROP TRIGGER copy ON public.jobs']),
  },
  {
    title: 'a policy for everybody',
    expected: present('policy open on public.jobs, of postgres, for PUBLIC'),
    run: left('policy', 'open on public.jobs', [
      jobs,
      secured,
      'CREATE POLICY open ON public.jobs USING (true)',
    ]),
  },
  {
    title: 'a restrictive policy for two roles',
    expected: present('policy open on public.jobs, of postgres, for jit and postgres, restrictive'),
    run: left('policy', 'open on public.jobs', [
      'CREATE ROLE jit',
      jobs,
      secured,
      'CREATE POLICY open ON public.jobs AS RESTRICTIVE TO postgres, jit USING (true)',
    ]),
  },
  {
    title: 'a policy, dropped',
    expected: catalog,
    run: left(
      'policy',
      'open on public.jobs',
      [jobs, secured, 'CREATE POLICY open ON public.jobs USING (true)'],
      ['DROP POLICY open ON public.jobs'],
    ),
  },
  {
    title: 'default privileges',
    expected: present(
      'default-privileges for role jit in schema far on tables, of jit, INSERT for PUBLIC, SELECT for PUBLIC',
    ),
    run: left('default-privileges', 'for role jit in schema far on tables', [
      'CREATE ROLE jit',
      'CREATE SCHEMA far',
      `${defaults} GRANT SELECT, INSERT ON TABLES TO PUBLIC`,
    ]),
  },
  {
    title: 'default privileges, of which none is left',
    expected: catalog,
    run: left(
      'default-privileges',
      'for role jit in schema far on tables',
      ['CREATE ROLE jit', 'CREATE SCHEMA far', `${defaults} GRANT SELECT ON TABLES TO PUBLIC`],
      [`${defaults} REVOKE SELECT ON TABLES FROM PUBLIC`],
    ),
  },
  {
    title: 'a type',
    expected: present('type public.mood, of postgres'),
    run: left('type', 'public.mood', [`CREATE TYPE public.mood AS ENUM ('a')`]),
  },
  {
    title: 'a type, dropped',
    expected: 'absent, sighted "type integer (oid #)" within',
    run: left('type', 'public.mood', [`CREATE TYPE public.mood AS ENUM ('a')`], ['DROP TYPE public.mood']),
  },
  {
    title: 'a language',
    expected: present('language far, of postgres, trusted'),
    run: left('language', 'far', ['CREATE TRUSTED LANGUAGE far HANDLER plpgsql_call_handler']),
  },
  {
    title: 'a database, whichever the record names',
    expected: present('database postgres, of postgres'),
    run: asked({ database: 'elsewhere', class: 'database', oid: 5 }),
  },
  {
    title: 'a tablespace that never was',
    expected: 'absent, sighted "tablespace pg_default (oid #)" within',
    run: asked({ database: 'elsewhere', class: 'tablespace', oid: 4_000_000_000 }),
  },
  {
    title: 'a foreign-data wrapper',
    expected: present('foreign-data-wrapper wrapper, of postgres'),
    run: left('foreign-data-wrapper', 'wrapper', ['CREATE FOREIGN DATA WRAPPER wrapper']),
  },
  {
    title: 'an event trigger',
    expected: present('event-trigger watch, of postgres, at ddl_command_end'),
    run: left('event-trigger', 'watch', [
      hook,
      'CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.hook()',
    ]),
  },
  {
    title: 'a publication',
    expected: present('publication pub, of postgres, of all tables'),
    run: left('publication', 'pub', ['CREATE PUBLICATION pub FOR ALL TABLES']),
  },
  {
    title: 'a publication, dropped',
    expected: catalog,
    run: left('publication', 'pub', ['CREATE PUBLICATION pub'], ['DROP PUBLICATION pub']),
  },
  {
    title: 'a subscription, seen without the right to its passwords',
    expected: present('subscription sub'),
    run: left('subscription', 'sub', [subscription]),
  },
  {
    title: 'a subscription, dropped',
    expected: catalog,
    run: left('subscription', 'sub', [subscription], ['DROP SUBSCRIPTION sub']),
  },
  {
    title: 'a foreign server',
    expected: present('foreign-server far, of postgres'),
    run: left('foreign-server', 'far', server),
  },
  {
    title: 'a user mapping, seen without the right to its options',
    expected: present('user-mapping jit on server far, of jit, on server far'),
    run: left('user-mapping', 'jit on server far', ['CREATE ROLE jit', ...server, mapping]),
  },
  {
    title: 'a user mapping, dropped',
    expected: catalog,
    run: left(
      'user-mapping',
      'jit on server far',
      ['CREATE ROLE jit', ...server, mapping],
      ['DROP USER MAPPING FOR jit SERVER far'],
    ),
  },
  {
    title: 'a large object',
    expected: present('large-object 77001, of postgres'),
    run: asked({ database, class: 'large-object', oid: 77_001 }, 'SELECT lo_create(77001)'),
  },
  {
    title: 'a replication slot, by its name alone',
    expected: present('replication-slot tap, physical'),
    run: asked(
      { database, class: 'replication-slot', name: 'tap' },
      `SELECT pg_create_physical_replication_slot('tap')`,
    ),
  },
  {
    title: 'a replication slot, dropped',
    expected: catalog,
    run: asked(
      { database, class: 'replication-slot', name: 'tap' },
      `SELECT pg_create_physical_replication_slot('tap')`,
      `SELECT pg_drop_replication_slot('tap')`,
    ),
  },
  {
    title: 'a prepared transaction, whichever database it is in',
    expected: present('prepared-transaction later, of postgres, in database postgres'),
    run: asked({ database: 'app', class: 'prepared-transaction', name: 'later' }, prepared),
  },
  {
    title: 'a prepared transaction, rolled back',
    expected: catalog,
    run: asked(
      { database, class: 'prepared-transaction', name: 'later' },
      prepared,
      `ROLLBACK PREPARED 'later'`,
    ),
  },
  {
    title: 'without its oid, and the name is gone',
    expected:
      'R-IDENTITY: no table is called public.jobs, and the record gives no oid: a renamed one would look the same',
    run: asked({ database, class: 'table', name: 'public.jobs' }),
  },
  {
    title: 'in another database than the configured one',
    expected: 'R-SCOPE: the object is in the database app, and the configured url leads to another',
    run: asked({ database: 'app', class: 'table', oid: 4_000_000_000 }),
  },
];

onBoth(cases, async ({ run }) => {
  for (const one of [
    `ROLLBACK PREPARED 'later'`,
    `SELECT pg_drop_replication_slot('tap')`,
    'SELECT lo_unlink(77001)',
    'DROP RULE silence ON public.jobs',
    'DROP TRIGGER copy ON public.jobs',
    'DROP POLICY open ON public.jobs',
    'DROP OWNED BY jit',
    'DROP TYPE public.mood',
    'DROP LANGUAGE far',
    'DROP USER MAPPING FOR jit SERVER far',
  ]) {
    // most cases made none of these
    await run(one).catch(() => undefined);
  }
  await run('DROP EVENT TRIGGER IF EXISTS watch', 'DROP FUNCTION IF EXISTS public.hook()');
  await run('DROP FUNCTION IF EXISTS public.work(integer)');
  await run('DROP SUBSCRIPTION IF EXISTS sub', 'DROP PUBLICATION IF EXISTS pub', 'DROP SCHEMA IF EXISTS far');
  await run('DROP TABLE IF EXISTS public.jobs', 'DROP TABLE IF EXISTS public.done');
  await run('DROP SERVER IF EXISTS far', 'DROP FOREIGN DATA WRAPPER IF EXISTS wrapper');
  await run('DROP ROLE IF EXISTS jit');
});

describe('a locator', () => {
  test.each([
    [{ class: 'function', oid: 20_000 }, true],
    [{ class: 'function', name: 'public.f()' }, true],
    [{ class: 'function' }, false],
    [{ class: 'replication-slot', name: 'tap' }, true],
    [{ class: 'replication-slot' }, false],
    [{ class: 'replication-slot', name: 'tap', oid: 20_000 }, false],
    [{ class: 'index', oid: 20_000 }, false],
  ])('%j', (ref, good) => {
    expect(object.ref.safeParse({ database, ...ref }).success).toBe(good);
  });

  test('gone needs the oid, but for what has none', () => {
    expect(object.id({ database, class: 'table', name: 'public.jobs' })).toBeUndefined();
    expect(object.id({ database, class: 'replication-slot', name: 'tap' })).toBe('replication-slot/tap');
  });

  test.each([
    [{ class: 'function', oid: 20_000, name: 'public.f()' }, 'DROP FUNCTION public.f();'],
    [{ class: 'rule', oid: 20_000, name: 'r on public.t' }, 'DROP RULE r on public.t;'],
    [
      { class: 'user-mapping', oid: 20_000, name: 'jit on server far' },
      'DROP USER MAPPING FOR jit SERVER far;',
    ],
    [{ class: 'large-object', oid: 77_001 }, 'SELECT lo_unlink(77001);'],
    [{ class: 'replication-slot', name: "o'tap" }, "SELECT pg_drop_replication_slot('o''tap');"],
    [{ class: 'prepared-transaction', name: 'later' }, "ROLLBACK PREPARED 'later';"],
    [{ class: 'policy', oid: 20_000, name: 'p on public.t' }, 'DROP POLICY p on public.t;'],
    [
      { class: 'default-privileges', oid: 20_000, name: 'for role own in schema rep on large objects' },
      'ALTER DEFAULT PRIVILEGES for role own in schema rep REVOKE ALL ON LARGE OBJECTS FROM …;',
    ],
  ])('%j is ended by %s', (ref, sql) => {
    expect(object.fix(object.ref.parse({ database, ...ref }))).toContain(sql);
  });
});
