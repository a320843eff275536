import * as z from 'zod/mini';
import { plainNamespace } from '../place.ts';

export const id = z.string().check(z.regex(/^[\x21-\x7e]{1,512}$/, 'an id without white space'));
export const namespace = z
  .optional(id)
  .check(z.describe('Path of the namespace, where it is not the configured one.'));

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
