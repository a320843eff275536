import { dirname } from 'node:path';
import { readYaml } from '../grant/yaml-text.ts';
import { builtIn, withPackages } from '../registry.ts';
import type { ConnectorLookup } from '../registry.ts';
import { readInput } from './reading.ts';
import type { Shell } from './shell.ts';

/**
 * What is installed: the built-in connectors, and those that a configuration names where one is given.
 * @throws UsageError where one of them cannot be loaded
 */
export async function installed(flag: string | undefined, shell: Shell): Promise<ConnectorLookup> {
  if (flag === undefined && !shell.env['TOMBSTONE_CONFIG']) return builtIn();
  const { findConfiguration } = await import('../config/find.ts');
  const file = await findConfiguration(flag, shell.env, shell.directory);
  return withPackages(packagesIn(await readInput(file, shell)), dirname(file));
}

/**
 * The packages that a configuration names, before there are connectors to read the rest of it with.
 * Whatever else stands there is for `loadConfiguration` to refuse.
 */
export function packagesIn(text: string): readonly string[] {
  const [first] = readYaml(text);
  const value = first?.tree?.value;
  const names: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'connectors') : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
