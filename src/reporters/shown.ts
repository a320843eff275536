import { stripVTControlCharacters } from 'node:util';

/** C0, DEL and C1 controls, line separators: they move the cursor or break a line. */
const controls = /[\p{Cc}\u2028\u2029]+/gu;

/** What the eye does not see or sees in another order: bidi marks and overrides, zero width, tags, lone surrogates. */
const unseen =
  /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * Makes text from outside (names in a record, answers of a server) fit for one line of a terminal:
 * escape sequences are taken out, controls become a space, invisible marks become U+FFFD so that
 * two names that differ never look the same.
 */
export function shown(text: string): string {
  return stripVTControlCharacters(text).replace(controls, ' ').replace(unseen, '\ufffd').trim();
}

/** A word of a command that can be pasted into a shell. */
export function quoted(word: string): string {
  const safe = shown(word);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/** JSON that is safe to look at: the same document, with everything a terminal could act on written as `\uXXXX`. */
export function shownJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u2028\u2029\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g,
    (found) => found.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/**
 * Breaks text at spaces. A word longer than the line keeps its line: cutting an id or a command
 * would make it useless.
 *
 * @param width columns, the indent included
 */
export function wrapped(text: string, first: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines.map((one) => one.trimEnd()).join('\n');
}

/** `2h 14m`, from milliseconds. The two largest units, or `under a minute`. */
export function spoken(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes === 0) return 'under a minute';
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'm'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
