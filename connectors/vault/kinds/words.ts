import * as z from 'zod/mini';
import { plainNamespace } from '../place.ts';

export const id = z.string().check(z.regex(/^[\x21-\x7e]{1,512}$/, 'an id without white space'));
export const namespace = z
  .optional(id)
  .check(z.describe('Path of the namespace, where it is not the configured one.'));

/** What a grant could do follows from its policies, and what it could do is what is hunted for. */
export const policies = z
  .optional(z.array(id).check(z.minLength(1)))
  .check(
    z.describe(
      'Every policy that it gave, or that what could be made with it could carry: what they exclude is not hunted for.',
    ),
  );

/** Whole path of a secret mount, without slashes at its ends. */
export const mount = z
  .string()
  .check(
    z.regex(/^\w[\w.~-]*(?:\/\w[\w.~-]*)*$/, 'the path of a mount, without slashes at its ends: secret'),
    z.describe('Path of the mount: secret.'),
  );

/** One name below a mount: a role, a key. */
export const named = z.string().check(z.regex(/^[\w.@~-]{1,256}$/, 'a name without slashes'));

export const mountAccessor = z
  .optional(id)
  .check(
    z.describe(
      'Accessor of the mount at grant time (bao secrets list, bao auth list): tells it from another one that was made at its path since.',
    ),
  );

/** Whole path of an auth mount, without slashes at its ends. */
export const authMount = z
  .string()
  .check(
    z.regex(/^auth(?:\/\w[\w.~-]*)+$/, 'the path of an auth mount: auth/approle'),
    z.describe('Path of the auth mount: auth/approle.'),
  );

/** ` in team-a/`, or nothing. */
export function inNamespace(ref: { readonly namespace?: string | undefined }): string {
  return ref.namespace === undefined ? '' : ` in ${plainNamespace(ref.namespace)}/`;
}

/** The flag of `bao` for it, or nothing. */
export function flag(ref: { readonly namespace?: string | undefined }): string {
  return ref.namespace === undefined ? '' : ` -namespace=${quoted(plainNamespace(ref.namespace))}`;
}

/** As one word of a shell. */
export function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
