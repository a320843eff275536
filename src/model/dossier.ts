import type { Evidence, Exchange, KindFacts } from './evidence.ts';
import type { Claim, Failure } from './observation.ts';

export type Origin = 'declared' | 'derived' | 'swept' | 'window-born' | 'copy' | 'coverage';

/** One question that the plan puts: every one must come back as evidence. */
export interface Ask {
  readonly check: string;
  readonly claim: Claim;
  readonly point: string;
  readonly decides: boolean;
}

/** What gets a verdict. */
export interface Target {
  readonly grant: string;
  /** Unique in its grant: the record's id, or `<parent>/<relation>-<n>` for found ones. */
  readonly id: string;
  readonly kind: string;
  readonly system: string;
  /** For people: the locator in one line, never a secret. */
  readonly label: string;
  readonly origin: Origin;
  /** Immutable id in its system. Without one nothing can be proven gone. */
  readonly identity?: string;
  readonly ref: unknown;
  readonly derivedFrom?: string;
  readonly relation?: string;
  /** Keys of the leads that found it (`leadKey`): how the judge sees that none was lost. */
  readonly leads?: readonly string[];
  /** `required: false` in the record: its unproven does not count for the exit code. */
  readonly required: boolean;
  readonly facts?: KindFacts;
  readonly asks: readonly Ask[];
  /** Why it cannot be asked at all. */
  readonly gap?: Failure;
  /** What a person does to end it. */
  readonly fix?: string;
  readonly expiresAt?: string;
  /** What stood before the grant, as the record says: returning to it is success. */
  readonly before?: string;
}

/** What judge and report must know of a grant; the record itself stays with its owner. */
export interface GrantFacts {
  readonly id: string;
  readonly subject: {
    readonly kind: string;
    readonly id: string;
    readonly name?: string;
    readonly onBehalfOf?: string;
  };
  readonly intent?: { readonly reason: string; readonly ticket?: string };
  readonly approvedBy: readonly string[];
  readonly from: string;
  readonly until: string;
  readonly revokedAt?: string;
}

/** A configured system as the run met it. */
export interface SystemFacts {
  readonly system: string;
  readonly connector: string;
  readonly points: readonly string[];
  readonly pinned: boolean;
  readonly instance?: string;
  readonly principal?: string;
  /** Plain http allowed by the configuration. */
  readonly insecure: boolean;
}

export interface Policy {
  readonly failOn: 'unproven' | 'live' | 'never';
  readonly allowDormant: boolean;
  /** ISO 8601. */
  readonly maxEvidenceAge: string;
  readonly maxClockSkew: string;
  readonly secrets: 'never' | 'issuer' | 'everywhere';
  /** Does a hunt count as complete where only the record says that the grant could have made nothing? */
  readonly assumedRights: 'accept' | 'refuse';
}

/** Everything a run gathered: what the judge reads, and what `--out evidence=FILE` keeps. */
export interface Dossier {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'tombstone'; readonly version: string };
  readonly startedAt: string;
  /** When the last answer was in. The judge's only clock. */
  readonly sealedAt: string;
  readonly policy: Policy;
  readonly systems: readonly SystemFacts[];
  readonly grants: readonly GrantFacts[];
  readonly targets: readonly Target[];
  readonly evidence: readonly Evidence[];
  readonly exchanges: readonly Exchange[];
}
