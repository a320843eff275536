import { onBoth } from './cases.fixture.ts';
import type { Case } from './cases.fixture.ts';
import type { Scope } from '../../src/connector.ts';
import type { Attribute } from './names.ts';
import { hunt } from './looks/hunt.ts';
import { sweep } from './looks/sweep.ts';

const role = (name: string, oid: number, attributes?: readonly Attribute[]) => ({
  kind: 'postgres/role',
  ref: { name, oid, ...(attributes === undefined ? {} : { attributes }) },
});
const joined = (group: string, roleOid: number, member: string, memberOid: number) => ({
  kind: 'postgres/membership',
  ref: { role: group, roleOid, member, memberOid },
});
const scope = (targets: Scope['targets'], accounts: readonly number[] = []): Scope => ({
  targets,
  accounts: accounts.map(String),
});

/** The login jit of the grant, which is dropped before anybody looks, and what happened meanwhile. */
function dropped(attributes: readonly Attribute[] | undefined, ...meanwhile: string[]): Case['run'] {
  return async (given) => {
    const { at, verifier } = given;
    await at.run('CREATE ROLE old', 'CREATE ROLE jit LOGIN');
    const oid = await given.oid('jit');
    await at.run(...meanwhile, 'DROP ROLE jit');
    return verifier.ask(hunt, scope([role('jit', oid, attributes)]));
  };
}

/** As a broker names a login; the window of these cases begins in 2026. */
function issued(of: string, number: number, at = 1_800_000_000): string {
  return `v-token-${of}-9FkAvRXbAZQUSv8qZu${String(number).padStart(2, '0')}-${at}`;
}

/** A login that a broker made and ended, and one that it made since. */
function brokered(second: string): Case['run'] {
  return async (given) => {
    const { at, verifier } = given;
    await at.run('CREATE ROLE old', `CREATE ROLE "${issued('ro', 1)}" LOGIN`);
    const oid = await given.oid(issued('ro', 1));
    await at.run(`CREATE ROLE "${second}" LOGIN`, `DROP ROLE "${issued('ro', 1)}"`);
    return verifier.ask(hunt, scope([role(issued('ro', 1), oid, [])]));
  };
}

/** The same, and the record names the group that jit was in. */
function inGroup(...meanwhile: string[]): Case['run'] {
  return async (given) => {
    const { at, verifier } = given;
    await at.run('CREATE ROLE team', 'CREATE ROLE jit LOGIN IN ROLE team');
    const [team, jit] = [await given.oid('team'), await given.oid('jit')];
    await at.run(...meanwhile, 'DROP ROLE jit');
    return verifier.ask(hunt, scope([role('jit', jit, []), joined('team', team, 'jit', jit)]));
  };
}

/** The account jit stands, and could read jobs for a while. */
function swept([window]: readonly (typeof later)[], ...statements: string[]): Case['run'] {
  return async (given) => {
    const { at, verifier } = given;
    await at.run('CREATE ROLE jit LOGIN', 'CREATE TABLE public.jobs (a int)', ...statements);
    const oid = await given.oid('jit');
    const reads = { granteeOid: oid, grantee: 'jit', object: 'public.jobs', privileges: ['SELECT'] };
    return verifier.ask(sweep, scope([{ kind: 'postgres/privilege', ref: reads }], [oid]), window);
  };
}

/** A grant that has not begun: whatever stands stood before it. */
const later = { from: '2999-01-01T00:00:00Z', to: '2999-01-02T00:00:00Z' };

