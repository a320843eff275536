import { describe, expect, it } from 'vitest';
import { inconclusive } from '../../src/model/observation.ts';
import { onlyMinted } from '../../src/observe/control.ts';
import { createReader } from '../../src/observe/reader.ts';
import { connection, listed, one, together, toy, withStranger } from './toy.ts';
import type { Toy } from './toy.ts';

const window = { from: '2026-11-22T08:00:00Z', to: '2026-11-22T09:00:00Z' };
const open = (client: Toy) => createReader(connection(client), new AbortController().signal).record(window);

describe('control, read, control', () => {
  it('an absence comes with a control before and after it, in one epoch', async () => {
    const client = toy();
    const { context, stamps } = open(client);
    const answer = await context.read(one, 'c1');
    expect(client.asked).toEqual(['own', 'c1', 'own']);
    expect(answer).toMatchObject({
      saw: 'nothing',
      controls: [{ when: 'before', of: 'own' }, { when: 'after' }],
    });
    expect(stamps()).toMatchObject([{ source: 'toy/one', epoch: 1, instance: 'i1', principal: 'p1' }]);
  });

  it('identical reads of an epoch are made once, and all share the controls', async () => {
    const client = toy({ alive: new Set(['own', 'c2']) });
    const { context } = open(client);
    const answers = await Promise.all(['c1', 'c2', 'c1'].map((key) => context.read(one, key)));
    expect(answers.map((answer) => answer.saw)).toEqual(['nothing', 'value', 'nothing']);
    expect(client.asked).toEqual(['own', 'c1', 'c2', 'own']);
  });

  it('a later read is another epoch with its own controls', async () => {
    const client = toy();
    const { context, stamps } = open(client);
    await context.read(one, 'c1');
    await context.read(one, 'c1');
    expect(client.asked).toEqual(['own', 'c1', 'own', 'own', 'c1', 'own']);
    expect(stamps().map((stamp) => stamp.epoch)).toEqual([1, 2]);
  });

  it('of several reads the stamp keeps the clock that is furthest from ours: one old answer makes all old', async () => {
    const client = toy({ alive: new Set(['own', 'c2']) });
    const here = connection(client);
    const at = '2026-11-22T09:05:00Z';
    const hourAgo = '2026-11-22T08:05:00Z';
    for (const late of ['c1', 'c2', 'c3']) {
      const dated: typeof one = {
        ...one,
        id: `toy/dated ${late}`,
        one(asked, key, signal) {
          const shared = { system: 'toy', point: 'direct', asked: key, at, took: 1, answered: '' };
          here.tape.add({ ...shared, serverAt: key === late ? hourAgo : at });
          return one.one?.(asked, key, signal) ?? Promise.resolve('nothing');
        },
      };
      const { context, stamps } = createReader(here, new AbortController().signal).record(window);
      await Promise.all(['c1', 'c2', 'c3'].map((key) => context.read(dated, key)));
      expect(stamps().map((stamp) => stamp.serverAt)).toEqual([hourAgo]);
    }
  });

  it('the stamp has our time beside the server’s, not the end of a read that took long', async () => {
    const here = connection(toy());
    const told = '2026-11-22T09:01:00.000Z';
    const slow: typeof one = {
      ...one,
      one(asked, key, signal) {
        const exchange = { system: 'toy', point: 'direct', asked: key, at: told, took: 90_000, answered: '' };
        here.tape.add({ ...exchange, serverAt: told });
        return one.one?.(asked, key, signal) ?? Promise.resolve('nothing');
      },
    };
    const { context, stamps } = createReader(here, new AbortController().signal).record(window);
    await context.read(slow, 'c1');
    expect(stamps()).toMatchObject([{ at: told, serverAt: told }]);
  });

  it('each scope has its own control', async () => {
    const client = toy();
    const { context } = open(client);
    await Promise.all([context.read(one, 'a:c1'), context.read(one, 'b:c1')]);
    expect(client.asked.filter((key) => key === 'own')).toHaveLength(4);
  });

  const broken: Record<string, [Partial<Toy>, string]> = {
    'the control is not there before': [{ spoil: new Map([[1, 'nothing']]) }, 'R-CONTROL'],
    'the control is not there after': [{ spoil: new Map([[3, 'nothing']]) }, 'R-CONTROL'],
    'the control is denied before': [{ spoil: new Map([[1, inconclusive('R-PERM', 'no')]]) }, 'R-PERM'],
    'the control is denied after': [{ spoil: new Map([[3, inconclusive('R-PERM', 'no')]]) }, 'R-PERM'],
    'the control is something else': [{ spoil: new Map([[1, { value: 'other' }]]) }, 'R-CONTROL'],
    'the read fails': [{ spoil: new Map([[2, inconclusive('R-RATE', 'slow')]]) }, 'R-RATE'],
    'the read is about something else': [{ spoil: new Map([[2, { value: 'other' }]]) }, 'R-ANSWER'],
    'nothing alive is known': [{ siblings: [] }, 'R-CONTROL'],
    'nothing alive can be looked for': [{ siblings: inconclusive('R-PERM', 'no') }, 'R-PERM'],
    'the only thing alive is the target': [{ siblings: [{ key: 'c1', chosen: 'own' }] }, 'R-CONTROL'],
    'nobody says who the server is': [{ identity: inconclusive('R-UNREACHABLE', 'sealed') }, 'R-UNREACHABLE'],
    'another server at the end': [
      { becomes: new Map([[2, { instance: 'i2', principal: 'p1' }]]) },
      'R-INSTANCE',
    ],
    'another principal at the end': [
      { becomes: new Map([[2, { instance: 'i1', principal: 'p2' }]]) },
      'R-INSTANCE',
    ],
    'nobody at the end': [
      { becomes: new Map([[2, inconclusive('R-UNREACHABLE', 'gone')]]) },
      'R-UNREACHABLE',
    ],
    'the connector throws': [{ spoil: new Map([[2, 'throw']]) }, 'R-CHECK'],
  };
  for (const [name, [over, reason]] of Object.entries(broken)) {
    it(`${name}: ${reason}`, async () => {
      expect(await open(toy(over)).context.read(one, 'c1')).toMatchObject({ saw: 'inconclusive', reason });
    });
  }

  it('a sibling that has just ended makes room for the next', async () => {
    const siblings = ['dead', 'own'].map((key) => ({ key, chosen: 'own' as const }));
    const client = toy({ siblings });
    expect((await open(client).context.read(one, 'c1')).saw).toBe('nothing');
    expect(client.asked).toEqual(['dead', 'own', 'c1', 'own']);
  });

  it('a positive needs no control, but never crosses a change of server', async () => {
    const alive = new Set(['own', 'c1']);
    expect((await open(toy({ alive, siblings: [] })).context.read(one, 'c1')).saw).toBe('value');
    const moved = toy({ alive, becomes: new Map([[2, { instance: 'i2', principal: 'p1' }]]) });
    expect(await open(moved).context.read(one, 'c1')).toMatchObject({ reason: 'R-INSTANCE' });
  });
});

