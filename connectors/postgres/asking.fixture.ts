import { connect } from '../../src/observe/connect.ts';
import { createReader } from '../../src/observe/reader.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import { defaultLimits } from '../../src/model/config.ts';
import type {
  AnyConnector,
  Check,
  Context,
  Failure,
  Identity,
  Observation,
  TextFile,
} from '../../src/connector.ts';
import { Secret } from '../../src/connector.ts';
import type { Exchange } from '../../src/model/evidence.ts';
import { postgres } from './index.ts';
import type { PostgresClient } from './client.ts';

/** The connector asked the way a run asks it: through the door, the epoch and its controls. */
export interface Asking extends AsyncDisposable {
  /** @param window of the grant; in the winter before the first line of code where not given. */
  ask<R>(
    check: Check<PostgresClient, R>,
    ref: NoInfer<R>,
    window?: Window,
    secret?: string,
  ): Promise<Observation>;
  identify(): Promise<Identity | Failure>;
  readonly exchanges: readonly Exchange[];
}

type Window = Context<PostgresClient>['window'];

export interface AskingOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly controls?: { readonly role: string };
  readonly caFile?: TextFile;
  /** Another point than the server itself, which is asked then. */
  readonly at?: { readonly via: 'pgbouncer' | 'standby'; readonly url: string; readonly name?: string };
  readonly archives?: readonly string[];
}

/** @param url of the verifier, with its password. */
export function asking(url: string, options: AskingOptions = {}): Asking {
  const config = {
    url: new Secret('env:PG', url),
    ...(options.controls ? { controls: options.controls } : {}),
    ...(options.caFile ? { caFile: options.caFile } : {}),
    ...(options.at ? { endpoints: [{ ...options.at, url: new Secret('env:AT', options.at.url) }] } : {}),
    ...(options.archives ? { archives: options.archives } : {}),
  };
  const tape = createTape();
  const signal = options.signal ?? new AbortController().signal;
  const system = {
    name: 'db',
    connector: 'postgres',
    config,
    limits: {
      ...defaultLimits,
      requestsPerSecond: 1_000,
      timeoutMs: options.timeoutMs ?? defaultLimits.timeoutMs,
    },
  };
  const connector: AnyConnector = postgres;
  const connection = connect(system, connector, options.at?.via ?? 'direct', {
    now: Date.now,
    tape,
    redactor: createRedactor(),
  });
  const reader = createReader(connection, signal);
  const winter: Window = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  return {
    ask: (check, ref, window = winter, secret) =>
      check.observe(
        {
          id: 't',
          ref,
          system: 'db',
          accounts: [],
          ...(secret === undefined ? {} : { secret: new Secret('env:SUBJECT', secret) }),
        },
        reader.record(window).context,
      ),
    identify: () => connection.identify(signal),
    exchanges: tape.exchanges,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
