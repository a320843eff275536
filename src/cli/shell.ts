import { Buffer } from 'node:buffer';
import type { Redactor } from '../door/redact.ts';

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
  const { stdout, stderr, env } = node;
  // a pipe that closes is told to the one who writes; without a listener it would end the process with 1
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
  return {
    env,
    directory: node.cwd(),
    signal,
    redactor,
    out: (text) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        stdout.write(redactor.clean(text), (error) => (error ? reject(brokenPipe(error)) : resolve()));
      }),
    err: (text) => void stderr.write(redactor.clean(text)),
    colors: { out: colored(env, node.argv, stdout.isTTY), err: colored(env, node.argv, stderr.isTTY) },
    live: stderr.isTTY && env['TERM'] !== 'dumb',
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

function brokenPipe(error: Error): Error {
  return new Error(`the output could not be written whole: ${error.message}`);
}