describe('distinct absence', () => {
  it('stands in where nothing alive is known', async () => {
    const client = toy({ siblings: [] });
    const answer = await open(client).context.read(withStranger, 'c1');
    expect(client.asked).toEqual(['stranger', 'c1', 'stranger']);
    expect(answer).toMatchObject({
      saw: 'nothing',
      controls: [{ form: 'distinct-absence' }, { form: 'distinct-absence' }],
    });
  });
  it('never stands in for a sighting that failed', async () => {
    const client = toy({ siblings: [{ key: 'dead', chosen: 'own' }] });
    expect(await open(client).context.read(withStranger, 'c1')).toMatchObject({ reason: 'R-CONTROL' });
  });
  it('fails where the stranger is said to stand, or cannot be asked for', async () => {
    for (const spoilt of [{ value: 'stranger' }, inconclusive('R-PERM', 'no')]) {
      const client = toy({ siblings: [], spoil: new Map([[1, spoilt]]) });
      expect((await open(client).context.read(withStranger, 'c1')).saw).toBe('inconclusive');
    }
  });
});

describe('many from one snapshot', () => {
  it('the witness stands in the same answer', async () => {
    const client = toy({ alive: new Set(['own', 'c2']) });
    const { context } = open(client);
    const answers = await Promise.all([context.read(together, 'c1'), context.read(together, 'c2')]);
    expect(client.asked).toEqual(['own', 'c1', 'c2']);
    expect(answers).toMatchObject([{ saw: 'nothing', controls: [{ when: 'within' }] }, { saw: 'value' }]);
  });
  it('no witness, no absence', async () => {
    const client = toy({ alive: new Set(['c2']) });
    expect(await open(client).context.read(together, 'c1')).toMatchObject({ reason: 'R-CONTROL' });
  });
  it('a control that is the target makes room for the next', async () => {
    const siblings = ['c1', 'own'].map((key) => ({ key, chosen: 'configured' as const }));
    expect((await open(toy({ siblings })).context.read(together, 'c1')).saw).toBe('nothing');
  });
  it('an answer for fewer or more keys is R-PARTIAL', async () => {
    for (const raws of [[{ value: 'own' }], [{ value: 'own' }, 'nothing', 'nothing']] as const) {
      const other = { ...together, some: () => Promise.resolve(raws) };
      expect(await open(toy()).context.read(other, 'c1')).toMatchObject({ reason: 'R-PARTIAL' });
    }
  });
});

