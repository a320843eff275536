import pg from 'pg';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, endGrant, giveGrant, revokedNow } from '../people.ts';
import type { Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';

const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
const hidden = 'membership in pg_read_all_stats';
const noPrepared = 'EXECUTE on function pg_catalog.pg_prepared_xact()';

/** 55P03: lock not available, for the transaction that waits holds it. */
async function lock({ database }: World): Promise<Truth> {
  const client = await database.session();
  try {
    await client.query("SET lock_timeout = '200ms'");
    await client.query('BEGIN');
    await client.query('LOCK TABLE public.ledger IN SHARE MODE');
    await client.query('ROLLBACK');
    return 'refused';
  } catch (error) {
    if (z.object({ code: z.string() }).parse(error).code === '55P03') return 'works';
    throw error;
  } finally {
    await client.end();
  }
}

/** The agent wrote a line under its own login and left the transaction prepared. */
const waits: Scenario = {
  name: 'session-prepared-transaction',
  story:
    'The agent prepared a transaction, closed its session, and its login was dropped: the write waits and its locks hold, under an owner without a name.',
  naive: {
    asks: 'looks the login up in pg_roles, and by name in pg_stat_activity and pg_prepared_xacts',
    says: 'gone',
  },
  truth: { by: 'locking the ledger against writers, which waits for the transaction', is: 'works' },
  expected: {
    grant: 'live',
    exit: 1,
    targets: { ...goneAll, 'c3/prepared-1': 'live R-LISTED' },
  },
  blinded: {
    without: noPrepared,
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { ...goneAll, c3: 'unproven R-PERM' },
      needs: noPrepared,
    },
  },
  async play(world) {
    const grant = await giveGrant(world);
    const waiting = world.unique('waiting_');
    const end = async () => {
      const left = await world.database.sql('select 1 from pg_prepared_xacts where gid = $1', [waiting]);
      if (left.length > 0) await world.database.sql(`ROLLBACK PREPARED '${waiting}'`);
    };
    const client = await world.database.session(grant.issued);
    await client.query('BEGIN');
    await client.query("INSERT INTO public.ledger VALUES ('later')");
    await client.query(`PREPARE TRANSACTION '${waiting}'`);
    await client.end();
    await endGrant(world, grant);
    return {
      grant: revokedNow(grant),
      naive: () =>
        askRows(
          world,
          `select 1 from pg_roles where rolname = $1
             union all select 1 from pg_stat_activity where usename = $1
             union all select 1 from pg_prepared_xacts where owner = $1`,
          [grant.issued.user],
        ),
      truth: () => lock(world),
      mend: end,
      // who makes a slot waits for every transaction that is open
      clean: end,
    };
  },
};

// ── a replication stream ────────────────────────────────────────────────────────────────────────

interface Stream {
  /** Waits for a text among the changes that come. */
  delivers(text: string): Promise<Truth>;
  close(): Promise<void>;
}

/** A logical stream over the replication protocol: what comes is handed on by the driver as it is. */
async function openStream({ database }: World, login: Login, slot: string, of: string): Promise<Stream> {
  const { host, port } = database;
  const options = { host, port, ssl: false, database: 'postgres', ...login, replication: 'database' };
  const client = new pg.Client(options);
  const seen = { text: '', ended: false };
  const over = () => (seen.ended = true);
  client.on('error', over).once('end', over);
  await client.connect();
  const { connection } = client;
  connection.on('copyData', ({ chunk }: { chunk: Buffer }) => (seen.text += chunk.toString('latin1')));
  const started = new Promise<void>((done) => connection.once('replicationStart', () => done()));
  const command = `START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names '${of}')`;
  // it has no answer as long as the stream runs
  const refused = client.query(command).then(over, (error: unknown) => {
    over();
    if (!/terminat/i.test(String(error))) throw error;
  });
  await Promise.race([started, refused]);
  return {
    async delivers(text) {
      for (let left = 500; left > 0 && !seen.ended && !seen.text.includes(text); left -= 1) {
        await new Promise((done) => setTimeout(done, 10));
      }
      if (seen.text.includes(text)) return 'works';
      if (seen.ended) return 'refused';
      throw new Error('the stream is open and brings nothing');
    },
    close: () => client.end(),
  };
}

const stream: Scenario = {
  name: 'session-replication-stream',
  story:
    'The login was dropped while it streamed the ledger: the stream brings every new line, and its slot stays when it ends.',
  naive: { asks: 'looks the login up in pg_roles, and in pg_stat_replication by name', says: 'gone' },
  truth: { by: 'reading a line from the stream that was written after the end', is: 'works' },
  expected: {
    grant: 'live',
    exit: 1,
    targets: { ...goneAll, 'c3/opened-1': 'live R-ACTIVE', e1: 'live R-LISTED' },
  },
  blinded: {
    without: hidden,
    expected: {
      grant: 'live',
      exit: 1,
      targets: { ...goneAll, c3: 'unproven R-PERM', e1: 'live R-LISTED' },
      needs: hidden,
    },
  },
  async play(world) {
    const grant = await giveGrant(world);
    const { user } = grant.issued;
    const slot = world.unique('slot_');
    const run = (sql: string, params: readonly unknown[] = []) => world.database.sql(sql, params);
    await run(`ALTER ROLE "${user}" REPLICATION`);
    await run(`CREATE PUBLICATION ${slot} FOR TABLE public.ledger`);
    await run("select pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
    const open = await openStream(world, grant.issued, slot, slot);
    await endGrant(world, grant);
    const [c1, c2, c3] = grant.credentials;
    const told = { ...c3, ref: { ...c3.ref, attributes: ['REPLICATION'] } };
    const e1 = {
      id: 'e1',
      kind: 'postgres/object',
      system: 'billing-db',
      ref: { database: 'postgres', class: 'replication-slot', name: slot },
    };
    return {
      grant: { ...revokedNow(grant), credentials: [c1, c2, told], entitlements: [e1] },
      naive: () =>
        askRows(
          world,
          `select 1 from pg_roles where rolname = $1
           union all select 1 from pg_stat_replication where usename = $1`,
          [user],
        ),
      async truth() {
        const line = world.unique('written after the end ');
        await run('INSERT INTO public.ledger VALUES ($1)', [line]);
        return open.delivers(line);
      },
      async mend() {
        await run(
          'select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = $1',
          [slot],
        );
        await run('select pg_drop_replication_slot($1)', [slot]);
        await run(`DROP PUBLICATION ${slot}`);
      },
      clean: () => open.close(),
    };
  },
};

/** What a session starts and no process of the subject holds any more; and what no list of logins shows. */
export const outlasting: readonly Scenario[] = [waits, stream];
