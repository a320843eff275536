import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { startPgBouncer } from '../../servers/pgbouncer.ts';
import type { RunningPgBouncer } from '../../servers/pgbouncer.ts';
import { startStandby } from '../../servers/postgres.ts';
import type { Located } from '../record.ts';
import type { Expectation, NaiveAnswer, Played, Scenario, Truth } from '../scenario.ts';
import { askRows, oidOf } from '../people.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';
import { answered } from './sessions.ts';

/** A role that stands anyway, whose password the agent was told. */
interface Told {
  readonly from: Date;
  readonly user: string;
  readonly oid: number;
  readonly password: string;
}

async function tell(world: World): Promise<Told> {
  const user = world.unique('shared');
  const password = world.planted.add(`first-password-of-${user}`);
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE ${readers}`);
  return { from: new Date(), user, oid: await oidOf(world, user), password };
}

const passwordOf = ({ user, oid, password }: Told): Located => ({
  id: 'c1',
  kind: 'postgres/password',
  system: 'billing-db',
  ref: { name: user, roleOid: oid, attributes: [] },
  secret: password,
});

const record = (told: Told, ...more: readonly Located[]): Played['grant'] => ({
  from: told.from,
  revokedAt: new Date(),
  credentials: [passwordOf(told), ...more],
});

const rotate = ({ database, planted }: World, { user }: Told) =>
  database.sql(`ALTER ROLE ${user} PASSWORD '${planted.add(`second-password-of-${user}`)}'`);

/**
 * A pooler that looks users up in the server, but for those that it is given with a password. Each look
 * borrows a connection of its for the verifier: that one stands before the first look.
 */
async function pool(world: World): Promise<RunningPgBouncer> {
  const asker = { user: 'pooler', password: world.planted.add('password-of-the-pooler') };
  const known = await world.database.sql('select 1 from pg_roles where rolname = $1', [asker.user]);
  if (known.length === 0) {
    await world.database.sql(`CREATE ROLE ${asker.user} LOGIN PASSWORD '${asker.password}'`);
    await world.database.sql(
      `CREATE FUNCTION public.pooler_lookup(wanted name) RETURNS TABLE (usename name, passwd text)
       LANGUAGE sql SECURITY DEFINER AS $$ SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = wanted $$`,
    );
    await world.database.sql('REVOKE ALL ON FUNCTION public.pooler_lookup(name) FROM PUBLIC');
    await world.database.sql(`GRANT EXECUTE ON FUNCTION public.pooler_lookup(name) TO ${asker.user}`);
    // outside of every window, which begins a second early
    await sleep(1_100);
  }
  const query = 'SELECT usename, passwd FROM public.pooler_lookup($1)';
  const pooler = await startPgBouncer(world.database, {
    users: { [asker.user]: asker.password },
    asking: { databases: ['postgres'], as: asker.user, query },
  });
  const { postgresUrl, restore } = await world.access();
  const { username, password } = new URL(postgresUrl);
  const client = await pooler.session({ user: username, password });
  await client.query('select 1');
  await client.end();
  await restore();
  return pooler;
}

/** The pooler keeps these itself. */
const keep = (pooler: RunningPgBouncer, kept: readonly Told[]) =>
  pooler.users({
    pooler: 'password-of-the-pooler',
    ...Object.fromEntries(kept.map(({ user, password }) => [user, password])),
  });

/** Ends what the role has open, the connections of a pooler among it. */
const endSessions = ({ database }: World, { oid }: Told) =>
  database.sql('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1', [oid]);

/** What the direct server says to name and password. */
async function askDirect({ database }: World, told: Told): Promise<NaiveAnswer> {
  return (await loginAt(database.port, told)) === 'refused' ? 'gone' : 'still there';
}

/** Only a refusal of the login itself counts as one. */
async function loginAt(
  port: number,
  { user, password }: Pick<Told, 'user' | 'password'>,
  reading = 'select line from public.ledger',
): Promise<Truth> {
  const client = new pg.Client({ host: '127.0.0.1', port, ssl: false, database: 'postgres', user, password });
  // what ends a connection that has answered is told by the statement under way
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { code } = z.object({ code: z.string() }).parse(error);
    if (['28P01', '28000', '08P01'].includes(code)) return 'refused';
    throw error;
  }
  try {
    await client.query(reading);
    return 'works';
  } finally {
    await client.end();
  }
}

/** The pooler knows the old password, and has a connection on which the agent has worked. */
function keptByPooler(
  end: (world: World, told: Told) => Promise<unknown>,
  reading?: string,
): (world: World) => Promise<Played> {
  return async (world) => {
    const pooler = await pool(world);
    const told = await tell(world);
    await keep(pooler, [told]);
    await loginAt(pooler.port, told);
    await end(world, told);
    return {
      grant: record(told),
      configured: { endpoints: [{ via: 'pgbouncer', port: pooler.port }], probe: true },
      naive: () => askDirect(world, told),
      truth: () => loginAt(pooler.port, told, reading),
      async mend() {
        await keep(pooler, []);
        await endSessions(world, told);
      },
      clean: () => pooler.stop(),
    };
  };
}

const direct = 'tries name and password at the server';
const throughPooler = 'reading the ledger through the pooler';
const live: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { c1: 'live R-ACTIVE', 'c1/opened-1': 'live R-ACTIVE' },
};
const dormant: Expectation = { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } };

/** Somebody closed the role, and the password is what it was. */
function shut(how: string, open: string): (world: World) => Promise<Played> {
  return async (world) => {
    const told = await tell(world);
    await world.database.sql(`ALTER ROLE ${told.user} ${how}`);
    return {
      grant: record(told),
      configured: { probe: true },
      naive: () => askDirect(world, told),
      truth: () => loginAt(world.database.port, told),
      revive: async () => void (await world.database.sql(`ALTER ROLE ${told.user} ${open}`)),
      mend: async () => void (await rotate(world, told)),
    };
  };
}

const everyRole = 'SELECT on pg_catalog.pg_roles';
const hidden = 'membership in pg_read_all_stats';
const blindTo = (without: string): NonNullable<Scenario['blinded']> => ({
  without,
  expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: without },
});

const receivers = 'SELECT on pg_catalog.pg_stat_wal_receiver';
const senders = 'SELECT on pg_catalog.pg_stat_replication';
const onPrimary = {
  asks: 'looks in pg_roles and pg_stat_activity of the primary, by the oid',
  says: 'gone',
} as const;
const inSession = 'asking something in the open session';

/** The agent opened a session on the standby; the role was then dropped, on both. */
async function onStandby(world: World, blind: string, named: boolean): Promise<Played> {
  // made before the standby is, which has everything at once then
  for (const without of [{}, { without: blind }]) await (await world.access(without)).restore();
  const standby = await startStandby(world.database, 'replica-1');
  const told = await tell(world);
  const arrived = async (count: number) =>
    (await standby.sql('select 1 from pg_roles where oid = $1', [told.oid])).length === count;
  await until('the role is on the standby', () => arrived(1));
  const client = await standby.session({ user: told.user, password: told.password });
  await world.database.sql(`DROP ROLE ${told.user}`);
  await until('the role is gone from the standby', () => arrived(0));
  const role: Located = {
    id: 'c1',
    kind: 'postgres/role',
    system: 'billing-db',
    ref: { name: told.user, oid: told.oid },
  };
  let configured = named;
  return {
    grant: { from: told.from, revokedAt: new Date(), credentials: [role] },
    get configured() {
      return configured ? { endpoints: [{ via: 'standby', port: standby.port, name: 'replica-1' }] } : {};
    },
    naive: () =>
      askRows(
        world,
        `select 1 from pg_roles where oid = $1
         union all select 1 from pg_stat_activity where usesysid = $1`,
        [told.oid],
      ),
    truth: () => answered(() => client.query('select 1')),
    async mend() {
      configured = true;
      const end = 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1';
      await standby.sql(end, [told.oid]);
    },
    clean: () => standby.stop(),
  };
}

export const points: readonly Scenario[] = [
  {
    name: 'password-kept-by-the-pooler',
    story:
      'The password was changed; the pooler keeps the old one in its `auth_file`, and lets it in over a connection that it has.',
    naive: { asks: direct, says: 'gone' },
    truth: { by: throughPooler, is: 'works' },
    expected: live,
    play: keptByPooler(rotate),
  },
  {
    name: 'password-asked-by-the-pooler',
    story: 'The password was changed; the pooler asks the server for it at each login (`auth_query`).',
    naive: { asks: direct, says: 'gone' },
    truth: { by: throughPooler, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone' } },
    async play(world) {
      const pooler = await pool(world);
      const told = await tell(world);
      await rotate(world, told);
      return {
        grant: record(told),
        configured: { endpoints: [{ via: 'pgbouncer', port: pooler.port }], probe: true },
        naive: () => askDirect(world, told),
        truth: () => loginAt(pooler.port, told),
        clean: () => pooler.stop(),
      };
    },
  },
  {
    name: 'pooler-past-nologin',
    story:
      'The role is `NOLOGIN`; the pooler keeps its password, and lets it in over a connection that it has.',
    naive: { asks: direct, says: 'gone' },
    truth: { by: throughPooler, is: 'works' },
    expected: live,
    play: async (world) => {
      const played = await keptByPooler(async ({ database }, { user }) =>
        database.sql(`ALTER ROLE ${user} NOLOGIN`),
      )(world);
      const [given] = played.grant.credentials ?? [];
      return {
        ...played,
        async mend() {
          await played.mend?.();
          // as long as the role has its password, somebody else can open it again
          await world.database.sql(`ALTER ROLE ${String(given?.ref['name'])} LOGIN PASSWORD NULL`);
        },
      };
    },
  },
  {
    name: 'pooler-past-drop',
    story:
      'The role was dropped; the pooler keeps its password, and lets it in over a connection that it has.',
    naive: { asks: direct, says: 'gone' },
    truth: { by: 'asking the server something through the pooler', is: 'works' },
    expected: live,
    play: keptByPooler(({ database }, { user }) => database.sql(`DROP ROLE ${user}`), 'select 1'),
  },
  {
    name: 'password-behind-nologin',
    story: 'The role is `NOLOGIN`, and its password is what it was: the server looks at that one first.',
    naive: { asks: direct, says: 'gone' },
    truth: { by: 'logging in with the name and the password', is: 'refused' },
    expected: dormant,
    blinded: blindTo(everyRole),
    play: shut('NOLOGIN', 'LOGIN'),
  },
  {
    name: 'password-behind-its-date',
    story: '`VALID UNTIL` is past: the server says of the right password what it says of a wrong one.',
    naive: { asks: direct, says: 'gone' },
    truth: { by: 'logging in with the name and the password', is: 'refused' },
    expected: dormant,
    blinded: blindTo(hidden),
    play: shut("VALID UNTIL '2001-01-01'", "VALID UNTIL 'infinity'"),
  },
  {
    name: 'password-nobody-asks-for',
    story:
      'The password was changed, and a line of pg_hba.conf lets the role in by `trust`, whatever it says.',
    naive: { asks: 'looks whether the password in pg_authid is another one', says: 'gone' },
    truth: { by: 'logging in with the name and the password', is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-CONTROL' } },
    async play(world) {
      const told = await tell(world);
      const before = await storedOf(world, told);
      await rotate(world, told);
      await world.database.hba(`host all ${told.user} 127.0.0.1/32 trust\n${everybody}`);
      return {
        grant: record(told),
        configured: { probe: true },
        naive: async () => ((await storedOf(world, told)) === before ? 'still there' : 'gone'),
        truth: () => loginAt(world.database.port, told),
        mend: () => world.database.hba(everybody),
        clean: () => world.database.hba(everybody),
      };
    },
  },
  {
    name: 'session-on-a-standby',
    story: 'The role was dropped, and has a session open on a standby: the primary lists none.',
    naive: onPrimary,
    truth: { by: inSession, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', 'c1/opened-1': 'live R-ACTIVE' } },
    blinded: {
      without: receivers,
      expected: {
        grant: 'live',
        exit: 1,
        targets: { c1: 'gone', 'c1/opened-1': 'live R-ACTIVE', 'points:billing-db': 'unproven R-PERM' },
        needs: receivers,
      },
    },
    play: (world) => onStandby(world, receivers, true),
  },
  {
    name: 'standby-that-nobody-named',
    story: 'The same session, on a standby that streams from the primary and is not configured.',
    naive: onPrimary,
    truth: { by: inSession, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'points:billing-db/streams-to-1': 'unproven R-NOAPI' },
    },
    blinded: {
      without: senders,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', 'points:billing-db': 'unproven R-PERM' },
        needs: senders,
      },
    },
    play: (world) => onStandby(world, senders, false),
  },
];

/** As initdb writes it. */
const everybody =
  'host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n';

async function storedOf({ database }: World, { oid }: Told): Promise<string> {
  const [row] = await database.sql('select rolpassword as stored from pg_authid where oid = $1', [oid]);
  return z.object({ stored: z.string() }).parse(row).stored;
}
