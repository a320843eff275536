import { instantMs } from '../../../src/connector.ts';
import type { Found, Scope } from '../../../src/connector.ts';
import { kinds } from '../kinds.ts';
import type { Rights, Subject } from '../rights.ts';
import type { Issued } from './issued.ts';

/** What the parts of a hunt hold each thing against. */
export interface Hunted {
  readonly subject: Subject;
  readonly rights: Rights;
  readonly issued: Issued;
  /** The OID of the first role that the grant made, or that the subject has. */
  readonly marker: number | undefined;
  /** Is it a target already? */
  known(kind: string, id: string): boolean;
  /** Was it written before the grant began; undefined where nothing tells. */
  before(at: string | null): boolean | undefined;
}

/** Why something that was seen is not the grant's. */
export type Excuse =
  | 'built in'
  | 'older by its OID'
  | 'written before the grant'
  | 'a role, and the grant could make none'
  | 'a login that a broker made for another role'
  | 'a login that a broker made before the grant'
  | 'given by a role that the grant could not act as'
  | 'of an owner that the grant could not act as'
  | 'a slot, and the grant could make none'
  | 'a job of a role that the grant could not act as'
  | 'opened before the grant'
  | 'opened after the end of the grant'
  | 'origin unknown, reaches nothing that the grant gave'
  | 'of a login that has a verdict of its own';

/** What became of one thing. */
export type Sorted =
  | { readonly found: Found }
  /** `needs`: what would tell whose this one is, where not the same as for all. */
  | { readonly unexplained: Found; readonly needs?: string }
  | { readonly excused: Excuse }
  | undefined;

/** Knows targets by kind and id. */
export function knownIn({ targets }: Scope): Hunted['known'] {
  const ids = new Set(
    targets.flatMap(({ kind, ref, id }) => {
      const of = kinds.find((one) => one.kind === kind);
      const named = id ?? (of === undefined ? undefined : of.id(of.ref.parse(ref)));
      return named === undefined ? [] : [`${kind} ${named}`];
    }),
  );
  return (kind, id) => ids.has(`${kind} ${id}`);
}

/**
 * Dates are told where one of them lies before the grant: the server kept them then, and keeps them
 * since, for switching it off throws all of them away. What has none is then older than the first.
 */
export function dated(from: string, all: readonly (string | null)[]): Hunted['before'] {
  const begun = instantMs(from);
  const isBefore = (at: string | null) => {
    const instant = instantMs(at ?? undefined);
    return instant === undefined || begun === undefined ? undefined : instant < begun;
  };
  const kept = all.some((at) => isBefore(at) === true);
  return (at) => isBefore(at) ?? (kept ? true : undefined);
}

/** The parts of a look as the core takes them. */
export function gather(things: readonly Sorted[]): {
  readonly found: readonly Found[];
  readonly unexplained: readonly Found[];
  /** What would tell of the unexplained, each once; `undefined` stands for those that do not say. */
  readonly needs: readonly (string | undefined)[];
  readonly excused: Readonly<Record<string, number>>;
} {
  const excused: Record<string, number> = {};
  for (const one of things) {
    if (one !== undefined && 'excused' in one) excused[one.excused] = (excused[one.excused] ?? 0) + 1;
  }
  return {
    found: things.flatMap((one) => (one !== undefined && 'found' in one ? one.found : [])),
    unexplained: things.flatMap((one) => (one !== undefined && 'unexplained' in one ? one.unexplained : [])),
    needs: [
      ...new Set(things.flatMap((one) => (one !== undefined && 'unexplained' in one ? [one.needs] : []))),
    ],
    excused,
  };
}
