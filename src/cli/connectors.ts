import { z } from 'zod';
import type { AnyConnector } from '../connector.ts';
import { UsageError } from '../model/errors.ts';
import { catalogue } from '../reporters/catalogue.ts';
import { shownJson } from '../reporters/shown.ts';
import { installed } from './installed.ts';
import type { Shell } from './shell.ts';

export interface ConnectorsOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Every connector with its kinds and checks. */
export async function listConnectors({ config, json }: ConnectorsOptions, shell: Shell): Promise<number> {
  const { all } = await installed(config, shell);
  await shell.out(json ? `${shownJson({ connectors: all.map(described) })}\n` : catalogue(all));
  return 0;
}

/** The least permissions that all checks of a connector need, in the system's own policy language. */
export async function printPolicy(id: string, { config }: ConnectorsOptions, shell: Shell): Promise<number> {
  const { get, all } = await installed(config, shell);
  const connector = get(id);
  if (connector === undefined) {
    throw new UsageError(`no connector ${id}; installed are ${all.map((one) => one.id).join(', ')}`);
  }
  const needs = [...new Set(connector.checks.flatMap((check) => check.needs))];
  await shell.out(`${connector.policy(needs).trimEnd()}\n`);
  return 0;
}

/** JSON Schema 2020-12 of every kind's locator and of every system's fields in the configuration. */
export async function printSchemas({ config }: ConnectorsOptions, shell: Shell): Promise<number> {
  const { all } = await installed(config, shell);
  const schemas = all.map((connector) => [
    connector.id,
    {
      config: schemaOf(connector.config),
      kinds: Object.fromEntries(connector.kinds.map((kind) => [kind.kind, schemaOf(kind.ref)])),
    },
  ]);
  await shell.out(`${shownJson(Object.fromEntries(schemas))}\n`);
  return 0;
}

/** The schema of what a user writes: references to secrets, not the secrets they become. */
function schemaOf(schema: z.core.$ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
}

function described({ id, title, kinds, checks }: AnyConnector): unknown {
  return {
    id,
    title,
    kinds: kinds.map(({ kind, title: what, role, needed, requires, killing, horizon }) => ({
      kind,
      title: what,
      role,
      needed,
      requires,
      killing,
      horizon,
    })),
    checks: checks.map(
      ({ id: check, title: question, of, claim, decides, method, needs, docs, effects }) => ({
        id: check,
        title: question,
        kind: of.kind,
        claim,
        decides,
        method,
        needs,
        docs,
        effects,
      }),
    ),
  };
}
