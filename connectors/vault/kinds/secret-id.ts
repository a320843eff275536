import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { authMount, flag, id, inNamespace, mountAccessor, namespace, policies, quoted } from './words.ts';

const secretIdRef = z.strictObject({
  mount: authMount,
  mountAccessor,
  role: z
    .string()
    .check(z.regex(/^\w(?:[\w.-]*\w)?$/, 'the name of a role'), z.describe('The role that it was made for.')),
  accessor: z.optional(id).check(z.describe('The accessor of the secret id: secret_id_accessor.')),
  policies,
  namespace,
});
export type SecretIdRef = z.infer<typeof secretIdRef>;

export const approleSecretId: Kind<SecretIdRef> = {
  kind: 'vault/approle-secret-id',
  title: 'Secret id of an AppRole',
  role: 'credential',
  ref: secretIdRef,
  example: { mount: 'auth/approle', role: 'never-issued', accessor: '00000000-0000-0000-0000-000000000000' },
  needed: ['mount', 'role', 'accessor'],
  id: ({ mount, accessor }) => (accessor === undefined ? undefined : `${mount} ${accessor}`),
  label: (ref) =>
    `secret id ${ref.accessor ?? 'without accessor'} of ${ref.mount}/role/${ref.role}${inNamespace(ref)}`,
  // tokens that were made with it live by themselves: each is a target of its own
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.accessor === undefined
      ? `find its accessor: bao list${flag(ref)} ${quoted(`${ref.mount}/role/${ref.role}/secret-id`)}`
      : `bao write${flag(ref)} ${quoted(`${ref.mount}/role/${ref.role}/secret-id-accessor/destroy`)} secret_id_accessor=${quoted(ref.accessor)}`,
};
