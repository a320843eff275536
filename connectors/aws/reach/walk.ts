import type { Account, Principal } from './account.ts';
import { beginning, factsAbout, type Beginning, type Given, type Nobody } from './beginning.ts';
import { anything, changes, markOf, type Change } from './changes.ts';
import { changeableOf, openOf } from './frontier.ts';
import { holderOf, type Outcome } from './holder.ts';
import { roads } from './roads.ts';

/** One step: who does what to whom. From itself to itself where it gives itself more. */
export interface Hop extends Outcome {
  readonly from: string;
  readonly to: string;
  readonly how: readonly string[];
  /** The group or the policy that is changed for it. */
  readonly at?: string;
}

export interface Reached {
  readonly principal: Principal;
  /** In the order in which they are made; a shortest one. */
  readonly path: readonly Hop[];
  /** Every hop is. */
  readonly certain: boolean;
  /** It may also be given any permission that its boundary and the SCPs leave. */
  readonly anything?: 'certain' | 'possible';
}

export type Reach =
  | { readonly saw: 'reach'; readonly reached: readonly Reached[] }
  /** The beginning is not in the account, or is another under the same name. */
  | Nobody;

interface Node {
  readonly principal: Principal;
  readonly depth: number;
  readonly certain: boolean;
  /** The last step to it, and what had to be changed for that step. */
  readonly hops: readonly Hop[];
  /** The changes that reach it, and those of them that it has not walked with. */
  readonly held: Step[];
  fresh: Hop[];
  walked: boolean;
}

interface Step {
  readonly change: Change;
  readonly by: string;
  readonly depth: number;
}

interface Doubt {
  readonly target: Principal;
  readonly depth: number;
  readonly hops: readonly Hop[];
}

/** Who can the subject still become? Certain roads first, each as short as it can be; then the ones with an unknown in them. */
export function walk(account: Account, begin: Beginning, given: Given): Reach {
  const first = beginning(account, begin);
  if (!('arn' in first)) return first;
  const nodes = new Map<string, Node>();
  const offers = new Map<string, Step[]>();
  const made = new Set<string>();
  const doubts = new Map<string, Doubt>();
  const doubtful = new Map<string, Step>();
  let certain = true;
  let changed = false;
  // how many may do anything by now
  let whole = 0;
  const levels: Node[][] = [];
  const open = openOf(account, (arn) => nodes.has(arn));
  const changeable = changeableOf(account, (change) => made.has(change));

  // one who comes from another account is nobody of this one
  const total = account.principals.size + (account.principals.has(first.arn) ? 0 : 1);
  const everybody = () => nodes.size >= total;

  const queue = (node: Node, depth: number) => {
    (levels[depth] ??= []).push(node);
  };
  const take = (step: Step, node: Node) => {
    const { at, how, outcome } = step.change;
    // more than anything is nothing more
    if (mayAnything(node)) return;
    node.held.push(step);
    if (mayAnything(node)) whole += 1;
    node.fresh.push({ from: step.by, to: node.principal.arn, how, at, ...outcome });
    // a change is a hop too
    queue(node, Math.max(node.depth, step.depth) + 1);
  };
  const arrive = ({ target, depth, hops }: Doubt) => {
    if (nodes.has(target.arn)) return;
    const node: Node = { principal: target, depth, certain, hops, held: [], fresh: [], walked: false };
    nodes.set(target.arn, node);
    queue(node, depth);
    for (const step of offers.get(target.arn) ?? []) take(step, node);
    for (const step of target.kind === 'user' ? (offers.get('users') ?? []) : []) take(step, node);
  };
  const offer = (step: Step) => {
    const mark = markOf(step.change);
    if (made.has(mark)) return;
    made.add(mark);
    const { to } = step.change;
    for (const one of to === 'users' ? [to] : to) offers.set(one, [...(offers.get(one) ?? []), step]);
    const users = () => [...nodes.values()].filter(({ principal }) => principal.kind === 'user');
    for (const one of to === 'users' ? users() : to.flatMap((arn) => nodes.get(arn) ?? [])) take(step, one);
  };

  const visit = (node: Node, depth: number) => {
    if (node.walked && node.fresh.length === 0) return;
    const { principal, held, fresh } = node;
    node.walked = true;
    node.fresh = [];
    const more = {
      gained: held.flatMap(({ change }) => change.gained),
      loose: held.some(({ change }) => change.loose),
    };
    const holder = holderOf(principal, more, factsAbout(principal, begin, given), given.scps ?? []);
    for (const { to, how, outcome } of everybody()
      ? []
      : roads(holder, account, open, given.region ?? 'us-east-1')) {
      const target = account.principals.get(to);
      if (target === undefined) continue;
      const doubt = {
        target,
        depth: depth + 1,
        hops: [...fresh, { from: principal.arn, to, how, ...outcome }],
      };
      if (outcome.certain || !certain) arrive(doubt);
      else if ((doubts.get(to)?.depth ?? Infinity) > doubt.depth) doubts.set(to, doubt);
    }
    for (const change of changes(holder, account, changeable)) {
      if (everybody() && whole >= nodes.size) break;
      const step = { change, by: principal.arn, depth };
      if (change.outcome.certain || changed) offer(step);
      else if (!doubtful.has(markOf(change))) doubtful.set(markOf(change), step);
    }
  };
  const settle = (later: Doubt[]) => {
    for (;;) {
      const depth = levels.findIndex((level) => level !== undefined && level.length > 0);
      const [next] = later;
      if (next !== undefined && (depth < 0 || next.depth <= depth)) {
        later.shift();
        arrive(next);
      } else if (depth < 0) return;
      else {
        const level = levels[depth] ?? [];
        levels[depth] = [];
        for (const node of level) visit(node, depth);
      }
    }
  };

  arrive({ target: first, depth: 0, hops: [] });
  settle([]);
  certain = false;
  settle([...doubts.values()].toSorted((one, other) => one.depth - other.depth));
  changed = true;
  for (const step of doubtful.values()) offer(step);
  settle([]);
  return { saw: 'reach', reached: [...nodes.values()].map((node) => reachedAt(node, nodes)) };
}

const mayAnything = ({ held }: Node) =>
  held.some(({ change }) => change.outcome.certain && change.gained.includes(anything));

function reachedAt(node: Node, nodes: ReadonlyMap<string, Node>): Reached {
  const path = new Set<Hop>();
  const add = (hops: readonly Hop[]) => {
    for (const hop of hops) {
      if (path.has(hop)) continue;
      add(nodes.get(hop.from)?.hops ?? []);
      path.add(hop);
    }
  };
  add(node.hops);
  const given = node.held.filter(({ change }) => change.gained.includes(anything));
  const more = given.find(({ change }) => change.outcome.certain) ?? given[0];
  return {
    principal: node.principal,
    path: [...path],
    certain: node.certain && [...path].every((hop) => hop.certain),
    ...(more === undefined ? {} : { anything: more.change.outcome.certain ? 'certain' : 'possible' }),
  };
}
