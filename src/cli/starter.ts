import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AnyConnector, Kind } from '../connector.ts';
import { nearest } from '../grant/nearest.ts';
import { UsageError } from '../model/errors.ts';
import { installed } from './installed.ts';
import { writeAll } from './outputs.ts';
import type { Shell } from './shell.ts';

export interface StarterOptions {
  readonly config?: string;
}

/**
 * A record to fill in, with one credential or entitlement of each kind: all of them where none is named.
 * @throws UsageError for a kind that nobody knows
 */
export async function newRecord(
  words: readonly string[],
  { config }: StarterOptions,
  shell: Shell,
): Promise<number> {
  const { all } = await installed(config, shell);
  const known = all.flatMap((connector) => connector.kinds);
  const kinds = words.map((word) => {
    const kind = known.find((one) => one.kind === word);
    if (kind !== undefined) return kind;
    const names = known.map((one) => one.kind);
    const meant = nearest(word, names);
    throw new UsageError(
      `no kind ${word}; ${meant === undefined ? `installed are ${names.join(', ')}` : `did you mean ${meant}?`}`,
    );
  });
  await shell.out(recordText(kinds.length === 0 ? known : kinds, new Date()));
  return 0;
}

/**
 * Writes tombstone.yaml and grant.yaml into the working directory, to be filled in.
 * @throws UsageError where one of them is there already: nothing is overwritten
 */
export async function init(shell: Shell): Promise<number> {
  const { all } = await installed(undefined, shell);
  const files = [
    { path: join(shell.directory, 'tombstone.yaml'), text: configurationText(all) },
    {
      path: join(shell.directory, 'grant.yaml'),
      text: recordText(
        all.flatMap((one) => one.kinds),
        new Date(),
      ),
    },
  ];
  for (const { path } of files) {
    if (await exists(path)) throw new UsageError(`${path} is there already; nothing was written`);
  }
  await writeAll(files);
  await shell.out(
    [
      'tombstone.yaml   whom to ask: fill in the systems, then: tombstone doctor --pin',
      'grant.yaml       what was given: fill in one grant, then: tombstone record check grant.yaml',
      '',
    ].join('\n'),
  );
  return 0;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const systemOf = (kind: string) => `my-${kind.split('/', 1)[0] ?? kind}`;

function configurationText(all: readonly AnyConnector[]): string {
  const systems = Object.fromEntries(
    all
      .filter((one) => one.example !== undefined)
      .map(({ id, example }) => [`my-${id}`, { connector: id, ...example }]),
  );
  return `# Whom to ask. A secret is a reference: env:NAME, file:PATH (relative to this file) or exec: [cmd, arg].
# The least permissions of each verifier: tombstone connectors policy <connector>
${stringify({ version: 1, systems })}`;
}

function recordText(kinds: readonly Kind<unknown>[], now: Date): string {
  const end = new Date(now.getTime() + 3_600_000);
  const second = (date: Date) => date.toISOString().replace(/\.\d+/, '');
  // whatever the issuer makes elsewhere is named as made from it
  const issuer = kinds.findIndex((kind) => kind.mints(kind.example) === 'elsewhere');
  const items = kinds.map((kind, index) => ({
    role: kind.role,
    item: {
      id: `${kind.role === 'credential' ? 'c' : 'e'}${index + 1}`,
      kind: kind.kind,
      system: systemOf(kind.kind),
      ref: kind.example,
      ...(issuer !== -1 &&
      kind.role === 'credential' &&
      systemOf(kind.kind) !== systemOf(kinds[issuer]?.kind ?? '')
        ? { derivedFrom: `c${issuer + 1}` }
        : {}),
    },
  }));
  const of = (role: Kind<unknown>['role']) => items.filter((one) => one.role === role).map((one) => one.item);
  const list = (name: string, role: Kind<unknown>['role']) =>
    of(role).length === 0 ? {} : { [name]: of(role) };
  const record = {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'jit-1' },
    subject: { kind: 'agent', id: 'spiffe://example.com/agent/deploy-bot', name: 'deploy-bot' },
    intent: { reason: 'why it was given', ticket: 'CHG-1' },
    approvals: [{ by: 'who@example.com', at: second(now), decision: 'approved' }],
    validity: { from: second(now), until: second(end) },
    revocation: { at: second(end), by: 'who or what revoked it' },
    systems: [...new Set(kinds.map((kind) => systemOf(kind.kind)))].map((system) => ({ system })),
    ...list('credentials', 'credential'),
    ...list('entitlements', 'entitlement'),
  };
  return `# What was given. Locators and ids, never a secret; take each id from the system that issued it.
# The rules: tombstone record check FILE. For editors: tombstone record schema
${stringify(record)}`;
}
