import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, inNamespace, mount, mountAccessor, named, namespace, quoted } from './words.ts';

const transitKeyRef = z.strictObject({
  mount,
  mountAccessor,
  name: named.check(z.describe('Name of the key.')),
  version: z
    .optional(z.int().check(z.positive()))
    .check(z.describe('One version of it; without it the whole key.')),
  namespace,
});
export type TransitKeyRef = z.infer<typeof transitKeyRef>;

export const transitKey: Kind<TransitKeyRef> = {
  kind: 'vault/transit-key',
  title: 'Key in a transit engine, or one version of it',
  role: 'credential',
  ref: transitKeyRef,
  example: { mount: 'transit', name: 'tombstone-never-issued' },
  needed: ['mount', 'name'],
  id: ({ mount: path, name, version }) =>
    `${path}/keys/${name}${version === undefined ? '' : `?version=${version}`}`,
  label: (ref) =>
    `${ref.version === undefined ? '' : `version ${ref.version} of `}key ${ref.mount}/${ref.name}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => {
    const key = `${ref.mount}/keys/${ref.name}`;
    return ref.version === undefined
      ? `bao write${flag(ref)} ${quoted(`${key}/config`)} deletion_allowed=true && bao delete${flag(ref)} ${quoted(key)}`
      : `bao write${flag(ref)} ${quoted(`${key}/config`)} min_decryption_version=${ref.version + 1} min_encryption_version=${ref.version + 1} && bao write${flag(ref)} ${quoted(`${key}/trim`)} min_available_version=${ref.version + 1}`;
  },
};
