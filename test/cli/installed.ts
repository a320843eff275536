import { spawn, spawnSync } from 'node:child_process';
import type { SpawnOptionsWithoutStdio } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a package would carry it: built from these sources into a directory of its own. */
export interface Installed {
  readonly bin: string;
  /** The package's own directory. */
  readonly home: string;
  /** A place for the files of a test. */
  readonly directory: string;
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  remove(): void;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Words for Node itself. */
  readonly node?: readonly string[];
  /** Gets the process as soon as it runs. */
  readonly watch?: (child: ReturnType<typeof spawn>) => void;
}

export function install(): Installed {
  const home = mkdtempSync(join(tmpdir(), 'tombstone-installed-'));
  const built = spawnSync(
    process.execPath,
    [join(root, 'scripts/build.ts'), '--bundle', '--out', join(home, 'dist')],
    { cwd: root, encoding: 'utf8' },
  );
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
  cpSync(join(root, 'bin'), join(home, 'bin'), { recursive: true });
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  const directory = mkdtempSync(join(home, 'files-'));
  const bin = join(home, 'bin/tombstone.js');
  return {
    bin,
    home,
    directory,
    run: (words, options = {}) => run(bin, words, { cwd: directory, ...options }, home),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function run(bin: string, words: readonly string[], options: RunOptions, home: string): Promise<Ran> {
  const spawning: SpawnOptionsWithoutStdio = {
    cwd: options.cwd,
    // nothing of this machine's own settings
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(home, 'cache'), ...options.env },
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(options.node ?? []), bin, ...words], spawning);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
    });
    // a command that ends before it has read everything closes the pipe
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    options.watch?.(child);
  });
}

/** The last line on stderr: it says what the exit code means. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
