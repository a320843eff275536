import { UsageError } from '../model/errors.ts';
import type { Finding, GrantReport, Report } from '../model/report.ts';
import { trace } from '../trace/trace.ts';

/**
 * Which paths would be left if these targets were ended, and nothing else changed? Verdicts and exit
 * code stay what they are. Pure.
 * @param names ids of targets; `grant:target` where several grants have that target
 * @throws UsageError for a name that no grant has
 */
export function ifRemoved(report: Report, names: readonly string[]): Report {
  const is = (grant: GrantReport, { target }: Finding) =>
    names.includes(target.id) || names.includes(`${grant.grant.id}:${target.id}`);
  const unknown = names.filter(
    (name) =>
      !report.grants.some((grant) =>
        grant.findings.some(({ target }) => [target.id, `${grant.grant.id}:${target.id}`].includes(name)),
      ),
  );
  if (unknown.length > 0) {
    const ids = report.grants.flatMap((grant) => grant.findings.map(({ target }) => target.id));
    throw new UsageError(`--if-removed ${unknown.join(', ')}: no such item; there are ${ids.join(', ')}`);
  }
  return {
    ...report,
    grants: report.grants.map((grant): GrantReport => {
      const removed = grant.findings.filter((finding) => is(grant, finding));
      const left = grant.findings.map((finding): Finding =>
        removed.includes(finding)
          ? { ...finding, verdict: { verdict: 'gone', because: ['assumed removed'] } }
          : finding,
      );
      return {
        ...grant,
        ifRemoved: {
          targets: removed.map(({ target }) => target.id),
          paths: trace(grant.grant, left).paths,
        },
      };
    }),
  };
}