describe('law 3: only the core mints', () => {
  it('an observation with a control from elsewhere says nothing', async () => {
    const answer = await open(toy()).context.read(one, 'c1');
    if (answer.saw !== 'nothing') throw new Error('no absence to begin with');
    const absent = { saw: 'absent', controls: answer.controls } as const;
    expect(onlyMinted(absent)).toEqual(absent);
    const [control] = answer.controls;
    expect(onlyMinted({ saw: 'absent', controls: [{ ...control }] })).toMatchObject({ reason: 'R-CONTROL' });
    expect(onlyMinted({ saw: 'absent', controls: [] as never })).toMatchObject({ reason: 'R-CONTROL' });
  });
});

describe('lists', () => {
  const walk = (over: Partial<Toy>, source = listed) => open(toy(over)).context.walk(source, '');
  const paging = (...pages: unknown[]) => ({
    pages: async function* () {
      yield* pages;
    },
  });
  it('the whole list with a sighting in it', async () => {
    expect(await walk({ alive: new Set(['own', 'x']) })).toMatchObject({
      saw: 'list',
      items: ['own', 'x'],
      controls: [{ when: 'within' }],
    });
    expect(await walk(paging({ items: ['x'], last: false }, { items: ['own'], last: true }))).toMatchObject({
      saw: 'list',
    });
  });
  const broken: Record<string, [Partial<Toy>, string]> = {
    'an empty list reads as nothing seen': [{ alive: new Set() }, 'R-CONTROL'],
    'no last page': [paging({ items: ['own'], last: false }), 'R-PARTIAL'],
    'a page that fails': [paging({ items: ['own'], last: false }, inconclusive('R-RATE', 'slow')), 'R-RATE'],
    'nothing alive is known': [{ siblings: [] }, 'R-CONTROL'],
  };
  for (const [name, [over, reason]] of Object.entries(broken)) {
    it(`${name}: ${reason}`, async () =>
      expect(await walk(over)).toMatchObject({ saw: 'inconclusive', reason }));
  }
  describe('pages by places', () => {
    /** One pass after the other, each item on a page of its own; the last pass goes on. */
    const passing = (...passes: readonly (readonly string[])[]) => {
      let pass = -1;
      const over = {
        async *pages() {
          pass = Math.min(pass + 1, passes.length - 1);
          const items = passes[pass] ?? [];
          for (const [index, item] of items.entries()) {
            yield { items: [item], last: index === items.length - 1 };
          }
        },
      };
      return { seen: walk(over, { ...listed, order: 'offset' }), passes: () => pass + 1 };
    };

    it('are read until two passes agree: a row that slipped is in the next', async () => {
      const { seen, passes } = passing(['own', 'gone'], ['own', 'x'], ['own', 'x']);
      expect(await seen).toMatchObject({ saw: 'list', items: ['own', 'x'] });
      expect(passes()).toBe(3);
    });
    it('that never agree are no list', async () => {
      const { seen } = passing(['own', 'a'], ['own', 'b'], ['own', 'c'], ['own', 'd']);
      expect(await seen).toMatchObject({ reason: 'R-PARTIAL' });
    });
    it('are one answer where there is one page', async () => {
      const { seen, passes } = passing(['own'], ['own']);
      expect(await seen).toMatchObject({ saw: 'list', items: ['own'] });
      expect(passes()).toBe(1);
    });
  });
});
