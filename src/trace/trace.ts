import type { GrantFacts } from '../model/dossier.ts';
import type { AccessPath, Finding } from '../model/report.ts';
import { instantMs } from '../model/time.ts';
import { smallestCut } from './cut.ts';
import { graphOf, statusOf } from './derive.ts';
import type { Way } from './derive.ts';

export interface Traced {
  /** Shortest first. */
  readonly paths: readonly AccessPath[];
  /** Ids of targets: the smallest set whose end closes every path. */
  readonly cut: readonly string[];
  /** The latest instant at which every path must have closed by itself. RFC 3339. */
  readonly upperBound?: string;
}

/**
 * The residual access paths of one grant. Each ends in a target that is not gone, and shows how the
 * subject reaches what that gives: by holding it (whatever made it need not stand any more), or over
 * memberships and rights, of which all that a hop needs must stand.
 */
export function trace(grant: GrantFacts, findings: readonly Finding[]): Traced {
  const graph = graphOf(grant.subject.name ?? grant.subject.id, findings);
  const ends = findings.flatMap((finding) => {
    if (finding.verdict.verdict === 'gone' || finding.target.origin === 'coverage') return [];
    const ways = graph.ways(finding);
    return ways.length === 0 ? [] : [{ finding, ways }];
  });
  const paths = ends.flatMap(({ finding, ways: [first] }) =>
    first === undefined ? [] : pathOf(finding, first),
  );
  const through = ends.flatMap(({ ways }) =>
    ways.map((way) => new Set(way.through.map((one) => one.target.id))),
  );
  const bounds = ends.flatMap(({ ways }) => ways.map(boundOf));
  const latest = bounds.every((one) => one !== undefined) ? bounds.toSorted(byInstant).at(-1) : undefined;
  return {
    paths: paths.toSorted((a, b) => a.hops.length - b.hops.length || (a.target < b.target ? -1 : 1)),
    cut: smallestCut(through),
    ...(latest === undefined ? {} : { upperBound: latest }),
  };
}

function pathOf(finding: Finding, way: Way): readonly AccessPath[] {
  const status = statusOf(way);
  const bound = boundOf(way);
  return status === 'closed'
    ? []
    : [
        {
          status,
          target: finding.target.id,
          hops: way.hops,
          ...(bound === undefined ? {} : { upperBound: bound }),
        },
      ];
}

/** A way closes with the first thing on it that ends by itself. */
function boundOf({ through }: Way): string | undefined {
  return through
    .flatMap((one) => (one.upperBound === undefined ? [] : [one.upperBound]))
    .toSorted(byInstant)[0];
}

const byInstant = (one: string, other: string) => (instantMs(one) ?? 0) - (instantMs(other) ?? 0);
