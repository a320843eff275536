import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPgBouncer, startPgBouncer } from '../../test/servers/pgbouncer.ts';
import type { RunningPgBouncer } from '../../test/servers/pgbouncer.ts';
import { startPostgres, startStandby } from '../../test/servers/postgres.ts';
import type { RunningPostgres } from '../../test/servers/postgres.ts';
import { realServer } from '../../test/servers/require.ts';
import { asking } from './asking.fixture.ts';
import type { Asking, AskingOptions } from './asking.fixture.ts';
import { told } from './cases.fixture.ts';
import { password } from './checks/password.ts';
import { postgres } from './index.ts';
import { points } from './looks/points.ts';
import { startFakePostgres } from './postgres.fake.ts';

const secret = 'of the verifier';
const verifierUser = 'tombstone_verifier';
const setUp = [
  ...postgres
    .policy(postgres.checks.flatMap(({ needs }) => needs))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--')),
  `ALTER ROLE ${verifierUser} PASSWORD '${secret}'`,
];

/** A server with a pooler in front of it that keeps passwords itself, and one that asks the server for them. */
interface Place {
  run(...statements: string[]): Promise<void>;
  /** The pooler keeps this one too, and has logged in with it. */
  keep(user: string, value: string): Promise<void>;
  at(which: 'keeping' | 'asking'): Asking;
  stop(): Promise<void>;
}

async function realPlace(): Promise<Place> {
  const server = await startPostgres();
  const asker = 'pooler';
  for (const sql of [...setUp, `CREATE ROLE ${asker} LOGIN SUPERUSER PASSWORD 'of the pooler'`]) {
    await server.sql(sql);
  }
  const kept: Record<string, string> = { [verifierUser]: secret, [asker]: 'of the pooler' };
  const poolers: Record<'keeping' | 'asking', RunningPgBouncer> = {
    keeping: await startPgBouncer(server, { users: kept }),
    asking: await startPgBouncer(server, {
      users: { [asker]: 'of the pooler' },
      asking: {
        databases: ['postgres'],
        as: asker,
        query: 'SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1',
      },
    }),
  };
  return {
    async run(...statements) {
      for (const sql of statements) await server.sql(sql);
    },
    async keep(user, value) {
      kept[user] = value;
      await poolers.keeping.users(kept);
      const client = await poolers.keeping.session({ user, password: value });
      await client.query('select 1');
      await client.end();
    },
    at: (which) =>
      asking(server.url(verifierUser, secret), {
        at: { via: 'pgbouncer', url: poolers[which].url(verifierUser, secret) },
      }),
    async stop() {
      await Promise.all(Object.values(poolers).map((one) => one.stop()));
      await server.stop();
    },
  };
}

async function fakePlace(): Promise<Place> {
  const server = await startFakePostgres();
  server.run(setUp);
  const poolers = {
    keeping: await server.pool({ users: new Map([[verifierUser, secret]]) }),
    asking: await server.pool({ asks: true }),
  };
  return {
    async run(...statements) {
      server.run(statements);
    },
    async keep(user, value) {
      poolers.keeping.users.set(user, value);
      poolers.keeping.connected.add(user);
    },
    at: (which) =>
      asking(server.url(verifierUser, secret), {
        at: {
          via: 'pgbouncer',
          url: server.url(verifierUser, secret).replace(`:${server.port}/`, `:${poolers[which].port}/`),
        },
      }),
    async stop() {
      await server.stop();
      expect(server.unexpected).toEqual([]);
    },
  };
}

const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };

/** What becomes of a password that was told, what is done, and what both poolers then make of it. */
const stories = [
  [
    'nothing',
    [],
    'present active R-ACTIVE: jit logs in with it',
    'present active R-ACTIVE: jit logs in with it',
  ],
  [
    'a new password',
    [`ALTER ROLE jit PASSWORD 'another'`],
    'present active R-ACTIVE: jit logs in with it',
    'refused',
  ],
  ['NOLOGIN', ['ALTER ROLE jit NOLOGIN'], 'present active R-ACTIVE: jit logs in with it', 'denies'],
  ['DROP ROLE', ['DROP ROLE jit'], undefined, 'refused'],
] as const;

