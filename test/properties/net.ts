/** A system in memory, whose things make others, end and slip between pages while they are asked about. */
import fc from 'fast-check';
import { failed, inconclusive, look, z } from '../../src/connector.ts';
import type { Check, Connector, Failure, Found, Kind, Page, Source } from '../../src/connector.ts';
import type { Configuration } from '../../src/model/config.ts';
import type { GrantRecord } from '../../src/model/grant.ts';
import { dossier } from '../judge/build.ts';

export interface Thing {
  readonly id: string;
  /** Whom the system says that it belongs to. */
  readonly owner: 'subject' | 'other' | 'nobody';
  readonly inWindow: boolean;
  readonly children: readonly string[];
  alive: boolean;
}

/** What happens in the system by itself, before the call of this number is answered. */
export interface Event {
  readonly call: number;
  readonly what:
    | { readonly ends: string }
    /** A thing that stands makes another, and ends. */
    | { readonly makes: string; readonly by: string }
    | { readonly fails: true };
}

export interface Net {
  readonly things: Map<string, Thing>;
  readonly events: readonly Event[];
  readonly order: 'offset' | 'keyset' | 'snapshot';
  /** What the record names. */
  readonly declared: readonly string[];
  calls: number;
}

/** Everything that the record names, what is the subject's, and all that was made from those. */
export function lineageOf({ things, declared }: Net): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (id: string): void => {
    if (all.has(id)) return;
    all.add(id);
    things.get(id)?.children.forEach(add);
  };
  declared.forEach(add);
  for (const one of things.values()) if (one.owner === 'subject' && one.alive) add(one.id);
  return all;
}

const base = Date.parse('2026-11-22T09:05:00Z');
export const clock = (net: Net) => () => base + net.calls;

/** One call: what was to happen before it has happened. */
function answer<T>(net: Net, tell: () => T): T | Failure {
  net.calls += 1;
  const now = net.events.filter((one) => one.call === net.calls).map((one) => one.what);
  for (const what of now) {
    if ('ends' in what) end(net, what.ends);
    if ('makes' in what) make(net, what.by, what.makes);
  }
  return now.some((what) => 'fails' in what)
    ? inconclusive('R-UNREACHABLE', 'the answer did not come')
    : tell();
}

function end(net: Net, id: string): void {
  const thing = net.things.get(id);
  if (thing !== undefined) thing.alive = false;
}

function make(net: Net, by: string, id: string): void {
  const maker = net.things.get(by);
  if (maker?.alive !== true || net.things.has(id)) return;
  const { inWindow } = maker;
  const owner = lineageOf(net).has(by) ? 'subject' : maker.owner;
  net.things.set(id, { id, owner, inWindow, children: [], alive: true });
  maker.alive = false;
}

const ref = z.strictObject({ id: z.string() });
type Ref = z.infer<typeof ref>;
const own = 'verifier';

