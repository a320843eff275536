import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(mutants)('$name: what is cut stands there, once', ({ file, cut }) => {
  expect(readFileSync(`${root}${file}`, 'utf8').split(cut)).toHaveLength(2);
});

test('names each mutant once', () => {
  const names = mutants.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
