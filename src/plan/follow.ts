import { leadKey } from '../model/lead-key.ts';
import type { Target } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import type { GrantRecord } from '../model/grant.ts';
import { inconclusive } from '../model/observation.ts';
import type { Lead } from '../model/observation.ts';
import { planOne } from './target.ts';
import type { Plan, Planning, Question, Sought } from './target.ts';

/** Hops from a declared target to the furthest found one. */
const depthLimit = 4;
/** Found targets of one grant. */
const countLimit = 1_000;

/**
 * Turns the leads in new evidence into targets. A lead to a known target is noted on it; one that
 * cannot be followed becomes a target with a gap. The plan that comes back holds all targets and
 * only the new questions.
 */
export function follow(
  targets: readonly Target[],
  evidence: readonly Evidence[],
  grants: readonly GrantRecord[],
  planning: Planning,
): Plan {
  const known = new Map(targets.map((target) => [name(target.grant, target.id), target]));
  const questions: Question[] = [];
  for (const one of evidence) {
    const parent = known.get(name(one.grant, one.target));
    const grant = grants.find((candidate) => candidate.metadata.id === one.grant);
    if (parent === undefined || grant === undefined) continue;
    for (const lead of one.observation.leads ?? []) {
      const found = followOne(parent, lead, grant, [...known.values()], planning);
      known.set(name(found.target.grant, found.target.id), found.target);
      questions.push(...found.questions);
    }
  }
  return { targets: [...known.values()], questions };
}

const name = (grant: string, target: string) => JSON.stringify([grant, target]);

function followOne(
  parent: Target,
  lead: Lead,
  grant: GrantRecord,
  all: readonly Target[],
  planning: Planning,
): { readonly target: Target; readonly questions: readonly Question[] } {
  const key = leadKey(lead, parent.system);
  const ours = all.filter((one) => one.grant === parent.grant);
  const before = ours.find((one) => one.leads?.includes(key));
  if (before !== undefined) return { target: before, questions: [] };

  const found = ours.filter((one) => one.leads !== undefined && one.relation !== undefined).length;
  const id = `${parent.id}/${lead.relation.replaceAll(' ', '-')}`;
  const taken = new Set(ours.map((one) => one.id));
  let number = 1;
  while (taken.has(`${id}-${number}`)) number += 1;
  const sought: Sought = {
    id: `${id}-${number}`,
    kind: lead.kind,
    system: lead.system ?? parent.system,
    ref: lead.ref,
    ...comes(parent, lead),
    relation: lead.relation,
    ...(lead.bornAt === undefined ? {} : { issuedAt: lead.bornAt }),
  };
  const planned = planOne(grant, sought, planning);
  const [target] = planned.targets;
  if (target === undefined) throw new Error(`no target was planned for a lead of ${parent.id}`);
  // the same object under another name of the record is one target, and cycles end here
  const same = ours.find(
    (one) =>
      one.system === target.system &&
      one.kind === target.kind &&
      one.identity !== undefined &&
      one.identity === target.identity,
  );
  if (same !== undefined) return { target: { ...same, leads: [...(same.leads ?? []), key] }, questions: [] };

  const tooMany = found >= countLimit;
  if (tooMany || depth(parent, ours) >= depthLimit) {
    const gap = inconclusive(
      'R-DEPTH',
      tooMany
        ? `more than ${countLimit} things were found for this grant`
        : `found ${depthLimit} hops away, not followed`,
    );
    return { target: { ...target, asks: [], gap, leads: [key] }, questions: [] };
  }
  return { target: { ...target, leads: [key] }, questions: planned.questions };
}

/** What a look came upon was not made from the look. */
function comes(parent: Target, lead: Lead): Pick<Sought, 'origin' | 'derivedFrom'> {
  if (parent.origin !== 'coverage') {
    return { origin: lead.bornAt === undefined ? 'derived' : 'window-born', derivedFrom: parent.id };
  }
  return { origin: parent.kind.endsWith('/hunt') ? 'window-born' : 'swept' };
}

function depth(target: Target, all: readonly Target[]): number {
  let hops = 0;
  const seen = new Set<string>();
  for (let one: Target | undefined = target; one?.leads !== undefined && !seen.has(one.id); hops += 1) {
    seen.add(one.id);
    const parent: string | undefined = one.derivedFrom;
    one = all.find((candidate) => candidate.id === parent);
  }
  return hops;
}
