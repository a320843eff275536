import { inconclusive, z } from '../../src/connector.ts';
import type { Check, Observation, Some } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';

const fields = z.record(z.string(), z.unknown());
const partitionOf = (arn: string) => /^arn:([\w-]+):/.exec(arn)?.[1];

/** Each asked only where its target is. */
export const inTheirPartition = ([first, ...rest]: Some<Check<AwsClient, unknown>>): Some<
  Check<AwsClient, unknown>
> => [inItsPartition(first), ...rest.map(inItsPartition)];

/**
 * AWS, its regions in China and GovCloud are clouds apart, each with its own accounts, keys and names:
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html. What a record
 * names in one of them is not looked for in another, where nobody has it.
 */
function inItsPartition(check: Check<AwsClient, unknown>): Check<AwsClient, unknown> {
  return {
    ...check,
    async observe(target, ctx): Promise<Observation> {
      const seen = await check.observe(target, ctx);
      const [control] = 'controls' in seen ? seen.controls : [];
      if (control === undefined) return seen;
      const { stamp } = control;
      const asked = partitionOf(stamp.principal);
      const parsed = fields.safeParse(target.ref);
      const strange = Object.values(parsed.success ? parsed.data : {})
        .filter((one) => typeof one === 'string')
        .find((one) => ![undefined, asked].includes(partitionOf(one)));
      return strange === undefined
        ? seen
        : inconclusive('R-SCOPE', `${strange} is of another partition than ${stamp.principal}, which asked`);
    },
  };
}
