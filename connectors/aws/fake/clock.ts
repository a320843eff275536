/** The time of a world: the machine's own, moved by what a test says. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  advance(ms: number): void;
  /** How far it is ahead of the machine's clock, in milliseconds: an SDK's `systemClockOffset`. */
  offset(): number;
}

export function createClock(): Clock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: (ms) => void (offset += ms),
    offset: () => offset,
  };
}
