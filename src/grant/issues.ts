import * as z from 'zod/mini';
import { nearest } from './nearest.ts';
import { quoted } from './secret-shape.ts';
import type { Finding, Path } from './tree.ts';
import { valueAt } from './tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * What a schema found, in our own sentences: where, what belongs there, and the nearest correct
 * spelling. `base` leads from the document to the checked value; `extra` names further keys that are
 * known at its top.
 */
export function findingsOf(
  issues: readonly Issue[],
  schema: z.core.$ZodType,
  value: unknown,
  base: Path,
  extra: readonly string[] = [],
): Finding[] {
  let known: unknown;
  const keysAt = (path: Path): string[] => {
    known ??= z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const keys = propertiesAt(known, known, path);
    return path.length === 0 ? [...extra, ...keys] : keys;
  };
  return issues.flatMap((issue) => flatten(issue, [])).flatMap((issue) => say(issue, value, base, keysAt));
}

/** A union fails in as many ways as it has members: the one that came nearest to fitting speaks. */
function flatten(issue: Issue, above: Path): Issue[] {
  const path = [...above, ...stepsOf(issue)];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const members = issue.errors.map((list) => list.flatMap((inner) => flatten(inner, path)));
  const fitting = members.filter((list) => !list.some((inner) => isWrongType(inner, path.length)));
  const [best] = (fitting.length > 0 ? fitting : members).toSorted((a, b) => a.length - b.length);
  return fitting.length > 0 && best ? best : [{ ...issue, path, errors: [] }];
}

function isWrongType(issue: Issue, depth: number): boolean {
  return issue.code === 'invalid_type' && issue.path.length === depth;
}

function stepsOf(issue: Issue): (string | number)[] {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function say(issue: Issue, value: unknown, base: Path, keysAt: (path: Path) => string[]): Finding[] {
  const inner = stepsOf(issue);
  const path = [...base, ...inner];
  const actual = valueAt(value, inner);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], keysAt(inner)));
    case 'invalid_value': {
      const words = issue.values.map(String);
      if (actual === undefined)
        return [missing(path, words.length === 1 ? choice(issue.values) : `one of ${words.join(', ')}`)];
      return [
        {
          path,
          message: `this must be ${choice(issue.values)}`,
          ...(typeof actual === 'string' ? meant(actual, words) : {}),
        },
      ];
    }
    case 'invalid_type': {
      const wanted = article(issue.expected);
      if (actual === undefined) return [missing(path, wanted)];
      const quotes =
        issue.expected === 'string' && (typeof actual === 'number' || typeof actual === 'boolean');
      return [
        {
          path,
          message:
            actual === null
              ? `nothing stands here: ${wanted} belongs here`
              : `${wanted} belongs here, not ${kindOf(actual)}`,
          ...(quotes ? { hint: 'Put it in quotes.' } : {}),
        },
      ];
    }
    case 'invalid_union':
      if (actual === undefined) return [missing(path, 'a value')];
      return [{ path, message: withoutValue(issue.message, actual) }];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({
        path,
        onKey: true,
        message: withoutValue(message, inner.at(-1)),
      }));
    case 'custom': {
      const hint: unknown = issue.params?.['hint'];
      return [
        {
          path,
          message: withoutValue(issue.message, actual),
          ...(typeof hint === 'string' ? { hint } : {}),
        },
      ];
    }
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      return [{ path, message: withoutValue(issue.message, actual) }];
  }
}

export function unknownKey(path: Path, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const hint = meant(key, known);
  const list = known.length > 0 && known.length <= 16 ? { hint: `Known here: ${known.join(', ')}.` } : {};
  return { path, onKey: true, message: `unknown key ${quoted(key, '(it is not shown)')}`, ...list, ...hint };
}

/** A hint with the nearest correct spelling, where there is one. */
export function meant(word: string, known: Iterable<string>): { hint?: string } {
  const near = nearest(word, known);
  const shown = near === undefined ? '' : quoted(near, '');
  return shown === '' ? {} : { hint: `Did you mean ${shown}?` };
}

function missing(path: Path, wanted: string): Finding {
  const last = path.at(-1);
  return {
    path,
    message:
      typeof last === 'string' ? `"${last}" is missing: ${wanted} belongs here` : `${wanted} is missing`,
  };
}

function choice(values: readonly unknown[]): string {
  const [only] = values;
  if (values.length > 1) return `one of ${values.map(String).join(', ')}`;
  return typeof only === 'string' ? `"${only}"` : `${String(only)}, without quotes`;
}

function article(expected: string): string {
  const known: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map of fields',
    record: 'a map of fields',
  };
  return known[expected] ?? `a value of type ${expected}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of fields';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

/** A schema's own sentence may quote what it refuses: a value never stands in a message. */
function withoutValue(message: string, actual: unknown): string {
  return typeof actual === 'string' && actual.length > 7 ? message.replaceAll(actual, '…') : message;
}

/** The keys that a schema knows at a path, through every union on the way. */
function propertiesAt(root: unknown, schema: unknown, path: Path): string[] {
  const parts = new Set<unknown>();
  collect(root, schema, parts);
  const [step, ...rest] = path;
  if (step === undefined) {
    return [...new Set([...parts].flatMap((part) => Object.keys(record(record(part)['properties']))))];
  }
  return [...parts].flatMap((part) => {
    const fields = record(part);
    const below = typeof step === 'number' ? fields['items'] : record(fields['properties'])[step];
    return propertiesAt(root, below ?? fields['additionalProperties'], rest);
  });
}

function collect(root: unknown, schema: unknown, into: Set<unknown>): void {
  if (into.has(schema) || typeof schema !== 'object' || schema === null) return;
  into.add(schema);
  const fields = record(schema);
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const members = fields[word];
    if (Array.isArray(members)) for (const member of members) collect(root, member, into);
  }
  const reference = fields['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    collect(root, valueAt(root, reference.slice(2).split('/')), into);
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
