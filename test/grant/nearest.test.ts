import { expect, test } from 'vitest';
import { nearest } from '../../src/grant/nearest.ts';

const known = ['credentials', 'entitlements', 'placements', 'kind', 'id', 'x'];

test.for([
  ['credential', 'credentials'],
  ['credentails', 'credentials'],
  ['Credentials', 'credentials'],
  ['entitlments', 'entitlements'],
  ['kidn', 'kind'],
  ['di', 'id'],
  ['kinds', 'kind'],
  ['colour', undefined],
  ['', undefined],
  ['a'.repeat(1_000_000), undefined],
] as const)('%s', ([word, expected]) => {
  expect(nearest(word, known)).toBe(expected);
});

test('the nearest of several, the first of equals', () => {
  expect(nearest('abcd', ['abxx', 'abcx', 'abcy'])).toBe('abcx');
});
