import { expect, test } from 'vitest';
import { createBudget } from '../../src/door/budget.ts';
import type { Budget, Clock, Entry } from '../../src/door/budget.ts';
import { never, open, playHttp } from './server.ts';

/** A clock that stands until the test moves it. */
function handClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 0;
  const alarms = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const alarm = { at: now + ms, run };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
    async pass(ms) {
      const until = now + ms;
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        alarms.delete(next);
        now = next.at;
        next.run();
      }
      now = until;
      await settled();
    },
  };
}

/** Promises that can settle have settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  );

function enter(budget: Budget, times: number): Entry[] {
  const entries: Entry[] = [];
  for (let turn = 0; turn < times; turn++) void budget.enter(never).then((entry) => entries.push(entry));
  return entries;
}

function leave(entry: Entry | undefined): void {
  if (entry?.entered !== true) throw new Error('not inside');
  entry.leave();
}

test('no more at once than the limit, first come first served', async () => {
  const budget = createBudget({ requestsPerSecond: 100, concurrency: 2, timeoutMs: 1_000 }, handClock());
  const entries = enter(budget, 4);
  await settled();
  expect(entries).toHaveLength(2);
  leave(entries[0]);
  leave(entries[0]);
  await settled();
  expect(entries).toHaveLength(3);
});

test('a burst, then so many a second', async () => {
  const clock = handClock();
  const budget = createBudget({ requestsPerSecond: 5, concurrency: 10, timeoutMs: 1_000 }, clock);
  const entries = enter(budget, 14);
  await settled();
  expect(entries).toHaveLength(10);
  entries.slice().forEach(leave);
  await clock.pass(199);
  expect(entries).toHaveLength(10);
  await clock.pass(1);
  expect(entries).toHaveLength(11);
  await clock.pass(600);
  expect(entries).toHaveLength(14);
});

test('idling saves up no more than one burst', async () => {
  const clock = handClock();
  const budget = createBudget({ requestsPerSecond: 10, concurrency: 5, timeoutMs: 1_000 }, clock);
  await clock.pass(3_600_000);
  let entered = 0;
  for (let turn = 0; turn < 30; turn++)
    void budget.enter(never).then((entry) => {
      entered += 1;
      leave(entry);
    });
  await settled();
  expect(entered).toBe(10);
});

test('a slow rate below one a second still moves', async () => {
  const clock = handClock();
  const budget = createBudget({ requestsPerSecond: 0.5, concurrency: 1, timeoutMs: 1_000 }, clock);
  const entries = enter(budget, 2);
  await settled();
  leave(entries[0]);
  await clock.pass(1_999);
  expect(entries).toHaveLength(1);
  await clock.pass(1);
  expect(entries).toHaveLength(2);
});

test('a short pause is waited out', async () => {
  const clock = handClock();
  const budget = createBudget({ requestsPerSecond: 10, concurrency: 2, timeoutMs: 1_000 }, clock);
  budget.hold(1_000);
  budget.hold(500);
  const entries = enter(budget, 1);
  await clock.pass(999);
  expect(entries).toEqual([]);
  await clock.pass(1);
  expect(entries).toMatchObject([{ entered: true }]);
});

test('during a long pause every entry is refused, those that already wait too, until it has passed', async () => {
  const clock = handClock();
  const budget = createBudget({ requestsPerSecond: 10, concurrency: 1, timeoutMs: 1_000 }, clock);
  const entries = enter(budget, 2);
  await settled();
  budget.hold(60_000);
  await settled();
  expect(entries).toMatchObject([{ entered: true }, { entered: false, why: 'held', waitMs: 60_000 }]);
  leave(entries[0]);
  await clock.pass(59_999);
  expect(await budget.enter(never)).toMatchObject({ entered: false, why: 'held', waitMs: 1 });
  await clock.pass(1);
  expect(await budget.enter(never)).toMatchObject({ entered: true });
});

test('who waits can be stopped, and closing ends every wait', async () => {
  const budget = createBudget({ requestsPerSecond: 10, concurrency: 1, timeoutMs: 1_000 }, handClock());
  const stop = new AbortController();
  const [, second, third] = [budget.enter(never), budget.enter(stop.signal), budget.enter(never)];
  stop.abort();
  expect(await second).toEqual({ entered: false, why: 'stopped' });
  budget.close();
  expect(await third).toEqual({ entered: false, why: 'closed' });
  expect(await budget.enter(never)).toEqual({ entered: false, why: 'closed' });
});

const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
test.each([
  [429, '60', 'R-RATE'],
  [503, '60', 'R-RATE'],
  [403, '60', 'R-RATE'],
  [429, 'Mon, 23 Nov 2026 10:01:00 GMT', 'R-RATE'],
  [429, 'Mon, 23 Nov 2026 09:00:00 GMT', 'answer'],
  [429, 'soon', 'answer'],
  [404, '60', 'answer'],
])('a %i with retry-after %s: the next request is %s', async (status, wait, next) => {
  let asked = 0;
  await using server = await playHttp((_, response) => {
    const headers = { 'content-type': 'application/json', date, 'retry-after': wait };
    response.writeHead(
      ++asked === 1 ? status : 200,
      asked === 1 ? headers : { 'content-type': 'application/json' },
    );
    response.end('{"message":"slow down"}');
  });
  const clock = handClock();
  await using door = open(server.host, { clock });
  const look = { method: 'GET', path: '/x' } as const;
  expect(await door.http(look, never)).toMatchObject({ saw: 'answer', status });
  const second = await door.http(look, never);
  expect('reason' in second ? second.reason : second.saw).toBe(next);
  expect(asked).toBe(next === 'answer' ? 2 : 1);
  expect(door.tape.exchanges).toHaveLength(asked);
  await clock.pass(60_000);
  expect(await door.http(look, never)).toMatchObject({ saw: 'answer', status: 200 });
});

test('a hanging server is left at the deadline, by the door’s own clock', async () => {
  const asked = Promise.withResolvers<undefined>();
  await using server = await playHttp(() => asked.resolve(undefined));
  const clock = handClock();
  await using door = open(server.host, { clock });
  let answer: unknown;
  void door.http({ method: 'GET', path: '/x' }, never).then((got) => (answer = got));
  await asked.promise;
  await clock.pass(9_999);
  expect(answer).toBe(undefined);
  await clock.pass(1);
  expect(answer).toMatchObject({
    reason: 'R-UNREACHABLE',
    detail: expect.stringContaining('timed out after 10000 ms') as unknown,
  });
});

test('a turn has the same budget and the same deadline, even where its work does not listen', async () => {
  await using server = await playHttp(() => undefined);
  const clock = handClock();
  await using door = open(server.host, {
    clock,
    limits: { requestsPerSecond: 9, concurrency: 1, timeoutMs: 1_000 },
  });
  const deaf = caught(door.turn(() => new Promise(() => undefined), never));
  const quick = door.turn(async () => 'done', never);
  await settled();
  await clock.pass(1_000);
  expect(await deaf).toMatchObject({
    name: 'TurnError',
    reason: 'R-UNREACHABLE',
    message: 'timed out after 1000 ms',
  });
  expect(await quick).toBe('done');
  await expect(door.turn(async () => Promise.reject(new Error('its own')), never)).rejects.toThrow('its own');
});

test('at the deadline a turn fails as timed out, whatever its work says', async () => {
  await using server = await playHttp(() => undefined);
  const clock = handClock();
  await using door = open(server.host, { clock });
  const work = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
  const late = caught(door.turn(work, never));
  await settled();
  await clock.pass(10_000);
  expect(await late).toMatchObject({ message: 'timed out after 10000 ms' });
  const stop = new AbortController();
  const stopped = caught(door.turn(work, stop.signal));
  await settled();
  stop.abort();
  expect(await stopped).toMatchObject({ message: expect.stringContaining('the run was stopped') as unknown });
});
