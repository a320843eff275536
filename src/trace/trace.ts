import type { GrantFacts } from '../model/dossier.ts';
import type { AccessPath, Finding, Hop } from '../model/report.ts';

const status = { live: 'open', unproven: 'possible', dormant: 'dormant' } as const;

/**
 * The residual access paths of one grant, shortest first. A path ends in a target that is not gone
 * and shows how the subject came to hold it: a principal does not fall with the record that made
 * it, so a gone parent closes nothing.
 */
export function trace(grant: GrantFacts, findings: readonly Finding[]): readonly AccessPath[] {
  const byId = new Map(findings.map((finding) => [finding.target.id, finding]));
  const paths = findings.flatMap((finding): AccessPath[] => {
    const { verdict } = finding.verdict;
    if (verdict === 'gone' || finding.target.origin === 'coverage') return [];
    return [{ status: status[verdict], target: finding.target.id, hops: hops(grant, finding, byId) }];
  });
  return paths.toSorted((a, b) => a.hops.length - b.hops.length || (a.target < b.target ? -1 : 1));
}

function hops(grant: GrantFacts, finding: Finding, byId: ReadonlyMap<string, Finding>): readonly Hop[] {
  const chain = [finding];
  const seen = new Set([finding.target.id]);
  for (let parent = finding.target.derivedFrom; parent !== undefined;) {
    const above = byId.get(parent);
    if (above === undefined || seen.has(parent)) break;
    seen.add(parent);
    chain.unshift(above);
    parent = above.target.derivedFrom;
  }
  const subject = grant.subject.name ?? grant.subject.id;
  const down = chain.map((one, index): Hop => {
    const above = chain[index - 1];
    return {
      from: above === undefined ? subject : above.target.label,
      to: one.target.label,
      relation: one.target.relation ?? (above === undefined ? 'was given' : 'made'),
    };
  });
  return [...down, { from: finding.target.label, to: finding.target.system, relation: 'reaches' }];
}
