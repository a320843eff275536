import { inconclusive } from '../../src/connector.ts';
import type { Failure } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';
import { regionsOf } from './config.ts';
import { elsewhere } from './identity.ts';
import { accountOf } from './policy/index.ts';

export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** Partition, service, region and account of an ARN: what a sighting shares with a thing. */
export const scopeOf = (arn: string): string => arn.split(':').slice(0, 5).join(':');

/**
 * The region in which the thing of this ARN is asked for. In any other nobody knows it, and an account
 * is asked about its own things alone: what another one lets in is told there.
 */
export function regionFor(client: AwsClient, arn: string): string | Failure {
  const wrong = elsewhere(client);
  if (wrong !== undefined) return wrong;
  const region = regionOf(arn);
  if (!regionsOf(client.config).includes(region)) {
    return inconclusive(
      'R-SCOPE',
      `${arn} stands in a region that is not configured`,
      `regions: [${region}]`,
    );
  }
  const own = client.own?.account;
  if (own !== undefined && accountOf(arn) !== own) {
    return inconclusive('R-SCOPE', `${arn} is of another account than ${own}, which was asked`);
  }
  return region;
}
