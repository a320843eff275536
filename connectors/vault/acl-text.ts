/**
 * The text of an ACL policy as rules. Whatever is not understood is said: a rule that was overlooked
 * would be a right that the grant had and nobody knew of.
 * https://openbao.org/docs/concepts/policies/
 */
import { z } from '../../src/connector.ts';

export const capabilities = [
  'create',
  'read',
  'update',
  'delete',
  'list',
  'patch',
  'scan',
  'sudo',
  'deny',
] as const;
export type Capability = (typeof capabilities)[number];

/** What makes or changes something. */
export const writes: readonly Capability[] = ['create', 'update', 'patch'];
export const anything: readonly Capability[] = capabilities.filter((one) => one !== 'deny' && one !== 'sudo');

export interface AclRule {
  /** `auth/+/role/ci/*`: `+` is one part of a path, `*` at the end is any rest. */
  readonly pattern: string;
  readonly capabilities: readonly Capability[];
}

/** What was not understood. */
export interface NotUnderstood {
  readonly why: string;
}

const old: Readonly<Record<string, readonly Capability[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

// all but these two only take away from what the capabilities give
const body = z.strictObject({
  capabilities: z.array(z.enum(capabilities)).optional(),
  policy: z.enum(['deny', 'read', 'write', 'sudo']).optional(),
  allowed_parameters: z.unknown().optional(),
  denied_parameters: z.unknown().optional(),
  required_parameters: z.unknown().optional(),
  min_wrapping_ttl: z.unknown().optional(),
  max_wrapping_ttl: z.unknown().optional(),
  mfa_methods: z.unknown().optional(),
  pagination_limit: z.unknown().optional(),
  response_keys_filter_path: z.unknown().optional(),
  list_scan_response_keys_filter_path: z.unknown().optional(),
  expiration: z.unknown().optional(),
  comment: z.unknown().optional(),
});

const document = z.strictObject({
  name: z.string().optional(),
  path: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]).optional(),
});

/** The rules of a policy, in HCL or JSON. */
export function rulesOf(text: string): readonly AclRule[] | NotUnderstood {
  const blocks = /^\s*\{/.test(text) ? fromJson(text) : fromHcl(text);
  if ('why' in blocks) return blocks;
  const rules: AclRule[] = [];
  for (const [path, settings] of blocks) {
    const read = body.safeParse(settings);
    if (!read.success) return { why: `the settings of the path ${JSON.stringify(path)}` };
    const { capabilities: given = [], policy } = read.data;
    const pattern = path.replace(/^\//, '');
    if (pattern.includes('+*')) return { why: `the path ${JSON.stringify(path)}` };
    rules.push({ pattern, capabilities: [...given, ...(policy === undefined ? [] : (old[policy] ?? []))] });
  }
  return rules;
}

type Blocks = readonly (readonly [string, unknown])[];

function fromJson(text: string): Blocks | NotUnderstood {
  const parsed = document.safeParse(json(text));
  if (!parsed.success) return { why: 'its JSON' };
  const { path = {} } = parsed.data;
  return (Array.isArray(path) ? path : [path]).flatMap((one) =>
    Object.entries(one).flatMap(([name, settings]) =>
      (Array.isArray(settings) ? settings : [settings]).map((each: unknown) => [name, each] as const),
    ),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// ── HCL, as much of it as policies are written in ───────────────────────────────────────────────

const token =
  /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[\w.-]+|[{}[\]=,:])/y;

function tokensOf(text: string): readonly string[] | NotUnderstood {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) return { why: `its text from ${JSON.stringify(text.slice(at, at + 20))} on` };
    if (match[1] !== undefined) found.push(match[1]);
  }
  return found;
}

class Misread extends Error {}

function fromHcl(text: string): Blocks | NotUnderstood {
  const tokens = tokensOf(text);
  if ('why' in tokens) return tokens;
  let at = 0;
  const next = (): string => {
    const one = tokens[at];
    if (one === undefined) throw new Misread('its end');
    at += 1;
    return one;
  };
  const take = (wanted: string): void => {
    const one = next();
    if (one !== wanted) throw new Misread(`${one}, where ${wanted} belongs`);
  };
  const name = (): string => {
    const one = next();
    if (/^[{}[\]=,:]$/.test(one)) throw new Misread(`${one}, where a name belongs`);
    return one.startsWith('"') ? quoted(one) : one;
  };
  const value = (): unknown => {
    const one = next();
    if (one === '[') return list();
    if (one === '{') return settings();
    if (/^[}\]=,:]$/.test(one)) throw new Misread(`${one}, where a value belongs`);
    return one.startsWith('"') ? quoted(one) : one;
  };
  const list = (): readonly unknown[] => {
    const found: unknown[] = [];
    while (tokens[at] !== ']') {
      found.push(value());
      if (tokens[at] !== ']') take(',');
    }
    take(']');
    return found;
  };
  const settings = (): Record<string, unknown> => {
    const found = new Map<string, unknown>();
    while (tokens[at] !== '}') {
      const key = name();
      if (found.has(key)) throw new Misread(`${key}, twice`);
      if (tokens[at] !== '{') take('=');
      found.set(key, value());
      if (tokens[at] === ',') at += 1;
    }
    take('}');
    return Object.fromEntries(found);
  };
  const blocks: (readonly [string, unknown])[] = [];
  try {
    while (at < tokens.length) {
      const word = name();
      if (word === 'name') {
        take('=');
        name();
      } else if (word === 'path') {
        const path = name();
        take('{');
        blocks.push([path, settings()]);
      } else throw new Misread(word);
    }
    return blocks;
  } catch (error) {
    if (error instanceof Misread) return { why: error.message };
    throw error;
  }
}

function quoted(text: string): string {
  const parsed = z.string().safeParse(json(text));
  if (!parsed.success) throw new Misread(text);
  return parsed.data;
}
