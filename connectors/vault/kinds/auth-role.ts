import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { authMount, flag, id, inNamespace, mountAccessor, namespace, policies, quoted } from './words.ts';

const authRoleRef = z.strictObject({
  mount: authMount,
  mountAccessor,
  name: z
    .string()
    .check(
      z.regex(/^\w(?:[\w.@-]*\w)?$/, 'the name of a role or user'),
      z.describe('The name of the role, or of the user where the mount is userpass.'),
    ),
  roleId: z
    .optional(id)
    .check(z.describe('For an AppRole: its role_id, by which a new role of the same name is told apart.')),
  policies,
  namespace,
});
export type AuthRoleRef = z.infer<typeof authRoleRef>;

export const authRole: Kind<AuthRoleRef> = {
  kind: 'vault/auth-role',
  title: 'Role or user of an auth mount: a way to log in',
  role: 'credential',
  ref: authRoleRef,
  example: { mount: 'auth/approle', name: 'never-made' },
  needed: ['mount', 'name'],
  id: ({ mount, name, roleId }) => `${mount}/${name}${roleId === undefined ? '' : `?role_id=${roleId}`}`,
  label: (ref) => `role or user ${ref.name} at ${ref.mount}${inNamespace(ref)}`,
  // tokens that were made by it live by themselves: each is a target of its own
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    `bao delete${flag(ref)} ${quoted(`${ref.mount}/role/${ref.name}`)}, or users/ in place of role/ where the mount is userpass; then revoke the tokens that it made`,
};
