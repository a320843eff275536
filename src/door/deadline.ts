import type { Clock } from './budget.ts';
import type { Trouble } from './trouble.ts';
import { stopped, timedOut } from './trouble.ts';

/** The time that one request has. */
export interface Span {
  /** Fires when the time is up or when the caller stops it. */
  readonly signal: AbortSignal;
  /** Why it fired. */
  why(): Trouble;
  /** Ends the measuring. Call it always. */
  over(): void;
}

/** One deadline for the whole of a request: a server that drips cannot push it off. */
export function openSpan(ms: number, clock: Clock, stop: AbortSignal): Span {
  const up = new AbortController();
  let late = false;
  const end = (): void => up.abort();
  const callOff = clock.after(ms, () => {
    late = !stop.aborted;
    end();
  });
  // by hand: what `AbortSignal.any` ties to a signal that outlives it stays in memory for a long time
  if (stop.aborted) end();
  else stop.addEventListener('abort', end, { once: true });
  return {
    signal: up.signal,
    why: () => (late ? timedOut(ms) : stopped()),
    over() {
      callOff();
      stop.removeEventListener('abort', end);
    },
  };
}
