import type { Failure } from '../model/observation.ts';
import { failed } from '../model/observation.ts';
import type { Outcome } from './ask.ts';
import { BrokenContract } from './world.ts';

const negatives: readonly string[] = ['absent', 'refused', 'denies', 'ended', 'excluded'];
const positives: readonly string[] = ['present', 'accepted', 'allows'];

export const isNegative = ({ observation, verdict }: Outcome): boolean =>
  negatives.includes(observation.saw) || verdict.verdict === 'gone';
export const isPositive = ({ observation }: Outcome): boolean => positives.includes(observation.saw);

/** What was seen, for a message. */
export function told({ observation, verdict }: Outcome): string {
  const detail = failed(observation) ? ` ${observation.reason} "${observation.detail}"` : '';
  return `saw ${observation.saw}${detail}, judged ${verdict.verdict}`;
}

export function must(holds: boolean, promise: string, outcome?: Outcome): asserts holds {
  if (!holds) throw new BrokenContract(outcome === undefined ? promise : `${promise}; it ${told(outcome)}`);
}

export function mustSee(outcome: Outcome, when: string): void {
  must(isPositive(outcome), `${when}: the target must be seen`, outcome);
  must(outcome.verdict.verdict !== 'gone', `${when}: must not be judged gone`, outcome);
}

/** A negative with its controls, and the judge agrees. */
export function mustBeOver(outcome: Outcome, when: string): void {
  const { observation, verdict } = outcome;
  must(
    negatives.includes(observation.saw),
    `${when}: must be absent, refused, denied, ended or excluded`,
    outcome,
  );
  must(
    'controls' in observation && observation.controls.length > 0,
    `${when}: a control must stand behind it`,
  );
  must(
    verdict.verdict === (observation.saw === 'denies' ? 'dormant' : 'gone'),
    `${when}: must be judged ${observation.saw === 'denies' ? 'dormant' : 'gone'}${'detail' in verdict ? ` (${verdict.detail})` : ''}`,
    outcome,
  );
}

/** No answer: with one of these reasons, where some are given. */
export function mustBeOpen(outcome: Outcome, when: string, reasons?: readonly string[]): Failure {
  const { observation, verdict } = outcome;
  must(failed(observation), `${when}: must be inconclusive`, outcome);
  must(verdict.verdict === 'unproven', `${when}: must be judged unproven`, outcome);
  must(
    reasons === undefined || reasons.includes(observation.reason),
    `${when}: the reason must be ${reasons?.join(' or ')}`,
    outcome,
  );
  must(observation.detail.trim() !== '', `${when}: must say in words what happened`, outcome);
  return observation;
}

export function mustNotBeOver(outcome: Outcome, when: string): void {
  must(!isNegative(outcome), `${when}: must not look gone`, outcome);
}

export function mustFire(fired: number, what: string): void {
  must(fired > 0, `${what} never happened: this case proves nothing`);
}
