import type pg from 'pg';
import { z } from 'zod';
import { askRows, endGrant, giveGrant, revokedNow } from '../people.ts';
import type { Expectation, Played, Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';

const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
const found: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { ...goneAll, 'c3/opened-1': 'live R-ACTIVE' },
};
const naive = {
  asks: 'looks the login up in pg_roles, and its sessions in pg_stat_activity by name',
  says: 'gone',
} as const;
const hidden = 'membership in pg_read_all_stats';

interface Using {
  /** Before the revocation. */
  readonly prepare: (client: pg.Client) => Promise<unknown>;
  readonly use: (client: pg.Client) => Promise<unknown>;
  readonly declared?: true;
}

/** The agent opened a session; the broker then ends the grant honestly, which does not end the session. */
function opened({ prepare, use, declared }: Using): (world: World) => Promise<Played> {
  return async (world) => {
    const grant = await giveGrant(world);
    const { issued } = grant;
    const client = await world.database.session(issued);
    await prepare(client);
    const { pid, startedAt } = await whoIs(world, issued.oid);
    await endGrant(world, grant);
    const record = revokedNow(grant);
    const c4 = {
      id: 'c4',
      kind: 'postgres/session',
      system: 'billing-db',
      ref: { roleOid: issued.oid, pid, startedAt },
      derivedFrom: 'c3',
    };
    return {
      grant: declared ? { ...record, credentials: [...grant.credentials, c4] } : record,
      naive: () =>
        askRows(
          world,
          `select 1 from pg_roles where rolname = $1
           union all select 1 from pg_stat_activity where usename = $1`,
          [issued.user],
        ),
      truth: () => answered(() => use(client)),
      async mend() {
        await world.database.sql('select pg_terminate_backend($1, 5000)', [pid]);
      },
      async clean() {
        await client.end();
      },
    };
  };
}

async function whoIs({ database }: World, oid: number): Promise<{ pid: number; startedAt: string }> {
  const [row] = await database.sql(
    `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startedAt"
     from pg_stat_activity where usesysid = $1`,
    [oid],
  );
  return z.object({ pid: z.number(), startedAt: z.string() }).parse(row);
}

/** A session that was ended answers nothing: only that counts as a refusal. */
export async function answered(use: () => Promise<unknown>): Promise<Truth> {
  try {
    await use();
    return 'works';
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/not queryable|terminat|closed/i.test(message)) return 'refused';
    throw error;
  }
}

const blinded = {
  without: hidden,
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { ...goneAll, c3: 'unproven R-PERM' },
    needs: hidden,
  },
} as const;

const readCatalog = (client: pg.Client) => client.query('select count(*) from pg_catalog.pg_class');

export const sessions: readonly Scenario[] = [
  {
    name: 'session-opened-before',
    story:
      'The agent has a session open when its login is dropped: the session stays, under an id without a name.',
    naive,
    truth: { by: 'reading in the open session', is: 'works' },
    expected: found,
    blinded,
    play: opened({ prepare: readCatalog, use: readCatalog }),
  },
  {
    name: 'session-set-role',
    story:
      'The agent did `SET ROLE` to its group before its login was dropped: the session reads and writes on.',
    naive,
    truth: { by: 'reading and writing the ledger in the open session', is: 'works' },
    expected: found,
    blinded,
    play: opened({
      prepare: (client) => client.query(`SET ROLE ${readers}`),
      async use(client) {
        await client.query("INSERT INTO public.ledger VALUES ('after the end')");
        await client.query('SELECT line FROM public.ledger');
      },
    }),
  },
  {
    name: 'session-declared',
    story: 'The same session, which the record itself names: it is one item, not two.',
    naive,
    truth: { by: 'reading in the open session', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { ...goneAll, c4: 'live R-ACTIVE' } },
    blinded: {
      without: hidden,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { ...goneAll, c3: 'unproven R-PERM', c4: 'unproven R-PERM' },
        needs: hidden,
      },
    },
    play: opened({ prepare: readCatalog, use: readCatalog, declared: true }),
  },
];
