import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../src/connector.ts';
import { failed, unlisted } from '../../src/connector.ts';
import { behaviours, traps } from '../../src/testing/behaviours.ts';
import { never, open, playHttp } from './server.ts';

const live = { status: 200, json: { login: 'alice', id: 1, active: true } };
const dead = { status: 401, json: { message: 'Bad credentials' } };
const table = behaviours(live, dead);

/** A check as connectors write it: two answers are listed, everything else is not an answer. */
function conclude(answer: HttpAnswer): string {
  const said = JSON.stringify(answer.json) ?? '';
  if (answer.status === 200 && said === JSON.stringify(live.json)) return 'live';
  if (answer.status === 401 && said === JSON.stringify(dead.json)) return 'dead';
  return unlisted(answer, said).reason;
}

test('the table holds the 25 behaviours, two of which prove something', () => {
  expect(new Set(table.map(({ name }) => name)).size).toBe(25);
  expect(table.filter(({ reason }) => reason === 'live' || reason === 'dead')).toHaveLength(2);
});

test.each(table)('$name is $reason', async ({ name, reason, respond }) => {
  const asked: string[] = [];
  await using server = await playHttp((request, response) => {
    asked.push(request.url ?? '');
    respond(request, response);
  });
  await using door = open(server.host, { timeoutMs: name === 'timeout' ? 100 : 10_000 });
  const answer = await door.http({ method: 'GET', path: '/user' }, never);
  expect(failed(answer) ? answer.reason : conclude(answer)).toBe(reason);
  expect(asked).toEqual(['/user']);
  expect(asked.some((path) => Object.values<string>(traps).includes(path))).toBe(false);
  expect(door.tape.exchanges).toHaveLength(1);
  expect(door.tape.exchanges[0]?.answered).not.toBe('');
});
