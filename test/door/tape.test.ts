import { expect, test } from 'vitest';
import { createTape } from '../../src/door/tape.ts';

const exchange = {
  system: 's',
  point: 'p',
  asked: 'GET /',
  at: '2026-11-23T10:00:00Z',
  took: 1,
  answered: '200',
};
/** At which the answer was whole. */
const whole = '2026-11-23T10:00:00.001Z';

test('works side by side know their own exchanges', async () => {
  const tape = createTape();
  const gate = Promise.withResolvers<undefined>();
  const work = (value: string, serverAt: string) => async (): Promise<string> => {
    tape.add({ ...exchange, serverAt });
    await gate.promise;
    tape.add(exchange);
    return value;
  };
  const both = Promise.all([
    tape.during(work('a', '2026-11-23T10:00:01Z')),
    tape.during(work('b', '2026-11-23T10:00:02Z')),
  ]);
  gate.resolve(undefined);
  expect(await both).toEqual([
    { value: 'a', exchanges: ['x1', 'x3'], told: { at: whole, serverAt: '2026-11-23T10:00:01Z' } },
    { value: 'b', exchanges: ['x2', 'x4'], told: { at: whole, serverAt: '2026-11-23T10:00:02Z' } },
  ]);
  expect(tape.exchanges.map(({ id }) => id)).toEqual(['x1', 'x2', 'x3', 'x4']);
});

test('a work inside a work counts for both, and what is added outside for none', async () => {
  const tape = createTape();
  tape.add(exchange);
  const outer = await tape.during(async () => {
    tape.add(exchange);
    return tape.during(async () => tape.add(exchange).id);
  });
  expect(outer.exchanges).toEqual(['x2', 'x3']);
  expect(outer.value).toEqual({ value: 'x3', exchanges: ['x3'] });
});

test('a work that fails fails as it is', async () => {
  const tape = createTape();
  await expect(tape.during(async () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
});

test('one old answer among several makes the whole read old', async () => {
  const tape = createTape();
  const { told } = await tape.during(async () => {
    for (const serverAt of ['2026-11-23T10:00:00Z', '2026-11-23T09:00:00Z', '2026-11-23T10:00:01Z'])
      tape.add({ ...exchange, serverAt });
  });
  expect(told).toEqual({ at: '2026-11-23T10:00:00.000Z', serverAt: '2026-11-23T09:00:00Z' });
});

test('a read that takes long makes no clock wrong: the server’s time stands beside ours of that exchange', async () => {
  const tape = createTape();
  const { told } = await tape.during(async () => {
    tape.add({ ...exchange, at: '2026-11-23T10:00:00Z', took: 8_000, serverAt: '2026-11-23T10:00:05Z' });
    tape.add({ ...exchange, at: '2026-11-23T10:05:00Z', took: 9_000 });
  });
  expect(told).toEqual({ at: '2026-11-23T10:00:05.000Z', serverAt: '2026-11-23T10:00:05Z' });
});
