import type { Identity, ListAnswer, PassedControl, Raw, Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import type { Connection } from './connect.ts';
import { mint, some } from './control.ts';
import { readGroup } from './group.ts';
import type { Group, Outcome, Stamper, Wanted } from './group.ts';

export type { Wanted } from './group.ts';

export interface Settled {
  readonly stamp: Stamp;
  readonly raw: Exclude<Raw<unknown>, Failure> | readonly unknown[];
  readonly controls: readonly PassedControl[];
  /** Why there are none. */
  readonly uncontrolled?: Failure;
}

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
  const { raw, stamp, controls, uncontrolled } = outcome;
  if (failed(raw)) return raw;
  return {
    raw,
    stamp,
    controls: controls.map(mint),
    ...(uncontrolled === undefined ? {} : { uncontrolled }),
  };
}

/** Opening and closing name different servers: what was read in between belongs to neither. */
function moved(opening: Identity, closing: Identity): Failure | undefined {
  if (opening.instance === closing.instance && opening.principal === closing.principal) return undefined;
  return inconclusive(
    'R-INSTANCE',
    `the server changed while it was asked: ${opening.instance} as ${opening.principal}, then ${closing.instance} as ${closing.principal}`,
  );
}

function stamper(connection: Connection, identity: Identity, epoch: number): Stamper {
  return (source, scope) => async (work) => {
    const { value, exchanges, told } = await connection.tape.during(work);
    const server = told?.serverAt ?? identity.serverAt;
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
        // beside the server's time, not at the end of a long read: the two are compared
        at: told?.at ?? new Date(connection.now()).toISOString(),
        ...(server === undefined ? {} : { serverAt: server }),
        exchanges,
      },
    ];
  };
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

/** Narrows what an epoch settled to the answer of a walk. */
export function asList(settled: Settled | Failure): ListAnswer<unknown> {
  if (failed(settled)) return settled;
  const { raw, stamp, controls } = settled;
  if (!isList(raw) || !some(controls)) return inconclusive('R-CONTROL', 'a list without its control');
  return { saw: 'list', items: raw, controls, stamp };
}

const isList = (raw: Settled['raw']): raw is readonly unknown[] => Array.isArray(raw);
