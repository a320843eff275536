import { leadKey } from '../model/lead-key.ts';
import type { Target } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import { inconclusive } from '../model/observation.ts';
import type { Lead } from '../model/observation.ts';
import type { GrantContext } from './context.ts';
import { doubt } from './doubt.ts';
import type { Measure } from './doubt.ts';
import { gap, stateOf } from './state.ts';
import type { State } from './state.ts';

/**
 * What a claim beside the killing one found became targets of their own: they carry the verdict. Only
 * the last round's finds do: what was made since is not among those of a round before.
 */
export function carried(state: State, about: readonly Evidence[], horizon: number, measure: Measure): State {
  if (state.is !== 'live' || (state.evidence.observation.leads ?? []).length === 0) return state;
  const last = Math.max(...about.map((one) => one.round));
  if (state.evidence.round === last) {
    const { observation } = state.evidence;
    const controls = observation.saw === 'present' ? observation.controls : undefined;
    const wrong = controls === undefined ? undefined : doubt(state.evidence, controls, measure);
    return wrong === undefined ? { is: 'gone', evidence: state.evidence } : gap(wrong, state.evidence);
  }
  return stateOf(
    about.filter((one) => one.round === last),
    horizon,
    measure,
  );
}

/**
 * What a look saw standing, and what stood no more when it was asked itself, could have made others in
 * between: a look is complete only once it is repeated and finds nothing.
 */
export function vanished(
  target: Target,
  evidence: readonly Evidence[],
  { ended }: GrantContext,
): readonly State[] {
  const last = Math.max(...evidence.map((one) => one.round));
  return evidence.flatMap((one) => {
    const keys = (one.observation.leads ?? []).map((lead) => leadKey(lead, target.system));
    if (one.round !== last || !keys.some((key) => ended.has(key))) return [];
    const detail = 'what it found ended while it was asked about, and could have made others before';
    return [gap(inconclusive('R-LAG', detail, 'another run'), one)];
  });
}

/** Leads that became no target, and principals elsewhere that nobody named. */
export function loose(
  target: Target,
  evidence: readonly Evidence[],
  context: GrantContext,
): readonly State[] {
  const states: State[] = [];
  const follows = (lead: Lead) => context.followed.has(leadKey(lead, target.system));
  const lost = evidence.find((one) => (one.observation.leads ?? []).some((lead) => !follows(lead)));
  if (lost !== undefined) states.push(gap(inconclusive('R-DEPTH', 'a lead was not followed'), lost));
  const wanted = target.facts?.mints ?? false;
  const made = [...(context.made.get(target.id) ?? [])];
  const named = made.some((system) => wanted === 'anywhere' || system !== target.system);
  if (wanted !== false && !named) {
    const [what, it] =
      wanted === 'anywhere'
        ? ['it hands something over', 'what it hands over']
        : ['its issuer made a principal in another system', 'that principal'];
    states.push(
      gap(
        inconclusive(
          'R-DERIVED',
          `${what}, which the record does not name`,
          `${it} as a credential of its own, with derivedFrom: ${target.id}`,
        ),
      ),
    );
  }
  return states;
}
