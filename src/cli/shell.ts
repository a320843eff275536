import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import type { Redactor } from '../door/redact.ts';
import { codeOf } from './endings.ts';

/** What a command may touch of the world: streams, environment, directory, interruption. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Every byte that a command writes anywhere goes through it. */
  readonly redactor: Redactor;
  /** The product. Resolves when the reader has it; rejects when nobody reads. */
  out(text: string): Promise<void>;
  /** For people. Never rejects: where nobody listens, there is nobody to tell. */
  err(text: string): void;
  readonly colors: { readonly out: boolean; readonly err: boolean };
  /** A line can be drawn over on stderr. */
  readonly live: boolean;
  /** Everything on stdin, or somewhat more than `limit` bytes where there is more. */
  stdin(limit: number): Promise<Uint8Array>;
}

/** The shell of a real process. */
export function shellOf(node: NodeJS.Process, redactor: Redactor, signal: AbortSignal): Shell {
  const { env } = node;
  const stdout = whenUsed(node, 'stdout');
  const stderr = whenUsed(node, 'stderr');
  return {
    env,
    directory: node.cwd(),
    signal,
    redactor,
    out: (text) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const bytes = Buffer.from(redactor.clean(text));
        const rest = stdout.used() || node.platform === 'win32' ? bytes : notTaken(bytes);
        if (rest.length === 0) return resolve();
        stdout.stream().write(rest, (error) => (error ? reject(brokenPipe(error)) : resolve()));
      }),
    err: (text) => void stderr.stream().write(redactor.clean(text)),
    colors: {
      get out() {
        return colored(env, node.argv, stdout.stream().isTTY);
      },
      get err() {
        return colored(env, node.argv, stderr.stream().isTTY);
      },
    },
    get live() {
      return stderr.stream().isTTY && env['TERM'] !== 'dumb';
    },
    async stdin(limit) {
      const parts: Buffer[] = [];
      let length = 0;
      for await (const bytes of node.stdin as AsyncIterable<Buffer>) {
        parts.push(bytes);
        length += bytes.length;
        if (length > limit) break;
      }
      return Buffer.concat(parts);
    },
  };
}

/** Flag before NO_COLOR before FORCE_COLOR before what the stream is. */
export function colored(env: Shell['env'], argv: readonly string[], tty: boolean | undefined): boolean {
  if (argv.includes('--no-color') || env['NO_COLOR'] || env['TOMBSTONE_NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return tty === true && env['TERM'] !== 'dumb';
}

/**
 * A stream of the process, made when it is first used: the streams of Node are dearer to load than a
 * short command is to run.
 */
function whenUsed(node: NodeJS.Process, name: 'stdout' | 'stderr') {
  let made: NodeJS.WriteStream | undefined;
  return {
    used: () => made !== undefined,
    stream() {
      // a pipe that closes is told to the one who writes; without a listener it would end the process with 1
      made ??= node[name].on('error', () => undefined);
      return made;
    },
  };
}

/**
 * Writes to stdout what it takes at once: a file, a terminal and most pipes take everything.
 * @returns the rest, for the stream
 */
function notTaken(bytes: Buffer): Buffer {
  let taken = 0;
  try {
    while (taken < bytes.length) taken += writeSync(1, bytes, taken);
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw brokenPipe(error);
  }
  return bytes.subarray(taken);
}

function brokenPipe(error: unknown): Error {
  return new Error(
    `the output could not be written whole: ${error instanceof Error ? error.message : String(error)}`,
  );
}
