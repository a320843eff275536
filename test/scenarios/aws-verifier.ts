import type { AwsCredentials } from '../../connectors/aws/aws.fake.ts';
import { capture } from '../../src/capture.ts';
import type { AnyConnector, Some } from '../../src/connector.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { resolveSecrets } from '../../src/config/secrets.ts';
import { loadGrants } from '../../src/grant/load.ts';
import type { Baseline } from '../../src/model/baseline.ts';
import type { Configuration } from '../../src/model/config.ts';
import { builtIn, kindLookup } from '../../src/registry.ts';
import { verify } from '../../src/verify.ts';
import type { VerifyInput } from '../../src/verify.ts';
import { hold } from './hold.ts';
import type { recordOf } from './record.ts';
import type { Verified } from './verifier.ts';

/** Where Tombstone looks, and as whom, if that is not the world's own account with its own verifier. */
export interface AwsVerifier {
  readonly account?: string;
  readonly region?: string;
  readonly regions?: readonly string[];
  readonly address?: string;
  readonly credentials?: AwsCredentials;
  /** The horizons of the kinds as they are: one look proves no end that only the record dates. */
  readonly lag?: true;
  /** How long it asks again, and by which clock. */
  readonly asking?: Pick<VerifyInput, 'waitMs' | 'now'>;
}

/** The same, with nothing left open. */
export type AwsPlace = Required<
  Pick<AwsVerifier, 'account' | 'region' | 'regions' | 'address' | 'credentials'>
> &
  Pick<AwsVerifier, 'lag' | 'asking'>;

const directory = import.meta.dirname;

type Recorded = ReturnType<typeof recordOf>;

/** Loads records and configuration from their texts, as the command line does, and runs the whole flow. */
export async function verifyAt(
  records: readonly Recorded[],
  place: AwsPlace,
  baselines?: ReadonlyMap<string, Baseline>,
): Promise<Verified> {
  const known = connectorsOf(place);
  const file = { file: 'grant.json', directory };
  const grants = records.flatMap(({ text }) => loadGrants(text, file, kindLookup(known)).grants);
  return verify({
    grants,
    configuration: await configured(place, known),
    connectors: known,
    ...place.asking,
    ...(baselines === undefined ? {} : { baselines }),
  });
}

/** What the users of these ids have now, as `tombstone capture` writes it down. */
export async function captureAt(users: readonly string[], place: AwsPlace): Promise<Baseline> {
  const connectors = connectorsOf(place);
  const { baseline, missed } = await capture({
    accounts: users.map((id) => ({ system: 'aws-prod', id })),
    configuration: await configured(place, connectors),
    connectors,
  });
  hold('what the baseline missed', missed, []);
  return baseline;
}

const connectorsOf = ({ lag }: AwsPlace) => (lag === undefined ? withoutLag(builtIn()) : builtIn());

async function configured(
  { account, region, regions, address, credentials }: AwsPlace,
  connectors: ReturnType<typeof builtIn>,
): Promise<Configuration> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const configuration = loadConfiguration(
    JSON.stringify({
      version: 1,
      systems: {
        'aws-prod': {
          connector: 'aws',
          account,
          region,
          regions,
          endpoint: address,
          accessKeyId,
          secretAccessKey: 'env:AWS',
          ...(sessionToken === undefined ? {} : { sessionToken: 'env:AWS_SESSION' }),
          limits: { requestsPerSecond: 5_000, concurrency: 16, timeout: 'PT10S' },
        },
      },
    }),
    { file: 'tombstone.yaml', directory },
    { find: (id) => connectors.get(id), ids: () => connectors.all.map(({ id }) => id) },
  );
  const env = { AWS: secretAccessKey, AWS_SESSION: sessionToken ?? '' };
  hold('problems of the configuration', await resolveSecrets(configuration.systems, { directory, env }), []);
  return configuration;
}

/** The truth server is told when to lag. That absences are then asked for twice, the judge's own tests hold. */
function withoutLag(known: ReturnType<typeof builtIn>): ReturnType<typeof builtIn> {
  const at = <K extends { readonly horizon: string }>(kind: K): K => ({ ...kind, horizon: 'PT0S' });
  const all = known.all.map((one): AnyConnector => ({
    ...one,
    kinds: mapped(one.kinds, at),
    checks: mapped(one.checks, (check) => ({ ...check, of: at(check.of) })),
  }));
  return { ...known, all, get: (id) => all.find((one) => one.id === id) };
}

function mapped<T>([first, ...rest]: Some<T>, change: (one: T) => T): Some<T> {
  return [change(first), ...rest.map(change)];
}