describe.each([
  ['the real PgBouncer', realServer('PgBouncer', findPgBouncer()), realPlace],
  ['the fake', true, fakePlace],
] as const)('%s', (_title, here, start) => {
  describe.runIf(here)('in front of the server', () => {
    let place: Place;
    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place.stop());

    test.each(stories)('%s', async (_what, after, keeping, asked) => {
      await place.run(`CREATE ROLE jit LOGIN PASSWORD 'told-once'`);
      await place.keep('jit', 'told-once');
      await place.run(...after);
      try {
        for (const [which, expected] of [
          ['keeping', keeping],
          ['asking', asked],
        ] as const) {
          if (expected === undefined) continue;
          await using verifier = place.at(which);
          const seen = await verifier.ask(password, { name: 'jit', roleOid: 16_384 }, window, 'told-once');
          expect([which, told(seen)]).toEqual([which, expected]);
        }
      } finally {
        await place.run('DROP ROLE IF EXISTS jit');
      }
    });

    test('it is the instance behind it, and a pooler alone says nothing of a dropped role', async () => {
      await using verifier = place.at('keeping');
      expect(await verifier.identify()).toMatchObject({ principal: verifierUser });
      const seen = await verifier.ask(password, { name: 'nobody', roleOid: 4_294_967_295 });
      expect(told(seen)).toBe('R-SCOPE: a pooler may keep passwords of its own, and no catalog shows them');
    });
  });
});

describe('a standby', () => {
  let primary: RunningPostgres;
  let standby: RunningPostgres;
  const from = (options: AskingOptions) => asking(primary.url(verifierUser, secret), options);
  const there = (server: RunningPostgres, name?: string): AskingOptions => ({
    at: { via: 'standby', url: server.url(verifierUser, secret), ...(name === undefined ? {} : { name }) },
  });
  const look = async (options: AskingOptions) => {
    await using verifier = from(options);
    return told(await verifier.ask(points, { accounts: [], targets: [] }, window));
  };
  beforeAll(async () => {
    primary = await startPostgres();
    for (const sql of setUp) await primary.sql(sql);
    standby = await startStandby(primary, 'replica-1');
  });
  afterAll(async () => {
    await standby.stop();
    await primary.stop();
  });

  test('is the same instance as its primary, and must be one', async () => {
    await using first = from({});
    await using copy = from(there(standby));
    await using none = from(there(primary));
    const [primaryIs, copyIs] = [await first.identify(), await copy.identify()];
    expect(copyIs).toMatchObject({ instance: 'instance' in primaryIs ? primaryIs.instance : '' });
    expect(await none.identify()).toMatchObject({
      reason: 'R-INSTANCE',
      detail: expect.stringContaining('no standby'),
    });
    await using wrong = asking(standby.url(verifierUser, secret));
    expect(await wrong.identify()).toMatchObject({ reason: 'R-INSTANCE' });
  });

  test('that nobody configured is found by its stream', async () => {
    expect(await look({})).toContain('1 found: standby replica-1 at 127.0.0.1');
  });

  test('accounts for its stream under its name, where it receives under it', async () => {
    expect(await look(there(standby, 'replica-1'))).toBe('nothing found');
    expect(await look(there(standby, 'replica-2'))).toMatch(
      /^R-SCOPE: the standby replica-2 does not stream under that name: streaming as replica-1/,
    );
  });

  test('an archive that the configuration names is none', async () => {
    expect(await look({ archives: ['replica-1'] })).toBe('nothing found; 1 a standby that is configured');
  });

  test('two streams under one name are not one', async () => {
    await primary.sql(`CREATE ROLE "replica-1" LOGIN REPLICATION PASSWORD 'x'`);
    const stream = await primary.stream({ user: 'replica-1', password: 'x' });
    try {
      expect(await look({ archives: ['replica-1'] })).toContain('1 found: standby replica-1');
    } finally {
      await stream.end();
    }
  });
});
