import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findConfiguration } from '../config/find.ts';
import { checkHosts } from '../config/hosts.ts';
import { loadConfiguration } from '../config/load.ts';
import { looseSecretFiles, resolveRecordSecrets, resolveSecrets } from '../config/secrets.ts';
import type { Redactor } from '../door/redact.ts';
import { assertUniqueIds, loadGrants } from '../grant/load.ts';
import { readYaml } from '../grant/yaml-text.ts';
import type { Configuration } from '../model/config.ts';
import { UsageError } from '../model/errors.ts';
import type { Problem } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { Secret } from '../model/secret.ts';
import { builtIn, kindLookup, withPackages } from '../registry.ts';
import type { ConnectorLookup } from '../registry.ts';
import { problemText } from './endings.ts';
import { codeOf } from './outputs.ts';
import type { Shell } from './shell.ts';

/** Far more than any file that a person or a broker writes, far less than what a process can hold. */
const maxBytes = 256 * 1024 * 1024;

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
  const configuration = loadConfiguration(
    text,
    { file, directory },
    { find: connectors.get, ids: () => idsOf(connectors) },
  );
  const from = { directory, env: shell.env, file };
  refuse(
    await resolveSecrets(configuration.systems, from),
    `the configuration ${file} names what cannot be had`,
  );
  register(configuration.systems, shell.redactor);
  refuse(
    checkHosts(configuration, { find: connectors.get, ids: () => idsOf(connectors) }),
    `the configuration ${file} cannot be used`,
  );
  warn(await looseSecretFiles(configuration.systems, from), shell);
  return { configuration, connectors };
}

/**
 * What is installed: the built-in connectors, and those that a configuration names where one is given.
 * @throws UsageError where one of them cannot be loaded
 */
export async function installed(flag: string | undefined, shell: Shell): Promise<ConnectorLookup> {
  if (flag === undefined && !shell.env['TOMBSTONE_CONFIG']) return builtIn();
  const file = await findConfiguration(flag, shell.env, shell.directory);
  return withPackages(packagesIn(await readInput(file, shell)), dirname(file));
}

/**
 * The records of all files, `-` being stdin. Warnings go to stderr.
 * @param secrets whether the values that they refer to are needed
 * @throws UsageError with everything that is wrong with the first file that is wrong
 */
export async function recordsOf(
  files: readonly string[],
  connectors: ConnectorLookup,
  shell: Shell,
  secrets: 'with secrets' | 'as they stand' = 'as they stand',
): Promise<readonly GrantRecord[]> {
  const kinds = kindLookup(connectors);
  const grants: GrantRecord[] = [];
  for (const file of files) {
    const directory = file === '-' ? shell.directory : dirname(resolve(shell.directory, file));
    const name = file === '-' ? '<stdin>' : file;
    const loaded = loadGrants(await readInput(file, shell), { file: name, directory }, kinds);
    warn(loaded.warnings, shell);
    grants.push(...loaded.grants);
  }
  assertUniqueIds(grants);
  if (secrets === 'with secrets') {
    refuse(await resolveRecordSecrets(grants, shell.env), 'the record names secrets that cannot be had');
    register(grants, shell.redactor);
  }
  return grants;
}

/**
 * The text of a file, or of stdin for `-`.
 * @throws UsageError where it cannot be read as UTF-8 text
 */
export async function readInput(file: string, shell: Shell): Promise<string> {
  const bytes = file === '-' ? await shell.stdin(maxBytes) : await readWhole(file, shell.directory);
  if (bytes.byteLength > maxBytes)
    throw new UsageError(`${file} is larger than ${maxBytes / 1024 / 1024} MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file} is not UTF-8 text`);
  }
}

async function readWhole(file: string, directory: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(directory, file));
  } catch (error) {
    const code = codeOf(error);
    const why = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a directory',
      EACCES: 'it may not be read',
    };
    throw new UsageError(`${file} cannot be read: ${new Map(Object.entries(why)).get(code) ?? code}`);
  }
}

/** The packages that a configuration names, before there are connectors to read the rest of it with. Whatever else stands there is for `loadConfiguration` to refuse. */
function packagesIn(text: string): readonly string[] {
  for (const { tree } of readYaml(text)) {
    const value = tree?.value;
    const names: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'connectors') : undefined;
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  }
  return [];
}

function idsOf(connectors: ConnectorLookup): readonly string[] {
  return connectors.all.map((one) => one.id);
}

function refuse(problems: readonly Problem[], message: string): void {
  if (problems.length > 0) throw new UsageError(message, problems);
}

function warn(problems: readonly Problem[], shell: Shell): void {
  for (const problem of problems) shell.err(`warning: ${problemText(problem)}\n`);
}

/** Everything that is written from here on goes past these values. */
function register(value: unknown, redactor: Redactor): void {
  if (value instanceof Secret) {
    if (value.filled) redactor.add(value.reveal());
  } else if (value instanceof Map || Array.isArray(value)) {
    for (const one of value.values()) register(one, redactor);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) register(one, redactor);
  }
}
