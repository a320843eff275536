import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtIn } from '../../src/registry.ts';
import { scenarios } from './corpus/index.ts';
import { readme, readmeFile } from './readme.ts';
import type { Expectation } from './scenario.ts';
import { needsOf } from './verifier.ts';

/**
 * Without them a token that stands is called live where it is dormant: nothing becomes gone by it. Tried
 * in connectors/vault/entities.test.ts.
 */
const describing = ['update sys/capabilities-accessor', 'update sys/capabilities'];

/** Permissions that only looks of vault take: each is taken in connectors/vault/looks.test.ts. */
const looking = (() => {
  const { checks = [] } = builtIn().get('vault') ?? {};
  const of = (wanted: boolean) =>
    checks.filter((one) => (one.of.role === 'coverage') === wanted).flatMap((one) => one.needs);
  return of(true).filter((need) => !of(false).includes(need));
})();

describe('the corpus of scenarios', () => {
  test('names each story once', () => {
    const names = scenarios.map((one) => one.name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('README.md is what the stories say (node test/scenarios/readme.ts)', () => {
    expect(readFileSync(readmeFile, 'utf8')).toBe(readme());
  });

  test.each(scenarios)('$name: the verdict is written from the truth', ({ truth, expected, limit }) => {
    const allowed = {
      works: limit === undefined ? ['live', 'unproven'] : ['gone'],
      refused: ['gone', 'dormant', 'unproven'],
    };
    expect(allowed[truth.is]).toContain(expected.grant);
    // what cannot be told apart is said
    expect(limit === undefined || expected.says !== undefined).toBe(true);
    expectFolded(expected);
  });

  test.each(scenarios.filter((one) => one.blinded !== undefined))(
    '$name: who lacks a permission says so, and never gone',
    ({ blinded }) => {
      if (blinded === undefined) return;
      expect(blinded.expected.grant).not.toBe('gone');
      expect(blinded.expected.needs).toBe(blinded.without);
      expect(Object.values(blinded.expected.targets)).toContain('unproven R-PERM');
      expectFolded(blinded.expected);
    },
  );

  test('takes every permission that is printed from a verifier once', () => {
    const taken = scenarios.flatMap((one) => one.blinded?.without ?? []);
    const printed = new Set([...needsOf('vault'), ...needsOf('postgres')]);
    expect(new Set([...taken, ...describing, ...looking])).toEqual(printed);
    // one that a story takes is no longer an exception
    expect(describing.filter((need) => taken.includes(need))).toEqual([]);
  });
});

/** Live before unproven before dormant before gone, and the exit code that goes with it. */
function expectFolded({ grant, exit, targets }: Expectation): void {
  const words = Object.values(targets).map((outcome) => outcome.split(' ')[0]);
  const worst = (['live', 'unproven', 'dormant', 'gone'] as const).find((word) => words.includes(word));
  expect(grant).toBe(worst);
  expect(exit).toBe({ live: 1, dormant: 1, unproven: 3, gone: 0 }[grant]);
}
