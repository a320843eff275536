import { secret, textFile, z } from '../../src/connector.ts';
import type { Host } from '../../src/connector.ts';

/**
 * The regions of the three partitions, as AWS's own endpoint rules match them. The SDK takes any word
 * for a region and signs for a host that does not exist.
 */
const regions = {
  aws: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-(?!gov-)[a-z]+-\d$/,
  'aws-cn': /^cn-[a-z]+-\d$/,
  'aws-us-gov': /^us-gov-[a-z]+-\d$/,
} as const;
export type Partition = keyof typeof regions;
const partitions: readonly Partition[] = ['aws', 'aws-cn', 'aws-us-gov'];

/** @throws Error for a region that is none: `region` has been checked when the configuration was read. */
export function partitionOf(region: string): Partition {
  const found = placed(region);
  if (found !== undefined) return found;
  throw new Error(`${region} is no region of AWS`);
}

const account = z.string().regex(/^\d{12}$/, 'the account, 12 digits');

const placed = (region: string) => partitions.find((partition) => regions[partition].test(region));
const regionName = z.string().refine((text) => placed(text) !== undefined, 'a region of AWS: eu-central-1');

/** The fields of an `aws` system in `tombstone.yaml`: one account, asked with one credential. */
export const awsConfig = z
  .strictObject({
    account,
    region: regionName,
    /** More regions in which things of this account are looked for: keys, secrets. */
    regions: z.array(regionName).default([]),
    accessKeyId: z
      .string()
      .regex(/^A(?:KIA|SIA)[A-Z0-9]{12,124}$/, 'the id of an access key: AKIA… or ASIA…'),
    secretAccessKey: secret(),
    sessionToken: secret().optional(),
    /** Instead of AWS's own hosts: an endpoint in the own network. */
    endpoint: z
      .url({ protocol: /^https?$/, error: 'an http(s) URL belongs here' })
      .refine((text) => {
        const url = URL.parse(text);
        return (
          url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
        );
      }, 'only scheme, host and port')
      .optional(),
    caFile: textFile().optional(),
    allowInsecure: z.boolean().default(false),
    controls: z
      .strictObject({
        /** A key of some user of the account that stays: the list of keys is shown to be whole by it. */
        accessKey: z
          .strictObject({ userName: z.string().min(1), accessKeyId: z.string().min(16) })
          .optional(),
      })
      .default({}),
  })
  .refine(({ region, regions: more }) => more.every((one) => placed(one) === placed(region)), {
    path: ['regions'],
    error: 'an account is in one partition, and so are its regions',
  });
export type AwsConfig = z.infer<typeof awsConfig>;

/** Services with a host in every region. */
export type RegionalService = 'kms' | 'secretsmanager' | 'sso' | 'identitystore';
export type Service = 'iam' | 'sts' | RegionalService;

/** Where the account is looked at: the region first in which STS is asked. */
export const regionsOf = ({ region, regions: more }: AwsConfig): readonly string[] => [
  ...new Set([region, ...more]),
];

/** https://docs.aws.amazon.com/general/latest/gr/iam-service.html, …/sts.html, …/kms.html, …/asm.html, …/sso.html */
function hostOf(service: Service, region: string): string {
  const partition = partitionOf(region);
  if (service !== 'iam') {
    return `${service}.${region}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  }
  return {
    aws: 'iam.amazonaws.com',
    'aws-cn': 'iam.cn-north-1.amazonaws.com.cn',
    'aws-us-gov': 'iam.us-gov.amazonaws.com',
  }[partition];
}

/**
 * IAM is one for a partition, and takes only what was signed for one region of it; an SDK that is given an
 * endpoint no longer knows that. Source: the SDK's own rules (client-iam, endpoint ruleset).
 */
export const iamRegionOf = (region: string): string =>
  ({ aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' })[partitionOf(region)];

/** Where a service is asked, and what the SDK is told so that no variable of the environment moves it. */
export function endpointOf(config: AwsConfig, service: Service, region = config.region): URL {
  return new URL(config.endpoint ?? `https://${hostOf(service, region)}`);
}

const regional = ['kms', 'secretsmanager', 'sso', 'identitystore'] as const;

export function hostsOf(config: AwsConfig): Host {
  const [first, ...others] = [
    ...(['sts', 'iam'] as const).map((service) => endpointOf(config, service)),
    ...regionsOf(config).flatMap((region) => regional.map((service) => endpointOf(config, service, region))),
  ];
  if (first === undefined) throw new Error('no service is asked');
  const secure = first.protocol === 'https:';
  return {
    protocol: secure ? 'https:' : 'http:',
    host: first.hostname,
    port: Number(first.port === '' ? (secure ? 443 : 80) : first.port),
    beside: [...new Set(others.map((one) => one.hostname))],
    allowInsecure: config.allowInsecure,
    ...(config.caFile === undefined ? {} : { ca: config.caFile.text }),
  };
}
