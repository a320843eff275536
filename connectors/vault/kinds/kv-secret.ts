import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, inNamespace, mount, mountAccessor, namespace, quoted } from './words.ts';

const kvSecretRef = z.strictObject({
  mount,
  mountAccessor,
  path: z.string().check(
    z.regex(/^[\x20-\x7e]{1,512}$/, 'a path below the mount'),
    z.refine((text) => text.split('/').every((part) => !/^\.{0,2}$/.test(part)), 'a whole path: app/db'),
    z.describe('Path of the secret below its mount, without data/ or metadata/.'),
  ),
  version: z
    .optional(z.int().check(z.positive()))
    .check(z.describe('One version of it; without it all of them.')),
  namespace,
});
export type KvSecretRef = z.infer<typeof kvSecretRef>;

export const kvSecret: Kind<KvSecretRef> = {
  kind: 'vault/kv-secret',
  title: 'Secret in a KV store of version 2, or one version of it',
  role: 'credential',
  ref: kvSecretRef,
  example: { mount: 'secret', path: 'tombstone/never-issued' },
  needed: ['mount', 'path'],
  id: ({ mount, path, version }) => `${mount}/${path}${version === undefined ? '' : `?version=${version}`}`,
  label: (ref) =>
    `${ref.version === undefined ? '' : `version ${ref.version} of `}${ref.mount}/${ref.path}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  // what is kept here was issued by somebody else, who knows whether it still works
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.version === undefined
      ? `bao kv metadata delete${flag(ref)} -mount=${quoted(ref.mount)} ${quoted(ref.path)}`
      : `bao kv destroy${flag(ref)} -mount=${quoted(ref.mount)} -versions=${ref.version} ${quoted(ref.path)}`,
};