const work = (owner: string) => [
  `CREATE FUNCTION public.work(integer) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'`,
  'REVOKE EXECUTE ON FUNCTION public.work(integer) FROM PUBLIC',
  `ALTER FUNCTION public.work(integer) OWNER TO ${owner}`,
];
const cases: readonly Case[] = [
  {
    title: 'hunt: a login that could make nothing, and somebody else made a role since',
    expected:
      'excluded, declared: as the record says, jit (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a role, and the grant could make none; 4 older by its OID',
    run: dropped([], 'CREATE ROLE evil SUPERUSER'),
  },
  {
    title: 'hunt: another login of the same role of the broker',
    expected: `R-ORIGIN: ${issued('ro', 2)} (oid #): nothing says whose`,
    run: brokered(issued('ro', 2)),
  },
  {
    title: 'hunt: a login of another role of the broker',
    expected: `excluded, declared: as the record says, ${issued('ro', 1)} (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a login that a broker made for another role; 4 older by its OID`,
    run: brokered(issued('rw', 2)),
  },
  {
    title: 'hunt: a login that the broker made long before',
    expected: `excluded, declared: as the record says, ${issued('ro', 1)} (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a login that a broker made before the grant; 4 older by its OID`,
    run: brokered(issued('ro', 2, 1_700_000_000)),
  },
  {
    title: 'hunt: nobody knows what the login could do',
    expected: 'R-ORIGIN: evil (oid #): nothing says whose',
    run: dropped(undefined, 'CREATE ROLE evil SUPERUSER'),
  },
  {
    title: 'hunt: a superuser could have made the role',
    expected: 'R-ORIGIN: evil (oid #): nothing says whose',
    run: dropped(['SUPERUSER'], 'CREATE ROLE evil SUPERUSER'),
  },
  {
    title: 'hunt: who may make roles could have made it',
    expected: 'R-ORIGIN: evil (oid #): nothing says whose',
    run: dropped(['CREATEROLE'], 'CREATE ROLE evil'),
  },
  {
    title: 'hunt: who may copy databases could make no role',
    expected:
      'excluded, declared: as the record says, jit (oid #) had REPLICATION, by itself or by a role that it was in; 1 a role, and the grant could make none; 4 older by its OID',
    run: dropped(['REPLICATION', 'CREATEDB', 'BYPASSRLS'], 'CREATE ROLE evil'),
  },
  {
    title: 'hunt: who may copy databases could make a slot',
    expected: 'R-ORIGIN: replication-slot tap in postgres: nothing says whose',
    run: dropped(['REPLICATION'], "SELECT pg_create_physical_replication_slot('tap')"),
  },
  {
    title: 'hunt: nobody else could make a slot',
    expected:
      'excluded, declared: as the record says, jit (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a slot, and the grant could make none; 4 older by its OID',
    run: dropped([], "SELECT pg_create_physical_replication_slot('tap')"),
  },
  {
    title: 'hunt: code of a group that the login was in',
    expected: 'R-ORIGIN: function public.work(integer) (oid #) in postgres: nothing says whose',
    run: inGroup(...work('team')),
  },
  {
    title: 'hunt: code of somebody else',
    expected:
      'excluded, declared: as the record says, jit (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a role, and the grant could make none; 1 of an owner that the grant could not act as; 4 older by its OID',
    run: inGroup('CREATE ROLE evil', ...work('evil')),
  },
  {
    title: 'hunt: a membership that the group gave',
    expected: 'R-ORIGIN: evil (oid #) in old (oid #): nothing says whose',
    run: inGroup(
      'CREATE ROLE old',
      'CREATE ROLE evil',
      'GRANT old TO team WITH ADMIN OPTION',
      'GRANT old TO evil GRANTED BY team',
    ),
  },
  {
    title: 'hunt: a membership that the account gave itself by way of the group',
    expected: 'R-ORIGIN: jit (oid #) in old (oid #): nothing says whose',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE old', 'CREATE ROLE team', 'CREATE ROLE jit LOGIN');
      await at.run('GRANT old TO team WITH ADMIN OPTION', 'GRANT old TO jit GRANTED BY team');
      const [team, jit] = [await given.oid('team'), await given.oid('jit')];
      return verifier.ask(hunt, scope([joined('team', team, 'jit', jit)], [jit]));
    },
  },
  {
    title: 'hunt: a right that the account gave itself by way of the group',
    expected: 'R-ORIGIN: SELECT on table public.jobs for jit: nothing says whose',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE team', 'CREATE ROLE jit LOGIN', 'CREATE TABLE public.jobs (a int)');
      await at.run('ALTER TABLE public.jobs OWNER TO team', 'GRANT SELECT ON public.jobs TO jit');
      const [team, jit] = [await given.oid('team'), await given.oid('jit')];
      return verifier.ask(hunt, scope([joined('team', team, 'jit', jit)], [jit]));
    },
  },
  {
    title: 'hunt: a membership that the login itself gave',
    expected: 'present active undefined: 1 found: evil (oid #) in old (oid #) leads 1',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE old', 'CREATE ROLE evil', 'CREATE ROLE jit LOGIN');
      await at.run('GRANT old TO jit WITH ADMIN OPTION', 'GRANT old TO evil GRANTED BY jit');
      return verifier.ask(hunt, scope([role('jit', await given.oid('jit'))]));
    },
  },
  {
    title: 'hunt: definer code of a superuser that everybody may call',
    expected: 'R-ORIGIN: evil (oid #), function public.work(integer) (oid #) in postgres: nothing says whose',
    run: dropped(
      [],
      'CREATE ROLE evil',
      `CREATE FUNCTION public.work(integer) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'`,
    ),
  },
  {
    title: 'hunt: a role that reaches the operating system can do anything',
    expected: 'R-ORIGIN: evil (oid #), jit (oid #) in pg_execute_server_program (oid #): nothing says whose',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE jit LOGIN', 'CREATE ROLE evil');
      await at.run('GRANT pg_execute_server_program TO jit');
      return verifier.ask(hunt, scope([], [await given.oid('jit')]));
    },
  },
  {
    title: 'hunt: a group that can be inherited and not become lends no attribute',
    expected:
      'nothing found; 1 a role, and the grant could make none; 1 given by a role that the grant could not act as; 4 older by its OID',
    run: async (given) => {
      const { at, verifier } = given;
      await at.run('CREATE ROLE team CREATEROLE', 'CREATE ROLE jit LOGIN', 'CREATE ROLE evil');
      await at.run('GRANT team TO jit WITH SET FALSE, INHERIT TRUE');
      return verifier.ask(hunt, scope([], [await given.oid('jit')]));
    },
  },
  {
    title: 'hunt: a group that can be become lends its attributes',
    expected: 'R-ORIGIN: evil (oid #): nothing says whose',
    run: async (given) => {
      const { at, verifier } = given;
      await at.run('CREATE ROLE team CREATEROLE', 'CREATE ROLE jit LOGIN', 'CREATE ROLE evil');
      await at.run('GRANT team TO jit WITH SET TRUE, INHERIT FALSE');
      return verifier.ask(hunt, scope([], [await given.oid('jit')]));
    },
  },
  {
    title: 'hunt: a transaction that was prepared as the group',
    expected: 'R-ORIGIN: prepared-transaction later in postgres: nothing says whose',
    run: inGroup(`BEGIN; SET LOCAL ROLE team; SELECT 1; PREPARE TRANSACTION 'later'`),
  },
  {
    title: 'hunt: a transaction that somebody else prepared',
    expected:
      'excluded, declared: as the record says, jit (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 of an owner that the grant could not act as; 4 older by its OID',
    run: inGroup(`BEGIN; SELECT 1; PREPARE TRANSACTION 'later'`),
  },
  {
    title: 'hunt: what the server keeps no instant of is not from before',
    expected: 'R-ORIGIN: user-mapping evil on server far (oid #) in postgres: nothing says whose',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE team', 'CREATE ROLE jit LOGIN IN ROLE team', 'CREATE ROLE evil');
      await at.run('CREATE FOREIGN DATA WRAPPER wrapper', 'CREATE SERVER far FOREIGN DATA WRAPPER wrapper');
      await at.run('ALTER SERVER far OWNER TO team', 'CREATE USER MAPPING FOR evil SERVER far');
      return verifier.ask(hunt, scope([], [await given.oid('jit')]), later);
    },
  },
  {
    title: 'hunt: a right that the group gave',
    expected:
      'R-ORIGIN: UPDATE on column public.jobs.a for PUBLIC, SELECT on table public.jobs for evil: nothing says whose',
    run: inGroup(
      'CREATE ROLE evil',
      'CREATE TABLE public.jobs (a int)',
      'ALTER TABLE public.jobs OWNER TO team',
      'GRANT SELECT ON public.jobs TO evil',
      'GRANT UPDATE (a) ON public.jobs TO PUBLIC',
    ),
  },
  {
    title: 'hunt: a right that somebody else gave',
    expected:
      'excluded, declared: as the record says, jit (oid #) had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in; 1 a role, and the grant could make none; 4 older by its OID',
    run: inGroup(
      'CREATE ROLE evil',
      'CREATE TABLE public.jobs (a int)',
      'GRANT SELECT ON public.jobs TO evil',
    ),
  },
  {
    title: 'hunt: rights that a superuser could have given',
    expected: 'R-ORIGIN: SELECT on table public.jobs for old: nothing says whose',
    run: dropped(['SUPERUSER'], 'CREATE TABLE public.jobs (a int)', 'GRANT SELECT ON public.jobs TO old'),
  },
  {
    title: 'hunt: a right that the login itself gave',
    expected: 'present active undefined: 1 found: SELECT on table public.jobs for evil leads 1',
    async run(given) {
      await given.at.run('CREATE ROLE evil', 'CREATE ROLE jit LOGIN', 'CREATE TABLE public.jobs (a int)');
      await given.at.run('ALTER TABLE public.jobs OWNER TO jit', 'GRANT SELECT ON public.jobs TO evil');
      return given.verifier.ask(hunt, scope([role('jit', await given.oid('jit'))]));
    },
  },
  {
    title: 'hunt: default privileges of the group',
    expected:
      'R-ORIGIN: default-privileges for role team in schema public on tables (oid #) in postgres: nothing says whose',
    run: inGroup(
      'CREATE ROLE evil',
      'ALTER DEFAULT PRIVILEGES FOR ROLE team IN SCHEMA public GRANT SELECT ON TABLES TO evil',
    ),
  },
  {
    title: 'hunt: a standing role, by the catalog itself',
    expected: 'nothing found; 1 a role, and the grant could make none; 3 older by its OID',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', 'CREATE ROLE evil');
      return given.verifier.ask(hunt, scope([], [await given.oid('jit')]));
    },
  },
  {
    title: 'hunt: what was written before the grant',
    expected: 'nothing found; 2 older by its OID; 4 written before the grant',
    async run(given) {
      await given.at.run('CREATE ROLE team', 'CREATE ROLE jit LOGIN IN ROLE team', ...work('team'));
      return given.verifier.ask(hunt, scope([], [await given.oid('jit')]), later);
    },
  },
  {
    title: 'sweep: an account that is not there any more',
    expected: 'nothing found',
    run: async ({ verifier }) => verifier.ask(sweep, scope([], [4_000_000])),
  },
  {
    title: 'sweep: nobody to sweep',
    expected: 'excluded, declared: the record names no account of the subject here',
    run: async ({ verifier }) => verifier.ask(sweep, scope([])),
  },
  {
    title: 'sweep: a right to the table of the grant that the record does not name',
    expected: 'R-ORIGIN: INSERT on table public.jobs for jit (oid #): nothing says whose',
    run: swept([], 'GRANT INSERT ON public.jobs TO jit'),
  },
  {
    title: 'sweep: the right that the record names has its own verdict',
    expected: 'nothing found',
    run: swept([], 'GRANT SELECT ON public.jobs TO jit'),
  },
  {
    title: 'sweep: a right to one column of it',
    expected: 'R-ORIGIN: UPDATE on column public.jobs.a for jit (oid #): nothing says whose',
    run: swept([], 'GRANT UPDATE (a) ON public.jobs TO jit'),
  },
  {
    title: 'sweep: the account owns the table of the grant',
    expected: 'R-ORIGIN: jit owns table public.jobs: nothing says whose',
    run: swept([], 'ALTER TABLE public.jobs OWNER TO jit'),
  },
  {
    title: 'sweep: rights and things elsewhere',
    expected: 'nothing found; 3 origin unknown, reaches nothing that the grant gave',
    run: swept(
      [],
      'CREATE TABLE public.other (a int)',
      'GRANT INSERT ON public.other TO jit',
      'CREATE ROLE old',
      'ALTER DEFAULT PRIVILEGES FOR ROLE old GRANT SELECT ON TABLES TO jit',
      'CREATE FUNCTION public.work(integer) RETURNS int LANGUAGE sql AS $$select 1$$',
      'ALTER FUNCTION public.work(integer) OWNER TO jit',
    ),
  },
  {
    title: 'sweep: a membership that was given while the grant ran',
    expected: 'present active undefined: 1 found: jit (oid #) in team (oid #) leads 1',
    run: swept([], 'CREATE ROLE team', 'GRANT team TO jit'),
  },
  {
    title: 'sweep: a membership from before',
    expected: 'nothing found; 1 written before the grant',
    run: swept([later], 'CREATE ROLE team', 'GRANT team TO jit'),
  },
  {
    title: 'sweep: sessions that were opened while the grant ran',
    expected: 'present active undefined: 1 found: pid # of role oid # since # leads 1',
    async run(given) {
      await given.at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      await given.login('jit');
      const window = { from: '2026-01-01T00:00:00Z', to: later.to, revokedAt: later.from };
      return given.verifier.ask(sweep, scope([], [await given.oid('jit')]), window);
    },
  },
  {
    title: 'sweep: sessions of before and after',
    expected: 'nothing found; 1 opened after the end of the grant',
    async run(given) {
      await given.at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      await given.login('jit');
      const window = {
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        revokedAt: '2026-01-01T01:00:00Z',
      };
      return given.verifier.ask(sweep, scope([], [await given.oid('jit')]), window);
    },
  },
  {
    title: 'sweep: a session from before',
    expected: 'nothing found; 1 opened before the grant',
    async run(given) {
      await given.at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      await given.login('jit');
      return given.verifier.ask(sweep, scope([], [await given.oid('jit')]), later);
    },
  },
  {
    title: 'sweep: what a login of the grant has',
    expected:
      'nothing found; 1 of a login that has a verdict of its own; 1 origin unknown, reaches nothing that the grant gave',
    async run(given) {
      const { at, verifier } = given;
      await at.run(
        'CREATE ROLE team',
        'CREATE ROLE jit LOGIN IN ROLE team',
        'CREATE TABLE public.jobs (a int)',
      );
      await at.run('GRANT SELECT ON public.jobs TO jit');
      return verifier.ask(sweep, scope([role('jit', await given.oid('jit'))]));
    },
  },
  {
    title: 'sweep: where the record names nothing, whatever stands may be what it gave',
    expected: 'R-ORIGIN: SELECT on table public.jobs for jit (oid #): nothing says whose',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', 'CREATE TABLE public.jobs (a int)');
      await given.at.run('GRANT SELECT ON public.jobs TO jit');
      return given.verifier.ask(sweep, scope([], [await given.oid('jit')]));
    },
  },
];

onBoth(cases, async ({ run }) => {
  await run("ROLLBACK PREPARED 'later'").catch(() => undefined);
  await run('DROP USER MAPPING FOR evil SERVER far').catch(() => undefined);
  await run('DROP SERVER IF EXISTS far', 'DROP FOREIGN DATA WRAPPER IF EXISTS wrapper');
  await run("SELECT pg_drop_replication_slot('tap')").catch(() => undefined);
  await run('DROP FUNCTION IF EXISTS public.work(integer)', 'DROP TABLE IF EXISTS public.jobs');
  await run('DROP TABLE IF EXISTS public.other');
  const brokers = [issued('ro', 2), issued('rw', 2), issued('ro', 2, 1_700_000_000)];
  for (const one of ['jit', 'evil', 'team', 'old', ...brokers]) {
    await run(`DROP OWNED BY "${one}"`, `DROP ROLE "${one}"`).catch(() => undefined);
  }
});
