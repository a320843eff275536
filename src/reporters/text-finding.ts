import type { Evidence } from '../model/evidence.ts';
import type { VerdictWord } from '../model/report.ts';
import type { Numbered } from './arrange.ts';
import type { Look } from './look.ts';
import { controlText, controlsOf, reasonTexts, sawText } from './messages.ts';
import { quoted, shown, wrapped } from './shown.ts';
import { paint } from './paint.ts';

const width = 80;
const margin = '      ';
type Unproven = Extract<Numbered['finding']['verdict'], { readonly verdict: 'unproven' }>;

/** One finding that is not gone: what it is, how the subject reaches it, the proof or the need, the fix, the next command. */
export function block(item: Numbered, look: Look): string {
  const { verdict, evidence, upperBound } = item.finding;
  if (verdict.verdict === 'gone') return goneLine(item, look);
  const says = reasonTexts[verdict.reason].says;
  const proof = evidence.filter((one) => verdict.because.includes(one.id));
  const against = verdict.verdict === 'unproven' ? [] : verdict.contradicted;
  return [
    head(item, look),
    wrapped(`${says}: ${shown(verdict.detail)}`, margin, margin, width),
    // that a look was complete is no access: nothing leads to it
    ...(item.finding.target.origin === 'coverage' ? [] : [labelled('path', pathOf(item))]),
    labelled('why', `${verdict.reason}, ${origin(item)}`),
    ...proof.map((one) => labelled(verdict.verdict === 'unproven' ? 'asked' : 'proof', proofOf(one, look))),
    ...evidence.filter((one) => against.includes(one.id)).map((one) => labelled('but', proofOf(one, look))),
    ...(verdict.verdict === 'unproven' ? [labelled('needs', needs(verdict))] : []),
    ...(upperBound === undefined ? [] : [labelled('until', `${shown(upperBound)} at the latest`)]),
    labelled('fix', fix(item)),
    labelled('then', look.again),
    labelled('more', more(item, look)),
  ].join('\n');
}

/** One gone item and the control that makes its absence a proof. */
export function goneLine(item: Numbered, look: Look): string {
  const { target, verdict, evidence, timeToRevocation: took } = item.finding;
  const because = evidence.filter((one) => verdict.because.includes(one.id));
  const first = because[0];
  const what = `${shown(target.system)}  ${shown(target.kind)} ${shown(target.label)}`;
  const after = took === undefined ? '' : `, gone ${took} s after the revocation`;
  const below = (line: string) => wrapped(line, `${margin}  `, `${margin}    `, width);
  if (look.detail === 'full') {
    const lines = because.flatMap((one) => [
      proofOf(one, look),
      ...controlsOf(one).map((control) => `control ${shown(controlText(control))}`),
    ]);
    return [`${margin}${what}   ${item.number}${after}`, ...lines.map(below)].join('\n');
  }
  const proof = `${first === undefined ? 'no evidence' : controlOf(first)}${after}`;
  const line = `${margin}${what.padEnd(40)}  ${proof}`;
  return line.length <= width ? line : `${margin}${what}\n${below(proof)}`;
}

/** The control of a negative in a few words; what the answer rests on where the answer is not a negative. */
function controlOf(evidence: Evidence): string {
  const [control] = controlsOf(evidence);
  if (control !== undefined) return `control ${shown(controlText(control, 'short'))}`;
  const { bound } = evidence.observation;
  if (bound !== undefined) return `past its end by the ${bound.basis}: ${shown(bound.until)}`;
  return shown(sawText(evidence.observation));
}

function head(item: Numbered, look: Look): string {
  const { target, verdict } = item.finding;
  const word = verdict.verdict.toUpperCase();
  const what = `${item.number}  ${shown(target.kind)} ${shown(target.label)}`;
  const exit = exitOf(item);
  const system = shown(target.system);
  const first = `${paint(word, verdict.verdict, look)}  ${what}`;
  const used = `${word}  ${what}   ${system}`.length;
  if (used + 3 + exit.length <= width) {
    return `${first}   ${system}${' '.repeat(width - used - exit.length)}${exit}`;
  }
  const gap = width - margin.length - system.length - exit.length;
  return `${first}\n${margin}${system}${' '.repeat(Math.max(3, gap))}${exit}`;
}

/** What this finding does to the exit code, said on its own line so that "softened" is never a surprise. */
function exitOf(item: Numbered): string {
  if (item.softenedBy !== undefined) return `softened by ${shown(item.softenedBy)}`;
  const codes: { readonly [word in VerdictWord]: number } = { live: 1, dormant: 1, unproven: 3, gone: 0 };
  return `exit ${codes[item.finding.verdict.verdict]}`;
}

function pathOf(item: Numbered): string {
  const { target } = item.finding;
  const { path } = item;
  const [first] = path?.hops ?? [];
  if (path === undefined || first === undefined) {
    return `subject -> ${shown(target.label)} (no path was traced)`;
  }
  const hops = path.hops.map((hop) => `-[${shown(hop.relation)}]-> ${shown(hop.to)}`);
  return `${shown(first.from)} ${hops.join(' ')} (${path.status})`;
}

function origin(item: Numbered): string {
  const { target } = item.finding;
  const from = target.derivedFrom === undefined ? '' : ` from ${shown(target.derivedFrom)}`;
  const how = target.relation === undefined ? '' : ` (${shown(target.relation)})`;
  return `${target.origin}${from}${how}`;
}

function proofOf(evidence: Evidence, look: Look): string {
  const seen = shown(sawText(evidence.observation));
  const where = `${shown(evidence.check)} at ${shown(evidence.point)}`;
  const name = look.detail === 'full' ? `  ${shown(evidence.id)}` : '';
  return `${where} -> ${seen}  ${shown(evidence.at)}${name}`;
}

function needs({ reason, needs: named }: Unproven): string {
  return named === undefined ? reasonTexts[reason].next : shown(named);
}

function fix({ finding: { target, verdict } }: Numbered): string {
  if (verdict.verdict === 'gone') return '';
  if (verdict.verdict !== 'unproven' && target.fix !== undefined) return shown(target.fix);
  if (verdict.verdict === 'unproven' && verdict.needs === undefined) return 'what stands under "needs"';
  return reasonTexts[verdict.reason].next;
}

function more(item: Numbered, look: Look): string {
  const { verdict } = item.finding;
  if (look.saved !== undefined) return `tombstone explain ${item.number} --report ${quoted(look.saved)}`;
  return verdict.verdict === 'gone' ? '' : `tombstone explain ${verdict.reason}`;
}

function labelled(label: string, text: string): string {
  return wrapped(text, `${margin}${label.padEnd(5)}  `, `${margin}${' '.repeat(7)}`, width);
}
