import * as z from 'zod/mini';
import type { Kind } from '../../src/connector.ts';
import { attribute, oid, roleName } from './names.ts';
import { quoted } from './quoted.ts';

const passwordRef = z.strictObject({
  name: roleName,
  roleOid: z.optional(oid),
  /** What the role could do, for the hunt, where it is gone by now. */
  attributes: z.optional(z.array(attribute)),
});
export type PasswordRef = z.infer<typeof passwordRef>;

/** The password of a role that stands anyway: a static role, a shared account. Its value comes only by `secret`. */
export const password: Kind<PasswordRef> = {
  kind: 'postgres/password',
  title: 'PostgreSQL password',
  role: 'credential',
  ref: passwordRef,
  example: { name: 'tombstone-example', roleOid: 4_294_967_295 },
  needed: ['name', 'roleOid'],
  id: ({ roleOid }) => roleOid?.toString(),
  label: ({ name, roleOid }) => `password of ${name}${roleOid === undefined ? '' : ` (oid ${roleOid})`}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ name }) =>
    `ALTER ROLE ${quoted(name)} PASSWORD '…'; a new one in the auth_file of each pooler, then RECONNECT there`,
};
