import type { Limits } from '../model/config.ts';

/** Time as the door measures it: it never jumps, unlike the verifier's clock. */
export interface Clock {
  /** Milliseconds from any start. */
  now(): number;
  /** Runs once after so many milliseconds; the answer calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const steadyClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export type Entry =
  | { readonly entered: true; leave(): void }
  | { readonly entered: false; readonly why: 'held'; readonly waitMs: number }
  | { readonly entered: false; readonly why: 'stopped' | 'closed' };

/** How much one system is asked: so many requests a second, so many at once, none while it asked for a pause. */
export interface Budget {
  /** Waits for a place. Refuses while a long pause lasts, when the signal fires and when closed. */
  enter(signal: AbortSignal): Promise<Entry>;
  /** The system asked for a pause: a short one is waited out, during a long one every entry is refused. */
  hold(ms: number): void;
  close(): void;
}

interface Waiter {
  readonly settle: (entry: Entry) => void;
}

/**
 * A token bucket that holds `max(concurrency, requestsPerSecond)` and fills at `requestsPerSecond`,
 * first come first served. A pause up to `timeoutMs` is short.
 */
export function createBudget(limits: Limits, clock: Clock): Budget {
  const rate = limits.requestsPerSecond / 1_000;
  const size = Math.max(limits.concurrency, limits.requestsPerSecond, 1);
  const queue = new Set<Waiter>();
  let tokens = size;
  let filledAt = clock.now();
  let inside = 0;
  let closed = false;
  let pause: { readonly until: number; readonly long: boolean } | undefined;
  let callOff: (() => void) | undefined;

  function refill(): void {
    const now = clock.now();
    tokens = Math.min(size, tokens + (now - filledAt) * rate);
    filledAt = now;
    if (pause !== undefined && now >= pause.until) pause = undefined;
  }

  function wake(ms: number): void {
    callOff?.();
    callOff = clock.after(Math.max(1, Math.ceil(ms)), () => {
      callOff = undefined;
      admit();
    });
  }

  function admit(): void {
    refill();
    for (const waiter of queue) {
      if (pause?.long === true) {
        waiter.settle({ entered: false, why: 'held', waitMs: pause.until - clock.now() });
        continue;
      }
      if (pause !== undefined) return wake(pause.until - clock.now());
      if (inside >= limits.concurrency) return;
      // a hair less than one is a whole one that arithmetic shaved
      if (tokens < 1 - 1e-9) return wake((1 - tokens) / rate);
      tokens -= 1;
      inside += 1;
      waiter.settle(place());
    }
  }

  function place(): Entry {
    let left = false;
    return {
      entered: true,
      leave() {
        if (left) return;
        left = true;
        inside -= 1;
        admit();
      },
    };
  }

  return {
    enter(signal) {
      if (closed) return Promise.resolve({ entered: false, why: 'closed' });
      if (signal.aborted) return Promise.resolve({ entered: false, why: 'stopped' });
      return new Promise((resolve) => {
        const stop = (): void => waiter.settle({ entered: false, why: 'stopped' });
        const waiter: Waiter = {
          settle(entry) {
            queue.delete(waiter);
            signal.removeEventListener('abort', stop);
            resolve(entry);
          },
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.add(waiter);
        admit();
      });
    },
    hold(ms) {
      const until = clock.now() + ms;
      if (ms <= 0 || (pause !== undefined && pause.until >= until)) return;
      pause = { until, long: ms > limits.timeoutMs };
      admit();
    },
    close() {
      closed = true;
      callOff?.();
      for (const waiter of queue) waiter.settle({ entered: false, why: 'closed' });
    },
  };
}
