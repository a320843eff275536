import type { Observation } from '../../src/connector.ts';
import { date } from './policy/operators.ts';
import type { Policy, Statement } from './policy/index.ts';

/**
 * When policies that depend on the time may begin to allow something that they did not allow: an allow
 * that starts, a deny that ends. Milliseconds since the epoch.
 */
export function turnsOf(policies: Iterable<Policy>): readonly number[] {
  const found = new Set<number>();
  for (const { document } of policies) {
    for (const statement of 'flaw' in document ? [] : document.statements) {
      for (const at of turnsIn(statement)) found.add(at);
    }
  }
  return [...found];
}

const clocks = new Set(['aws:currenttime', 'aws:epochtime']);

function turnsIn({ effect, conditions }: Statement): readonly number[] {
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
 * @param turns Milliseconds since the epoch: `turnsOf` every policy that has a say.
 * @param at RFC 3339.
 */
export function overTime(
  turns: readonly number[],
  at: string,
  see: (now: string) => Observation,
): Observation {
  const now = see(at);
  const later = turns
    .filter((turn) => turn > Date.parse(at))
    .flatMap((turn) => [turn, turn + 1_000])
    .toSorted((one, other) => one - other)
    .map((turn) => see(new Date(turn).toISOString()));
  const all = [now, ...later];
  return all.find(({ saw }) => saw === 'present') ?? all.find(({ saw }) => saw === 'inconclusive') ?? now;
}
