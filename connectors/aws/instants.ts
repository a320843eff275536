import { date } from './policy/operators.ts';
import type { Policy, Statement } from './policy/index.ts';

/**
 * When a policy that depends on the time may begin to allow something that it does not allow now: an
 * allow that starts, a deny that ends. RFC 3339, the earliest first.
 *
 * @param now RFC 3339.
 */
export function laterInstants(policies: Iterable<Policy>, now: string): readonly string[] {
  const after = Date.parse(now);
  const found = new Set<number>();
  for (const { document } of policies) {
    for (const statement of 'flaw' in document ? [] : document.statements) {
      for (const at of turnsOf(statement)) if (at > after) found.add(at).add(at + 1_000);
    }
  }
  return [...found].toSorted((one, other) => one - other).map((at) => new Date(at).toISOString());
}

const clocks = new Set(['aws:currenttime', 'aws:epochtime']);

function turnsOf({ effect, conditions }: Statement): readonly number[] {
  // an allow that only ends by its time gives nothing later, nor does a deny that only begins
  const idle = effect === 'Allow' ? /^(?:Date|Numeric)LessThan/ : /^(?:Date|Numeric)GreaterThan/;
  return conditions
    .filter(({ key, operator }) => clocks.has(key.toLowerCase()) && !idle.test(operator))
    .flatMap(({ values }) => values.map(date))
    .filter((one) => one !== undefined);
}
