import type { Door } from '../../src/connector.ts';
import { isLoopback } from './config.ts';
import type { Address, Way } from './config.ts';
import type { Wire } from './wire.ts';

/** The driver, as far as it is used here: lets tests and types stand without loading it. */
interface Driver {
  query(question: string | { text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}

export interface Session {
  readonly driver: Driver;
  readonly wire: Wire;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Where sessions are opened, and how the point there is reached. */
export interface Gate {
  readonly address: Address;
  readonly door: Door;
  readonly ca: string | undefined;
  readonly via: Way;
}

/** Milliseconds after which the server itself gives up on a statement that the door no longer waits for. */
export const statementTimeout = 30_000;

/**
 * Opens one connection and logs in.
 *
 * @param forget called when it ends, whoever ends it.
 * @param met called with the connection before anything is said over it.
 * @throws what the server answers, what the socket or TLS throws; BadFrame for what no server says.
 */
export async function openSession(
  { address, door, ca, via }: Gate,
  { user, password }: Credentials,
  signal: AbortSignal,
  forget: () => void,
  met?: (wire: Wire) => void,
): Promise<Session> {
  const { host, port, database, tls } = address;
  // imported here, like the driver below: nobody pays for TLS and pg who asks no PostgreSQL
  const { openWire } = await import('./wire.ts');
  const wire = await openWire(door.socket(host, port), {
    host,
    tls,
    loopback: isLoopback(host),
    signal,
    ...(ca === undefined ? {} : { ca }),
  });
  met?.(wire);
  const { default: pg } = await import('pg');
  const options = `-c search_path=pg_catalog -c default_transaction_read_only=on -c statement_timeout=${statementTimeout}`;
  const driver = new pg.Client({
    stream: () => wire,
    ssl: false,
    host,
    port,
    user,
    database,
    password,
    application_name: 'tombstone',
    // PgBouncer before 1.20 refuses a start with "options" in it
    ...(via === 'pgbouncer' ? {} : { options }),
    types: { getTypeParser: () => (text: string) => text },
  });
  // between statements nobody waits for the error: the next statement opens a new connection
  driver.on('error', forget);
  driver.once('end', forget);
  const late = () => wire.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', late);
  try {
    if (signal.aborted) late();
    await driver.connect();
  } catch (error) {
    wire.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', late);
  }
  return { driver, wire };
}
