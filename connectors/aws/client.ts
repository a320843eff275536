import type { IAMClient, IAMClientConfig } from '@aws-sdk/client-iam';
import type { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import type { Door } from '../../src/connector.ts';
import { endpointOf, iamRegionOf } from './config.ts';
import type { AwsConfig, Service } from './config.ts';
import { throughTheDoor } from './transport.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the connector holds of one account. The SDK's clients are loaded when they are first used. */
export interface AwsClient {
  readonly config: AwsConfig;
  readonly door: Door;
  iam(): Promise<IAMClient>;
  sts(keys?: Keys): Promise<STSClient>;
  /** Of one of the configured regions. */
  kms(region: string): Promise<KMSClient>;
  secrets(region: string): Promise<SecretsManagerClient>;
  sso(region: string): Promise<SSOAdminClient>;
  identities(region: string): Promise<IdentitystoreClient>;
  /** The verifier, as `GetCallerIdentity` last told. */
  own: Caller | undefined;
  /** A key that was never issued was refused here. */
  refusesStrangers: boolean;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

export function createClient(config: AwsConfig, door: Door): AwsClient {
  const own = (): Keys => ({
    accessKeyId: config.accessKeyId,
    secretAccessKey: config.secretAccessKey.reveal(),
    ...(config.sessionToken === undefined ? {} : { sessionToken: config.sessionToken.reveal() }),
  });
  let iam: Promise<IAMClient> | undefined;
  let sts: Promise<STSClient> | undefined;
  return {
    config,
    door,
    iam: () =>
      (iam ??= import('@aws-sdk/client-iam').then(
        ({ IAMClient }) => new IAMClient(settings('iam', own(), iamRegionOf(config.region))),
      )),
    sts: (keys) => (keys === undefined ? (sts ??= stsOf(own())) : stsOf(keys)),
    kms: inRegion(async (region) => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return new KMSClient(settings('kms', own(), region));
    }),
    secrets: inRegion(async (region) => {
      const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      return new SecretsManagerClient(settings('secretsmanager', own(), region));
    }),
    sso: inRegion(async (region) => {
      const { SSOAdminClient } = await import('@aws-sdk/client-sso-admin');
      return new SSOAdminClient(settings('sso', own(), region));
    }),
    identities: inRegion(async (region) => {
      const { IdentitystoreClient } = await import('@aws-sdk/client-identitystore');
      return new IdentitystoreClient(settings('identitystore', own(), region));
    }),
    own: undefined,
    refusesStrangers: false,
  };

  async function stsOf(keys: Keys): Promise<STSClient> {
    return new (await import('@aws-sdk/client-sts')).STSClient(settings('sts', keys));
  }

  /** Everything that the SDK would otherwise look up in the environment, in files and at the metadata address. */
  function settings(service: Service, credentials: Keys, region = config.region): Settings {
    return {
      credentials,
      region,
      endpoint: endpointOf(config, service, region).href,
      requestHandler: throughTheDoor(door),
      maxAttempts: 1,
      retryMode: 'standard',
      defaultsMode: 'standard',
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      userAgentAppId: 'tombstone',
      authSchemePreference: ['sigv4'],
      // a clock that is wrong must be said, not worked around
      disableClockSkewCorrection: true,
    };
  }
}

type Settings = IAMClientConfig & STSClientConfig;

/** One client a region, made when it is first asked for. */
function inRegion<T>(make: (region: string) => Promise<T>): (region: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
