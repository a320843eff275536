import type {
  AnyConnector,
  Check,
  CheckTarget,
  Failure,
  Identity,
  Observation,
} from '../../src/connector.ts';
import { Secret } from '../../src/connector.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import { defaultLimits } from '../../src/model/config.ts';
import type { Exchange } from '../../src/model/evidence.ts';
import { connect } from '../../src/observe/connect.ts';
import { createReader } from '../../src/observe/reader.ts';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import type { AwsClient } from './client.ts';
import { aws } from './index.ts';

/** The connector asked the way a run asks it: through the door, the epoch and its controls. */
export interface Asking extends AsyncDisposable {
  ask<R>(check: Check<AwsClient, R>, ref: NoInfer<R>, more?: Asked): Promise<Observation>;
  identify(): Promise<Identity | Failure>;
  readonly exchanges: readonly Exchange[];
}

/** Of the record besides the ref. */
export interface Asked {
  /** Ids of the subject's accounts. */
  readonly accounts?: readonly string[];
  /** When the grant began, RFC 3339; else ever. */
  readonly from?: string;
  /** What a look came upon. */
  readonly captured?: CheckTarget<unknown>['captured'];
}

export interface AskingOptions {
  readonly account?: string;
  readonly region?: string;
  readonly regions?: readonly string[];
  readonly controls?: { readonly accessKey?: { readonly userName: string; readonly accessKeyId: string } };
}

export function asking(server: FakeAws, verifier: AwsCredentials, options: AskingOptions = {}): Asking {
  const { account = '111111111111', region = 'us-east-1', regions = [], controls = {} } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = verifier;
  const config = {
    ...aws.config.parse({
      account,
      region,
      regions,
      accessKeyId,
      secretAccessKey: 'env:SECRET',
      endpoint: server.address,
      controls,
    }),
    secretAccessKey: new Secret('env:SECRET', secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: new Secret('env:SESSION', sessionToken) }),
  };
  const tape = createTape();
  const connector: AnyConnector = aws;
  const limits = { ...defaultLimits, requestsPerSecond: 1_000 };
  const system = { name: 'prod', connector: 'aws', config, limits };
  const connection = connect(system, connector, 'direct', {
    now: Date.now,
    tape,
    redactor: createRedactor(),
  });
  const { signal } = new AbortController();
  const reader = createReader(connection, signal);
  return {
    ask(check, ref, { accounts = [], from = new Date(0).toISOString(), captured } = {}) {
      const window = { from, to: new Date().toISOString() };
      const target = {
        id: 't',
        ref,
        system: 'prod',
        accounts,
        ...(captured === undefined ? {} : { captured }),
      };
      return check.observe(target, reader.record(window).context);
    },
    identify: () => connection.identify(signal),
    exchanges: tape.exchanges,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
