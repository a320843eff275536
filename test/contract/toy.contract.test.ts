import { describe, expect, test } from 'vitest';
import { contractCases } from '../../src/testing.ts';
import { toyWorld } from './toy.fake.ts';
import { toy } from './toy.ts';

describe.each(toy.checks.map(({ id }) => id))('%s', (check) => {
  test.each(contractCases({ connector: toy, check, open: toyWorld }))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
