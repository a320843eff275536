import { ifRemoved } from '../report/if-removed.ts';
import { exitLine } from '../reporters/exit-line.ts';
import { reporters } from '../reporters/index.ts';
import type { Format, Sealed } from '../reporters/index.ts';
import type { Look } from '../reporters/look.ts';
import { writeAll } from './outputs.ts';
import type { Output } from './outputs.ts';
import type { Shell } from './shell.ts';

/** How verdicts are to be shown: shared by `verify` and `judge`. */
export interface VerdictOptions {
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly out?: readonly string[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly failOn?: 'unproven' | 'live' | 'never';
  readonly allow?: 'dormant';
  readonly ifRemoved?: readonly string[];
}

/** Writes a sealed run, whole and once: first the files, then stdout, last the reason of the exit code. */
export async function publish(
  sealed: Sealed,
  options: VerdictOptions,
  outputs: readonly Output[],
  hints: Pick<Look, 'again' | 'judgedFrom'>,
  shell: Shell,
): Promise<number> {
  // an interrupted run is cut short and still ends: nothing of it may be written
  shell.signal.throwIfAborted();
  const { ifRemoved: names } = options;
  const run = names === undefined ? sealed : { ...sealed, report: ifRemoved(sealed.report, names) };
  const saved = outputs.find((one) => one.format === 'json')?.file;
  const look: Look = {
    ...hints,
    color: shell.colors.out,
    detail: options.quiet ? 'quiet' : options.verbose ? 'full' : 'usual',
    ...(saved === undefined ? {} : { saved }),
  };
  const format: Format = options.json ? 'json' : options.plain ? 'plain' : 'text';
  const product = render(format, run, look, shell);
  await writeAll(
    outputs.map((one) => ({
      path: one.path,
      text: render(one.format, run, { ...look, color: false }, shell),
    })),
  );
  await shell.out(product);
  shell.err(`${exitLine(run.report)}\n`);
  return run.report.exitCode;
}

function render(format: Format, run: Sealed, look: Look, { redactor }: Shell): string {
  const text = reporters[format](run, look);
  const clean = redactor.clean(text);
  // a secret that happens to be a word of the format must not leave a document that nobody can read
  if (clean !== text && (format === 'json' || format === 'evidence')) JSON.parse(clean);
  return clean;
}
