import type { AnyConnector, Failure } from '../connector.ts';
import type { Redactor } from '../door/redact.ts';
import { createTape } from '../door/tape.ts';
import type { Tape } from '../door/tape.ts';
import type { Configuration } from '../model/config.ts';
import { inconclusive } from '../model/observation.ts';
import type { Planning } from '../plan/target.ts';
import { version } from '../version.ts';
import { connect } from './connect.ts';
import type { Connection } from './connect.ts';
import type { Observing } from './observe.ts';

/** One run's connections, opened when first asked for, and its tape. */
export interface Run extends Observing {
  readonly startedAt: string;
  readonly tape: Tape;
  readonly connector: Planning['connector'];
  readonly connections: () => readonly Connection[];
  close(): Promise<void>;
}

interface Opening {
  readonly configuration: Pick<Configuration, 'systems'>;
  readonly connectors: { get(id: string): AnyConnector | undefined; origin(id: string): string };
  readonly now: () => number;
  readonly redactor: Redactor;
  readonly signal?: AbortSignal;
  readonly progress?: (event: { system: string; asked: number; of: number }) => void;
}

export function openRun({ configuration, connectors, now, redactor, signal, progress }: Opening): Run {
  const tape = createTape();
  const opened = new Map<string, Connection>();
  const asked = new Map<string, { asked: number; of: number }>();
  const count = (system: string) => {
    const counts = asked.get(system) ?? { asked: 0, of: 0 };
    asked.set(system, counts);
    return counts;
  };
  return {
    startedAt: new Date(now()).toISOString(),
    tape,
    version,
    now,
    signal: signal ?? new AbortController().signal,
    clean: (text) => redactor.clean(text),
    connector(id) {
      const connector = connectors.get(id);
      return connector === undefined ? undefined : { connector, origin: connectors.origin(id) };
    },
    connection(system, point): Connection | Failure {
      count(system).of += 1;
      const name = JSON.stringify([system, point]);
      const before = opened.get(name);
      if (before !== undefined) return before;
      const config = configuration.systems.get(system);
      const connector = config && connectors.get(config.connector);
      if (config === undefined || connector === undefined) {
        return inconclusive('R-SCOPE', `the system ${system} is not configured`);
      }
      const connection = connect(config, connector, point, { now, tape, redactor });
      opened.set(name, connection);
      return connection;
    },
    answered({ target: { system } }) {
      const counts = count(system);
      counts.asked += 1;
      progress?.({ system, ...counts });
    },
    connections: () => [...opened.values()],
    async close() {
      await Promise.all([...opened.values()].map((connection) => connection.close()));
    },
  };
}
