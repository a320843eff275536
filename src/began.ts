import { instantMs } from './model/time.ts';
import type { Context } from './connector.ts';
import type { Stamp } from './model/observation.ts';

type Window = Pick<Context<unknown>['window'], 'from'>;

/** Below this a difference of clocks is not told from the second in which the server's clock is told. */
const tellable = 2_000;

/**
 * The earliest instant, by the server's clock, at which this grant can have made something. There is no
 * latest: until it is looked at, what stands may go on making more. Milliseconds since the epoch.
 */
export function earliest(window: Window, { at, serverAt }: Pick<Stamp, 'at' | 'serverAt'>): number {
  const from = instantMs(window.from) ?? 0;
  const behind = (instantMs(at) ?? 0) - (instantMs(serverAt) ?? instantMs(at) ?? 0);
  return behind > tellable ? from - behind : from;
}

/** Tells what was born since the grant began, by the clock of the server that dates it. */
export function whenBegan(window: Window, stamp: Stamp): { since(instant: string): boolean } {
  const from = earliest(window, stamp);
  // an instant that cannot be read is none that excuses
  return { since: (instant) => (instantMs(instant) ?? Infinity) >= from };
}
