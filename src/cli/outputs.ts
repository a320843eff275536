import { randomUUID } from 'node:crypto';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../model/errors.ts';
import { formats } from '../reporters/index.ts';
import { codeOf } from './endings.ts';
import type { Format } from '../reporters/index.ts';

/** A file that `--out` asks for. */
export interface Output {
  readonly format: Format;
  /** As the user wrote it. */
  readonly file: string;
  readonly path: string;
}

/**
 * Reads `--out` and sees that each file can be written, before anything is asked.
 * @throws UsageError
 */
export async function outputsOf(words: readonly string[], directory: string): Promise<readonly Output[]> {
  const outputs = words.map((word) => outputOf(word, directory));
  const twice = outputs.find((one, index) => outputs.findIndex((other) => other.path === one.path) !== index);
  if (twice !== undefined) throw new UsageError(`--out names ${twice.file} twice`);
  await Promise.all(outputs.map(writable));
  return outputs;
}

export interface WholeText {
  readonly path: string;
  readonly text: string;
  /** Permissions, where an existing file must keep its own. */
  readonly mode?: number;
}

/**
 * Writes all files or none: first every text in full beside its place, then one rename each.
 * @throws Error where a file cannot be written; nothing half-written stays
 */
export async function writeAll(texts: readonly WholeText[]): Promise<void> {
  const prepared: { readonly beside: string; readonly path: string }[] = [];
  try {
    for (const { path, text, mode } of texts) {
      const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
      prepared.push({ beside, path });
      // wx: never through a link that somebody else laid there
      const file = await open(beside, 'wx');
      try {
        if (mode !== undefined) await file.chmod(mode & 0o777);
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { beside, path } of prepared) await rename(beside, path);
  } finally {
    await Promise.all(prepared.map(({ beside }) => rm(beside, { force: true })));
  }
}

function outputOf(word: string, directory: string): Output {
  const at = word.indexOf('=');
  const format = formats.find((one) => one === word.slice(0, at));
  const file = word.slice(at + 1);
  if (at === -1 || format === undefined || file === '') {
    throw new UsageError(`--out ${word} is not format=file; the formats are ${formats.join(', ')}`);
  }
  return { format, file, path: resolve(directory, file) };
}

async function writable({ file, path }: Output): Promise<void> {
  const there = await stat(path).catch(missing);
  if (there !== undefined && !there.isFile()) throw new UsageError(`--out ${file}: not a regular file`);
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(`--out ${file}: its directory cannot be written to (${codeOf(error)})`);
  }
}

function missing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw new UsageError(`--out: ${error instanceof Error ? error.message : String(error)}`);
}
