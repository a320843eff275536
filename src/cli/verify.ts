import { UsageError } from '../model/errors.ts';
import type { Policy } from '../model/dossier.ts';
import { quoted } from '../reporters/shown.ts';
import { kindLookup } from '../registry.ts';
import { verify as ask } from '../verify.ts';
import { baselinesOf } from './baselines.ts';
import { configured, fillSecrets } from './configured.ts';
import { grantsOf, readRecords } from './reading.ts';
import { durationOf } from './duration.ts';
import { outputsOf } from './outputs.ts';
import { progress } from './progress.ts';
import { publish } from './publish.ts';
import type { VerdictOptions } from './publish.ts';
import type { Shell } from './shell.ts';
import { keepYoungSmall } from './young.ts';

export interface VerifyOptions extends VerdictOptions {
  readonly config?: string;
  readonly connector?: readonly string[];
  readonly probe?: boolean;
  readonly wait?: string;
  readonly deadline: string;
}

/** How long after its deadline a run may take to gather what it has. Milliseconds. */
const grace = 10_000;

/** Loads, asks, judges, publishes. Everything that can be wrong with the question is said before anything is asked. */
export async function verify(
  records: readonly string[],
  options: VerifyOptions,
  shell: Shell,
): Promise<number> {
  keepYoungSmall();
  const wait = options.wait === undefined ? 0 : durationOf('--wait', options.wait);
  // more is not what a timer can hold
  const deadline = Math.min(durationOf('--deadline', options.deadline) + wait, 2 ** 31 - 1);
  const outputs = await outputsOf(options.out ?? [], shell.directory);
  const texts = await readRecords(records, shell);
  const { configuration, connectors } = await configured(options.config, shell);
  for (const id of options.connector ?? []) {
    if (connectors.get(id) !== undefined) continue;
    const installed = connectors.all.map((one) => one.id).join(', ');
    throw new UsageError(`--connector ${id}: no such connector; installed are ${installed}`);
  }
  const grants = grantsOf(texts, kindLookup(connectors), shell);
  await fillSecrets(grants, shell);
  const baselines = await baselinesOf(grants, shell);

  const watched = progress(shell, options.quiet === true);
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(new Error('the deadline of the run')), deadline);
  // it must not keep a process waiting in which nothing is left to happen
  timer.unref();
  try {
    const run = await Promise.race([
      ask({
        grants,
        configuration,
        connectors,
        baselines,
        policy: overrides(options),
        redactor: shell.redactor,
        signal: AbortSignal.any([cut.signal, shell.signal]),
        progress: watched.report,
        waitMs: wait,
        ...(options.connector === undefined ? {} : { only: options.connector }),
      }),
      overdue(cut.signal),
    ]);
    watched.stop();
    return await publish(run, options, outputs, { again: again(records, options) }, shell);
  } finally {
    clearTimeout(timer);
    watched.stop();
  }
}

function overrides({ failOn, allow, probe }: VerifyOptions): Partial<Policy> {
  return {
    ...(failOn === undefined ? {} : { failOn }),
    ...(allow === undefined ? {} : { allowDormant: true }),
    ...(probe === true ? { secrets: 'everywhere' } : {}),
  };
}

/** A run that does not even end at its deadline is broken. */
function overdue(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      setTimeout(() => reject(new Error('the run did not end at its deadline')), grace).unref();
    });
  });
}

/** The command that asks the same question again. */
function again(records: readonly string[], { config }: VerifyOptions): string {
  const flags = config === undefined ? [] : ['--config', config];
  const words = records.includes('-') ? ['RECORD', ...flags] : [...records, ...flags];
  return `tombstone verify ${words.map(quoted).join(' ')}`;
}
