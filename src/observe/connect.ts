import type { AnyConnector, Identity } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import { openDoor } from '../door/door.ts';
import type { OpenDoor } from '../door/door.ts';
import type { Redactor } from '../door/redact.ts';
import type { Tape } from '../door/tape.ts';
import type { SystemConfig } from '../model/config.ts';
import type { Failure } from '../model/observation.ts';

/** One point of one configured system, with the client that asks it. */
export interface Connection {
  readonly system: string;
  readonly point: string;
  readonly connector: AnyConnector;
  readonly client: unknown;
  readonly pinned: boolean;
  readonly tape: Tape;
  now(): number;
  /** Who the server is and whom it takes us for; a failure when that is not the pinned instance. */
  identify(signal: AbortSignal): Promise<Identity | Failure>;
  /** The last identity that was told. */
  readonly met: () => Identity | undefined;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly now: () => number;
  readonly tape: Tape;
  readonly redactor: Redactor;
}

export function connect(
  system: SystemConfig,
  connector: AnyConnector,
  point: string,
  { now, tape, redactor }: Surroundings,
): Connection {
  const door: OpenDoor = openDoor({
    system: system.name,
    point,
    host: connector.host(system.config, point),
    reads: connector.reads,
    limits: system.limits,
    now,
    tape,
    redactor,
  });
  const client = connector.connect(system.config, point, door);
  let met: Identity | undefined;
  return {
    system: system.name,
    point,
    connector,
    client,
    pinned: system.instance !== undefined,
    tape,
    now,
    met: () => met,
    async identify(signal) {
      const identity = await connector.identify(client, signal);
      if (failed(identity)) return identity;
      met = identity;
      if (system.instance === undefined || identity.instance === system.instance) return identity;
      return inconclusive(
        'R-INSTANCE',
        `${system.name} says it is ${identity.instance}; the configuration pins ${system.instance}`,
        `the right address, or "tombstone doctor --pin" where the change was meant`,
      );
    },
    async close() {
      await connector.close(client);
      await door.close();
    },
  };
}
