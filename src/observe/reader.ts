import type { Answer, Context, ListAnswer, Source, Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import { furtherOff } from '../model/time.ts';
import type { Connection } from './connect.ts';
import { some } from './control.ts';
import { asList, runEpoch } from './epoch.ts';
import type { Settled, Wanted } from './epoch.ts';

/** What a check holds: reads that share an epoch, and the stamps of those it made. */
export interface Recording {
  readonly context: Context<unknown>;
  /** One stamp for each source, scope and epoch that was read. */
  stamps(): readonly Stamp[];
}

export interface Reader {
  record(window: Context<unknown>['window']): Recording;
}

/** Reads of one epoch: its controls stay near to each of them, and of tens of thousands few are kept at once. */
const most = 1_000;

/**
 * Gathers the reads that checks ask for in one go and carries them out as one epoch, very many as
 * several, one after the other. Identical reads that were asked for in one go are made once.
 */
export function createReader(connection: Connection, signal: AbortSignal): Reader {
  let epochs = 0;
  let waiting = new Map<string, { wanted: Wanted; settle: ((settled: Settled | Failure) => void)[] }>();

  async function flush(): Promise<void> {
    const batch = [...waiting.values()];
    waiting = new Map();
    while (batch.length > 0) {
      const part = batch.splice(0, most);
      const wanted = part.map((one) => one.wanted);
      const settled = await runEpoch(connection, ++epochs, wanted, signal).catch((error: unknown) =>
        broken(error, wanted),
      );
      for (const one of part) {
        const outcome = settled.get(one.wanted) ?? inconclusive('R-CHECK', 'the read was not carried out');
        for (const settle of one.settle) settle(outcome);
      }
    }
  }

  function ask(name: string, wanted: Wanted): Promise<Settled | Failure> {
    return new Promise((settle) => {
      const known = waiting.get(name);
      if (known !== undefined) return void known.settle.push(settle);
      if (waiting.size === 0) setImmediate(() => void flush());
      waiting.set(name, { wanted, settle: [settle] });
    });
  }

  return {
    record(window) {
      const made = new Map<string, { stamp: Stamp; readonly exchanges: Set<string> }>();
      const note = (stamp: Stamp) => {
        const name = JSON.stringify([stamp.source, stamp.scope, stamp.epoch]);
        const before = made.get(name);
        if (before === undefined) return void made.set(name, { stamp, exchanges: new Set(stamp.exchanges) });
        before.stamp = furtherOff(before.stamp, stamp);
        for (const exchange of stamp.exchanges) before.exchanges.add(exchange);
      };
      const context: Context<unknown> = {
        window,
        async read<K, V>(source: Source<unknown, K, V>, key: K): Promise<Answer<V>> {
          const name = JSON.stringify(['read', source.id, source.scope(key), source.name(key)]);
          const settled = await ask(name, { form: 'read', source, key });
          if (!failed(settled)) note(settled.stamp);
          // the values of an epoch are those of the source it was asked through
          return asAnswer(settled) as Answer<V>;
        },
        async walk<K, V>(source: Source<unknown, K, V>, scope: string): Promise<ListAnswer<V>> {
          const name = JSON.stringify(['walk', source.id, scope]);
          const settled = await ask(name, { form: 'walk', source, scope });
          if (!failed(settled)) note(settled.stamp);
          return asList(settled) as ListAnswer<V>;
        },
      };
      const stamps = () =>
        [...made.values()].map(({ stamp, exchanges }) => ({ ...stamp, exchanges: [...exchanges] }));
      return { context, stamps };
    },
  };
}

function asAnswer(settled: Settled | Failure): Answer<unknown> {
  if (failed(settled)) return settled;
  const { raw, stamp, controls, uncontrolled } = settled;
  if (raw === 'nothing') {
    return some(controls)
      ? { saw: 'nothing', controls, stamp }
      : inconclusive('R-CONTROL', 'an absence without its control');
  }
  if (!('value' in raw)) return inconclusive('R-CHECK', 'a list where one object was read');
  const why = uncontrolled === undefined ? {} : { uncontrolled };
  return { saw: 'value', value: raw.value, stamp, ...(some(controls) ? { controls } : why) };
}

/** A source that throws is a bug of its connector: every read of the epoch is without an answer. */
function broken(error: unknown, wanted: readonly Wanted[]): ReadonlyMap<Wanted, Failure> {
  const detail = error instanceof Error ? error.message : String(error);
  const failure = inconclusive('R-CHECK', `the connector broke: ${detail}`);
  return new Map(wanted.map((one) => [one, failure]));
}
