import { failed, inconclusive, instantMs, z } from '../../src/connector.ts';
import type {
  Answer,
  Bound,
  Context,
  Controls,
  Failure,
  Found,
  Looked,
  Missed,
  Observation,
  PassedControl,
  Scope,
  Stamp,
} from '../../src/connector.ts';
import { earliest } from './checks/token-children.ts';
import type { VaultClient } from './client.ts';
import { plainNamespace } from './place.ts';

export type { PassedControl };
export type LookContext = Context<VaultClient>;
export type Excluded = Extract<Observation, { readonly saw: 'excluded' }>;

/** What a look starts from, in the one namespace in which all of it stands. */
export interface LookScope extends Scope {
  /** undefined is the configured one. */
  readonly namespace: string | undefined;
}

const placed = z.looseObject({ namespace: z.string().optional() });

/** Policies count from their namespace, and so does every list: a look covers one. */
export function inOnePlace(scope: Scope): LookScope | Failure {
  const places = new Set(
    scope.targets.map(({ ref }) => {
      const parsed = placed.safeParse(ref);
      return parsed.success && parsed.data.namespace !== undefined
        ? plainNamespace(parsed.data.namespace)
        : undefined;
    }),
  );
  if (places.size < 2) return { ...scope, namespace: [...places][0] };
  return inconclusive(
    'R-NOAPI',
    `what the grant gave stands in ${places.size} namespaces, and a look covers one`,
    'a system of the configuration for each namespace, and the targets below their own',
  );
}

/** Answers without their controls explain nothing. */
export function covered<V>(
  answer: Answer<V>,
): Exclude<Answer<V> & { readonly controls: Controls }, Failure> | Failure {
  if (failed(answer)) return answer;
  const { controls } = answer;
  if (controls === undefined) {
    return inconclusive(
      'R-CONTROL',
      `${answer.stamp.source} answered, its control before or after it did not`,
    );
  }
  return { ...answer, controls };
}

/** Tells what was born since the grant began, by the clock of the server that dates it. */
export function whenBegan(ctx: LookContext, stamp: Stamp): { since(instant: string): boolean } {
  const from = earliest(ctx.window, stamp);
  // an instant that cannot be read is none that excuses
  return { since: (instant) => (instantMs(instant) ?? Infinity) >= from };
}

/** A capture asks what stood before any grant: about all of time. */
export const ofAllTime = ({ from }: Pick<LookContext['window'], 'from'>): boolean =>
  (instantMs(from) ?? 0) <= 0;

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
