import { UsageError } from '../model/errors.ts';
import {
  explainExit,
  explainFinding,
  explainReason,
  explainCheck,
  explainKind,
} from '../reporters/explain.ts';
import { reasons } from '../model/reason.ts';
import { nearest } from '../grant/nearest.ts';
import { exitTexts } from '../reporters/messages.ts';
import { reportSchema } from '../reporters/report-schema.ts';
import type { ReportDocument } from '../reporters/report-schema.ts';
import { installed } from './installed.ts';
import { readInput } from './reading.ts';
import type { Shell } from './shell.ts';

export interface ExplainOptions {
  readonly config?: string;
  readonly report?: string;
}

/** Says what a word of a report means, and what to do about it. */
export async function explain(
  what: string,
  { config, report }: ExplainOptions,
  shell: Shell,
): Promise<number> {
  await shell.out(await explained(what, config, report, shell));
  return 0;
}

async function explained(
  what: string,
  config: string | undefined,
  report: string | undefined,
  shell: Shell,
): Promise<string> {
  if (report !== undefined) {
    const found = findingOf(what, await reportOf(report, shell));
    if (found === undefined) throw new UsageError(`no finding ${what} in ${report}`);
    return explainFinding(found.grant, found.target);
  }
  if (/^F-\d+$/i.test(what)) {
    throw new UsageError(
      `${what} is a finding of one run: give its report, --report FILE (made by --out json=FILE)`,
    );
  }
  const reason = reasons.find((one) => one === what.toUpperCase());
  if (reason !== undefined) return explainReason(reason);
  const code = Number(what);
  if (what.trim() !== '' && exitTexts.has(code)) return explainExit(code);
  const { all } = await installed(config, shell);
  const check = all.flatMap((one) => one.checks).find((one) => one.id === what);
  const kind = all.flatMap((one) => one.kinds).find((one) => one.kind === what);
  if (check !== undefined || kind !== undefined) {
    const kinds =
      kind === undefined
        ? []
        : [
            explainKind(
              kind,
              all.flatMap((one) => one.checks).filter((one) => one.of.kind === kind.kind),
            ),
          ];
    return [...kinds, ...(check === undefined ? [] : [explainCheck(check)])].join('\n');
  }
  const words = [
    ...reasons,
    ...[...exitTexts.keys()].map(String),
    ...all.flatMap((one) => [...one.checks.map(({ id }) => id), ...one.kinds.map(({ kind: name }) => name)]),
  ];
  const near = nearest(what, words);
  throw new UsageError(
    `nothing is known about ${what}${near === undefined ? '' : `: did you mean ${near}?`}; reasons, exit codes, checks, kinds and, with --report, findings can be explained`,
  );
}

type TargetDocument = ReportDocument['grants'][number]['targets'][number];

/** By number, by fingerprint (or its start), or by the item's id where only one grant has it. */
function findingOf(
  what: string,
  report: ReportDocument,
): { readonly grant: ReportDocument['grants'][number]; readonly target: TargetDocument } | undefined {
  const all = report.grants.flatMap((grant) => grant.targets.map((target) => ({ grant, target })));
  const named = all.filter(({ target }) => target.finding === what.toUpperCase());
  const printed = what.length < 8 ? [] : all.filter(({ target }) => target.fingerprint.startsWith(what));
  const ids = all.filter(({ target }) => target.id === what);
  const found = [named, printed, ids].find((list) => list.length > 0) ?? [];
  if (found.length > 1) throw new UsageError(`${what} names ${found.length} findings: use its number, F-…`);
  return found[0];
}

async function reportOf(file: string, shell: Shell): Promise<ReportDocument> {
  const text = await readInput(file, shell);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON: --report wants what --out json=FILE wrote`);
  }
  const report = reportSchema.safeParse(json);
  if (!report.success) throw new UsageError(`${file} is not a report of this version of tombstone`);
  return report.data;
}
