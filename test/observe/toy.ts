import type { Identity, Raw, Sibling, Source } from '../../src/connector.ts';
import { createTape } from '../../src/door/tape.ts';
import type { Failure } from '../../src/model/observation.ts';
import type { Connection } from '../../src/observe/connect.ts';
import { vault } from '../../connectors/vault/index.ts';

/** A system of a few lines, whose every answer a test can change while it is being asked. */
export interface Toy {
  alive: Set<string>;
  /** Which read, counted from 1, is answered otherwise. */
  readonly spoil: Map<number, Raw<string> | 'throw'>;
  identity: Identity | Failure;
  /** Identity from this asking on (counted from 1). */
  readonly becomes: Map<number, Identity | Failure>;
  siblings: readonly Sibling<string>[] | Failure;
  pages: (() => AsyncIterable<unknown>) | undefined;
  readonly asked: string[];
}

export function toy(over: Partial<Toy> = {}): Toy {
  return {
    alive: new Set(['own']),
    spoil: new Map(),
    identity: { instance: 'i1', principal: 'p1', serverAt: '2026-11-22T09:05:00Z' },
    becomes: new Map(),
    siblings: [{ key: 'own', chosen: 'own' }],
    pages: undefined,
    asked: [],
    ...over,
  };
}

const shared = {
  scope: (key: string) => (key.includes(':') ? (key.split(':')[0] ?? '') : ''),
  name: (key: string) => key,
  answers: (value: string, key: string) => value === key,
  siblings: (client: Toy) => Promise.resolve(client.siblings),
};

function answer(client: Toy, key: string): Raw<string> {
  client.asked.push(key);
  const spoilt = client.spoil.get(client.asked.length);
  if (spoilt === 'throw') throw new Error('the connector has a bug');
  return spoilt ?? (client.alive.has(key) ? { value: key } : 'nothing');
}

export const one: Source<Toy, string, string> = {
  ...shared,
  id: 'toy/one',
  one: (client, key) => Promise.resolve(answer(client, key)),
};

export const withStranger: Source<Toy, string, string> = {
  ...one,
  id: 'toy/stranger',
  stranger: { key: () => 'stranger', docs: 'https://example.test/' },
};

export const together: Source<Toy, string, string> = {
  ...shared,
  id: 'toy/some',
  some: (client, keys) => Promise.resolve(keys.map((key) => answer(client, key))),
};

export const listed: Source<Toy, string, string> = {
  ...shared,
  id: 'toy/all',
  order: 'snapshot',
  async *all(client) {
    if (client.pages !== undefined) {
      for await (const page of client.pages()) yield page as never;
      return;
    }
    yield { items: [...client.alive], last: true };
  },
};

export function connection(client: Toy): Connection {
  let asked = 0;
  let clock = Date.parse('2026-11-22T09:05:00Z');
  return {
    system: 'toy',
    point: 'direct',
    connector: vault as never,
    client,
    pinned: false,
    tape: createTape(),
    now: () => (clock += 1),
    identify() {
      asked += 1;
      const now = [...client.becomes].filter(([from]) => asked >= from).at(-1)?.[1] ?? client.identity;
      return Promise.resolve(now);
    },
    met: () => undefined,
    close: () => Promise.resolve(),
  };
}
