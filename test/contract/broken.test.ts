/** The suite itself: what breaks the contract must fail it, each in the cases that are there for it. */
import { describe, expect, test } from 'vitest';
import { failed } from '../../src/connector.ts';
import type { AnyConnector, Check, Raw, Source } from '../../src/connector.ts';
import { BrokenContract, contractCases } from '../../src/testing.ts';
import type { ContractWorld } from '../../src/testing.ts';
import { role as roleCheck } from '../../connectors/postgres/checks/role.ts';
import { postgres } from '../../connectors/postgres/index.ts';
import { roles } from '../../connectors/postgres/sources/roles.ts';
import { postgresBinding } from './postgres.ts';
import { toyWorld } from './toy.fake.ts';
import { get, keys, list, listed, lookedUp, other, toy } from './toy.ts';
import type { Client, Ref } from './toy.ts';

const path = ({ id }: Ref) => `/keys/${encodeURIComponent(id)}`;

/** The look-up, reading through another source. */
const through = (source: Source<Client, Ref, Ref>): Check<Client, Ref> => ({
  ...lookedUp,
  async observe(target, ctx) {
    const answer = await ctx.read(source, target.ref);
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
    return { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' };
  },
});

/** A look-up whose table of answers is what `read` makes of a status. */
const byStatus = (read: (status: number) => Raw<'yes'> | undefined): Check<Client, Ref> =>
  through({
    ...keys,
    async one(client, key, signal) {
      const answer = await get(client, path(key), signal);
      if (failed(answer)) return answer;
      const raw = read(answer.status) ?? other(answer, 'keys.read');
      return raw !== 'nothing' && !failed(raw) ? { value: key } : raw;
    },
  });

const ofList = (all: NonNullable<Source<Client, Ref, Ref>['all']>): Check<Client, Ref> => ({
  ...listed,
  async observe(target, ctx) {
    const answer = await ctx.walk({ ...list, all }, 'all');
    if (failed(answer)) return answer;
    return answer.items.some(({ id }) => id === target.ref.id)
      ? { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' }
      : { saw: 'absent', controls: answer.controls };
  },
});

const broken: readonly {
  readonly what: string;
  readonly check: Check<Client, Ref>;
  readonly over?: Partial<typeof toy>;
  readonly world?: (world: ContractWorld) => ContractWorld;
  /** Cases that must fail, by a part of their name. */
  readonly caught: readonly string[];
}[] = [
  {
    what: 'maps 404 to absent',
    check: byStatus((status) => (status === 200 ? { value: 'yes' } : status === 404 ? 'nothing' : undefined)),
    caught: ['404, on every answer'],
  },
  {
    what: 'maps 403 to absent',
    check: byStatus((status) =>
      status === 200 ? { value: 'yes' } : status === 403 || status === 404 ? 'nothing' : undefined,
    ),
    caught: ['403-ip-allowlist', 'a blinded verifier'],
  },
  {
    what: 'takes every 200 for the object',
    check: byStatus((status) => (status === 200 ? { value: 'yes' } : undefined)),
    caught: ['200-json-error-revoked', 'live-200-json', 'an ended target is absent'],
  },
  {
    what: 'swallows errors into an empty list',
    check: ofList(async function* (client, scope, signal) {
      for await (const page of list.all?.(client, scope, signal) ?? []) {
        yield failed(page) ? { items: [{ id: client.own }], last: true } : page;
      }
    }),
    caught: ['500, on every answer', 'timeout', 'a blinded verifier'],
  },
  {
    what: 'ignores the last page',
    check: ofList(async function* (client, scope, signal) {
      for await (const page of list.all?.(client, scope, signal) ?? []) {
        yield failed(page) ? page : { ...page, last: true };
        return;
      }
    }),
    caught: ['a target on the last page'],
  },
  {
    what: 'has no control in the scope of the target',
    check: through({ ...keys, siblings: () => Promise.resolve([]) }),
    caught: ['an ended target is absent'],
  },
  {
    what: 'takes its control from another scope',
    check: {
      ...lookedUp,
      async observe(target, ctx) {
        const elsewhere = await ctx.read(
          { ...keys, id: 'toy/elsewhere', scope: () => 'elsewhere' },
          { id: 'k-none' },
        );
        const answer = await ctx.read(keys, target.ref);
        if (failed(answer) || failed(elsewhere))
          return failed(answer) ? answer : { saw: 'absent', controls: [] as never };
        return answer.saw === 'nothing' && elsewhere.controls !== undefined
          ? { saw: 'absent', controls: elsewhere.controls }
          : { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' };
      },
    },
    caught: ['an ended target is absent'],
  },
  {
    what: 'answers about whatever came',
    check: through({
      ...keys,
      answers: () => true,
      async one(client, key, signal) {
        const answer = await get(client, '/keys?after=', signal);
        if (failed(answer)) return answer;
        return JSON.stringify(answer.json).includes(key.id) ? { value: key } : 'nothing';
      },
    }),
    world: (world) => ({ ...world, asks: (asked) => asked.path.startsWith('/keys') }),
    caught: ['live-200-json', 'dead-401-json', '500, on every answer'],
  },
  {
    what: "writes the subject's value into its words",
    check: {
      ...lookedUp,
      method: 'introspect',
      async observe(target, ctx) {
        const seen = await lookedUp.observe(target, ctx);
        return seen.saw === 'present' ? { ...seen, value: `stands: ${target.secret?.reveal()}` } : seen;
      },
    },
    caught: ['writes no secret down'],
  },
  {
    what: "writes the verifier's token into its words",
    check: through({
      ...keys,
      async one(client, key, signal) {
        const raw = await keys.one?.(client, key, signal);
        if (raw === undefined || raw === 'nothing' || !failed(raw)) return raw ?? 'nothing';
        return { ...raw, detail: `asked with ${client.token.reveal()}: ${raw.detail}` };
      },
    }),
    caught: ['writes no secret down'],
  },
  {
    what: 'does not say which permission is missing',
    check: through({
      ...keys,
      async one(client, key, signal) {
        const raw = await keys.one?.(client, key, signal);
        if (raw === undefined || raw === 'nothing' || !failed(raw)) return raw ?? 'nothing';
        return { saw: raw.saw, reason: raw.reason, detail: raw.detail };
      },
    }),
    caught: ['a blinded verifier'],
  },
  {
    what: 'says that it is whoever is asked for',
    check: lookedUp,
    over: {
      identify: () =>
        Promise.resolve({ instance: 'toy-1', principal: 'own', serverAt: new Date().toISOString() }),
    },
    caught: ['an instance that is not the pinned one', 'an instance that changes'],
  },
  {
    what: 'asks about the target while it asks who is there',
    check: lookedUp,
    over: {
      async identify(client, signal) {
        await get(client, '/keys?after=', signal);
        return toy.identify(client, signal);
      },
    },
    caught: ['an instance that is not the pinned one'],
  },
  {
    what: 'changes the world and says nothing of it',
    check: lookedUp,
    world: (world) => {
      let asked = 0;
      return { ...world, snapshot: () => Promise.resolve(`${(asked += 1)}`) };
    },
    caught: ['asking changes nothing'],
  },
  {
    what: 'asks what the system does not know',
    check: lookedUp,
    world: (world) => ({ ...world, unexpected: () => ['GET /nowhere'] }),
    caught: ['a living target is seen'],
  },
  {
    what: 'never asks about the target',
    check: lookedUp,
    world: (world) => ({ ...world, asks: () => false }),
    caught: ['500, on every answer', 'an hour-old absence'],
  },
  {
    what: 'ends nothing',
    check: lookedUp,
    world: (world) => ({ ...world, end: () => Promise.resolve() }),
    caught: ['an ended target is absent'],
  },
];

describe('what breaks the contract fails it', () => {
  test.each(broken)('$what', async ({ check, over, world, caught }) => {
    const connector: AnyConnector = { ...toy, ...over, checks: [check] };
    const open = async () => {
      const one = await toyWorld();
      return world?.(one) ?? one;
    };
    const cases = contractCases({ connector, check: check.id, open });
    for (const part of caught) {
      const found = cases.filter(({ name }) => name.includes(part));
      expect(found.map(({ name }) => name)).not.toEqual([]);
      for (const one of found) await expect(one.run()).rejects.toThrow(BrokenContract);
    }
  });
});

/** Where there is no answer: its control stands, and the rest is "nothing". */
const deaf: typeof roles = {
  ...roles,
  async some(client, keys, signal) {
    const raws = await roles.some?.(client, keys, signal);
    if (raws !== undefined && !failed(raws)) return raws;
    return keys.map((key, index) =>
      index === 0 ? { value: [{ ...nobody, oid: key.oid ?? 0, name: key.name ?? '' }] } : 'nothing',
    );
  },
};
const nobody = {
  login: true,
  superuser: false,
  createrole: false,
  createdb: false,
  replication: false,
  bypassrls: false,
  connections: -1,
  until: null,
  expired: false,
};

test('a socket protocol whose connector takes no answer for "nothing"', async () => {
  const check: typeof roleCheck = {
    ...roleCheck,
    async observe({ ref }, ctx) {
      const answer = await ctx.read(deaf, { oid: ref.oid, name: ref.name });
      if (failed(answer)) return answer;
      if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
      return { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' };
    },
  };
  const connector: AnyConnector = { ...postgres, checks: [check] };
  const cases = contractCases({ connector, check: check.id, open: () => postgresBinding.fake(check.id) });
  for (const part of ['a reset', 'an end without', 'silence', 'garbage', 'then the end', 'in HTML']) {
    const found = cases.filter(({ name }) => name.includes(part));
    expect(found.map(({ name }) => name)).not.toEqual([]);
    for (const one of found) await expect(one.run()).rejects.toThrow(BrokenContract);
  }
});

test('a check that the connector does not have', () => {
  expect(() => contractCases({ connector: toy, check: 'toy/none', open: toyWorld })).toThrow(BrokenContract);
});
