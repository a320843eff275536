import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { stringify } from 'yaml';
import { capture as take } from '../capture.ts';
import { UsageError } from '../model/errors.ts';
import type { Account } from '../model/grant.ts';
import { counted } from '../reporters/messages.ts';
import { shown } from '../reporters/shown.ts';
import { configured } from './configured.ts';
import { writeAll } from './outputs.ts';
import type { Shell } from './shell.ts';

export interface CaptureOptions {
  readonly config?: string;
  readonly account?: readonly string[];
}

/**
 * Writes what stands now, before a task, and prints the lines with which a record names it.
 * @returns 0, or 3 where a look was not whole: then nothing is written
 * @throws UsageError for an account in a system that is not configured
 */
export async function capture(file: string, options: CaptureOptions, shell: Shell): Promise<number> {
  const { configuration, connectors } = await configured(options.config, shell);
  const accounts = (options.account ?? []).map((word) => accountOf(word, [...configuration.systems.keys()]));
  const { redactor, signal } = shell;
  const { baseline, missed } = await take({ accounts, configuration, connectors, redactor, signal });
  if (missed.length > 0) {
    for (const { look, failure } of missed) {
      const needs = failure.needs === undefined ? '' : ` [needs ${failure.needs}]`;
      shell.err(`${redactor.clean(shown(`${look}: ${failure.reason} ${failure.detail}${needs}`))}\n`);
    }
    shell.err('the baseline would have gaps; nothing was written\n');
    return 3;
  }
  const text = redactor.clean(
    `${JSON.stringify({ apiVersion: 'tombstone/v1', kind: 'Baseline', ...baseline }, undefined, 2)}\n`,
  );
  await writeAll([{ path: resolve(shell.directory, file), text }]);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const { capturedAt } = baseline;
  // a record refers to its files from its own directory
  await shell.out(stringify({ baseline: { capturedAt, file: `./${basename(file)}`, sha256 } }));
  shell.err(
    `${counted(baseline.entries.length, 'thing')} in ${file}; put these lines into the grant record\n`,
  );
  return 0;
}

function accountOf(word: string, systems: readonly string[]): Account {
  const at = word.indexOf('=');
  const [system, id] = [word.slice(0, at), word.slice(at + 1)];
  if (at < 1 || id === '') throw new UsageError(`--account ${word} is not SYSTEM=ID`);
  if (!systems.includes(system)) {
    throw new UsageError(`--account ${word}: no system ${system}; configured are ${systems.join(', ')}`);
  }
  return { system, id };
}
