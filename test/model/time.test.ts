import { expect, test } from 'vitest';
import { durationMs, instantMs } from '../../src/model/time.ts';

test.for([
  ['2026-11-22T08:14:00Z', Date.UTC(2026, 10, 22, 8, 14)],
  ['2026-11-22T08:14:00.250Z', Date.UTC(2026, 10, 22, 8, 14, 0, 250)],
  ['2026-11-22t08:14:00z', Date.UTC(2026, 10, 22, 8, 14)],
  ['2026-11-22T08:14:00+01:00', Date.UTC(2026, 10, 22, 7, 14)],
  ['2028-02-29T23:59:59Z', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ['2026-11-22T24:00:00Z', undefined],
  ['2026-11-22T08:14:60Z', undefined],
  ['2026-02-29T08:14:00Z', undefined],
  ['2026-04-31T08:14:00Z', undefined],
  ['2026-13-01T08:14:00Z', undefined],
  ['2026-11-22T08:14:00+24:00', undefined],
  ['2026-11-22T08:14:00', undefined],
  ['2026-11-22 08:14:00Z', undefined],
  ['2026-11-22', undefined],
  ['', undefined],
] as const)('the instant %s', ([text, expected]) => {
  expect(instantMs(text)).toBe(expected);
});

test.for([
  ['PT15M', 900_000],
  ['PT60M', 3_600_000],
  ['P1DT2H3M4.5S', 93_784_500],
  ['P2W', 1_209_600_000],
  ['PT0S', 0],
  ['P', undefined],
  ['PT', undefined],
  ['P1Y', undefined],
  ['P1M', undefined],
  ['15m', undefined],
  ['-PT1S', undefined],
  ['P1DT', undefined],
] as const)('the duration %s', ([text, expected]) => {
  expect(durationMs(text)).toBe(expected);
});
