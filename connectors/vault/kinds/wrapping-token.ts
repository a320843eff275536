import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, id, inNamespace, namespace, quoted } from './words.ts';

const wrappingRef = z.strictObject({
  accessor: z.optional(id).check(z.describe('The accessor of the wrapping token: wrap_info.accessor.')),
  namespace,
  sha256: z
    .optional(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the token, 64 lower-case hex digits')))
    .check(
      z.describe(
        'Without accessor: SHA-256 of its value. Shows that the secret is the token that was issued.',
      ),
    ),
});
export type WrappingRef = z.infer<typeof wrappingRef>;

export const wrappingToken: Kind<WrappingRef> = {
  kind: 'vault/wrapping-token',
  title: 'Response-wrapping token: something that nobody has claimed yet',
  role: 'credential',
  ref: wrappingRef,
  example: { accessor: '000000000000000000000000' },
  needed: ['accessor'],
  id: ({ accessor, sha256 }) => accessor ?? (sha256 === undefined ? undefined : `sha256:${sha256}`),
  label: (ref) =>
    `wrapping token ${ref.accessor === undefined ? 'without accessor' : `with accessor ${ref.accessor}`}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  // claimed, revoked and over look the same: what was inside lives by itself, and must be asked about
  mints: () => 'anywhere',
  horizon: 'PT0S',
  fix: (ref) =>
    ref.accessor === undefined
      ? 'find its accessor (wrap_info.accessor), or wait until it expires'
      : `bao token revoke${flag(ref)} -accessor ${quoted(ref.accessor)}`,
};
