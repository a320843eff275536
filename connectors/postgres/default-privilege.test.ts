import { describe, expect, test } from 'vitest';
import { onBoth } from './cases.fixture.ts';
import type { Case } from './cases.fixture.ts';
import { privilege as check } from './checks/privilege.ts';
import { readObject, shown } from './objects.ts';
import { privilege } from './privilege.ts';
import type { PrivilegeRef } from './privilege.ts';

type Asked = Partial<PrivilegeRef> & { readonly by?: 'oid' };

/** Runs the statements, then asks about what `jit` will get on the future objects of `own`. */
function about({ by, ...asked }: Asked, ...statements: string[]): Case['run'] {
  return async ({ at, oid, verifier }) => {
    await at.run('CREATE ROLE own', 'CREATE ROLE jit LOGIN', 'CREATE ROLE grp', 'CREATE SCHEMA rep');
    const [granteeOid, objectOid] = [await oid('jit'), await oid('own')];
    await at.run(...statements);
    return verifier.ask(check, {
      granteeOid,
      grantee: 'jit',
      object: 'default table of own',
      privileges: ['SELECT'],
      ...(by === undefined ? {} : { objectOid }),
      ...asked,
    });
  };
}

const all = 'ALTER DEFAULT PRIVILEGES FOR ROLE own';
const one = `${all} IN SCHEMA rep`;
const give = 'GRANT SELECT ON TABLES TO jit';
const take = 'REVOKE SELECT ON TABLES FROM jit';
const inRep = { object: 'default table of own in schema rep' };
const calls: Asked = { object: 'default function of own', privileges: ['EXECUTE'] };
const standing = (what: string, on = 'default table of own') =>
  `present active R-STANDING: not granted to it itself, but ${what}: on ${on}`;
const none = 'absent, sighted "SELECT on default table of pg_monitor for oid #" within';
const may = (held: string) =>
  `R-IDENTITY: nothing more on default table of own, but the role has SELECT on ${held} (oid #): it may be the recorded object under a new name`;

const cases: readonly Case[] = [
  {
    title: 'in every schema',
    expected: 'present active R-ACTIVE: SELECT granted to it: on default table of own',
    run: about({}, `${all} ${give}`),
  },
  { title: 'taken back', expected: none, run: about({}, `${all} ${give}`, `${all} ${take}`) },
  {
    title: 'in one schema',
    expected: 'present active R-ACTIVE: SELECT granted to it: on default table of own in schema rep',
    run: about(inRep, `${one} ${give}`),
  },
  {
    title: 'in one schema, taken back',
    expected: none,
    run: about(inRep, `${one} ${give}`, `${one} ${take}`),
  },
  {
    title: 'taken back in one schema, and said for every one',
    expected: standing('SELECT granted to it for every schema', 'default table of own in schema rep'),
    run: about(inRep, `${one} ${give}`, `${all} ${give}`, `${one} ${take}`),
  },
  {
    title: 'taken back in every schema, and said for one',
    expected: standing('SELECT granted to it for one schema'),
    run: about({}, `${all} ${give}`, `${one} ${give}`, `${all} ${take}`),
  },
  {
    title: 'in another schema than the one that was asked about',
    expected: none,
    run: about(
      { object: 'default table of own in schema public', by: 'oid' },
      'CREATE SCHEMA later',
      `ALTER DEFAULT PRIVILEGES FOR ROLE own IN SCHEMA later ${give}`,
    ),
  },
  {
    title: 'on another class',
    expected: none,
    run: about({}, `${all} GRANT SELECT ON SEQUENCES TO jit`),
  },
  {
    title: 'by another role, which is younger',
    expected: none,
    run: about({}, `ALTER DEFAULT PRIVILEGES FOR ROLE grp ${give}`),
  },
  {
    title: 'to a group that it is in',
    expected: standing('SELECT by role grp'),
    run: about({}, 'GRANT grp TO jit', `${all} GRANT SELECT ON TABLES TO grp`),
  },
  {
    title: 'to PUBLIC',
    expected: standing('SELECT by PUBLIC'),
    run: about({}, `${all} GRANT SELECT ON TABLES TO PUBLIC`),
  },
  {
    title: 'functions, which everybody may call as the server comes',
    expected: standing('EXECUTE by PUBLIC', 'default function of own'),
    run: about(calls),
  },
  {
    title: 'functions, closed to everybody',
    expected: none,
    run: about(calls, `${all} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`),
  },
  {
    title: 'functions in one schema, as they come in every one',
    expected: standing('EXECUTE by PUBLIC for every schema', 'default function of own in schema rep'),
    run: about({ ...calls, object: 'default function of own in schema rep' }),
  },
  {
    title: 'as a member of the role that will own them',
    expected: standing('SELECT as a member of the owner own'),
    run: about({}, 'GRANT own TO jit'),
  },
  {
    title: 'by pg_read_all_data',
    expected: standing('SELECT by the predefined role pg_read_all_data'),
    run: about({}, 'GRANT pg_read_all_data TO jit'),
  },
  {
    title: 'as a superuser',
    expected: standing('SELECT as a superuser'),
    run: about({}, 'ALTER ROLE jit SUPERUSER'),
  },
  {
    title: 'what it says about objects of its own',
    expected: none,
    run: about({}, 'ALTER DEFAULT PRIVILEGES FOR ROLE jit GRANT SELECT ON TABLES TO grp'),
  },
  {
    title: 'the role renamed, by its oid',
    expected: 'present active R-ACTIVE: SELECT granted to it: on default table of new, its new name',
    run: about({ by: 'oid' }, `${all} ${give}`, 'ALTER ROLE own RENAME TO new'),
  },
  {
    title: 'the role renamed, by its name alone',
    expected: may('default table of new'),
    run: about({}, `${all} ${give}`, 'ALTER ROLE own RENAME TO new'),
  },
  {
    title: 'the role renamed, and another made in its place',
    expected: may('default table of new'),
    run: about({}, `${all} ${give}`, 'ALTER ROLE own RENAME TO new', 'CREATE ROLE own'),
  },
  {
    title: 'the schema renamed',
    expected:
      'R-IDENTITY: nothing more on default table of own in schema rep, but the role has SELECT on default table of own in schema later (oid #): it may be the recorded object under a new name',
    run: about({ ...inRep, by: 'oid' }, `${one} ${give}`, 'ALTER SCHEMA rep RENAME TO later'),
  },
  {
    title: 'the schema renamed, and another made in its place',
    expected:
      'R-IDENTITY: nothing more on default table of own in schema rep, but the role has SELECT on default table of own in schema later (oid #): it may be the recorded object under a new name',
    run: about(
      { ...inRep, by: 'oid' },
      `${one} ${give}`,
      'ALTER SCHEMA rep RENAME TO later',
      'CREATE SCHEMA rep',
    ),
  },
  {
    title: 'the role dropped',
    expected: none,
    run: about({ by: 'oid' }, `${all} ${give}`, 'DROP OWNED BY own', 'DROP ROLE own'),
  },
  {
    title: 'the grantee dropped',
    expected: none,
    run: about({}, `${all} ${give}`, 'DROP OWNED BY jit', 'DROP ROLE jit'),
  },
];

