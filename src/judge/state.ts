import type { Evidence } from '../model/evidence.ts';
import { inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import type { Reason } from '../model/reason.ts';
import { instantMs } from '../model/time.ts';
import { doubt, serverInstant, stale } from './doubt.ts';
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
    case 'inconclusive':
      return unproven(observation);
    case 'present': {
      const live = observation.state === 'active' || observation.revivedBy === 'subject';
      const reason = observation.reason ?? (live ? 'R-LISTED' : 'R-DISABLED');
      return { is: live ? 'live' : 'dormant', reason, detail: observation.value, evidence };
    }
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
      return negative(evidence, observation.controls, horizon, measure, before, instantMs(observation.at));
    case 'absent':
    case 'refused':
      return negative(evidence, observation.controls, horizon, measure, before);
  }
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
