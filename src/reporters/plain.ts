import type { Report } from '../model/report.ts';
import { arrange } from './arrange.ts';
import type { Numbered } from './arrange.ts';
import { shown } from './shown.ts';

/**
 * One line an item, eight fields between tabs: grant, finding, verdict, system, kind, label,
 * reason (`-` for gone), evidence (`-` for none; several with commas).
 */
export function plain(report: Report): string {
  return arrange(report)
    .flatMap((grant) => grant.findings.map(line))
    .join('');
}

function line(item: Numbered): string {
  const { target, verdict } = item.finding;
  const fields = [
    item.grant,
    item.number,
    verdict.verdict,
    target.system,
    target.kind,
    target.label,
    verdict.verdict === 'gone' ? '' : verdict.reason,
    verdict.because.join(','),
  ];
  return `${fields.map((field) => shown(field) || '-').join('\t')}\n`;
}
