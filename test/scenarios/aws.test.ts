import { describe, expect, test } from 'vitest';
import { runAwsScenario } from './aws-world.ts';
import { aws } from './corpus/aws.ts';
import type { Expectation } from './scenario.ts';
import { needsOf } from './verifier.ts';

test('takes every permission that is printed from a verifier once', () => {
  const taken = aws.flatMap((one) => one.blinded?.without ?? []);
  expect(taken.toSorted()).toEqual([...needsOf('aws')].toSorted());
});

test('names each story once', () => {
  const names = aws.map((one) => one.name);
  expect(names).toEqual([...new Set(names)]);
});

describe.each(aws)('$name', (scenario) => {
  const { truth, expected, story, limit } = scenario;

  test(story, async () => {
    await expect(runAwsScenario(scenario)).resolves.toBeUndefined();
  });

  test('the verdict is written from the truth', () => {
    const works = limit === undefined ? ['live', 'unproven'] : ['gone'];
    expect(truth.is === 'works' ? works : ['gone', 'dormant', 'unproven']).toContain(expected.grant);
    expect(limit === undefined || expected.says !== undefined).toBe(true);
    expectFolded(expected);
  });
});

const blinded = aws.flatMap((one) => (one.blinded === undefined ? [] : [{ name: one.name, ...one.blinded }]));

test.each(blinded)('$name: who lacks $without says so, and never gone', ({ without, expected }) => {
  expect(expected.needs).toBe(without);
  expect(Object.values(expected.targets)).toContain('unproven R-PERM');
  expect(expected.grant).not.toBe('gone');
  expectFolded(expected);
});

/** Live before unproven before dormant before gone, and the exit code that goes with it. */
function expectFolded({ grant, exit, targets }: Expectation): void {
  const words = Object.values(targets).map((outcome) => outcome.split(' ')[0]);
  const worst = (['live', 'unproven', 'dormant', 'gone'] as const).find((word) => words.includes(word));
  expect(grant).toBe(worst);
  expect(exit).toBe({ live: 1, dormant: 1, unproven: 3, gone: 0 }[grant]);
}
