import type { Claim, Observation, Some, Stamp } from './observation.ts';

export type Method = 'lookup' | 'list' | 'introspect' | 'probe' | 'scan';

/** One question that went out and the answer that came back: names and digests, never a body or a secret. */
export interface Exchange {
  readonly id: string;
  readonly system: string;
  readonly point: string;
  /** `GET /v1/sys/health`, or the name of an SQL statement. */
  readonly asked: string;
  readonly at: string;
  /** Milliseconds until the answer was whole. */
  readonly took: number;
  /** `200`, `400 invalid accessor`, `3 rows`, `reset`. */
  readonly answered: string;
  /** SHA-256 of the answer's bytes, hex. */
  readonly digest?: string;
  readonly serverAt?: string;
}

/** One observation, who asked, what, when and of which instance. Only the observe stage builds it. */
export interface Evidence {
  readonly id: string;
  readonly grant: string;
  readonly target: string;
  readonly check: string;
  readonly claim: Claim;
  readonly decides: boolean;
  readonly method: Method;
  readonly connector: { readonly id: string; readonly version: string; readonly origin: string };
  readonly system: string;
  readonly point: string;
  /** Counts from 1; `--wait` asks in rounds. */
  readonly round: number;
  /** The instant at which the answer was whole, by the verifier's clock. */
  readonly at: string;
  /** Which object the answer is about, by immutable id; absent where the record gave none. */
  readonly about?: string;
  readonly pinned: boolean;
  /** Every read that the check made, with where and when. A negative needs a control for each. */
  readonly reads: readonly Stamp[];
  readonly observation: Observation;
}

/**
 * Does something come of it that must be a target of its own, without which nobody knows that all of
 * it is gone? `elsewhere`: its issuer makes a principal in another system (a lease's database role).
 * `anywhere`: it hands something over, wherever that lives (what a wrapping token wraps).
 */
export type Mints = false | 'elsewhere' | 'anywhere';

/** What the judge must know of a kind; it travels with the target, so that evidence can be judged offline. */
export interface KindFacts {
  readonly requires: Some<Claim>;
  readonly killing: Claim;
  /** Documented propagation time of an end, ISO 8601. */
  readonly horizon: string;
  readonly mints: Mints;
}
