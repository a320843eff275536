import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Observation } from '../../src/connector.ts';
import { startPostgres } from '../../test/servers/postgres.ts';
import { asking } from './asking.fixture.ts';
import type { Asking } from './asking.fixture.ts';
import { role } from './checks/role.ts';
import { postgres } from './index.ts';
import { startFakePostgres } from './postgres.fake.ts';

/** A PostgreSQL that is real or not: the cases cannot tell. */
export interface Cluster {
  run(...statements: string[]): Promise<void>;
  rules(...lines: Rule[]): Promise<void>;
  url(user: string, password: string): string;
  stop(): Promise<void>;
}
export type Rule = readonly [users: string, databases: string, method: string];
export const everybody: Rule = ['all', 'all', 'scram-sha-256'];

/** With what beside the server itself. */
export type With = 'pg_cron' | undefined;

async function realCluster(extension: With): Promise<Cluster> {
  const settings = { max_prepared_transactions: '2', wal_level: 'logical' };
  const server = await (extension === undefined
    ? startPostgres({ settings })
    : startPostgres({ edition: 'debian', settings: { ...settings, shared_preload_libraries: extension } }));
  if (extension !== undefined) {
    await server.sql(`CREATE EXTENSION ${extension}`);
    await server.sql('CREATE DATABASE app');
  }
  return {
    url: server.url,
    stop: server.stop,
    async run(...statements) {
      const client = await server.session();
      try {
        for (const sql of statements) await client.query(sql);
      } finally {
        await client.end();
      }
    },
    rules: (...lines) =>
      server.hba(
        lines.map(([user, database, method]) => `host ${database} ${user} 127.0.0.1/32 ${method}\n`).join(''),
      ),
  };
}

async function fakeCluster(extension: With): Promise<Cluster> {
  const server = await startFakePostgres();
  if (extension !== undefined) server.run(`CREATE EXTENSION ${extension}`);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      if (server.unexpected.length > 0)
        throw new Error(`the fake did not know: ${server.unexpected.join('; ')}`);
    },
    async run(...statements) {
      server.run(statements);
    },
    rules(...lines) {
      server.world.rules = lines.map(([user, database, method]) => ({
        type: 'host' as const,
        databases: [database],
        users: [user],
        method,
      }));
      return Promise.resolve();
    },
  };
}

export interface Case {
  readonly title: string;
  readonly expected: string;
  run(given: Given): Promise<Observation>;
}

export interface Given {
  readonly at: Cluster;
  readonly verifier: Asking;
  /** The same verifier, whose url names another database. The case ends it. */
  verifierIn(database: string): Asking;
  oid(name: string): Promise<number>;
  /** A session that the case leaves open; it ends after it. */
  login(user: string): Promise<pg.Client>;
}

const password = 'p%w @#/:?';

/** An observation in one line, without what differs between two servers. */
export function told(seen: Observation): string {
  const bare = (text: string) =>
    text
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z(?!,| is past)/g, (at) => (/^(?:2001|2999)/.test(at) ? at : '#'))
      .replaceAll(/\b(oid|pid|job) \d+/g, '$1 #');
  const leads = seen.leads === undefined ? '' : ` leads ${seen.leads.length}`;
  if (seen.saw === 'present') return bare(`present ${seen.state} ${seen.reason}: ${seen.value}${leads}`);
  if (seen.saw === 'excluded') return bare(`excluded, ${seen.basis}: ${seen.why}${excused(seen)}`);
  if (seen.excused !== undefined && seen.saw === 'absent') return bare(`nothing found${excused(seen)}`);
  if (seen.saw === 'absent') {
    return bare(`absent${leads}, ${seen.controls.map(({ of, when }) => `sighted ${of} ${when}`).join(', ')}`);
  }
  if (seen.saw === 'accepted') return `accepted as ${seen.as}`;
  if (seen.saw !== 'inconclusive') return `${seen.saw}${leads}`;
  return bare(`${seen.reason}: ${seen.detail}${seen.reason === 'R-PERM' ? ` needs ${seen.needs}` : ''}`);
}

/** What stood aside, but for what built in: of that each version has its own number. */
function excused({ excused: counts = {} }: Observation): string {
  return Object.entries(counts)
    .filter(([relation]) => relation !== 'built in')
    .map(([relation, count]) => `; ${count} ${relation}`)
    .toSorted()
    .join('');
}

/** Tries every case on the real server and on the fake: what they say must be the same, word for word. */
export function onBoth(
  cases: readonly Case[],
  clean: (cluster: Cluster) => Promise<void>,
  extension?: With,
): void {
  describe.each([
    ['the real PostgreSQL', realCluster],
    ['the fake', fakeCluster],
  ])('%s', (_title, start) => {
    let cluster: Cluster;
    const sql = async (user: string, secret: string) => {
      const client = new pg.Client({ connectionString: cluster.url(user, secret) });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };

    beforeAll(async () => {
      cluster = await start(extension);
      // exactly what the policy prints, and a password
      const printed = postgres.policy(postgres.checks.flatMap(({ needs }) => needs)).split('\n');
      await cluster.run(...printed.filter((line) => line !== '' && !line.startsWith('--')));
      await cluster.run(`ALTER ROLE tombstone_verifier PASSWORD '${password}'`);
    });
    afterAll(() => cluster.stop());

    test.each(cases)('$title', async ({ run, expected }) => {
      const clients: pg.Client[] = [];
      await using verifier = asking(cluster.url('tombstone_verifier', password));
      const given: Given = {
        at: cluster,
        verifier,
        verifierIn: (database) =>
          asking(cluster.url('tombstone_verifier', password).replace('/postgres?', `/${database}?`)),
        async oid(name) {
          const seen = await verifier.ask(role, { name });
          const found = seen.saw === 'present' ? /^oid (\d+)/.exec(seen.value)?.[1] : undefined;
          if (found === undefined) throw new Error(`no role ${name}: ${told(seen)}`);
          return Number(found);
        },
        async login(user) {
          const client = await sql(user, 'x');
          clients.push(client);
          return client;
        },
      };
      try {
        expect(told(await run(given))).toBe(expected);
      } finally {
        for (const client of clients) await client.end();
        await clean(cluster);
      }
    });
  });
}
