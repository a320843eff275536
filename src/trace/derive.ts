import type { Edge, Node } from '../model/observation.ts';
import type { Finding, Hop } from '../model/report.ts';

/** One way in which something is reached: the findings that must all stand, and the hops to show. */
export interface Way {
  readonly through: readonly Finding[];
  readonly hops: readonly Hop[];
}

/** Ways to one node that are looked at: more of them nobody reads. */
const most = 24;
/** Nodes one after another. */
const deepest = 12;

/** The findings of a grant as a graph: what each leads to, and what each node needs. */
export interface Graph {
  /** Every way to what this finding gives, the most open and shortest first; empty where each is closed. */
  ways(finding: Finding): readonly Way[];
}

interface Carried {
  readonly edge: Edge;
  readonly by: Finding;
}

export function graphOf(subject: string, findings: readonly Finding[]): Graph {
  const byId = new Map(findings.map((finding) => [finding.target.id, finding]));
  const targets = new Map<string, Finding>();
  const into = new Map<string, Carried[]>();
  for (const by of findings) {
    const { system, kind, identity } = by.target;
    if (identity !== undefined) targets.set(name({ kind, id: identity }, system), by);
    for (const edge of edgesOf(by)) {
      const to = name(edge.to, system);
      into.set(to, [...(into.get(to) ?? []), { edge, by }]);
    }
  }

  const known = new Map<string, readonly Way[]>();
  let circles = 0;

  /** How the subject comes to hold a node: as a target of its own, over edges, or as an account that stood all along. */
  function reach(node: Node, system: string, above: ReadonlySet<string>): readonly Way[] {
    const at = name(node, system);
    const before = known.get(at);
    if (before !== undefined) return before;
    if (above.has(at) || above.size >= deepest) {
      circles += 1;
      return [];
    }
    const circlesBefore = circles;
    const ways = arriving(node, at, above);
    // what was found without turning back holds wherever it is asked from
    if (circles === circlesBefore) known.set(at, ways);
    return ways;
  }

  function arriving(node: Node, at: string, above: ReadonlySet<string>): readonly Way[] {
    const own = targets.get(at);
    const held = own === undefined || edgesOf(own).length > 0 ? [] : [holding(own)];
    const carried = into.get(at) ?? [];
    const over = carried.flatMap(({ edge, by }) => across(edge, by, new Set([...above, at])));
    if (own === undefined && carried.length === 0) {
      const hop = { from: subject, to: node.label ?? node.id, relation: 'has the account' };
      return [{ through: [], hops: [hop] }];
    }
    return best([...held, ...over]);
  }

  /** All that an edge needs at once, then the edge itself. */
  function across(edge: Edge, by: Finding, above: ReadonlySet<string>): readonly Way[] {
    const { system } = by.target;
    const to = edge.to.label ?? edge.to.id;
    let ways: readonly Way[] = [{ through: [by], hops: [] }];
    for (const from of edge.from) {
      const supports = reach(from, system, above);
      const hop = { from: from.label ?? from.id, to, relation: edge.relation };
      ways = best(ways.flatMap((way) => supports.map((support) => joined(way, support, hop))));
    }
    return ways;
  }

  /** Held as it is: given by the grant, or made from something that was. What made it need not stand any more. */
  function holding(finding: Finding): Way {
    const chain = [finding];
    const seen = new Set([finding.target.id]);
    for (let id = finding.target.derivedFrom; id !== undefined && !seen.has(id);) {
      const above = byId.get(id);
      if (above === undefined) break;
      seen.add(id);
      chain.unshift(above);
      id = above.target.derivedFrom;
    }
    const hops = chain.map(({ target }, index): Hop => {
      const above = chain[index - 1];
      return {
        from: above === undefined ? subject : above.target.label,
        to: target.label,
        relation: target.relation ?? (above === undefined ? 'was given' : 'made'),
      };
    });
    return { through: [finding], hops };
  }

  return {
    ways(finding) {
      const edges = edgesOf(finding);
      if (edges.length > 0) return best(edges.flatMap((edge) => across(edge, finding, new Set())));
      const { through, hops } = holding(finding);
      const { label, system } = finding.target;
      return best([{ through, hops: [...hops, { from: label, to: system, relation: 'reaches' }] }]);
    },
  };
}

const edgesOf = ({ evidence }: Finding): readonly Edge[] => {
  const last = Math.max(...evidence.map((one) => one.round));
  return evidence.flatMap((one) => (one.round === last ? (one.observation.edges ?? []) : []));
};

const name = ({ kind, id, system: elsewhere }: Node, system: string) =>
  JSON.stringify([elsewhere ?? system, kind, id]);

function joined(way: Way, support: Way, hop: Hop): Way {
  return {
    through: [...new Set([...way.through, ...support.through])],
    hops: [...way.hops, ...support.hops, hop],
  };
}

const rank = { open: 0, possible: 1, dormant: 2 } as const;

/** A way with anything gone in it is closed; else an unproven hop makes it possible; else a dormant one dormant. */
export function statusOf({ through }: Way): keyof typeof rank | 'closed' {
  const words = new Set(through.map((one) => one.verdict.verdict));
  if (words.has('gone')) return 'closed';
  if (words.has('unproven')) return 'possible';
  return words.has('dormant') ? 'dormant' : 'open';
}

function best(ways: readonly Way[]): readonly Way[] {
  const standing = ways.flatMap((way) => {
    const status = statusOf(way);
    return status === 'closed' ? [] : [{ way, rank: rank[status], label: JSON.stringify(way.hops) }];
  });
  return standing
    .toSorted(
      (a, b) => a.rank - b.rank || a.way.hops.length - b.way.hops.length || (a.label < b.label ? -1 : 1),
    )
    .slice(0, most)
    .map(({ way }) => way);
}
