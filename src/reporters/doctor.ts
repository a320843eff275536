import type { DoctorLine } from '../doctor.ts';
import { counted, reasonTexts } from './messages.ts';
import { shown, spoken, wrapped } from './shown.ts';

const width = 80;

/** What is wrong at one point of one system; empty where the verifier can prove what it must. */
export function ills({ problem, pinned, checks }: DoctorLine): readonly string[] {
  return [
    ...(problem === undefined ? [] : [`${problem.reason} ${problem.detail}`]),
    ...(pinned === 'differs' ? ['R-INSTANCE the server is not the instance that is pinned'] : []),
    ...checks.filter((check) => !check.ok).map((check) => `${check.id}: ${check.detail}`),
  ];
}

/** What `tombstone doctor` says, for people. */
export function doctorText(lines: readonly DoctorLine[]): string {
  return `${lines.map(entry).join('\n\n')}\n`;
}

function entry(line: DoctorLine): string {
  const well = ills(line).length === 0;
  return [
    `${well ? 'OK  ' : 'FAIL'}  ${shown(line.system)}   ${shown(line.connector)} at ${shown(line.point)}`,
    labelled('who', line.instance === undefined ? 'the server did not say' : who(line)),
    ...(line.skewMs === undefined ? [] : [labelled('clock', clock(line.skewMs))]),
    ...(line.problem === undefined ? [] : problem(line.problem)),
    ...line.checks.flatMap(check),
    ...(line.checks.length === 0 ? [labelled('checks', 'none could be tried')] : []),
  ].join('\n');
}

function who({ instance, principal, pinned }: DoctorLine): string {
  const pin = {
    yes: 'pinned',
    no: 'not pinned (tombstone doctor --pin)',
    differs:
      'NOT the instance that is pinned: if the change is right, remove the `instance:` line and pin again',
  }[pinned];
  return `instance ${shown(instance ?? '')}, ${pin}; takes the verifier for ${shown(principal ?? 'nobody')}`;
}

function clock(skewMs: number): string {
  const apart =
    Math.abs(skewMs) < 2_000 ? 'the same as here' : `${spoken(skewMs)} ${skewMs < 0 ? 'behind' : 'ahead'}`;
  return `${apart} (${Math.round(skewMs / 1_000)} s)`;
}

function problem({ reason, detail, needs }: NonNullable<DoctorLine['problem']>): readonly string[] {
  return [
    labelled('fails', `${reasonTexts[reason].says}: ${shown(detail)} (${reason})`),
    labelled('needs', needs === undefined ? reasonTexts[reason].next : shown(needs)),
  ];
}

function check({ id, ok, detail, missing, needs }: DoctorLine['checks'][number]): readonly string[] {
  if (ok) return [labelled('ok', `${shown(id)}: ${shown(detail)}`)];
  const needed = missing === undefined ? needs.map(shown).join('; ') : shown(missing);
  return [labelled('fails', `${shown(id)}: ${shown(detail)}`), labelled('needs', needed)];
}

function labelled(label: string, text: string): string {
  return wrapped(text, `      ${label.padEnd(6)} `, ' '.repeat(13), width);
}

/** The last line on stderr. */
export function doctorExitLine(lines: readonly DoctorLine[]): string {
  const ill = lines.filter((line) => ills(line).length > 0).length;
  if (ill > 0) return `exit 3: ${ill} of ${counted(lines.length, 'point')} cannot prove everything`;
  return `exit 0: ${counted(lines.length, 'point')} can prove what the checks ask`;
}
