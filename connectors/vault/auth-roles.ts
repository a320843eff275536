import type { Failure, Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { notFound, plainly } from './entities.ts';
import type { MountKey } from './mount.ts';
import { mountAt, namedAt } from './mount.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

const roleFacts = z.object({ token_policies: z.array(z.string()).nullable() }).readonly();
const roleId = z.object({ role_id: z.string().min(1) });

/** Whoever may log in at a mount. */
export interface AuthRole {
  readonly mount: string;
  readonly name: string;
  /** What is mounted: `approle`, `userpass`. */
  readonly type: string;
  readonly policies: readonly string[];
  /** AppRole alone has an id that a new role of the same name does not get; a failure where it was not told. */
  readonly roleId?: string | Failure;
}

/** Its mount is `auth/approle`. */
export interface AuthRoleKey extends MountKey {
  readonly name: string;
}

export const readAuthRoles = 'read auth/+/role/+';
export const readAuthUsers = 'read auth/+/users/+';
export const readRoleIds = 'read auth/+/role/+/role-id';

/**
 * Where the mounts keep those who may log in. Others are not asked: at `ldap` and `radius` whoever the
 * directory knows may log in without being kept, and a certificate may match any entry of `cert`.
 */
const shelves: Readonly<Record<string, { readonly folder: string; readonly needs: string } | undefined>> = {
  approle: { folder: 'role', needs: readAuthRoles },
  jwt: { folder: 'role', needs: readAuthRoles },
  oidc: { folder: 'role', needs: readAuthRoles },
  kubernetes: { folder: 'role', needs: readAuthRoles },
  userpass: { folder: 'users', needs: readAuthUsers },
};

const neverMade = 'tombstone-never-made';

/**
 * A role or user by its name. 404 is the answer to every name where a mount of another type keeps
 * nothing under that path, so what is mounted is asked as well.
 */
export const authRole: Source<VaultClient, AuthRoleKey, AuthRole> = {
  id: 'vault/auth-role',
  scope: ({ mount, namespace }) =>
    `${scopeOf({ namespace: namespace === undefined ? undefined : plainNamespace(namespace), ending: undefined })} ${mount}`,
  name: (key) => namedAt(key.name, key),
  answers: (value, key) => value.mount === key.mount && value.name === key.name,
  siblings: () => Promise.resolve([]),
  // 404 without a text needs the right to read it: without it the same call is 403, whatever stands there
  stranger: {
    key(scope) {
      const [place = '', mount = ''] = scope.split(' ');
      const { namespace } = placeOf(place);
      return { mount, name: neverMade, mountAccessor: undefined, namespace };
    },
    docs: 'https://openbao.org/api-docs/auth/approle/#read-approle',
  },
  async one(client, key, signal): Promise<Raw<AuthRole>> {
    const { mount, name, namespace } = key;
    const type = await typeOf(client, key, signal);
    if (failed(type)) return type;
    const shelf = shelves[type];
    if (shelf === undefined) {
      return inconclusive(
        'R-NOAPI',
        `${mount}/ is ${type}: who may log in there is not told by the name of a role`,
      );
    }
    const found = plainly(await ask(client, readRole(key, shelf), { namespace }, signal));
    if (found === 'nothing' || failed(found)) return found;
    const value = { mount, name, type, policies: found.value.token_policies ?? [] };
    return type === 'approle' ? { value: { ...value, roleId: await idOf(client, key, signal) } } : { value };
  },
};

/** https://openbao.org/api-docs/auth/approle/#read-approle, https://openbao.org/api-docs/auth/userpass/#read-user */
function readRole(
  { mount, name }: AuthRoleKey,
  { folder, needs }: { readonly folder: string; readonly needs: string },
): Endpoint<z.infer<typeof roleFacts>> {
  return {
    method: 'GET',
    path: `${mount}/${folder}/${encodeURIComponent(name)}`,
    needs,
    data: roleFacts,
    absent: notFound,
  };
}

/** What is mounted there: `approle`. */
async function typeOf(client: VaultClient, key: AuthRoleKey, signal: AbortSignal): Promise<string | Failure> {
  const shelf = { folder: 'role', needs: readAuthRoles };
  const below = { path: `${shelf.folder}/${neverMade}`, needs: shelf.needs };
  const mounted = await mountAt(client, key, below, signal);
  if (!failed(mounted)) return mounted.type;
  if (mounted.reason !== 'R-PERM') return mounted;
  // who may see no mount is told the same as where there is none: the path itself tells them apart
  const endpoint = readRole({ ...key, name: neverMade }, shelf);
  const there = await ask(client, endpoint, { namespace: key.namespace }, signal);
  return failed(there) && there.reason === 'R-SCOPE' ? there : mounted;
}

/** https://openbao.org/api-docs/auth/approle/#read-approle-role-id */
async function idOf(
  client: VaultClient,
  { mount, name, namespace }: AuthRoleKey,
  signal: AbortSignal,
): Promise<string | Failure> {
  const endpoint: Endpoint<z.infer<typeof roleId>> = {
    method: 'GET',
    path: `${mount}/role/${encodeURIComponent(name)}/role-id`,
    needs: readRoleIds,
    data: roleId,
    absent: notFound,
  };
  const found = await ask(client, endpoint, { namespace }, signal);
  if (found === 'nothing') return inconclusive('R-PARTIAL', 'the role was removed while it was read');
  return failed(found) ? found : found.value.role_id;
}