const kind: Kind<Ref> = {
  kind: 'net/thing',
  title: 'thing',
  role: 'credential',
  ref,
  example: { id: 'never' },
  needed: ['id'],
  id: ({ id }) => id,
  label: ({ id }) => id,
  requires: ['authenticates', 'derived'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: () => 'end it',
};

const parts = {
  scope: () => 'net',
  name: ({ id }: Ref) => id,
  siblings: () => Promise.resolve([{ key: { id: own }, chosen: 'own' as const }]),
};

const things: Source<Net, Ref, Thing> = {
  ...parts,
  id: 'net/thing',
  answers: (thing, { id }) => thing.id === id,
  one: (net, { id }) =>
    Promise.resolve(
      answer(net, () => {
        const thing = net.things.get(id);
        return thing?.alive === true ? { value: { ...thing } } : ('nothing' as const);
      }),
    ),
};

/** The system remembers what was made from what, whether that still stands or not. */
const lineage: Source<Net, Ref, Pick<Thing, 'id' | 'children'>> = {
  ...parts,
  id: 'net/lineage',
  answers: (thing, { id }) => thing.id === id,
  one: (net, { id }) =>
    Promise.resolve(
      answer(net, () => {
        const thing = net.things.get(id);
        return thing === undefined || thing.children.length === 0
          ? id === own
            ? { value: { id, children: [] } }
            : ('nothing' as const)
          : { value: { id, children: thing.children } };
      }),
    ),
};

const pageSize = 3;
const list = (order: Net['order']): Source<Net, Ref, Thing> => ({
  ...parts,
  id: `net/list by ${order}`,
  order,
  answers: (thing, { id }) => thing.id === id,
  async *all(net): AsyncIterable<Page<Thing> | Failure> {
    const standing = () => [...net.things.values()].filter((one) => one.alive).toSorted(byId);
    const snapshot = standing();
    let after = '';
    for (let offset = 0; ; offset += pageSize) {
      const from = offset;
      const last = after;
      const page = answer(net, () => {
        const all = order === 'snapshot' ? snapshot : standing();
        const rest = order === 'keyset' ? all.filter((one) => one.id > last) : all.slice(from);
        return { items: rest.slice(0, pageSize).map((one) => ({ ...one })), last: rest.length <= pageSize };
      });
      yield page;
      if (failed(page) || page.last) return;
      after = page.items.at(-1)?.id ?? after;
    }
  },
});
const byId = (one: Thing, other: Thing) => (one.id < other.id ? -1 : 1);
const lists = { offset: list('offset'), keyset: list('keyset'), snapshot: list('snapshot') };

const shared = { of: kind, decides: true, needs: ['see'], docs: 'https://net.test/', effects: [] } as const;
const thing: Check<Net, Ref> = {
  ...shared,
  id: 'net/thing',
  title: 'Does it stand?',
  claim: 'authenticates',
  method: 'lookup',
  async observe(target, ctx) {
    const seen = await ctx.read(things, target.ref);
    if (failed(seen)) return seen;
    return seen.saw === 'nothing'
      ? { saw: 'absent', controls: seen.controls }
      : { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' };
  },
};
const children: Check<Net, Ref> = {
  ...shared,
  id: 'net/children',
  title: 'What was made from it?',
  claim: 'derived',
  method: 'list',
  async observe(target, ctx) {
    const seen = await ctx.read(lineage, target.ref);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const leads = seen.value.children.map((id) => ({ kind: kind.kind, ref: { id }, relation: 'made' }));
    return { saw: 'present', state: 'active', revivedBy: 'subject', value: 'made others', leads };
  },
};

const found = ({ id }: Thing): Found => ({
  kind: kind.kind,
  ref: { id },
  id,
  label: id,
  standing: id,
  relation: 'born',
});

const born = (order: Net['order']) =>
  look<Net>({
    id: 'net/born',
    title: 'What was born in the window?',
    look: 'hunt',
    needs: ['see'],
    docs: 'https://net.test/',
    effects: [],
    async observe({ targets }, ctx) {
      const seen = await ctx.walk(lists[order], 'net');
      if (failed(seen)) return seen;
      const known = new Set([own, ...targets.flatMap((one) => one.id ?? [])]);
      const others = seen.items.filter((one) => !known.has(one.id));
      return {
        found: others.filter((one) => one.owner === 'subject').map(found),
        unexplained: others.filter((one) => one.owner === 'nobody' && one.inWindow).map(found),
        excused: { 'of others': others.filter((one) => one.owner === 'other').length },
        controls: seen.controls,
      };
    },
  });

export const netConnector = (net: Net): Connector<unknown, Net> => ({
  apiVersion: 1,
  id: 'net',
  title: 'net',
  config: z.unknown(),
  points: () => ['direct'],
  host: () => ({ protocol: 'http:', host: '127.0.0.1', port: 9, allowInsecure: false }),
  reads: [],
  connect: () => net,
  close: () => Promise.resolve(),
  identify: () =>
    Promise.resolve(
      answer(net, () => ({
        instance: 'net-1',
        principal: own,
        serverAt: new Date(clock(net)()).toISOString(),
      })),
    ),
  kinds: [kind],
  checks: [thing, children, born(net.order)],
  without: { sweep: 'the hunt sees all' },
  policy: () => '',
});

export const configuration: Configuration = {
  file: 'tombstone.yaml',
  directory: '/',
  connectors: [],
  policy: dossier().policy,
  systems: new Map([
    [
      'net',
      {
        name: 'net',
        connector: 'net',
        config: {},
        limits: { requestsPerSecond: 100_000, concurrency: 8, timeoutMs: 5_000 },
      },
    ],
  ]),
};

export function grantOf(declared: readonly string[]): GrantRecord {
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'g1', labels: {} },
    subject: { kind: 'agent', id: 'bot', accounts: [] },
    approvals: [],
    validity: { from: '2026-11-22T08:00:00Z', until: '2026-11-22T10:00:00Z' },
    revocation: { at: '2026-11-22T09:00:00Z' },
    systems: [{ system: 'net', required: true }],
    credentials: declared.map((id) => ({ id, kind: 'net/thing', system: 'net', ref: { id } })),
    entitlements: [],
    placements: [],
    source: { file: 'g.yaml', directory: '/' },
  };
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const;
const name = fc.constantFrom(...names);

/** Things that are related in any way, circles too. */
export const nets = fc
  .record({
    things: fc.uniqueArray(
      fc.record({
        id: name,
        owner: fc.constantFrom('subject' as const, 'other' as const, 'nobody' as const),
        inWindow: fc.boolean(),
        children: fc.uniqueArray(name, { maxLength: 3 }),
        alive: fc.boolean(),
      }),
      { selector: (one) => one.id, maxLength: names.length },
    ),
    declared: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    order: fc.constantFrom('offset' as const, 'keyset' as const, 'snapshot' as const),
  })
  .map(({ things: all, ...rest }) => ({ ...rest, things: all.map((one) => ({ ...one })) }));

const call = fc.integer({ min: 1, max: 60 });
export const events = fc.array(
  fc.oneof(
    fc.record({ call, what: fc.record({ ends: name }) }),
    fc.record({ call, what: fc.record({ makes: fc.constantFrom('x1', 'x2', 'x3'), by: name }) }),
    fc.record({ call, what: fc.constant({ fails: true as const }) }),
  ),
  { maxLength: 6 },
);

export function openNet(
  given: readonly Thing[],
  { declared, order }: Pick<Net, 'declared' | 'order'>,
  happening: readonly Event[],
): Net {
  const verifier: Thing = { id: own, owner: 'other', inWindow: false, children: [], alive: true };
  const all = [verifier, ...given.map((one) => ({ ...one }))];
  return { things: new Map(all.map((one) => [one.id, one])), events: happening, declared, order, calls: 0 };
}
