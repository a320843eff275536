import type { Dossier, GrantFacts, SystemFacts, Target } from './dossier.ts';
import type { Evidence } from './evidence.ts';
import type { Some } from './observation.ts';
import type { Reason } from './reason.ts';

export type VerdictWord = 'gone' | 'dormant' | 'live' | 'unproven';

/** Worst first. */
export const severity = ['live', 'unproven', 'dormant', 'gone'] as const satisfies readonly VerdictWord[];

/** Only `src/judge` builds one. `because` names the evidence; a gone without any does not type. */
export type Verdict =
  | { readonly verdict: 'gone'; readonly because: Some<string> }
  | {
      readonly verdict: 'live' | 'dormant';
      readonly reason: Reason;
      readonly detail: string;
      readonly because: Some<string>;
      /** Negatives that say otherwise. */
      readonly contradicted: readonly string[];
    }
  | {
      readonly verdict: 'unproven';
      readonly reason: Reason;
      readonly detail: string;
      readonly needs?: string;
      readonly because: readonly string[];
    };

export interface Finding {
  readonly target: Target;
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
  /** The latest instant at which it must die by itself, as its issuer says. RFC 3339. */
  readonly upperBound?: string;
  /** Seconds from the revocation to the first absence, by the server's clock, where an earlier round saw it stand. */
  readonly timeToRevocation?: number;
}

export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly relation: string;
}

/** Hops from the subject to something the grant gave. */
export interface AccessPath {
  readonly status: 'open' | 'possible' | 'dormant';
  readonly target: string;
  readonly hops: readonly Hop[];
  /** When the first thing on it ends by itself. RFC 3339. */
  readonly upperBound?: string;
}

/** What was and was not looked at, per system. */
export interface Coverage {
  readonly system: string;
  readonly looked: readonly string[];
  readonly notLooked: readonly string[];
  /** What was not looked for because the record's word excludes it. */
  readonly assumed: readonly string[];
  /** How many other things the looks saw, by the relation that excuses them. */
  readonly excused: Readonly<Record<string, number>>;
}

export interface GrantReport {
  readonly grant: GrantFacts;
  readonly verdict: VerdictWord;
  readonly findings: readonly Finding[];
  readonly paths: readonly AccessPath[];
  /** Ids of targets: the smallest set whose end closes every path. */
  readonly cut: readonly string[];
  /** What would be left if these targets were ended: only where it was asked. */
  readonly ifRemoved?: { readonly targets: readonly string[]; readonly paths: readonly AccessPath[] };
  /** The latest instant at which every path must have closed by itself, where each must. RFC 3339. */
  readonly upperBound?: string;
  readonly coverage: readonly Coverage[];
}

export interface Report {
  readonly schemaVersion: '1.0';
  readonly tool: Dossier['tool'];
  readonly startedAt: string;
  readonly sealedAt: string;
  readonly policy: Dossier['policy'];
  readonly systems: readonly SystemFacts[];
  readonly grants: readonly GrantReport[];
  readonly summary: { readonly [word in VerdictWord]: number };
  /** 0, 1 or 3, a pure function of the findings and the policy. */
  readonly exitCode: number;
  /** Findings whose verdict the flags or the record soften in the exit code. */
  readonly softened: readonly { readonly grant: string; readonly target: string; readonly by: string }[];
}
