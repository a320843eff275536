import type { Check, Kind } from '../connector.ts';
import { reasonTexts, verdictTexts, exitTexts, sawText, controlText } from './messages.ts';
import type { Reason } from '../model/reason.ts';
import type { ReportDocument } from './report-schema.ts';
import { shown, wrapped } from './shown.ts';

const width = 80;
type GrantDocument = ReportDocument['grants'][number];
type TargetDocument = GrantDocument['targets'][number];

export function explainReason(reason: Reason): string {
  const { says, means, next } = reasonTexts[reason];
  return page(`${reason}   ${says}`, [
    ['means', means],
    ['next', next],
  ]);
}

export function explainExit(code: number): string {
  const rows = [...exitTexts].map(([one, text]): [string, string] => [
    `${one === code ? '>' : ' '} ${one}`,
    text,
  ]);
  return page(`exit code ${code}   ${exitTexts.get(code) ?? ''}`, [
    ...rows,
    ['', 'Where several would hold: 70 before 4 before 2 before 1 before 3 before 0.'],
  ]);
}

export function explainKind(kind: Kind<unknown>, checks: readonly Check<unknown, unknown>[]): string {
  return page(`${shown(kind.kind)}   ${shown(kind.title)}`, [
    ['role', kind.role],
    ['ref', `gone needs ${kind.needed.join(', ')}`],
    [
      'proves',
      `gone needs a controlled no to: ${kind.requires.join(', ')}; a yes to ${kind.killing} alone makes it live`,
    ],
    ['lag', `an end reaches every place within ${kind.horizon}`],
    ...checks.map((check): [string, string] => ['check', `${check.id}: ${check.title}`]),
    ['schema', 'tombstone connectors schema'],
  ]);
}

export function explainCheck(check: Check<unknown, unknown>): string {
  return page(`${shown(check.id)}   ${shown(check.title)}`, [
    ['about', `${check.of.kind}, ${check.of.title}`],
    ['proves', `${check.claim}${check.decides ? '' : ' (it only corroborates)'}`],
    ['method', check.method],
    ...check.needs.map((need): [string, string] => ['needs', need]),
    ['changes', check.effects.length === 0 ? 'nothing' : check.effects.join('; ')],
    ['docs', check.docs],
  ]);
}

/** A finding of a saved report: what was asked, what was seen, by which controls, and what would change it. */
export function explainFinding(grant: GrantDocument, target: TargetDocument): string {
  const verdict = `${target.finding}   ${target.verdict.toUpperCase()}   ${target.kind} ${target.label}   ${target.system}`;
  return page(verdict, [
    ['grant', grant.id],
    ['means', verdictTexts[target.verdict]],
    ...(target.reason === null
      ? []
      : ([
          ['why', `${target.reason}: ${target.detail ?? reasonTexts[target.reason].says}`],
          [
            'next',
            target.needs ??
              (target.verdict === 'unproven' ? undefined : target.fix) ??
              reasonTexts[target.reason].next,
          ],
        ] as const)),
    ...(target.softenedBy === undefined ? [] : ([['exit', `does not count: ${target.softenedBy}`]] as const)),
    ...(target.upperBound === undefined ? [] : ([['until', `${target.upperBound} at the latest`]] as const)),
    ...grant.paths
      .filter((path) => path.target === target.id)
      .map((path) => {
        const hops = path.hops.map((hop) => `-[${hop.relation}]-> ${hop.to}`);
        return ['path', `${path.hops[0]?.from ?? ''} ${hops.join(' ')} (${path.status})`] as const;
      }),
    ...target.evidence.flatMap((evidence) => evidenceRows(evidence, target)),
    ['name', `fingerprint ${target.fingerprint}`],
  ]);
}

type Row = readonly [label: string, text: string];

function evidenceRows(evidence: TargetDocument['evidence'][number], target: TargetDocument): readonly Row[] {
  const role = target.because.includes(evidence.id)
    ? 'proof'
    : target.contradicted.includes(evidence.id)
      ? 'but'
      : 'also';
  const { observation } = evidence;
  const controls = 'controls' in observation ? (observation.controls ?? []) : [];
  return [
    [
      role,
      `${evidence.check} (${evidence.method}, ${evidence.claim}) at ${evidence.point}, ${evidence.at}: ${sawText(observation)}`,
    ],
    ...controls.map((control): Row => [
      '',
      `control: ${controlText(control)}, ${control.stamp.at}, as ${control.stamp.principal}`,
    ]),
    ...evidence.reads
      .slice(0, 1)
      .map((read): Row => [
        '',
        `instance ${read.instance}${evidence.pinned ? ', pinned' : ', not pinned'}; ${evidence.id}`,
      ]),
  ];
}

function page(title: string, rows: readonly Row[]): string {
  const lines = rows.map(([label, text]) =>
    wrapped(shown(text), `  ${label.padEnd(7)} `, ' '.repeat(10), width),
  );
  return `${[shown(title), ...lines].join('\n')}\n`;
}
