import type { Identity, ListAnswer, PassedControl, Raw, Sibling, Source, Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure, Some } from '../model/observation.ts';
import type { Connection } from './connect.ts';
import { findWitness, mint, nobody, sighted, some } from './control.ts';
import type { Sighted, Witness } from './control.ts';

type AnySource = Source<unknown, unknown, unknown>;

/** One question of an epoch. */
export type Wanted =
  | { readonly form: 'read'; readonly source: AnySource; readonly key: unknown }
  | { readonly form: 'walk'; readonly source: AnySource; readonly scope: string };

/** What came back for it, before the epoch has closed. */
interface Seen {
  readonly raw: Raw<unknown> | readonly unknown[];
  readonly stamp: Stamp;
  readonly controls: readonly Sighted[];
}
type Outcome = Seen | Failure;

export interface Settled {
  readonly stamp: Stamp;
  readonly raw: Exclude<Raw<unknown>, Failure> | readonly unknown[];
  readonly controls: readonly PassedControl[];
}

/** Pages that one walk may have: a server that never says "last" is not a whole list. */
const pageLimit = 10_000;

/**
 * One epoch on one connection: who are you, control, read, control, who are you. Everything in it
 * counts only if both ends name the same instance and principal.
 */
export async function runEpoch(
  connection: Connection,
  epoch: number,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Wanted, Settled | Failure>> {
  const opening = await connection.identify(signal);
  if (failed(opening)) return new Map(wanted.map((one) => [one, opening]));

  const stamp = stamper(connection, opening, epoch);
  const outcomes = new Map<Wanted, Outcome>();
  await Promise.all(
    [...grouped(wanted)].map(async (group) => {
      const read = await readGroup(connection, group, stamp, signal);
      for (const [one, outcome] of read) outcomes.set(one, outcome);
    }),
  );
  // after the closing controls, so that they too stand between two identities
  const ended = await connection.identify(signal);
  const other = failed(ended) ? undefined : moved(opening, ended);
  const settled = new Map<Wanted, Settled | Failure>();
  for (const one of wanted) {
    const read = settle(outcomes.get(one) ?? inconclusive('R-CHECK', 'the read was not carried out'));
    // a read that failed says why itself: a pause that was asked for then is what the closing met
    const closed = failed(read) || !failed(ended) ? read : ended;
    settled.set(one, other ?? closed);
  }
  return settled;
}

function settle(outcome: Outcome): Settled | Failure {
  if (failed(outcome)) return outcome;
  const { raw, stamp, controls } = outcome;
  if (failed(raw)) return raw;
  return { raw, stamp, controls: controls.map(mint) };
}

/** Opening and closing name different servers: what was read in between belongs to neither. */
function moved(opening: Identity, closing: Identity): Failure | undefined {
  if (opening.instance === closing.instance && opening.principal === closing.principal) return undefined;
  return inconclusive(
    'R-INSTANCE',
    `the server changed while it was asked: ${opening.instance} as ${opening.principal}, then ${closing.instance} as ${closing.principal}`,
  );
}

type Stamper = (source: string, scope: string) => <V>(work: () => Promise<V>) => Promise<[V, Stamp]>;

function stamper(connection: Connection, identity: Identity, epoch: number): Stamper {
  return (source, scope) => async (work) => {
    const { value, exchanges, serverAt } = await connection.tape.during(work);
    const server = serverAt ?? identity.serverAt;
    return [
      value,
      {
        system: connection.system,
        instance: identity.instance,
        point: connection.point,
        principal: identity.principal,
        source,
        scope,
        epoch,
        at: new Date(connection.now()).toISOString(),
        ...(server === undefined ? {} : { serverAt: server }),
        exchanges,
      },
    ];
  };
}

interface Group {
  readonly source: AnySource;
  readonly scope: string;
  readonly reads: (Wanted & { form: 'read' })[];
  readonly walks: (Wanted & { form: 'walk' })[];
}

/** Reads of one source in one scope share their controls. */
function grouped(wanted: readonly Wanted[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const one of wanted) {
    const scope = one.form === 'walk' ? one.scope : one.source.scope(one.key);
    const name = JSON.stringify([one.source.id, scope]);
    const group = groups.get(name) ?? { source: one.source, scope, reads: [], walks: [] };
    groups.set(name, group);
    if (one.form === 'walk') group.walks.push(one);
    else group.reads.push(one);
  }
  return groups.values();
}

async function readGroup(
  connection: Connection,
  group: Group,
  stamp: Stamper,
  signal: AbortSignal,
): Promise<Map<Wanted, Outcome>> {
  const { source, scope } = group;
  const all = [...group.reads, ...group.walks];
  const siblings = await source.siblings(connection.client, scope, signal);
  if (failed(siblings)) return new Map(all.map((one) => [one, siblings]));
  const keys = new Set(group.reads.map((one) => source.name(one.key)));
  // a target cannot witness its own absence
  const others = siblings.filter((sibling) => !keys.has(source.name(sibling.key)));

  const context = { connection, group, others, stamp: stamp(source.id, scope), signal };
  const outcomes = new Map<Wanted, Outcome>();
  for (const one of group.walks) outcomes.set(one, await walk(context));
  if (group.reads.length === 0) return outcomes;
  const read = source.some === undefined ? await readEach(context) : await readTogether(context, source.some);
  for (const [one, outcome] of read) outcomes.set(one, outcome);
  return outcomes;
}

interface GroupContext {
  readonly connection: Connection;
  readonly group: Group;
  readonly others: readonly Sibling<unknown>[];
  readonly stamp: ReturnType<Stamper>;
  readonly signal: AbortSignal;
}

/** One answer from one snapshot, the witness in it. */
async function readTogether(
  context: GroupContext,
  ask: NonNullable<AnySource['some']>,
): Promise<Map<Wanted, Outcome>> {
  const { connection, group, others, stamp, signal } = context;
  const fail = (failure: Failure) => new Map<Wanted, Outcome>(group.reads.map((one) => [one, failure]));
  const sibling = others[0];
  if (sibling === undefined) return fail(nobody(group.source.id, group.scope));
  const keys: Some<unknown> = [sibling.key, ...group.reads.map((one) => one.key)];
  const [raws, at] = await stamp(() => ask.call(group.source, connection.client, keys, signal));
  if (failed(raws)) return fail(raws);
  if (raws.length !== keys.length) {
    return fail(inconclusive('R-PARTIAL', `${raws.length} answers for ${keys.length} keys`));
  }
  const first = raws[0] ?? 'nothing';
  const control = sighted(group.source, { kind: 'sibling', sibling }, 'within', { raw: first, stamp: at });
  return new Map(
    group.reads.map((one, index) => [one, covered(group.source, one.key, raws[index + 1], at, [control])]),
  );
}

/** Control, read, control. */
async function readEach(context: GroupContext): Promise<Map<Wanted, Outcome>> {
  const { connection, group, others, stamp, signal } = context;
  const { source } = group;
  const ask = source.one;
  const fail = (failure: Failure) => new Map<Wanted, Outcome>(group.reads.map((one) => [one, failure]));
  if (ask === undefined)
    return fail(inconclusive('R-CHECK', `${source.id} offers no way to read one object`));
  const look = async (key: unknown) => {
    const [raw, at] = await stamp(() => ask.call(source, connection.client, key, signal));
    return { raw, stamp: at };
  };
  const found = await findWitness(source, others, group.scope, look);
  // even without a control a positive is a positive, so the target is asked all the same
  const seen = await Promise.all(group.reads.map(async (one) => [one, await look(one.key)] as const));
  const controls: (Sighted | Failure)[] = failed(found)
    ? [found]
    : [found.before, await lookAgain(source, found.witness, look)];
  return new Map(seen.map(([one, { raw, stamp: at }]) => [one, covered(source, one.key, raw, at, controls)]));
}

async function lookAgain(
  source: AnySource,
  witness: Witness<unknown>,
  look: (key: unknown) => Promise<{ raw: Raw<unknown>; stamp: Stamp }>,
): Promise<Sighted | Failure> {
  const key = witness.kind === 'sibling' ? witness.sibling.key : witness.key;
  return sighted(source, witness, 'after', await look(key));
}

/** An absence stands only with its controls; a value only if it is about the key. */
function covered(
  source: AnySource,
  key: unknown,
  raw: Raw<unknown> | undefined,
  stamp: Stamp,
  controls: readonly (Sighted | Failure)[],
): Outcome {
  if (raw === undefined) return inconclusive('R-PARTIAL', `no answer for ${source.name(key)}`);
  const passed = controls.filter((control): control is Sighted => !failed(control));
  const broken = controls.find((control) => failed(control));
  if (raw === 'nothing') {
    if (broken !== undefined) return broken;
  } else if (!failed(raw) && !source.answers(raw.value, key)) {
    return inconclusive(
      'R-ANSWER',
      `asked for ${source.name(key)}, the server answered about something else`,
    );
  }
  return { raw, stamp, controls: broken === undefined ? passed : [] };
}

/** The whole list, to its last page, with a witness in it. */
async function walk(context: GroupContext): Promise<Outcome> {
  const { group, others } = context;
  const sibling = others[0];
  if (sibling === undefined) return nobody(group.source.id, group.scope);
  const first = await list(context);
  if (failed(first)) return first;
  if (group.source.order === 'offset') {
    // a row can slip between two offset pages; two equal passes say that none did
    const second = await list(context);
    if (failed(second)) return second;
    if (canonical(first.raw) !== canonical(second.raw)) {
      return inconclusive('R-PARTIAL', 'the list changed while it was paged: two passes differ');
    }
  }
  const seen = first.raw.find((item) => group.source.answers(item, sibling.key));
  const raw = seen === undefined ? 'nothing' : { value: seen };
  const control = sighted(group.source, { kind: 'sibling', sibling }, 'within', { raw, stamp: first.stamp });
  return failed(control) ? control : { ...first, controls: [control] };
}

const canonical = (items: readonly unknown[]) =>
  JSON.stringify(items.map((item) => JSON.stringify(item)).toSorted());

async function list(context: GroupContext): Promise<{ raw: readonly unknown[]; stamp: Stamp } | Failure> {
  const { connection, group, stamp, signal } = context;
  const ask = group.source.all;
  if (ask === undefined) return inconclusive('R-CHECK', `${group.source.id} offers no list`);
  const [items, at] = await stamp(async () => {
    const whole: unknown[] = [];
    let pages = 0;
    for await (const page of ask.call(group.source, connection.client, group.scope, signal)) {
      if (failed(page)) return page;
      whole.push(...page.items);
      if (page.last) return whole;
      if (++pages >= pageLimit) break;
    }
    return inconclusive('R-PARTIAL', `the list of ${group.source.id} never said that it was whole`);
  });
  return failed(items) ? items : { raw: items, stamp: at };
}

/** Narrows what an epoch settled to the answer of a walk. */
export function asList(settled: Settled | Failure): ListAnswer<unknown> {
  if (failed(settled)) return settled;
  const { raw, stamp, controls } = settled;
  if (!isList(raw) || !some(controls)) return inconclusive('R-CONTROL', 'a list without its control');
  return { saw: 'list', items: raw, controls, stamp };
}

const isList = (raw: Settled['raw']): raw is readonly unknown[] => Array.isArray(raw);
