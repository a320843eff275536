/** What a request asks for, as nested members, whichever protocol brought it. */
import { AwsError } from './answer.ts';

export type Input = Readonly<Record<string, unknown>>;

interface Folder {
  [name: string]: string | Folder;
}

/** `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`. */
export function inputOfForm(form: URLSearchParams): Input {
  const root: Folder = {};
  for (const [key, value] of form) {
    const parts = key.split('.');
    const last = parts.pop() ?? '';
    let at = root;
    for (const part of parts) {
      const next = at[part];
      if (typeof next === 'object') at = next;
      else at = at[part] = {};
    }
    at[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, nested(value)]));
}

function nested(value: string | Folder): unknown {
  if (typeof value === 'string') return value;
  const members = value['member'];
  if (typeof members === 'object') {
    return Object.entries(members)
      .toSorted(([one], [other]) => Number(one) - Number(other))
      .map(([, member]) => nested(member));
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, nested(member)]));
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', 400, message);
}

/** AWS names members with a small first letter in its complaints. */
const member = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

export function maybe(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** What the request names under this, whatever the operation: not every one has it. */
export function given(input: Input, name: string): string | undefined {
  return Object.hasOwn(input, name) ? maybe(input, name) : undefined;
}

export function text(input: Input, name: string): string {
  const value = maybe(input, name);
  if (value === undefined || value === '') {
    throw invalid(
      `1 validation error detected: Value null at '${member(name)}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** A whole number inside its limits, both included. */
export function number(input: Input, name: string, least: number, most: number): number | undefined {
  const value = maybe(input, name);
  if (value === undefined) return undefined;
  const found = Number(value);
  if (!Number.isInteger(found)) throw new AwsError('MalformedInput', 400, `Invalid number: ${value}`);
  const side = found < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  if (found < least || found > most) {
    throw invalid(
      `1 validation error detected: Value '${value}' at '${member(name)}' failed to satisfy constraint: Member must have value ${side}`,
    );
  }
  return found;
}

export function flag(input: Input, name: string): boolean | undefined {
  const value = maybe(input, name);
  return value === undefined ? undefined : value === 'true';
}

export function choice<T extends string>(input: Input, name: string, values: readonly T[]): T | undefined {
  const value = maybe(input, name);
  if (value === undefined) return undefined;
  const found = values.find((one) => one === value);
  if (found === undefined) {
    throw invalid(
      `1 validation error detected: Value '${value}' at '${member(name)}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
    );
  }
  return found;
}

export function texts(input: Input, name: string): readonly string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function records(input: Input, name: string): readonly Input[] {
  const value = input[name];
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Input => typeof one === 'object' && one !== null);
}

/** A structure; undefined where there is none. */
export function structure(input: Input, name: string): Input | undefined {
  const value = input[name];
  return isInput(value) ? value : undefined;
}

/** The members of a structure that are structures or maps themselves. */
export function members(input: Input, name: string): readonly (readonly [string, Input])[] {
  const value = input[name];
  if (!isInput(value)) return [];
  return Object.entries(value).flatMap(([inner, one]) => (isInput(one) ? [[inner, one] as const] : []));
}

const isInput = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function tagsOf(input: Input): Map<string, string> {
  return new Map(records(input, 'Tags').map((tag) => [text(tag, 'Key'), maybe(tag, 'Value') ?? '']));
}
