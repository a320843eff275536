import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';

/** Throws unless both are equal, with both of them and what they are about. */
export function hold(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError({ message: what, actual, expected, operator: 'deepStrictEqual' });
}
