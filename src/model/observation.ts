import type { Reason } from './reason.ts';

/** A list with at least one member. */
export type Some<T> = readonly [T, ...T[]];

/** What a check proves. A kind names the claims it requires. */
export const claims = [
  'authenticates',
  'authorises',
  'entitled',
  'derived',
  'copied',
  'in-flight',
  'window-born',
] as const;
export type Claim = (typeof claims)[number];

/** Where, as whom, when and in which epoch an answer was given. Instants are RFC 3339. */
export interface Stamp {
  readonly system: string;
  readonly instance: string;
  readonly point: string;
  readonly principal: string;
  readonly source: string;
  readonly scope: string;
  readonly epoch: number;
  readonly at: string;
  /** The server's own clock at that moment, when it told one. */
  readonly serverAt?: string;
  /** Ids of the exchanges on the tape that carried the answer. */
  readonly exchanges: readonly string[];
}

declare const passed: unique symbol;

/**
 * Proof that the read could have seen its target. Only `src/observe/control.ts` mints one; the
 * brand keeps connectors from writing one by hand, and the judge compares the stamps again.
 */
export interface PassedControl {
  readonly [passed]: true;
  /** `sighting`: another object was seen by the same read. `distinct-absence`: an id that was never issued got the vendor's own word for absent, which differs from "not permitted". */
  readonly form: 'sighting' | 'distinct-absence';
  /** `within`: in the very answer that lacks the target. */
  readonly when: 'before' | 'after' | 'within';
  readonly chosen: 'configured' | 'own';
  /** The object that was sighted or asked for: a locator, never a secret. */
  readonly of: string;
  readonly stamp: Stamp;
}
export type Controls = Some<PassedControl>;

/** The read could not answer. Contagious: nothing may turn it into an absence. */
export interface Failure {
  readonly saw: 'inconclusive';
  readonly reason: Reason;
  readonly detail: string;
  /** What would make it answer: a permission by the vendor's own name, a setting, a wait. */
  readonly needs?: string;
}

/** A found target. `ref` is checked by the kind's own schema before it is planned. */
export interface Lead {
  readonly kind: string;
  readonly ref: unknown;
  readonly system?: string;
  readonly relation: string;
  readonly bornAt?: string;
}

/** Something that a path runs through: an account, a credential, a group, a role, a resource. */
export interface Node {
  /** `<connector>/<noun>`, a kind of target where it is one. */
  readonly kind: string;
  /** Immutable id in its system, the one that `Kind.id` gives where it is a target. */
  readonly id: string;
  /** For people; the id where missing. */
  readonly label?: string;
  /** Another system than the one that was asked. */
  readonly system?: string;
}

/** Who holds all of `from` reaches `to`, as long as the target that this was seen of stands. */
export interface Edge {
  /** Several where it needs all of them at once. */
  readonly from: Some<Node>;
  readonly to: Node;
  /** `is member of`, `may read`: the verb between the two. */
  readonly relation: string;
}

/** The latest instant at which the target must die by itself. */
export interface Bound {
  readonly until: string;
  readonly basis: 'credential' | 'issuer' | 'record';
}

/** What one check saw. It never says what that means: the judge does. */
export type Observation = {
  readonly leads?: readonly Lead[];
  readonly edges?: readonly Edge[];
  readonly bound?: Bound;
  /** A look's: how many other things were seen, by the relation that excuses them. */
  readonly excused?: Readonly<Record<string, number>>;
} & (
  | {
      readonly saw: 'present';
      readonly state: 'active' | 'disabled' | 'recoverable';
      /** Who can switch it on again, where it is not active. */
      readonly revivedBy: 'subject' | 'others';
      /** One line for people: what was seen. */
      readonly value: string;
      readonly reason?: Extract<Reason, 'R-ACTIVE' | 'R-LISTED' | 'R-STANDING' | 'R-DISABLED'>;
      /** What stands, in one canonical line: compared with what the record says stood before. */
      readonly standing?: string;
      /** Set by the core: exactly this stood before the grant, as the record says. */
      readonly asBefore?: true;
      /** A look's: what says that the whole was seen, besides what was found. */
      readonly controls?: Controls;
    }
  | { readonly saw: 'absent'; readonly controls: Controls }
  | { readonly saw: 'refused'; readonly controls: Controls }
  | {
      readonly saw: 'accepted';
      readonly as: 'target' | 'other' | 'anyone';
      readonly controls: Controls;
    }
  | {
      /** The rights of the grant exclude what the look would look for. */
      readonly saw: 'excluded';
      readonly basis: 'proven' | 'declared';
      readonly why: string;
      /** Without them nothing is proven. */
      readonly controls: readonly PassedControl[];
    }
  | { readonly saw: 'allows'; readonly what: Some<string> }
  | {
      readonly saw: 'denies';
      readonly liftedBy: 'subject' | 'others';
      readonly controls: Controls;
    }
  | {
      readonly saw: 'ended';
      readonly how: 'revoked' | 'expired' | 'deleted';
      readonly at: string;
      readonly family: 'whole' | 'this';
      readonly controls: Controls;
    }
  | Failure
);

/** The short way to write a failure. `needs` is the missing permission by the vendor's own name. */
export function inconclusive(reason: Reason, detail: string, needs?: string): Failure {
  return needs === undefined
    ? { saw: 'inconclusive', reason, detail }
    : { saw: 'inconclusive', reason, detail, needs };
}

/** Tells a failure from whatever else a read may answer. */
export function failed(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'saw' in answer && answer.saw === 'inconclusive';
}
