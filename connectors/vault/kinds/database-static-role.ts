import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, id, inNamespace, mount, mountAccessor, named, namespace, quoted } from './words.ts';

const staticRoleRef = z.strictObject({
  mount,
  mountAccessor,
  name: named.check(z.describe('Name of the static role.')),
  username: z
    .optional(id)
    .check(z.describe('The login whose password was read: the role may stand for another one since.')),
  database: z
    .optional(id)
    .check(
      z.describe(
        'Name of the connection (db_name) at grant time: a role that points elsewhere rotates there.',
      ),
    ),
  rotatedAt: z
    .optional(z.iso.datetime({ offset: true }))
    .check(z.describe('last_vault_rotation, as it was answered with the password: which password it was.')),
  namespace,
});
export type StaticRoleRef = z.infer<typeof staticRoleRef>;

export const databaseStaticRole: Kind<StaticRoleRef> = {
  kind: 'vault/database-static-role',
  title: 'Password of a standing database login, read through a static role',
  role: 'credential',
  ref: staticRoleRef,
  // a role that is not there proves nothing of its password: doctor asks where no engine is
  example: {
    mount: 'tombstone-never-mounted',
    name: 'tombstone-never-issued',
    username: 'never_issued',
    database: 'never-issued',
  },
  needed: ['mount', 'name', 'username', 'database'],
  id: ({ mount: path, name, username, database }) =>
    username === undefined || database === undefined
      ? undefined
      : `${path}/static-roles/${name} for ${username} at ${database}`,
  label: (ref) =>
    `password of ${ref.username ?? 'a login'} from ${ref.mount}/static-creds/${ref.name}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  // the login stands by design, before and after: what was given is its password
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => `bao write${flag(ref)} -force ${quoted(`${ref.mount}/rotate-role/${ref.name}`)}`,
};
