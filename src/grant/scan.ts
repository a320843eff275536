import { secretShape } from './secret-shape.ts';
import type { Finding, Path } from './tree.ts';

/** Every key and text below a value that looks like a secret. The findings never repeat it. */
export function secretsIn(value: unknown, hint: string): Finding[] {
  // no shape asks for a start, an end or a line: what is found nowhere in all of the texts is in none of them
  return secretShape(textsIn(value).join('\n')) === undefined ? [] : search(value, hint, []);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

function search(value: unknown, hint: string, path: Path): Finding[] {
  if (typeof value === 'string') return refused(value, path, false, hint);
  if (Array.isArray(value)) return value.flatMap((item, index) => search(item, hint, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...refused(key, [...path, key], true, hint),
    ...search(item, hint, [...path, key]),
  ]);
}

function refused(text: string, path: Path, onKey: boolean, hint: string): Finding[] {
  const shape = secretShape(text);
  if (shape === undefined) return [];
  return [{ path, onKey, message: `this looks like ${shape}: a secret never stands in this file`, hint }];
}

/** Findings that stand nowhere where one of the first stands: one message for a value is enough. */
export function besides(first: readonly Finding[], findings: readonly Finding[]): readonly Finding[] {
  if (first.length === 0) return findings;
  const taken = new Set(first.map(({ path }) => JSON.stringify(path)));
  return findings.filter(({ path }) => !taken.has(JSON.stringify(path)));
}
