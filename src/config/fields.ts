import * as z from 'zod';
import { Secret } from '../model/secret.ts';
import { TextFile } from '../model/text-file.ts';

const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/s;
const word = /\s*(?:"((?:[^"\\]|\\["\\])*)"|'([^']*)'|([^\s,'"[\]][^,'"[\]]*?))\s*(,|$)/y;

/**
 * A reference to a secret in `tombstone.yaml`: `env:NAME`, `file:PATH`, `exec:[cmd, arg]`, or the
 * same as a map, `{ exec: [cmd, arg] }`. Parses to an empty `Secret`; `src/config/secrets.ts` fills it
 * before a connector sees it.
 */
export function secret() {
  return z
    .union([
      z
        .string()
        .refine(
          (text) => reference.test(text) || commandOf(text) !== undefined,
          'a reference belongs here: env:NAME, file:PATH or exec:[cmd, arg]',
        ),
      z.strictObject({ exec: z.array(z.string().min(1)).min(1) }),
    ])
    .transform((value) => {
      if (typeof value !== 'string') return new Secret(`exec:${JSON.stringify(value.exec)}`);
      const command = commandOf(value);
      return new Secret(command === undefined ? value : `exec:${JSON.stringify(command)}`);
    });
}

/** `exec:[cmd, arg]`, which is a plain text to YAML. An argument with a comma or a bracket needs quotes. */
function commandOf(text: string): readonly string[] | undefined {
  const inside = /^exec:\s*\[(.*)\]$/s.exec(text)?.[1];
  if (inside === undefined || inside.length > 4_096) return undefined;
  const command: string[] = [];
  word.lastIndex = 0;
  for (let more = true; more;) {
    const found = word.exec(inside);
    const part = found?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? found?.[2] ?? found?.[3];
    if (!found || part === undefined || (part === '' && command.length === 0)) return undefined;
    command.push(part);
    more = found[4] === ',';
  }
  return word.lastIndex === 0 || word.lastIndex === inside.length ? command : undefined;
}

/** A path to a text file, relative to the configuration: `caFile: ./ca.pem`. Parses to an unread `TextFile`. */
export function textFile() {
  return z
    .string()
    .min(1)
    .transform((path) => new TextFile(path));
}
