import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Check, CheckTarget, Context, Kind } from './connector.ts';
import type { Baseline } from './model/baseline.ts';
import { failed, inconclusive } from './model/observation.ts';
import type { Bound, Controls, Failure, Lead, Observation } from './model/observation.ts';

/**
 * `sweep`: every other way in of the subject's accounts. `hunt`: what was born in the window and still
 * confers access. `points`: where the system says that it enforces.
 */
export type LookAt = 'sweep' | 'hunt' | 'points';

/** What a look starts from. */
export interface Scope {
  /** Ids of the subject's accounts in this system, from the record. */
  readonly accounts: readonly string[];
  /** Every target of the grant in this system, those found so far too: they have verdicts of their own. */
  readonly targets: readonly {
    readonly kind: string;
    readonly ref: unknown;
    readonly id?: string;
    /** The other system whose credential it was derived from: who made this one there can have made more. */
    readonly issuedBy?: string;
  }[];
}

/** Something that a look came upon. Its kind's own checks then ask about it. */
export interface Found extends Omit<Lead, 'system'> {
  /** Immutable id in the system, as the kind's own `id` gives it. */
  readonly id: string;
  /** The locator in one line, for people: never a secret. */
  readonly label: string;
  /** What it confers, in one canonical line without anything that time alone changes. */
  readonly standing: string;
}

/** The whole was looked at. */
export interface Looked {
  /** Things of the grant, or of the subject: each becomes a target. */
  readonly found: readonly Found[];
  /** Things that may be of the grant, and nothing says so or otherwise. */
  readonly unexplained?: readonly Found[];
  /** What would explain those; a baseline where not given. */
  readonly needs?: string;
  /** How many others were seen, by the relation that excuses them: `logged in by itself`. */
  readonly excused: Readonly<Record<string, number>>;
  readonly controls: Controls;
}

/** Not the whole was looked at, or something that was seen cannot be asked about. */
export interface Missed extends Failure {
  readonly found?: readonly Found[];
  /** How many others were seen, as of a whole look. */
  readonly excused?: Readonly<Record<string, number>>;
  /** When what cannot be asked about must have ended by itself. */
  readonly bound?: Bound;
}

export type Excluded = Extract<Observation, { readonly saw: 'excluded' }>;

/** A question about a whole system: what else is there of this subject, or of this grant? */
export interface Look<C> extends Pick<Check<C, Scope>, 'id' | 'title' | 'needs' | 'docs' | 'effects' | 'at'> {
  readonly look: LookAt;
  observe(scope: Scope, ctx: Context<C>): Promise<Looked | Excluded | Missed>;
}

const claims = { sweep: 'entitled', hunt: 'window-born', points: 'authorises' } as const;
const labels = {
  sweep: 'every other access of the subject',
  hunt: 'whatever was born in the window',
  points: 'every point at which it enforces',
} as const;

const scope = z.strictObject({
  accounts: z.array(z.string()).readonly(),
  targets: z
    .array(
      z.strictObject({
        kind: z.string(),
        ref: z.unknown(),
        id: z.string().exactOptional(),
        issuedBy: z.string().exactOptional(),
      }),
    )
    .readonly(),
});

/** The kind of a look's target: that nothing was missed there. */
export function coverage(connector: string, at: LookAt): Kind<Scope> {
  return {
    kind: `${connector}/${at}`,
    title: labels[at],
    role: 'coverage',
    ref: scope,
    example: { accounts: [], targets: [] },
    needed: [],
    id: () => at,
    label: () => labels[at],
    requires: [claims[at]],
    // nobody asks it: what a look finds becomes a target, and carries the verdict
    killing: 'authenticates',
    mints: () => false,
    horizon: 'PT0S',
    fix: () => 'end what was found, or let the verifier see the whole',
  };
}

/** Makes a check of a look, so that it is planned, controlled, judged and sabotaged like any other. */
export function look<C>(one: Look<C>): Check<C, Scope> {
  const { look: at, observe, ...asks } = one;
  const [connector = ''] = one.id.split('/');
  return {
    ...asks,
    of: coverage(connector, at),
    claim: claims[at],
    decides: true,
    method: 'list',
    async observe(target, ctx) {
      const seen = await observe(target.ref, ctx);
      if (failed(seen)) {
        const { found = [], ...failure } = seen;
        return { ...failure, leads: found.map(lead) };
      }
      if ('saw' in seen) return seen;
      if (at !== 'points') return toldOf(seen, target);
      // that a point stood before the grant says nothing of who came in there since
      const { baseline: _, captured: __, ...rest } = target;
      return toldOf(seen, rest);
    },
  };
}

function toldOf(seen: Looked, { baseline, system, captured }: CheckTarget<Scope>): Observation {
  const [{ stamp }] = seen.controls;
  captured?.([...seen.found, ...(seen.unexplained ?? [])], stamp);
  const known = baseline?.instances[system] === stamp.instance ? baseline : undefined;
  const fresh = (list: readonly Found[]) => list.filter((one) => !stoodBefore(one, system, known));
  const [found, unexplained] = [fresh(seen.found), fresh(seen.unexplained ?? [])];
  const before = seen.found.length + (seen.unexplained?.length ?? 0) - found.length - unexplained.length;
  const along = {
    excused: before === 0 ? seen.excused : { ...seen.excused, 'stood before the grant': before },
    leads: found.map(lead),
  };
  if (unexplained.length > 0) {
    const needs = seen.needs ?? 'a baseline that was taken before the grant (tombstone capture)';
    const what = `${named(unexplained)}: nothing says whose`;
    return { ...inconclusive('R-ORIGIN', what, needs), ...along };
  }
  const { controls } = seen;
  if (found.length === 0) return { saw: 'absent', controls, excused: along.excused };
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    value: `${found.length} found: ${named(found)}`,
    controls,
    ...along,
  };
}

/** By id and by what it confers: a right that grew under an old id did not stand before. */
function stoodBefore({ kind, id, standing }: Found, system: string, baseline: Baseline | undefined): boolean {
  return (baseline?.entries ?? []).some(
    (one) =>
      one.system === system && one.kind === kind && one.id === id && one.digest === standingDigest(standing),
  );
}

/** SHA-256, hex, of what stands. */
export function standingDigest(standing: string): string {
  return createHash('sha256').update(standing).digest('hex');
}

function lead({ kind, ref, relation, bornAt }: Found): Lead {
  return { kind, ref, relation, ...(bornAt === undefined ? {} : { bornAt }) };
}

/** More of them nobody reads in one line. */
const shown = 5;

function named(list: readonly Found[]): string {
  const first = list.slice(0, shown).map((one) => one.label);
  const more = list.length > shown ? ` and ${list.length - shown} more` : '';
  return `${first.join(', ')}${more}`;
}
