import type { ArrangedGrant, Numbered } from './arrange.ts';
import type { Look } from './look.ts';
import { paint } from './paint.ts';
import { shown } from './shown.ts';

/** More than that nobody follows with the eye. */
const lines = 40;

/**
 * How everything came from the subject, as a small tree: what was made from what, and what became of
 * it. Empty where nothing was made from anything, or nothing is left.
 */
export function tree({ report: { grant }, findings: all }: ArrangedGrant, look: Look): string {
  const findings = all.filter((one) => one.finding.target.origin !== 'coverage');
  const ids = new Set(findings.map((one) => one.finding.target.id));
  const children = Map.groupBy(findings, ({ finding: { target } }) =>
    target.derivedFrom !== undefined && ids.has(target.derivedFrom) ? target.derivedFrom : undefined,
  );
  const left = findings.some((one) => one.finding.verdict.verdict !== 'gone');
  if (!left || children.size < 2) return '';

  const drawn: string[] = [];
  const seen = new Set<string>();
  const draw = (items: readonly Numbered[], indent: string): void => {
    const inOrder = items.toSorted((a, b) => (a.finding.target.id < b.finding.target.id ? -1 : 1));
    for (const [index, item] of inOrder.entries()) {
      const { target } = item.finding;
      // a circle of origins would never end
      if (seen.has(target.id)) continue;
      seen.add(target.id);
      const last = index === inOrder.length - 1;
      drawn.push(`${indent}${last ? '└─' : '├─'} ${lineOf(item, look)}`);
      draw(children.get(target.id) ?? [], `${indent}${last ? '  ' : '│ '} `);
    }
  };
  draw(children.get(undefined) ?? [], '  ');
  const more = drawn.length > lines ? [`  … and ${drawn.length - lines} more`] : [];
  return [
    `from     ${shown(grant.subject.name ?? grant.subject.id)}`,
    ...drawn.slice(0, lines),
    ...more,
  ].join('\n');
}

function lineOf({ finding: { target, verdict }, number }: Numbered, look: Look): string {
  const word = paint(verdict.verdict.toUpperCase(), verdict.verdict, look);
  const name = verdict.verdict === 'gone' ? '' : `  ${number}`;
  return `${word}  ${shown(target.kind)} ${shown(target.label)}${name}`;
}
