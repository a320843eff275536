/** The real PgBouncer for tests: transaction pooling in front of a real PostgreSQL, loopback only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Login, RunningPostgres } from './postgres.ts';

export type Found = { readonly home: string } | { readonly missing: string };

export interface PgBouncerOptions {
  /** Names and passwords that it keeps itself (`auth_file`). */
  readonly users: Readonly<Record<string, string>>;
  /** Databases whose users it looks up in the server (`auth_query`), as this user of `users`. */
  readonly asking?: { readonly databases: readonly string[]; readonly as: string; readonly query: string };
  readonly authType?: 'scram-sha-256' | 'trust' | 'md5' | 'plain';
  /** Users who may ask the console. */
  readonly stats?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPgBouncer {
  readonly host: '127.0.0.1';
  readonly port: number;
  url(user: string, password: string, database?: string): string;
  /** A client that stays connected to it. */
  session(as: Login): Promise<pg.Client>;
  /** Rewrites the `auth_file` and lets it be read again. */
  users(users: Readonly<Record<string, string>>): Promise<void>;
  log(): string;
  stop(): Promise<void>;
}

const repository = join(import.meta.dirname, '..', '..');
const home = join(repository, '.servers', 'pgbouncer');
const isRoot = process.getuid?.() === 0;
/** It refuses to run as root: then it runs as `nobody`. */
const serverId = isRoot ? { uid: 65_534, gid: 65_534 } : {};
const admin = { user: 'pooler_admin', password: 'only-for-the-pooler' } as const;

export function findPgBouncer(): Found {
  return existsSync(join(home, 'usr', 'sbin', 'pgbouncer'))
    ? { home }
    : { missing: 'no PgBouncer: run test/servers/install-pgbouncer.sh' };
}

/** Starts PgBouncer in front of `server`: `postgres`, and each database of `asking` beside it. */
export async function startPgBouncer(
  server: RunningPostgres,
  options: PgBouncerOptions,
): Promise<RunningPgBouncer> {
  const found = findPgBouncer();
  if ('missing' in found) throw new Error(found.missing);
  const place = mkdtempSync(join(tmpdir(), 'tombstone-pooler-'));
  const port = await freePort();
  const write = (users: PgBouncerOptions['users']) => {
    const lines = Object.entries({ ...users, [admin.user]: admin.password });
    writeFileSync(
      join(place, 'users.txt'),
      lines.map(([name, password]) => `"${name}" "${password}"\n`).join(''),
      { mode: 0o644 },
    );
  };
  write(options.users);
  writeFileSync(join(place, 'pooler.ini'), ini(place, port, server, options), { mode: 0o644 });
  // a checkout may lie where no other user comes
  cpSync(join(home, 'usr', 'sbin'), join(place, 'sbin'), { recursive: true });
  cpSync(join(home, 'usr', 'lib'), join(place, 'lib'), { recursive: true });
  if (isRoot) chownSync(place, 65_534, 65_534);
  const libraries = join(place, 'lib');
  const child = spawn(join(place, 'sbin', 'pgbouncer'), [join(place, 'pooler.ini')], {
    ...serverId,
    cwd: place,
    env: {
      LD_LIBRARY_PATH: readdirSync(libraries)
        .map((name) => join(libraries, name))
        .join(':'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = once(child, 'exit');
  const clients = new Set<pg.Client>();
  const stop = async () => {
    await Promise.all([...clients].map((client) => client.end()));
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    rmSync(place, { recursive: true, force: true });
  };
  const session: RunningPgBouncer['session'] = async (as) => {
    const client = new pg.Client({ host: '127.0.0.1', port, ssl: false, database: 'postgres', ...as });
    client.on('error', () => clients.delete(client));
    client.once('end', () => clients.delete(client));
    await client.connect();
    clients.add(client);
    return client;
  };
  const console = async (command: string) => {
    const client = await session({ ...admin, database: 'pgbouncer' });
    await client.query(command);
    await client.end();
  };
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`PgBouncer did not start: ${text}`);
    }
    const ready = await console('SHOW VERSION').then(
      () => true,
      () => false,
    );
    if (ready) break;
    await sleep(20);
  }
  return {
    host: '127.0.0.1',
    port,
    url: (user, password, database = 'postgres') =>
      `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`,
    session,
    async users(users) {
      write(users);
      await console('RELOAD');
    },
    log: () => text + readFileSync(join(place, 'pooler.log'), 'utf8'),
    stop,
  };
}

function ini(place: string, port: number, server: RunningPostgres, options: PgBouncerOptions): string {
  const { asking, authType = 'scram-sha-256', stats = [], settings = {} } = options;
  const at = `host=${server.host} port=${server.port} dbname=postgres`;
  const database = (name: string) =>
    asking?.databases.includes(name) === true ? `${name} = ${at} auth_user=${asking.as}` : `${name} = ${at}`;
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: authType,
    auth_file: join(place, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: '4',
    admin_users: admin.user,
    stats_users: stats.join(', '),
    query_wait_timeout: '3',
    pidfile: join(place, 'pooler.pid'),
    logfile: join(place, 'pooler.log'),
    ...(asking === undefined ? {} : { auth_query: asking.query }),
    ...settings,
  };
  return [
    '[databases]',
    ...new Set(['postgres', ...(asking?.databases ?? [])].map(database)),
    '[pgbouncer]',
    ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
    '',
  ].join('\n');
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? done(address.port)
          : fail(new Error('no free port')),
      );
    });
  });
}
