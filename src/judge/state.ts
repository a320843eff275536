import type { Evidence } from '../model/evidence.ts';
import { inconclusive } from '../model/observation.ts';
import type { Failure, Observation } from '../model/observation.ts';
import type { Reason } from '../model/reason.ts';
import { instantMs } from '../model/time.ts';
import { doubt, serverInstant, stale, wrongTime } from './doubt.ts';
import type { Measure } from './doubt.ts';

/** What one check, at one point, has shown by the end of the run. */
export type State =
  | { readonly is: 'gone'; readonly evidence: Evidence }
  | {
      readonly is: 'live' | 'dormant';
      readonly reason: Reason;
      readonly detail: string;
      readonly evidence: Evidence;
    }
  | { readonly is: 'unproven'; readonly failure: Failure; readonly evidence?: Evidence };

/**
 * The latest determinate answer counts, and an answer that could not be had afterwards never
 * improves it: live stays live, dormant and gone become unproven.
 */
export function stateOf(evidence: readonly Evidence[], horizon: number, measure: Measure): State {
  const before: Before = { positiveAt: -Infinity, absences: [] };
  const rounds = [...Map.groupBy(evidence, (one) => one.round)].toSorted(([a], [b]) => a - b);
  const states = rounds.map(([, answers]) => {
    const round = answers.map((one) => read(one, horizon, measure, before)).reduce(worse);
    if (round.evidence !== undefined && (round.is === 'live' || round.is === 'dormant')) {
      before.positiveAt = serverInstant(round.evidence) ?? Infinity;
      before.absences.length = 0;
    }
    return round;
  });
  return states.length === 0
    ? { is: 'unproven', failure: inconclusive('R-CHECK', 'the question was not answered') }
    : states.reduce((then, now) => (now.is === 'unproven' ? worse(then, now) : now));
}

/** No answer, and why. */
export const gap = (failure: Failure, evidence?: Evidence): State => ({
  is: 'unproven',
  failure,
  ...(evidence === undefined ? {} : { evidence }),
});

const rank = { live: 0, unproven: 1, dormant: 2, gone: 3 } as const;

export function worse(one: State, other: State): State {
  return rank[other.is] < rank[one.is] ? other : one;
}

/** What earlier rounds left: the server's instants of the last positive and of the absences since. */
interface Before {
  positiveAt: number;
  readonly absences: number[];
}

function read(evidence: Evidence, horizon: number, measure: Measure, before: Before): State {
  const { observation } = evidence;
  const unproven = (failure: Failure): State => ({ is: 'unproven', failure, evidence });
  const old = stale(evidence, measure);
  if (old !== undefined) return unproven(old);
  switch (observation.saw) {
    case 'inconclusive': {
      // whose something is goes by its dates, and those by the clocks
      const wrong = observation.reason === 'R-ORIGIN' ? wrongTime(evidence, measure) : undefined;
      return unproven(wrong ?? observation);
    }
    case 'present': {
      if (observation.asBefore === true) {
        const early = wrongTime(evidence, measure);
        return early === undefined ? { is: 'gone', evidence } : unproven(early);
      }
      const live = observation.state === 'active' || observation.revivedBy === 'subject';
      const reason = observation.reason ?? (live ? 'R-LISTED' : 'R-DISABLED');
      return { is: live ? 'live' : 'dormant', reason, detail: observation.value, evidence };
    }
    case 'excluded':
      return excluded(evidence, observation, measure);
    case 'allows':
      return { is: 'live', reason: 'R-ACTIVE', detail: `may ${observation.what.join(', ')}`, evidence };
    case 'accepted':
      return observation.as === 'anyone'
        ? unproven(inconclusive('R-CONTROL', 'the endpoint accepts anyone: it does not authenticate'))
        : { is: 'live', reason: 'R-ACTIVE', detail: `accepted as ${observation.as}`, evidence };
    case 'denies': {
      if (observation.liftedBy === 'subject') {
        return { is: 'live', reason: 'R-ACTIVE', detail: 'denied, and the subject can lift it', evidence };
      }
      const wrong = doubt(evidence, observation.controls, measure);
      return wrong === undefined
        ? { is: 'dormant', reason: 'R-DISABLED', detail: 'denied, and somebody else can lift it', evidence }
        : unproven(wrong);
    }
    case 'ended':
      if (observation.family === 'this') {
        return unproven(inconclusive('R-DERIVED', 'this one ended; others of its rotation family may stand'));
      }
      return ended(evidence, observation, horizon, measure, before);
    case 'absent':
    case 'refused':
      return negative(evidence, observation.controls, horizon, measure, before);
  }
}

/** Clocks differ: what ended by its own time has ended once that is past by more than they may. */
function ended(
  evidence: Evidence,
  { how, at, controls }: Extract<Observation, { readonly saw: 'ended' }>,
  horizon: number,
  measure: Measure,
  before: Before,
): State {
  const end = instantMs(at);
  const server = serverInstant(evidence);
  const over = end !== undefined && server !== undefined && end < server - measure.maxSkew;
  if (how === 'expired' && !over) {
    const needs = 'clocks to leave no doubt, then another run';
    return {
      is: 'unproven',
      failure: inconclusive(
        'R-CLOCK',
        `its own end is ${at}, not past by more than clocks may differ`,
        needs,
      ),
      evidence,
    };
  }
  return negative(evidence, controls, horizon, measure, before, end);
}

/** What the grant could not have made was not made: by proof, or by the record's word where the policy takes it. */
function excluded(
  evidence: Evidence,
  { basis, why, controls }: Extract<Observation, { readonly saw: 'excluded' }>,
  measure: Measure,
): State {
  const [first, ...rest] = controls;
  if (basis === 'declared' && measure.assumedRights === 'refuse') {
    const needs = 'assumedRights: accept in the policy, or rights that the system itself shows';
    return { is: 'unproven', failure: inconclusive('R-RIGHTS', why, needs), evidence };
  }
  // what was read beside the record's word must hold too
  const wrong =
    first === undefined
      ? basis === 'declared'
        ? undefined
        : inconclusive('R-CONTROL', 'rights that were read without a control')
      : doubt(evidence, [first, ...rest], measure);
  return wrong === undefined ? { is: 'gone', evidence } : { is: 'unproven', failure: wrong, evidence };
}

function negative(
  evidence: Evidence,
  controls: Parameters<typeof doubt>[1],
  horizon: number,
  measure: Measure,
  before: Before,
  endedAt?: number,
): State {
  const unproven = (failure: Failure): State => ({ is: 'unproven', failure, evidence });
  const wrong = doubt(evidence, controls, measure);
  if (wrong !== undefined) return unproven(wrong);
  const at = serverInstant(evidence);
  if (at === undefined) return unproven(inconclusive('R-CLOCK', 'the server told no time'));
  if (horizon > 0) {
    const lag = (detail: string) =>
      unproven(inconclusive('R-LAG', detail, 'the propagation time to pass, then another run'));
    const from = endedAt ?? Math.max(measure.end ?? -Infinity, before.positiveAt);
    if (at < from + horizon) return lag('inside the propagation time of the end');
    if (endedAt === undefined) {
      // reads lag and only the claim dates the end: one absence may be an old one
      const first = before.absences[0];
      before.absences.push(at);
      if (first === undefined || at < first + horizon) {
        return lag('reads lag here: one absence is not yet two, a propagation time apart');
      }
    }
  }
  return { is: 'gone', evidence };
}
