import * as z from 'zod';
import type { AnyConnector } from '../connector.ts';
import { findingsOf, meant, unknownKey } from '../grant/issues.ts';
import { Problems } from '../grant/problems.ts';
import { besides, secretsIn } from '../grant/scan.ts';
import { quoted } from '../grant/secret-shape.ts';
import type { Finding, Tree } from '../grant/tree.ts';
import { readYaml } from '../grant/yaml-text.ts';
import type { Configuration, Limits, SystemConfig } from '../model/config.ts';
import { defaultLimits } from '../model/config.ts';
import { durationMs } from '../model/time.ts';
import { configurationShape, systemShape } from './shape.ts';

/** What the configuration must know of the installed connectors. */
export interface ConnectorLookup {
  find(id: string): AnyConnector | undefined;
  /** Every installed connector, for the nearest correct spelling. */
  ids(): readonly string[];
}

/**
 * Reads `tombstone.yaml`. Pure: `findConfiguration` finds the file, the caller reads it, and
 * `resolveSecrets` fills the references later.
 *
 * @throws UsageError with everything that is wrong (the first hundred), each with line, column and field.
 */
export function loadConfiguration(
  text: string,
  source: { readonly file: string; readonly directory: string },
  connectors: ConnectorLookup,
): Configuration {
  const problems = new Problems(text, source.file);
  const tree = onlyDocument(text, problems);
  const configuration = tree && readConfiguration(tree, source, connectors, problems);
  problems.refuse('the configuration');
  if (configuration === undefined) throw new Error('a configuration without problems was not read');
  return configuration;
}

interface Opened extends Tree {
  readonly findings: readonly Finding[];
}

function onlyDocument(text: string, problems: Problems): Opened | undefined {
  let first: Opened | undefined;
  let count = 0;
  for (const { start, tree, findings } of readYaml(text)) {
    if (++count > 1) {
      problems.add([{ path: [], at: start, message: 'a configuration is one document: remove the "---"' }], {
        at: start,
      });
      break;
    }
    if (tree === undefined) problems.add(findings, { at: start });
    else first = { ...tree, findings };
  }
  if (count === 0) problems.add([{ path: [], message: 'this configuration is empty' }], { at: 0 });
  return first;
}

const secretHint = 'Write a reference instead: env:NAME, file:PATH or exec:[cmd, arg].';

function readConfiguration(
  tree: Opened,
  source: { readonly file: string; readonly directory: string },
  connectors: ConnectorLookup,
  problems: Problems,
): Configuration | undefined {
  const first = [...secretsIn(tree.value, secretHint), ...tree.findings];
  problems.add(first, tree.spot);
  const found: Finding[] = [];
  const shape = configurationShape();
  const result = shape.safeParse(tree.value);
  if (!result.success) found.push(...findingsOf(result.error.issues, shape, tree.value, []));
  const systems = new Map<string, SystemConfig>();
  for (const [name, fields] of Object.entries(systemsIn(tree.value))) {
    const system = readSystem(name, fields, connectors, found);
    const key = tree.spot.entries?.get('systems')?.entries?.get(name)?.key;
    if (system)
      systems.set(name, { ...system, ...(key === undefined ? {} : { at: problems.position(key) }) });
  }
  problems.add(besides(first, found), tree.spot);
  if (!result.success) return undefined;
  const { probe, ...policy } = result.data.policy;
  return {
    ...source,
    systems,
    policy: { ...policy, secrets: probe === 'on' ? 'everywhere' : policy.secrets },
    connectors: result.data.connectors,
  };
}

function systemsIn(value: unknown): Readonly<Record<string, unknown>> {
  const result = z.object({ systems: z.record(z.string(), z.unknown()) }).safeParse(value);
  return result.success ? result.data.systems : {};
}

const common = ['connector', 'instance', 'limits'] as const;

function readSystem(
  name: string,
  value: unknown,
  connectors: ConnectorLookup,
  found: Finding[],
): SystemConfig | undefined {
  const path = ['systems', name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.push({ path, message: 'the fields of the system belong here: connector, and what it needs' });
    return undefined;
  }
  const all = Object.entries(value);
  const isCommon = (key: string) => common.some((known) => known === key);
  const shared: unknown = Object.fromEntries(all.filter(([key]) => isCommon(key)));
  const own: unknown = Object.fromEntries(all.filter(([key]) => !isCommon(key)));
  const shape = systemShape();
  const head = shape.safeParse(shared);
  if (!head.success) found.push(...findingsOf(head.error.issues, shape, shared, path));
  const id: unknown = Reflect.get(value, 'connector');
  const connector = typeof id === 'string' ? connectors.find(id) : undefined;
  if (connector === undefined) {
    if (typeof id === 'string' && id !== '')
      found.push(unknownConnector([...path, 'connector'], id, connectors));
    // a misspelt `connector` has no schema that could name its key
    if (id === undefined) {
      const near = Object.keys(value).filter((key) => meant(key, ['connector']).hint !== undefined);
      found.push(...near.map((key) => unknownKey([...path, key], common)));
    }
    return undefined;
  }
  const body = connector.config.safeParse(own);
  if (!body.success) found.push(...findingsOf(body.error.issues, connector.config, own, path, common));
  if (!head.success || !body.success) return undefined;
  const { instance } = head.data;
  return {
    name,
    connector: connector.id,
    config: body.data,
    ...(instance === undefined ? {} : { instance }),
    limits: limitsOf(head.data.limits),
  };
}

function limitsOf(limits: z.infer<ReturnType<typeof systemShape>>['limits']): Limits {
  return {
    requestsPerSecond: limits?.requestsPerSecond ?? defaultLimits.requestsPerSecond,
    concurrency: limits?.concurrency ?? defaultLimits.concurrency,
    timeoutMs: durationMs(limits?.timeout ?? '') ?? defaultLimits.timeoutMs,
  };
}

function unknownConnector(path: readonly string[], id: string, connectors: ConnectorLookup): Finding {
  const known = connectors.ids();
  return {
    path,
    message: `no connector ${quoted(id, 'of this name')} is installed`,
    hint: `Installed: ${known.join(', ')}. A package from outside stands under "connectors".`,
    ...meant(id, known),
  };
}
