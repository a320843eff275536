import type { Reason } from '../model/reason.ts';
import type { Entry } from './budget.ts';
import type { Span } from './deadline.ts';
import type { Trouble } from './trouble.ts';
import { stopped, trouble } from './trouble.ts';

/** Thrown where a request of a socket protocol had no answer: `reason` is the failure's. */
export class TurnError extends Error {
  readonly reason: Reason;

  constructor({ reason, detail }: Trouble) {
    super(detail);
    this.name = 'TurnError';
    this.reason = reason;
  }
}

/** Runs `work` until the span is over, also where the work does not listen to its signal. */
export function runWithin<T>(span: Span, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new Promise<never>((_, reject) => {
    // before the work hears of it, so that its own error does not come first
    span.signal.addEventListener('abort', () => reject(new TurnError(span.why())), { once: true });
  });
  return Promise.race([over, work(span.signal)]);
}

/** Why the budget let nothing through. */
export function notEntered(entry: Exclude<Entry, { entered: true }>): Trouble {
  if (entry.why !== 'held') return stopped();
  return trouble(
    'R-RATE',
    `asked for a pause: nothing is sent for another ${Math.ceil(entry.waitMs / 1_000)} s`,
  );
}
