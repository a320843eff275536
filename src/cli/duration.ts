import { UsageError } from '../model/errors.ts';
import { durationMs } from '../model/time.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of `90s`, `5m`, `1h` or an ISO 8601 duration.
 * @throws UsageError naming the flag
 */
export function durationOf(flag: string, text: string): number {
  const short = /^(\d+)([smh])$/.exec(text);
  const ms = short === null ? durationMs(text) : Number(short[1]) * (units[short[2] ?? ''] ?? Number.NaN);
  // longer than that and a timer would fire at once
  if (ms === undefined || !(ms > 0 && ms < 2 ** 31)) {
    throw new UsageError(`${flag} ${text} is not a duration such as 90s, 5m or PT5M`);
  }
  return ms;
}
