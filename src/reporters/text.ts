import type { Coverage, Report } from '../model/report.ts';
import { instantMs } from '../model/time.ts';
import { arrange } from './arrange.ts';
import type { ArrangedGrant, Numbered } from './arrange.ts';
import type { Look } from './look.ts';
import { counted, countsText } from './messages.ts';
import { paint } from './paint.ts';
import { quoted, shown, spoken, wrapped } from './shown.ts';
import { block, goneLine } from './text-finding.ts';
import { tree } from './tree.ts';

const width = 80;
const goneShown = 20;

/** The report for people: worst first, every finding with proof or need, fix and next command. */
export function text(report: Report, look: Look): string {
  const grants = arrange(report).map((one) => grantText(one, report, look));
  return `${[...grants, endText(report, look)].join('\n\n')}\n`;
}

function grantText(arranged: ArrangedGrant, report: Report, look: Look): string {
  const { report: grant, findings } = arranged;
  const open = findings.filter((one) => one.finding.verdict.verdict !== 'gone');
  // that a look was complete stands below, with what it saw
  const gone = findings.filter(
    ({ finding: { verdict, target } }) => verdict.verdict === 'gone' && target.origin !== 'coverage',
  );
  return [
    headText(arranged, report),
    `  ${paint(grant.verdict.toUpperCase(), grant.verdict, look)}   ${tally(findings)}`,
    ...open.map((one) => block(one, look)),
    ...(look.detail === 'quiet' ? [] : [tree(arranged, look)].filter((drawn) => drawn !== '')),
    ...(grant.cut.length === 0 ? [] : [cutText(arranged)]),
    ...(grant.ifRemoved === undefined ? [] : [ifRemovedText(grant.ifRemoved, findings)]),
    ...(gone.length === 0 || look.detail === 'quiet' ? [] : [goneText(gone, look)]),
    coverageText(grant.coverage),
  ].join('\n\n');
}

function headText({ report: { grant } }: ArrangedGrant, report: Report): string {
  const { subject, intent, approvedBy } = grant;
  const party = subject.name ?? subject.id;
  const lasts = (instantMs(grant.until) ?? 0) - (instantMs(grant.from) ?? 0);
  const behalf = subject.onBehalfOf === undefined ? '' : `  on behalf of  ${shown(subject.onBehalfOf)}`;
  const ticket = intent?.ticket === undefined ? '' : `  ${shown(intent.ticket)}`;
  const why = intent === undefined ? 'no intent recorded' : `"${shown(intent.reason)}"${ticket}`;
  const who =
    approvedBy.length === 0 ? 'no approval recorded' : `approved ${approvedBy.map(shown).join(', ')}`;
  return [
    `tombstone ${report.tool.version}   grant ${shown(grant.id)}   ${revokedText(grant.revokedAt, grant.until, report.sealedAt)}`,
    wrapped(`${subject.kind}:${shown(party)}${behalf}`, 'subject  ', '         ', width),
    wrapped(`${why}   ${who}   TTL ${spoken(lasts)}`, 'intent   ', '         ', width),
  ].join('\n');
}

function revokedText(at: string | undefined, until: string, now: string): string {
  if (at === undefined) return `not revoked yet (runs until ${shown(until)})`;
  const past = (instantMs(now) ?? 0) - (instantMs(at) ?? 0);
  return `revoked ${shown(at)} (${spoken(past)} ${past < 0 ? 'ahead' : 'ago'})`;
}

function tally(findings: readonly Numbered[]): string {
  const counts = { live: 0, unproven: 0, dormant: 0, gone: 0 };
  for (const one of findings) counts[one.finding.verdict.verdict] += 1;
  const systems = new Set(findings.map((one) => one.finding.target.system)).size;
  return `${countsText(counts)}        ${counted(findings.length, 'item')}, ${counted(systems, 'system')}`;
}

function goneText(gone: readonly Numbered[], look: Look): string {
  const head = `${paint('GONE', 'gone', look)}  ${gone.length}`;
  if (gone.length > goneShown && look.detail !== 'full') {
    return `${head}   each with its control (-v lists them)`;
  }
  return [head, ...gone.map((one) => goneLine(one, look))].join('\n');
}

