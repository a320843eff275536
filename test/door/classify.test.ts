import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../src/connector.ts';
import { unlisted } from '../../src/connector.ts';

const answer = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({
  saw: 'answer',
  status,
  headers,
  json: {},
});

test.each([
  [200, {}, '', 'R-ANSWER'],
  [204, {}, '', 'R-ANSWER'],
  [400, {}, 'bad request', 'R-ANSWER'],
  [401, {}, 'bad token', 'R-AUTH'],
  [403, {}, 'permission denied', 'R-PERM'],
  [403, { 'x-ratelimit-remaining': '0' }, '', 'R-RATE'],
  [403, { 'x-ratelimit-remaining': '10' }, '', 'R-PERM'],
  [403, { 'retry-after': '1' }, '', 'R-RATE'],
  [403, {}, 'API rate limit exceeded', 'R-RATE'],
  [404, {}, 'not found', 'R-ANSWER'],
  [407, {}, '', 'R-UNREACHABLE'],
  [408, {}, '', 'R-UNREACHABLE'],
  [410, {}, 'gone', 'R-ANSWER'],
  [429, { 'retry-after': '7' }, '', 'R-RATE'],
  [472, {}, '', 'R-UNREACHABLE'],
  [500, {}, '', 'R-UNREACHABLE'],
  [503, {}, 'sealed', 'R-UNREACHABLE'],
])('%i %o %s is %s, never an absence', (status, headers, text, reason) => {
  const failure = unlisted(answer(status, headers), text, 'read on sys/x');
  expect(failure).toMatchObject({ saw: 'inconclusive', reason });
  expect(failure.detail).toContain(`${status} ${text}`.trim());
  expect(failure.needs).toBe(reason === 'R-PERM' || reason === 'R-AUTH' ? 'read on sys/x' : undefined);
});

test('what the server said becomes one short line', () => {
  const failure = unlisted(answer(418), `a\n\u001b[31mb${'x'.repeat(1_000)}`);
  expect(failure.detail).toContain('418 a [31mbxxx');
  expect(failure.detail.length).toBeLessThan(400);
});
