import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectors } from '../connectors/index.ts';
import type { AnyConnector } from './connector.ts';
import { lookupOf } from './grant/kinds.ts';
import type { KindLookup } from './grant/kinds.ts';
import { UsageError } from './model/errors.ts';

/** The connectors of a run, and where each came from. */
export interface ConnectorLookup {
  get(id: string): AnyConnector | undefined;
  /** `builtin`, or `npm:<name>@<version>`: stands in each evidence. */
  origin(id: string): string;
  readonly all: readonly AnyConnector[];
}

export function builtIn(): ConnectorLookup {
  return lookup(connectors.map((connector) => ({ connector, origin: 'builtin' })));
}

/**
 * Built-in connectors and packages from outside. A package that cannot be loaded is an error, never
 * lost coverage.
 * @param directory of the configuration: packages are looked up from there.
 * @throws UsageError naming each package and its defect.
 */
export async function withPackages(names: readonly string[], directory: string): Promise<ConnectorLookup> {
  const loaded = connectors.map((connector) => ({ connector, origin: 'builtin' }));
  for (const name of names) {
    const found = await load(name, directory);
    const known = loaded.find((one) => one.connector.id === found.connector.id);
    if (known !== undefined) {
      throw new UsageError(
        `the connector package ${name} calls itself ${found.connector.id}, as ${known.origin} does`,
      );
    }
    loaded.push(found);
  }
  return lookup(loaded);
}

/** Loaded only by the demo. */
export const livingFakes = () => import('../connectors/fakes.ts');

/** What loading a record needs to know of the installed kinds. */
export function kindLookup({ all }: ConnectorLookup): KindLookup {
  return lookupOf(all.flatMap((connector) => connector.kinds));
}

interface Loaded {
  readonly connector: AnyConnector;
  readonly origin: string;
}

function lookup(loaded: readonly Loaded[]): ConnectorLookup {
  const byId = new Map(loaded.map((one) => [one.connector.id, one]));
  return {
    get: (id) => byId.get(id)?.connector,
    origin: (id) => byId.get(id)?.origin ?? 'unknown',
    all: loaded.map((one) => one.connector),
  };
}

async function load(name: string, directory: string): Promise<Loaded> {
  if (!/^(?:@[a-z0-9-._~]+\/)?tombstone-connector-[a-z0-9-]+$/.test(name)) {
    throw new UsageError(`${name} is not a name for a connector package: tombstone-connector-<id>`);
  }
  const require = createRequire(join(directory, 'tombstone.yaml'));
  let module: unknown;
  let manifest: unknown;
  try {
    module = await import(pathToFileURL(require.resolve(name)).href);
    manifest = require(`${name}/package.json`);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new UsageError(`the connector package ${name} cannot be loaded: ${why}`);
  }
  const connector = fieldOf(module, 'default');
  const version = fieldOf(manifest, 'version');
  const defect = defectOf(connector);
  if (defect !== undefined || !isConnector(connector)) {
    throw new UsageError(`the connector package ${name} ${defect ?? 'exports no connector'}`);
  }
  return { connector, origin: `npm:${name}@${typeof version === 'string' ? version : 'unknown'}` };
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}

const functions = ['points', 'host', 'connect', 'close', 'identify', 'policy'] as const;

const isConnector = (value: unknown): value is AnyConnector => defectOf(value) === undefined;

/** The first thing that is wrong with what a package exports, in words. */
function defectOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'has no connector as its default export';
  const one = new Map<string, unknown>(Object.entries(value));
  const id = one.get('id');
  if (one.get('apiVersion') !== 1)
    return 'is written for another version of the contract: apiVersion must be 1';
  if (typeof id !== 'string' || !/^[a-z0-9-]+$/.test(id))
    return 'has no id in small letters, digits and dashes';
  const missing = functions.find((name) => typeof one.get(name) !== 'function');
  if (missing !== undefined) return `lacks the function ${missing}`;
  const named = (list: unknown, field: 'id' | 'kind') =>
    Array.isArray(list) &&
    list.length > 0 &&
    list.every((item: unknown) => {
      const name = fieldOf(item, field);
      return typeof name === 'string' && name.startsWith(`${id}/`);
    });
  if (!named(one.get('kinds'), 'kind')) return `must name its kinds ${id}/<noun>`;
  if (!named(one.get('checks'), 'id')) return `must name its checks ${id}/<noun>`;
  return Array.isArray(one.get('reads')) ? undefined : 'lacks the list of its reads';
}
