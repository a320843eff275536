import { readJson } from './json-text.ts';
import type { Reading } from './tree.ts';
import { readYaml } from './yaml-text.ts';

/**
 * The documents of a record file: JSON Lines by its name or by its first line, else JSON, else YAML
 * (which a JSON that is not quite JSON may still be). One after the other, so that a long file is
 * never held whole.
 */
export function readDocuments(text: string, file: string): Iterable<Reading> {
  const start = text.search(/[^\s\uFEFF]/);
  if (start === -1) return [];
  if (/\.(?:jsonl|ndjson)$/i.test(file)) return readLines(text, start);
  if (!'{['.includes(text.charAt(start))) return readYaml(text);
  const end = text.indexOf('\n', start);
  if (end !== -1 && /^\s*[{[]/.test(text.slice(end)) && readJson(text, start, end).tree !== undefined) {
    return readLines(text, start);
  }
  const whole = readJson(text, start, text.length);
  return whole.malformed && !/\.json$/i.test(file) ? readYaml(text) : [whole];
}

function* readLines(text: string, from: number): Generator<Reading> {
  for (let start = from; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    if (/\S/.test(text.slice(start, end))) yield readJson(text, start, end);
    start = end + 1;
  }
}
