import { z } from 'zod';
import { Secret } from '../model/secret.ts';
import { TextFile } from '../model/text-file.ts';

const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/s;

/**
 * A reference to a secret in `tombstone.yaml`: `env:NAME`, `file:PATH`, or `exec: [cmd, arg]`.
 * Parses to an empty `Secret`; `src/config/secrets.ts` fills it before a connector sees it.
 */
export function secret() {
  return z
    .union([
      z.string().regex(reference, 'a reference belongs here: env:NAME, file:PATH or exec:[cmd, arg]'),
      z.strictObject({ exec: z.array(z.string().min(1)).min(1) }),
    ])
    .transform(
      (value) => new Secret(typeof value === 'string' ? value : `exec:${JSON.stringify(value.exec)}`),
    );
}

/** A path to a text file, relative to the configuration: `caFile: ./ca.pem`. Parses to an unread `TextFile`. */
export function textFile() {
  return z
    .string()
    .min(1)
    .transform((path) => new TextFile(path));
}
