import type { Finding, Report, VerdictWord } from '../model/report.ts';
import { counted, countsText } from './messages.ts';

/** The last line on stderr: the code and, in words, why it is that. */
export function exitLine(report: Report): string {
  const start = `exit ${report.exitCode}:`;
  if (report.exitCode === 1) return `${start} ${guilty(report, ['live', 'dormant'])}`;
  if (report.exitCode === 3) return `${start} ${guilty(report, ['unproven'])}`;
  if (report.softened.length > 0) {
    const softened = counted(report.softened.length, 'finding');
    return `${start} softened for ${softened}; the verdicts are ${countsText(report.summary, ', ')}`;
  }
  return `${start} ${counted(report.summary.gone, 'item')} proven gone`;
}

/** `1 item live, 2 items dormant (R-ACTIVE, R-DISABLED)`, without those that were softened. */
function guilty(report: Report, words: readonly VerdictWord[]): string {
  if (report.grants.every((one) => one.findings.length === 0)) return 'nothing was verified';
  const counting = words.map((word) => ({ word, findings: unsoftened(report, word) }));
  const all = counting.flatMap((one) => one.findings);
  const reasons = all.flatMap(({ verdict }) => ('reason' in verdict ? [verdict.reason] : []));
  const counts = counting
    .filter((one) => one.findings.length > 0)
    .map((one) => `${counted(one.findings.length, 'item')} ${one.word}`);
  return `${counts.join(', ')} (${[...new Set(reasons)].join(', ')})`;
}

function unsoftened(report: Report, word: VerdictWord): readonly Finding[] {
  const softened = (grant: string, target: string) =>
    report.softened.some((one) => one.grant === grant && one.target === target);
  return report.grants.flatMap(({ grant, findings }) =>
    findings.filter((one) => one.verdict.verdict === word && !softened(grant.id, one.target.id)),
  );
}
