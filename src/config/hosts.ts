import type { Host } from '../connector.ts';
import type { Configuration, SystemConfig } from '../model/config.ts';
import type { Problem } from '../model/errors.ts';
import { secretShape } from '../grant/secret-shape.ts';
import type { ConnectorLookup } from './load.ts';

/**
 * The hosts of every system at every point, before anything is sent: plain `http:` may only go to this
 * machine, unless the system says `allowInsecure: true`. The secrets must be filled: a host may stand
 * in one (`url: file:…`).
 */
export function checkHosts(configuration: Configuration, connectors: ConnectorLookup): readonly Problem[] {
  return [...configuration.systems.values()].flatMap((system) => {
    const connector = connectors.find(system.connector);
    if (connector === undefined) {
      return [problem(configuration, system, `no connector "${system.connector}" is installed`)];
    }
    return connector.points(system.config).flatMap((point): Problem[] => {
      const at = connector.points(system.config).length > 1 ? ` (point ${point})` : '';
      let host: Host;
      try {
        host = connector.host(system.config, point);
      } catch (error) {
        return [problem(configuration, system, `${sentence(error)}${at}`)];
      }
      if (host.protocol !== 'http:' || host.allowInsecure || isLoopback(host.host)) return [];
      return [
        problem(
          configuration,
          system,
          `plain http to ${host.host} is refused: anybody on the way could read the token and write the answer${at}`,
          'Use https:, or write allowInsecure: true on this system; every report will say so.',
        ),
      ];
    });
  });
}

function problem(
  configuration: Configuration,
  system: SystemConfig,
  message: string,
  hint?: string,
): Problem {
  return {
    file: configuration.file,
    ...system.at,
    field: `systems.${system.name}`,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A connector's own words about a configuration that names no host; they may hold the address, so they are looked through. */
function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message === '' || secretShape(message) !== undefined
    ? 'the address of this system cannot be read'
    : message;
}

/** `localhost` and the addresses of RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3: nothing leaves this machine. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?)$/i.test(host);
}
