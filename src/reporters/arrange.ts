import { createHash } from 'node:crypto';
import { severity } from '../model/report.ts';
import type { AccessPath, Finding, GrantReport, Report } from '../model/report.ts';

/** A finding with its names: the number counts within one run, the fingerprint stays the same over all runs. */
export interface Numbered {
  /** `F-1`, worst first over the whole run. */
  readonly number: string;
  readonly fingerprint: string;
  readonly grant: string;
  readonly finding: Finding;
  readonly path?: AccessPath;
  /** Why this finding does not count for the exit code. */
  readonly softenedBy?: string;
}

export interface ArrangedGrant {
  readonly report: GrantReport;
  /** Worst first. */
  readonly findings: readonly Numbered[];
}

/** Puts grants and findings in the order in which people should read them, and numbers the findings. */
export function arrange(report: Report): readonly ArrangedGrant[] {
  let count = 0;
  const softened = new Map(report.softened.map((one) => [key(one.grant, one.target), one.by]));
  return worstFirst(report.grants, (grant) => grant.verdict).map((grant) => ({
    report: grant,
    findings: worstFirst(grant.findings, (finding) => finding.verdict.verdict).map((finding) => {
      count += 1;
      const path = grant.paths.find((one) => one.target === finding.target.id);
      const softenedBy = softened.get(key(grant.grant.id, finding.target.id));
      return {
        number: `F-${count}`,
        fingerprint: fingerprint(finding.target),
        grant: grant.grant.id,
        finding,
        ...(path === undefined ? {} : { path }),
        ...(softenedBy === undefined ? {} : { softenedBy }),
      };
    }),
  }));
}

/**
 * The name of a finding over all runs: SHA-256 of grant, target, kind and system, hex. The verdict
 * is not in it: else a finding that turns from live to unproven would read as *fixed*.
 */
export function fingerprint(target: Finding['target']): string {
  const name = JSON.stringify([target.grant, target.id, target.kind, target.system]);
  return createHash('sha256').update(name).digest('hex');
}

function key(grant: string, target: string): string {
  return JSON.stringify([grant, target]);
}

function worstFirst<T>(list: readonly T[], verdict: (one: T) => (typeof severity)[number]): readonly T[] {
  return list.toSorted((a, b) => severity.indexOf(verdict(a)) - severity.indexOf(verdict(b)));
}
