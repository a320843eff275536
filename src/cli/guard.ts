import { writeSync } from 'node:fs';
import type { Redactor } from '../door/redact.ts';

/** What a signal of the operating system ends the process with. */
const interruptions = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Guard {
  /** Aborts at SIGINT and SIGTERM; the reason is an `Interrupted`. */
  readonly signal: AbortSignal;
  /** The command has answered and every byte is written: from here on the exit code stands. */
  settle(code: number): void;
}

/** SIGINT or SIGTERM came: no verdict, no output. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: keyof typeof interruptions) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = interruptions[signal];
  }
}

/**
 * Sees to it that no ending is mistaken for a verdict. Node ends an uncaught error with 1, which
 * here means "live", and an event loop that runs dry with 0, which means "gone": both become 70.
 */
export function guard(node: NodeJS.Process, redactor: Redactor): Guard {
  const interruption = new AbortController();
  let settled = false;
  // not through the stream: a crashing process may never get to flush it
  const say = (text: string) => writeSync(2, `${redactor.clean(text)}\n`);
  const crash = (error: unknown) => {
    settled = true;
    try {
      say(crashText(error, node.argv.includes('--debug')));
    } finally {
      node.exit(70);
    }
  };
  node.on('uncaughtException', crash);
  node.on('unhandledRejection', crash);
  node.on('exit', () => {
    if (settled) return;
    node.exitCode = 70;
    say(
      'tombstone: the run ended before it had an answer: something it waited for can never come\n' + internal,
    );
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // only once: who asks a second time gets the operating system's own ending
    node.once(name, () => interruption.abort(new Interrupted(name)));
  }
  return {
    signal: interruption.signal,
    settle(code) {
      settled = true;
      node.exitCode = code;
      // a socket or timer that a connector forgot must not hold the process: everything is written by now
      setTimeout(() => node.exit(), 1_000).unref();
    },
  };
}

const internal = 'exit 70: internal error, no verdict';

/** What people see of a crash. The stack only where it was asked for. */
export function crashText(error: unknown, debug: boolean): string {
  const known = error instanceof Error ? error : new Error(String(error));
  const what = debug ? (known.stack ?? known.message) : known.message;
  const hint = debug ? '' : '\n  run it again with --debug to see where, and report it';
  return `tombstone: internal error: ${what}${hint}\n${internal}`;
}