/** The fewest ends that leave no way in. Nothing is saved where each item must be ended anyway. */
function cutText({ report: { cut, paths, upperBound }, findings }: ArrangedGrant): string {
  const numbers = findings.flatMap((one) => (cut.includes(one.finding.target.id) ? [one.number] : []));
  const until = upperBound === undefined ? '' : `; by themselves they close at ${shown(upperBound)}`;
  const all = counted(paths.length, 'path');
  return wrapped(
    `${all}; ending ${numbers.join(', ')} closes all of them${until}`,
    'ways in  ',
    '         ',
    width,
  );
}

function ifRemovedText(
  { targets, paths }: NonNullable<ArrangedGrant['report']['ifRemoved']>,
  findings: readonly Numbered[],
): string {
  const numbers = (ids: readonly string[]) =>
    findings.flatMap((one) => (ids.includes(one.finding.target.id) ? [one.number] : [])).join(', ');
  const left =
    paths.length === 0
      ? 'no way in is left'
      : `left are the ways to ${numbers(paths.map((one) => one.target))}`;
  const what = targets.length === 0 ? 'nothing of this grant' : numbers(targets);
  return wrapped(`${what} ended: ${left}`, 'if       ', '         ', width);
}

function coverageText(coverage: readonly Coverage[]): string {
  const missed = coverage.filter((one) => one.notLooked.length > 0);
  const looked = coverage.length - missed.length;
  const head =
    missed.length === 0
      ? `not looked at   none (${looked} of ${counted(coverage.length, 'system')} looked at)`
      : `not looked at   ${missed.length} of ${counted(coverage.length, 'system')} in part or whole`;
  const line = (text: string) => wrapped(text, '  ', '    ', width);
  return [
    head,
    ...missed.map((one) => {
      const seen =
        one.looked.length === 0 ? 'nothing was looked at' : `looked at: ${one.looked.map(shown).join(', ')}`;
      return line(`${shown(one.system)}: ${one.notLooked.map(shown).join(', ')} (${seen})`);
    }),
    ...coverage.flatMap(({ system, assumed, excused }) => [
      ...assumed.map((why) => line(`${shown(system)}: assumed, ${shown(why)}`)),
      ...(Object.keys(excused).length === 0
        ? []
        : [line(`${shown(system)}: others seen, ${excusedText(excused)}`)]),
    ]),
  ].join('\n');
}

const excusedText = (excused: Coverage['excused']) =>
  Object.entries(excused)
    .map(([relation, count]) => `${count} ${shown(relation)}`)
    .join(', ');

function endText(report: Report, look: Look): string {
  const unpinned = report.systems.filter((one) => !one.pinned).map((one) => shown(one.system));
  const insecure = report.systems.filter((one) => one.insecure).map((one) => shown(one.system));
  const softened = [...new Set(report.softened.map((one) => shown(one.by)))];
  const clean =
    report.exitCode === 0 && report.summary.gone > 0 && report.grants.every((one) => one.verdict === 'gone');
  return [
    ...(unpinned.length === 0
      ? []
      : [note(`instance not pinned: ${unpinned.join(', ')} (tombstone doctor --pin)`)]),
    ...(insecure.length === 0
      ? []
      : [note(`plain http, as the configuration allows: ${insecure.join(', ')}`)]),
    ...(softened.length === 0
      ? []
      : [
          note(
            `exit code softened for ${counted(report.softened.length, 'finding')}: ${softened.join(', ')}`,
          ),
        ]),
    ...(look.judgedFrom === undefined
      ? []
      : [note(`judged from ${shown(look.judgedFrom)}, which is unsigned: no system was asked`)]),
    ...(look.saved === undefined ? [] : [note(`report  ${quoted(look.saved)}`)]),
    `checked ${shown(report.startedAt)} to ${shown(report.sealedAt)}`,
    ...(report.grants.length < 2
      ? []
      : [`${counted(report.grants.length, 'grant')}: ${countsText(report.summary)}`]),
    ...(clean ? [paint('clean: every item is proven gone', 'gone', look)] : []),
  ].join('\n');
}

function note(line: string): string {
  return wrapped(line, '', '  ', width);
}
