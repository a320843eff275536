import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../model/errors.ts';

const fileName = 'tombstone.yaml';

/**
 * The configuration to use: `--config`, else `TOMBSTONE_CONFIG`, else `tombstone.yaml` in the working
 * directory or the nearest directory above it.
 *
 * A configuration may run programs (`exec:`), so one that is found above the working directory must
 * belong to this user or to root: a file that somebody left in a shared directory is not picked up.
 *
 * @returns an absolute path of a file.
 * @throws UsageError when there is none, or the named one is not a file.
 */
export async function findConfiguration(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<string> {
  const fromEnv = env['TOMBSTONE_CONFIG'];
  if (flag !== undefined) return named(flag, '--config', cwd);
  if (fromEnv !== undefined && fromEnv !== '') return named(fromEnv, 'TOMBSTONE_CONFIG', cwd);
  const start = resolve(cwd);
  for (let directory = start; ; directory = dirname(directory)) {
    const file = join(directory, fileName);
    const found = await look(file);
    if (found !== undefined) {
      const me = process.getuid?.();
      if (directory !== start && me !== undefined && found.owner !== me && found.owner !== 0) {
        throw new UsageError(`${file} belongs to another user, so it is not used by itself`, [
          { file, message: 'it belongs to another user', hint: `If you trust it, name it: --config ${file}` },
        ]);
      }
      return file;
    }
    if (directory === dirname(directory)) break;
  }
  throw new UsageError(`there is no ${fileName} in ${start} or above it`, [
    {
      file: fileName,
      message: 'it was not found',
      hint: 'Write one (README.md shows how), or name it with --config FILE.',
    },
  ]);
}

async function named(path: string, by: string, cwd: string): Promise<string> {
  const file = resolve(cwd, path);
  if (path !== '' && (await look(file)) !== undefined) return file;
  throw new UsageError(`${by} names no file`, [
    { file: path, message: `${by} names it, but there is no such file` },
  ]);
}

async function look(file: string): Promise<{ owner: number } | undefined> {
  try {
    const found = await stat(file);
    return found.isDirectory() ? undefined : { owner: found.uid };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UsageError(`${file} cannot be looked at (${String(code)})`, [
      { file, message: `it cannot be looked at: ${String(code)}` },
    ]);
  }
}