onBoth(cases, async ({ run }) => {
  for (const name of ['jit', 'own', 'grp', 'new']) {
    // not every case leaves them all
    await run(`DROP OWNED BY ${name}`).catch(() => undefined);
  }
  for (const name of ['jit', 'own', 'grp', 'new']) await run(`DROP ROLE IF EXISTS ${name}`);
  await run('DROP SCHEMA IF EXISTS rep', 'DROP SCHEMA IF EXISTS later');
});

describe('a locator of default privileges', () => {
  test.each([
    'default table of own',
    'default table of own in schema rep',
    'default large-object of own',
    'default function of "Own er" in schema "in schema rep"',
  ])('%s', (text) => {
    const object = readObject(text);
    expect(typeof object === 'string' ? object : shown(object)).toBe(text);
  });

  test.each([
    ['default table', 'default <class> of <role>'],
    ['default tables of own', 'default <class> of <role>'],
    ['default column of own', 'default <class> of <role>'],
    ['default schema of own in schema rep', 'for no schema'],
    ['default table of Own', 'in double quotes'],
    ['default table of own in schema Rep', 'in double quotes'],
  ])('%s is refused', (object, text) => {
    const read = privilege.ref.safeParse({ granteeOid: 20_000, object, privileges: ['SELECT'] });
    expect(read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0]).toContain(text);
  });

  test('privileges are those of the class that they are for', () => {
    const read = privilege.ref.safeParse({
      granteeOid: 20_000,
      object: 'default function of own',
      privileges: ['EXECUTE', 'SELECT'],
    });
    expect(read.error?.issues).toMatchObject([
      { path: ['privileges', 1], message: 'a function knows no SELECT: EXECUTE' },
    ]);
  });

  test.each([
    ['default table of own', 'ALTER DEFAULT PRIVILEGES FOR ROLE "own" REVOKE SELECT ON TABLES FROM "jit";'],
    [
      'default sequence of own in schema rep',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "own" IN SCHEMA "rep" REVOKE SELECT ON SEQUENCES FROM "jit";',
    ],
    ['foreign-data-wrapper w', 'REVOKE USAGE ON FOREIGN DATA WRAPPER w FROM "jit";'],
    ['column public.t.a', 'REVOKE SELECT ("a") ON TABLE public.t FROM "jit";'],
  ])('%s is ended by %s', (object, sql) => {
    const privileges = [object.startsWith('foreign') ? ('USAGE' as const) : ('SELECT' as const)];
    expect(privilege.fix({ granteeOid: 20_000, grantee: 'jit', object, privileges })).toContain(sql);
  });
});
