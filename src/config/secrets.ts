import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fieldName } from '../grant/problems.ts';
import { secretShape } from '../grant/secret-shape.ts';
import type { Path } from '../grant/tree.ts';
import type { Problem } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { Secret } from '../model/secret.ts';
import { TextFile } from '../model/text-file.ts';
import type { Resolved } from './read-secret.ts';
import { followReference, readTextFile } from './read-secret.ts';

/** Where the references of a configuration start. `file` is only for messages. */
export interface From {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly file?: string;
}

/**
 * Fills every `Secret` and every `TextFile` of a parsed configuration, or of a part of it. Each
 * reference is followed once, one after the other, however often it stands there.
 *
 * @returns what could not be resolved, all of it, by the name of the reference and never by a value.
 */
export async function resolveSecrets(tree: unknown, from: From): Promise<readonly Problem[]> {
  const place = { directory: from.directory, env: from.env, confined: false };
  const answers = new Map<string, Resolved>();
  const problems: Problem[] = [];
  for (const { item, path } of referencesIn(tree, rootOf(tree))) {
    if (item instanceof Secret && item.filled) continue;
    const name = item instanceof Secret ? item.reference : `text:${item.path}`;
    const answer =
      answers.get(name) ??
      (item instanceof Secret
        ? await followReference(item.reference, place)
        : await readTextFile(item.path, place));
    answers.set(name, answer);
    if ('value' in answer) item.fill(answer.value);
    else problems.push(unresolved(item, path, answer.reason, from));
  }
  return problems;
}

/**
 * Fills the `secret` of every credential by the narrower rules of records: files below the record's own
 * directory, and the subject's variables.
 *
 * @returns what could not be resolved, by the name of the reference and never by a value.
 */
export async function resolveRecordSecrets(
  grants: readonly GrantRecord[],
  env: NodeJS.ProcessEnv,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { credentials, source } of grants) {
    const from = { directory: source.directory, env, file: source.file };
    for (const [index, { secret }] of credentials.entries()) {
      if (secret === undefined || secret.filled) continue;
      const answer = await followReference(secret.reference, { ...from, confined: true });
      if ('value' in answer) secret.fill(answer.value);
      else problems.push(unresolved(secret, ['credentials', index, 'secret'], answer.reason, from));
    }
  }
  return problems;
}

/** Warnings: files with secrets that more people than their owner may read. */
export async function looseSecretFiles(tree: unknown, from: From): Promise<readonly Problem[]> {
  const warnings: Problem[] = [];
  for (const { item, path } of referencesIn(tree, rootOf(tree))) {
    if (!(item instanceof Secret) || !item.reference.startsWith('file:')) continue;
    const mode = await modeOf(resolve(from.directory, item.reference.slice('file:'.length)));
    if (mode === undefined || (mode & 0o044) === 0) continue;
    warnings.push({
      file: from.file ?? from.directory,
      field: configField(path),
      message: `others may read ${shownReference(item)} (mode ${(mode & 0o777).toString(8)})`,
      hint: 'Take the right to read it from everybody but its owner: chmod 600.',
    });
  }
  return warnings;
}

/** Undefined where the file cannot be looked at: `resolveSecrets` says so. */
async function modeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mode }) => mode,
    () => undefined,
  );
}

/** The map of systems is often handed over alone. */
function rootOf(tree: unknown): Path {
  return tree instanceof Map ? ['systems'] : [];
}

interface Found {
  readonly item: Secret | TextFile;
  readonly path: Path;
}

function referencesIn(value: unknown, path: Path, seen = new Set<unknown>()): Found[] {
  if (value instanceof Secret || value instanceof TextFile) return [{ item: value, path }];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesIn(item, [...path, index], seen));
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return [...entries].flatMap(([key, item]) => referencesIn(item, [...path, String(key)], seen));
}

function unresolved(item: Secret | TextFile, path: Path, reason: string, from: From): Problem {
  return {
    file: from.file ?? from.directory,
    field: configField(path),
    message: `${shownReference(item)} cannot be resolved: ${reason}`,
  };
}

/** As the user wrote it: `systems.vault-prod.token`, without the step to the connector's own part. */
function configField(path: Path): string {
  const isOwn = path[0] === 'systems' && path[2] === 'config';
  return fieldName(isOwn ? [...path.slice(0, 2), ...path.slice(3)] : path);
}

/** Of a program only its name: an argument may hold more than it should. */
function shownReference(item: Secret | TextFile): string {
  if (item instanceof TextFile) return `the file ${item.path}`;
  const { reference } = item;
  const shown = reference.startsWith('exec:')
    ? `exec:[${reference.slice(6).split(',', 1)[0]}, …]`
    : reference;
  return secretShape(shown) === undefined ? shown : 'the reference';
}
