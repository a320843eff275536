import type { Dossier, Target } from '../model/dossier.ts';
import type { Evidence, KindFacts } from '../model/evidence.ts';
import { inconclusive } from '../model/observation.ts';
import type { Claim, Failure } from '../model/observation.ts';
import type { Verdict } from '../model/report.ts';
import { durationMs } from '../model/time.ts';
import { contextOf, gather } from './context.ts';
import type { GrantContext } from './context.ts';
import type { Measure } from './doubt.ts';
import { carried, loose, vanished } from './found.ts';
import { gap, stateOf, worse } from './state.ts';
import type { State } from './state.ts';

/** The verdict of every target, in order. Pure: the only clock is the dossier's seal. */
export function judge(dossier: Dossier): readonly Verdict[] {
  const evidence = Map.groupBy(dossier.evidence, (one) => name(one.grant, one.target));
  const contexts = new Map(dossier.grants.map((grant) => [grant.id, contextOf(grant, dossier)] as const));
  const targets = Map.groupBy(dossier.targets, (one) => one.grant);
  for (const [id, context] of contexts) gather(context, targets.get(id) ?? []);
  const decide = (target: Target): Verdict => {
    const context = contexts.get(target.grant);
    const about = evidence.get(name(target.grant, target.id)) ?? [];
    if (context === undefined) {
      return unproven(inconclusive('R-CHECK', 'this target belongs to no grant of the run'), about);
    }
    const verdict = judgeOne(target, about, context);
    if (verdict.verdict === 'gone') for (const key of target.leads ?? []) context.ended.add(key);
    return verdict;
  };
  // a look is judged by what became of the things that it found
  const isLook = (target: Target) => target.origin === 'coverage';
  const verdicts = new Map<Target, Verdict>();
  for (const target of dossier.targets) if (!isLook(target)) verdicts.set(target, decide(target));
  return dossier.targets.map((target) => verdicts.get(target) ?? decide(target));
}

const name = (grant: string, target: string) => JSON.stringify([grant, target]);

function judgeOne(target: Target, evidence: readonly Evidence[], context: GrantContext): Verdict {
  const { grant, measure } = context;
  if (measure === undefined) {
    return unproven(inconclusive('R-CHECK', 'the policy or the dates of this grant cannot be read'), []);
  }
  if (measure.end === undefined) {
    const when = grant.revokedAt === undefined ? 'not revoked yet' : `revoked only at ${grant.revokedAt}`;
    return unproven(
      inconclusive(
        'R-NOT-REVOKED',
        `${when}: the grant runs until ${grant.until}`,
        'the revocation, then a new run',
      ),
      evidence,
    );
  }
  if (target.gap !== undefined || target.facts === undefined) {
    return unproven(target.gap ?? inconclusive('R-SCOPE', 'nothing is known about this kind'), evidence);
  }
  const state = [
    ...claimStates(target, target.facts, evidence, measure),
    ...(target.origin === 'coverage' ? vanished(target, evidence, context) : []),
    ...loose(target, evidence, context),
    ...elsewhere(evidence),
  ].reduce(worse);
  return verdictOf(state, evidence, measure);
}

/** One state for every required claim at every point, and for whatever else was seen. */
function claimStates(
  target: Target,
  facts: KindFacts,
  evidence: readonly Evidence[],
  measure: Measure,
): readonly [State, ...State[]] {
  const horizon = durationMs(facts.horizon);
  if (horizon === undefined)
    return [gap(inconclusive('R-CHECK', `the horizon ${facts.horizon} cannot be read`))];
  const asks = new Map(target.asks.map((ask) => [askName(ask), ask]));
  const strange = evidence.find((one) => !asks.has(askName(one)));
  if (strange !== undefined)
    return [gap(inconclusive('R-CHECK', `${strange.check} was not in the plan`), strange)];

  const states: State[] = [];
  for (const claim of facts.requires) {
    if (!target.asks.some((ask) => ask.claim === claim && ask.decides)) states.push(gap(noWay(claim)));
  }
  for (const ask of asks.values()) {
    const about = evidence.filter((one) => askName(one) === askName(ask));
    const state = stateOf(about, horizon, measure);
    // a check that only corroborates is coverage when it fails, but what it sees is seen
    if (!ask.decides && (state.is === 'unproven' || state.is === 'gone')) continue;
    states.push(ask.claim === facts.killing ? state : carried(state, about, horizon, measure));
  }
  const [first, ...rest] = states;
  return first === undefined
    ? [gap(inconclusive('R-NOAPI', 'no check asks about this target'))]
    : [first, ...rest];
}

const askName = (ask: { check: string; claim: Claim; point: string }) =>
  JSON.stringify([ask.check, ask.claim, ask.point]);

function noWay(claim: Claim): Failure {
  const needs = claim === 'authenticates' ? 'its locator, or its value as a secret reference' : undefined;
  return inconclusive('R-NOAPI', `no interface can tell whether it still ${said[claim]}`, needs);
}

const said: Record<Claim, string> = {
  authenticates: 'authenticates',
  authorises: 'authorises',
  entitled: 'entitles',
  derived: 'lives on in what was made from it',
  copied: 'lies somewhere as a copy',
  'in-flight': 'is in use',
  'window-born': 'left something behind',
};

/** The points of a system are points of one instance: an absence in another says nothing. */
function elsewhere(evidence: readonly Evidence[]): readonly State[] {
  const last = Math.max(...evidence.map((one) => one.round));
  const reads = evidence.flatMap((one) => (one.round === last ? one.reads : []));
  const [first, ...others] = new Set(reads.map((read) => read.instance));
  const [other] = others;
  if (first === undefined || other === undefined) return [];
  const where = (instance: string) => reads.find((read) => read.instance === instance)?.point ?? '';
  const detail = `its points are two systems: ${where(first)} is ${first}, ${where(other)} is ${other}`;
  return [gap(inconclusive('R-INSTANCE', detail, 'points of one and the same system'))];
}

function verdictOf(state: State, evidence: readonly Evidence[], measure: Measure): Verdict {
  if (state.is === 'unproven') return unproven(state.failure, state.evidence ? [state.evidence] : []);
  if (state.is === 'gone') {
    const [first, ...rest] = evidence.filter((one) => one.decides).map((one) => one.id);
    return first === undefined
      ? unproven(inconclusive('R-CONTROL', 'nothing was seen'), [])
      : { verdict: 'gone', because: [first, ...rest] };
  }
  const against = evidence.filter(
    (one) =>
      one !== state.evidence &&
      one.claim === state.evidence.claim &&
      stateOf([one], 0, measure).is === 'gone',
  );
  return {
    verdict: state.is,
    reason: state.reason,
    detail: state.detail,
    because: [state.evidence.id],
    contradicted: against.map((one) => one.id),
  };
}

function unproven(failure: Failure, evidence: readonly Evidence[]): Verdict {
  return {
    verdict: 'unproven',
    reason: failure.reason,
    detail: failure.detail,
    ...(failure.needs === undefined ? {} : { needs: failure.needs }),
    because: evidence.map((one) => one.id),
  };
}
