import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningOpenBao } from '../servers/openbao.ts';
import { startOpenBao } from '../servers/openbao.ts';
import type { Login, RunningPostgres } from '../servers/postgres.ts';
import { startPostgres } from '../servers/postgres.ts';
import { openBlinds } from './blinds.ts';
import { huntPolicies } from './furniture.ts';
import { Planted } from './planted.ts';
import { openTap } from './tap.ts';
import type { Tap } from './tap.ts';
import { policyOf, statementsOf } from './verifier.ts';
import type { Access, VerifierOptions } from './verifier.ts';
import { nextSecond } from './wait.ts';

/** A real OpenBao whose database engine makes logins in a real PostgreSQL, and a second PostgreSQL. */
export interface World {
  readonly bao: RunningOpenBao;
  /** Where the logins are made: `billing` in the engine. */
  readonly database: RunningPostgres;
  /** Another server with the same tables and no such logins: `elsewhere` in the engine. */
  readonly other: RunningPostgres;
  /** Between OpenBao and `database`. */
  readonly wire: Tap;
  /** Every token, password and URL that exists here. */
  readonly planted: Planted;
  /** Gives the engine a connection to the database behind a port. */
  connect(name: string, port: number): Promise<void>;
  /** Unique in this world. */
  unique(stem: string): string;
  /** A call of OpenBao's administrator. Throws unless it answers 2xx. */
  broker(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Any call by anyone, its answer as it is. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Where the verifier looks, with the permissions that are printed but for the one that it is to lack. */
  access(options?: VerifierOptions): Promise<Access & { restore(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly json: unknown;
  /** The body's bytes, for a look with the eye. */
  readonly text: string;
}

export const readers = 'readers';
export const makers = 'makers';

/** @param extension what the database has beside the server itself: then it is Debian's. */
export async function openWorld(extension?: 'pg_cron'): Promise<World> {
  const planted = new Planted();
  const settings = {
    autovacuum: 'off',
    max_prepared_transactions: '4',
    // as servers come: nothing tells when a row of a catalog was written
    track_commit_timestamp: 'off',
    wal_level: 'logical',
  };
  const started = await Promise.allSettled([
    startOpenBao({ rootToken: planted.add(`root-${randomBytes(12).toString('hex')}`) }),
    extension === undefined
      ? startPostgres({ logStatements: true, settings })
      : startExtended(extension, settings),
    startPostgres({ logStatements: true, settings }),
  ]);
  const stops = started.flatMap((one) => (one.status === 'fulfilled' ? [() => one.value.stop()] : []));
  try {
    const [bao, database, other] = started;
    if (bao.status === 'rejected') throw bao.reason;
    if (database.status === 'rejected') throw database.reason;
    if (other.status === 'rejected') throw other.reason;
    const wire = await openTap(database.value.port);
    stops.push(() => wire.stop());
    return await furnish(bao.value, database.value, other.value, wire, planted);
  } catch (error) {
    await Promise.allSettled(stops.map((stop) => stop()));
    throw error;
  }
}

/** With the extension, whose jobs log in as nobody. */
async function startExtended(extension: string, settings: Readonly<Record<string, string>>) {
  const server = await startPostgres({
    edition: 'debian',
    logStatements: true,
    settings: {
      ...settings,
      shared_preload_libraries: extension,
      'cron.use_background_workers': 'on',
      max_worker_processes: '20',
    },
  });
  await server.sql(`CREATE EXTENSION ${extension}`);
  return server;
}

async function furnish(
  bao: RunningOpenBao,
  database: RunningPostgres,
  other: RunningPostgres,
  wire: Tap,
  planted: Planted,
): Promise<World> {
  const call: World['call'] = async (method, path, body, token) => {
    planted.harvest(body);
    const { status, json } = await bao.api(method, path, body, token);
    planted.harvest(json);
    return { status, json, text: JSON.stringify(json) ?? '' };
  };
  const broker: World['broker'] = async (method, path, body) => {
    const { status, json, text } = await call(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return json;
  };
  const engine: Login = { user: 'engine', password: planted.add(randomBytes(12).toString('hex')) };
  planted.add(database.superuser.password);
  await Promise.all([furnishPostgres(database, engine), furnishPostgres(other, engine)]);

  await broker('POST', 'sys/mounts/database', { type: 'database' });
  const connect = async (name: string, port: number) => {
    await broker('POST', `database/config/${name}`, {
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
      username: engine.user,
      password: engine.password,
      allowed_roles: '*',
      password_authentication: 'scram-sha-256',
    });
  };
  await connect('billing', wire.port);
  await connect('elsewhere', other.port);
  await broker('POST', 'sys/policies/acl/agent', {
    policy: [
      'path "database/creds/*" { capabilities = ["read"] }',
      'path "auth/token/create" { capabilities = ["update"] }',
    ].join('\n'),
  });

  for (const [name, policy] of Object.entries(huntPolicies)) {
    await broker('POST', `sys/policies/acl/${name}`, { policy });
  }
  await broker('POST', 'sys/auth/ci', { type: 'approle' });
  await broker('POST', 'auth/ci/role/deploy', {});

  const blinds = openBlinds({ broker, planted, database, other });
  await Promise.all([blinds.vault(undefined), blinds.postgres(undefined)]);
  await nextSecond();
  // what was set up stands outside every window, which begins a second early
  await sleep(1_100);
  let count = 0;
  return {
    bao,
    database,
    other,
    wire,
    planted,
    call,
    broker,
    connect,
    unique: (stem) => `${stem}${(count += 1)}`,
    async access({ without, ...where } = {}) {
      const [token, postgres] = [await blinds.vault(without), await blinds.postgres(without)];
      return {
        vaultAddress: where.vaultAddress ?? bao.address,
        vaultToken: where.vaultToken ?? token,
        vaultInstance: where.vaultInstance,
        postgresUrl: moved(postgres.url, where),
        postgresInstance: where.postgresInstance,
        endpoints: where.endpoints,
        probe: where.probe,
        auditLog:
          where.audit === undefined
            ? undefined
            : { device: 'main', file: where.audit === true ? bao.auditFile : where.audit.file },
        timeout: where.timeout,
        skew: where.skew,
        restore: postgres.restore,
      };
    },
    async stop() {
      await Promise.all([bao.stop(), wire.stop()]);
      await Promise.all([database.stop(), other.stop()]);
    },
  };
}

function moved(url: string, { postgresPort, postgresPassword }: VerifierOptions): string {
  const there = new URL(url);
  if (postgresPort !== undefined) there.port = String(postgresPort);
  if (postgresPassword !== undefined) there.password = postgresPassword;
  return there.href;
}

/** Tables, groups, the engine's own login. The ledger is what the grants of these stories are for. */
async function furnishPostgres(server: RunningPostgres, engine: Login): Promise<void> {
  const statements = [
    `CREATE ROLE ${readers} NOLOGIN`,
    `CREATE ROLE ${makers} NOLOGIN`,
    `CREATE ROLE ${engine.user} LOGIN SUPERUSER PASSWORD '${engine.password}'`,
    'CREATE TABLE public.ledger (line text)',
    "INSERT INTO public.ledger VALUES ('opening balance')",
    `GRANT SELECT, INSERT ON public.ledger TO ${readers}`,
    `GRANT CREATE ON SCHEMA public TO ${makers}`,
    ...statementsOf(policyOf('postgres')),
  ];
  for (const statement of statements) await server.sql(statement);
}
