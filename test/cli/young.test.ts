import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const young = JSON.stringify(new URL('../../src/cli/young.ts', import.meta.url).href);
/** MiB for young objects, after many of them died in many turns of the event loop. */
const script = (first: string) => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { setImmediate as turn } from 'node:timers/promises';
  import { keepYoungSmall } from ${young};
  ${first}
  const kept = [];
  for (let round = 0; round < 600; round += 1) {
    kept.push(Array.from({ length: 5_000 }, (_, number) => ({ round, text: 'x' + number })));
    if (kept.length > 48) kept.shift();
    await turn();
  }
  const space = getHeapSpaceStatistics().find((one) => one.space_name === 'new_space');
  console.log(space.space_size / 2 ** 20);
`;
const grown = (first: string) =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', script(first)], { encoding: 'utf8' }));

test('the space for young objects stays small, where Node would let it grow to what the machine has', () => {
  expect(grown('keepYoungSmall();')).toBeLessThanOrEqual(32);
});
