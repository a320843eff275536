import type { Observation } from '../../src/connector.ts';
import { date } from './policy/operators.ts';
import type { Policy, Statement } from './policy/index.ts';

/**
 * When a policy that depends on the time may begin to allow something that it does not allow now: an
 * allow that starts, a deny that ends. RFC 3339, the earliest first.
 *
 * @param now RFC 3339.
 */
function laterInstants(policies: Iterable<Policy>, now: string): readonly string[] {
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

/**
 * What is seen now, or what will be by itself: access that only begins later is there already, for nobody
 * has to give it any more.
 *
 * @param at RFC 3339.
 */
export function overTime(
  policies: Iterable<Policy>,
  at: string,
  see: (now: string) => Observation,
): Observation {
  const now = see(at);
  const all = [now, ...laterInstants(policies, at).map(see)];
  return all.find(({ saw }) => saw === 'present') ?? all.find(({ saw }) => saw === 'inconclusive') ?? now;
}
