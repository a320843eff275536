import type { Answer } from './connector.ts';
import type { Excluded, Found, Looked, Missed } from './look.ts';
import { failed, inconclusive } from './model/observation.ts';
import type { Bound, Controls, Failure, PassedControl } from './model/observation.ts';

/** Answers without their controls explain nothing. */
export function covered<V>(
  answer: Answer<V>,
): Exclude<Answer<V> & { readonly controls: Controls }, Failure> | Failure {
  if (failed(answer)) return answer;
  const { controls } = answer;
  if (controls !== undefined) return { ...answer, controls };
  const why = answer.saw === 'value' ? answer.uncontrolled : undefined;
  return (
    why ??
    inconclusive('R-CONTROL', `${answer.stamp.source} answered, its control before or after it did not`)
  );
}

/** Gathers what a look comes upon. */
export class Findings {
  readonly #found: Found[] = [];
  readonly #unexplained: Found[] = [];
  readonly #excused = new Map<string, number>();
  readonly #controls: PassedControl[];
  #failure: Failure | undefined;
  #bound: Bound | undefined;
  #lack: Failure | undefined;
  #byRights = false;

  constructor(controls: readonly PassedControl[]) {
    this.#controls = [...controls];
  }

  found(one: Found): void {
    this.#found.push(one);
  }

  unexplained(one: Found): void {
    this.#unexplained.push(one);
  }

  /** @param relation in words that a reader understands: `created before the grant`. */
  excuse(relation: string, count = 1): void {
    if (count > 0) this.#excused.set(relation, (this.#excused.get(relation) ?? 0) + count);
  }

  /** `yes`: it is the grant's; `unknown`: it may be. Never called for `no`, which needs its own words. */
  weigh(known: 'yes' | 'unknown', one: Found): void {
    if (known === 'yes') this.found(one);
    else this.unexplained(one);
  }

  /** The rights of the grant alone say that it is another's. */
  exclude(relation: string, count = 1): void {
    this.excuse(relation, count);
    if (count > 0) this.#byRights = true;
  }

  /** Takes an answer's controls, or notes that the whole was not seen. */
  take<V>(answer: Answer<V>): Exclude<Answer<V>, Failure> | undefined {
    const seen = covered(answer);
    if (failed(seen)) {
      this.#failure ??= seen;
      return undefined;
    }
    this.#controls.push(...seen.controls);
    return seen;
  }

  add(controls: readonly PassedControl[]): void {
    this.#controls.push(...controls);
  }

  /** @param bound when whatever it is about must have ended by itself. */
  fail(failure: Failure, bound?: Bound): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#bound = bound;
  }

  /** Something that no list shows: told where everything that lists show is explained. */
  lacks(failure: Failure): void {
    this.#lack ??= failure;
  }

  /** @param rights what the grant could do, where anything was weighed by it. */
  told(rights?: Weighed): Looked | Excluded | Missed {
    const found = this.#found;
    const unexplained = this.#unexplained;
    const bound = this.#bound;
    if (this.#failure !== undefined)
      return { ...this.#failure, found, ...(bound === undefined ? {} : { bound }) };
    const [first, ...rest] = this.#controls;
    if (first === undefined) {
      return { ...inconclusive('R-CONTROL', 'nothing was read that shows that the whole was seen'), found };
    }
    const excused = Object.fromEntries([...this.#excused].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const controls: Controls = [first, ...rest];
    if (this.#lack !== undefined && unexplained.length === 0) return { ...this.#lack, found, excused };
    if (this.#byRights && rights?.basis === 'declared' && found.length + unexplained.length === 0) {
      const why = 'by the rights that the record declares, nothing that was seen is of the grant';
      return { saw: 'excluded', basis: 'declared', why, excused, controls };
    }
    const needs = rights?.unknown?.needs;
    return { found, unexplained, ...(needs === undefined ? {} : { needs }), excused, controls };
  }
}

interface Weighed {
  readonly basis: 'proven' | 'declared';
  readonly unknown?: { readonly needs: string };
}
