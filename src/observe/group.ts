import type { Raw, Sibling, Source, Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure, Some } from '../model/observation.ts';
import { abreast } from './abreast.ts';
import type { Connection } from './connect.ts';
import { findWitness, nobody, sighted } from './control.ts';
import type { Sighted, Witness } from './control.ts';
import { walk } from './walk.ts';

export type AnySource = Source<unknown, unknown, unknown>;

/** One question of an epoch. */
export type Wanted =
  | { readonly form: 'read'; readonly source: AnySource; readonly key: unknown }
  | { readonly form: 'walk'; readonly source: AnySource; readonly scope: string };

/** What came back for it, before the epoch has closed. */
export interface Seen {
  readonly raw: Raw<unknown> | readonly unknown[];
  readonly stamp: Stamp;
  readonly controls: readonly Sighted[];
  /** Why there are none. */
  readonly uncontrolled?: Failure;
}
export type Outcome = Seen | Failure;

export interface Group {
  readonly source: AnySource;
  readonly scope: string;
  readonly reads: (Wanted & { form: 'read' })[];
  readonly walks: (Wanted & { form: 'walk' })[];
}

export type Stamper = (source: string, scope: string) => <V>(work: () => Promise<V>) => Promise<[V, Stamp]>;

export interface GroupContext {
  readonly connection: Connection;
  readonly group: Group;
  readonly others: readonly Sibling<unknown>[];
  readonly stamp: ReturnType<Stamper>;
  readonly signal: AbortSignal;
}

/** Carries out what one epoch wants of one source in one scope, its controls around it. */
export async function readGroup(
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
  const seen = await abreast(group.reads, (one) => look(one.key));
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
  return broken === undefined
    ? { raw, stamp, controls: passed }
    : { raw, stamp, controls: [], uncontrolled: broken };
}
