import { dirname } from 'node:path';
import { findConfiguration } from '../config/find.ts';
import { checkHosts } from '../config/hosts.ts';
import { loadConfiguration } from '../config/load.ts';
import { registerSecrets } from '../config/register.ts';
import { looseSecretFiles, resolveRecordSecrets, resolveSecrets } from '../config/secrets.ts';
import type { Configuration } from '../model/config.ts';
import { UsageError } from '../model/errors.ts';
import type { Problem } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { withPackages } from '../registry.ts';
import type { ConnectorLookup } from '../registry.ts';
import { packagesIn } from './installed.ts';
import { readInput, warn } from './reading.ts';
import type { Shell } from './shell.ts';

/**
 * The configuration of a run, ready to use: found, read, its references followed, its hosts allowed.
 * @throws UsageError with everything that is wrong with it
 */
export async function configured(
  flag: string | undefined,
  shell: Shell,
): Promise<{ readonly configuration: Configuration; readonly connectors: ConnectorLookup }> {
  const file = await findConfiguration(flag, shell.env, shell.directory);
  const directory = dirname(file);
  const text = await readInput(file, shell);
  const connectors = await withPackages(packagesIn(text), directory);
  const lookup = { find: connectors.get, ids: () => connectors.all.map((one) => one.id) };
  const configuration = loadConfiguration(text, { file, directory }, lookup);
  const from = { directory, env: shell.env, file };
  refuse(await resolveSecrets(configuration.systems, from), `${file} names what cannot be had`);
  registerSecrets(configuration.systems, shell.redactor);
  refuse(checkHosts(configuration, lookup), `${file} cannot be used`);
  warn(await looseSecretFiles(configuration.systems, from), shell);
  return { configuration, connectors };
}

/**
 * Fills the secrets that records refer to.
 * @throws UsageError naming every reference that cannot be resolved
 */
export async function fillSecrets(grants: readonly GrantRecord[], shell: Shell): Promise<void> {
  refuse(await resolveRecordSecrets(grants, shell.env), 'the record names secrets that cannot be had');
  registerSecrets(grants, shell.redactor);
}

function refuse(problems: readonly Problem[], message: string): void {
  if (problems.length > 0) throw new UsageError(message, problems);
}
