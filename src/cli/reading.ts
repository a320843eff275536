import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KindLookup } from '../grant/kinds.ts';
import { assertUniqueIds, loadGrants } from '../grant/load.ts';
import { nearest } from '../grant/nearest.ts';
import { UsageError } from '../model/errors.ts';
import type { Problem } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { codeOf, problemText } from './endings.ts';
import type { Shell } from './shell.ts';

/** Far more than any file that a person or a broker writes, far less than what a process can hold. */
const maxBytes = 256 * 1024 * 1024;

/** A misspelt command reads as a record: `verify` is what runs without one. */
const commands = ['verify', 'judge', 'capture', 'explain', 'doctor', 'record', 'connectors', 'demo', 'help'];

/** A file of records that was read and not yet understood. */
export interface RecordText {
  readonly text: string;
  readonly file: string;
  readonly directory: string;
}

/**
 * The texts of all record files, `-` being stdin.
 * @throws UsageError for the first that cannot be read
 */
export async function readRecords(files: readonly string[], shell: Shell): Promise<readonly RecordText[]> {
  const texts: RecordText[] = [];
  for (const file of files) {
    const directory = file === '-' ? shell.directory : dirname(resolve(shell.directory, file));
    texts.push({ text: await readInput(file, shell), file: file === '-' ? '<stdin>' : file, directory });
  }
  return texts;
}

/**
 * The grants of all texts. Warnings go to stderr.
 * @throws UsageError with everything that is wrong with the first text that is wrong
 */
export function grantsOf(
  texts: readonly RecordText[],
  kinds: KindLookup,
  shell: Shell,
): readonly GrantRecord[] {
  const grants = texts.flatMap(({ text, ...source }) => {
    const loaded = loadGrants(text, source, kinds);
    warn(loaded.warnings, shell);
    return loaded.grants;
  });
  assertUniqueIds(grants);
  return grants;
}

/**
 * The text of a file, or of stdin for `-`.
 * @throws UsageError where it cannot be read as UTF-8 text
 */
export async function readInput(file: string, shell: Shell): Promise<string> {
  const bytes = file === '-' ? await shell.stdin(maxBytes) : readWhole(file, shell.directory);
  if (bytes.byteLength > maxBytes) {
    throw new UsageError(`${file} is larger than ${maxBytes / 1024 / 1024} MiB`);
  }
  if (!isUtf8(bytes)) throw new UsageError(`${file} is not UTF-8 text`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  // the mark that some editors put first is no part of the text
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

export function warn(problems: readonly Problem[], shell: Shell): void {
  for (const problem of problems) shell.err(`warning: ${problemText(problem)}\n`);
}

function readWhole(file: string, directory: string): Uint8Array {
  try {
    return readFileSync(resolve(directory, file));
  } catch (error) {
    const code = codeOf(error);
    const why = new Map([
      ['ENOENT', 'there is no such file'],
      ['EISDIR', 'it is a directory'],
      ['EACCES', 'it may not be read'],
    ]).get(code);
    const command = code === 'ENOENT' ? nearest(file, commands) : undefined;
    const hint = command === undefined ? '' : `; was the command ${command} meant?`;
    throw new UsageError(`${file} cannot be read: ${why ?? code}${hint}`);
  }
}
