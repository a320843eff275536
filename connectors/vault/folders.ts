import type { Failure, Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Asked, Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { notFound } from './entities.ts';
import { listAll } from './paged.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

/** A path that is listed or read as it is, and the permission that it takes. */
export interface FolderKey {
  /** Below `/v1/`: `auth/approle/role`. */
  readonly path: string;
  /** `list auth/+/role` */
  readonly needs: string;
  readonly namespace: string | undefined;
  /** The server keeps it in the order of hashes of the names, so `after` does not page. */
  readonly hashed?: true;
}

export interface Folder {
  readonly path: string;
  readonly names: readonly string[];
}

/** What stands at a path, each field as the server tells it. */
export interface Definition {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const listPolicies = 'list sys/policies/acl/';
const readDefault = 'read sys/policies/acl/*';

const scope = ({ namespace }: FolderKey): string =>
  scopeOf({
    namespace: namespace === undefined ? undefined : plainNamespace(namespace),
    ending: undefined,
  });

/**
 * The names in a folder. An empty one is a 404 without a text; a path that may not be listed is 403,
 * one where nothing is mounted has a text. Beside it a folder is listed that is never empty.
 */
export const folder: Source<VaultClient, FolderKey, Folder> = {
  id: 'vault/folder',
  scope,
  name: (key) => key.path,
  answers: (value, key) =>
    value.path === key.path && (key.path !== 'sys/policies/acl' || value.names.includes('default')),
  siblings: (_client, place) => Promise.resolve(beside(place)),
  async one(client, { path, needs, namespace, hashed }, signal): Promise<Raw<Folder>> {
    const list = { path: encoded(path), needs };
    const first = await plainly(client, list, { namespace }, signal);
    if (failed(first)) return first;
    if (first.length === 0) return { value: { path, names: [] } };
    if (hashed === true) {
      // a cap without a word shows by what comes after the middle of all hashes
      const second = await plainly(client, list, { namespace, query: 'after=8' }, signal);
      if (failed(second)) return second;
      return second.every((one) => first.includes(one))
        ? { value: { path, names: first } }
        : inconclusive('R-PARTIAL', `the list of ${path} is not whole: a policy caps it`);
    }
    const names = await listAll(client, list, namespace, signal);
    return failed(names) ? names : { value: { path, names } };
  },
};

/** The default policy stands in every namespace, and its list is never empty; the list of tokens never is either. */
function beside(place: string): readonly Sibling<FolderKey>[] {
  const { namespace } = placeOf(place);
  return [
    { key: { path: 'sys/policies/acl', needs: listPolicies, namespace }, chosen: 'own' },
    {
      key: { path: 'auth/token/accessors', needs: 'list,sudo auth/token/accessors', namespace },
      chosen: 'own',
    },
  ];
}

/** One answer. Where a list is empty, a parameter that it ignores makes its 404 a 200 without keys: so first it is asked without. */
async function plainly(
  client: VaultClient,
  list: { readonly path: string; readonly needs: string },
  asked: Asked,
  signal: AbortSignal,
): Promise<readonly string[] | Failure> {
  const data = z.object({ keys: z.array(z.string()) });
  const found = await ask(client, { ...list, method: 'LIST', data, absent: notFound }, asked, signal);
  if (found === 'nothing') return [];
  if (failed(found)) return found;
  const strange = found.warnings.find((warning) => !warning.startsWith('Endpoint ignored these'));
  return strange === undefined
    ? found.value.keys
    : inconclusive('R-PARTIAL', `the list of ${list.path} is not whole: ${strange}`);
}

/** What stands at one path: a role, a user, the table of mounts. Beside it the default policy is read. */
export const definition: Source<VaultClient, FolderKey, Definition> = {
  id: 'vault/definition',
  scope,
  name: (key) => key.path,
  answers: (value, key) => value.path === key.path,
  siblings: (_client, place) =>
    Promise.resolve([
      {
        key: {
          path: 'sys/policies/acl/default',
          needs: readDefault,
          namespace: placeOf(place).namespace,
        },
        chosen: 'own',
      },
    ]),
  async one(client, { path, needs, namespace }, signal): Promise<Raw<Definition>> {
    const endpoint: Endpoint<Record<string, unknown>> = {
      method: 'GET',
      path: encoded(path),
      needs,
      data: z.record(z.string(), z.unknown()),
      absent: notFound,
    };
    const found = await ask(client, endpoint, { namespace }, signal);
    return found === 'nothing' || failed(found) ? found : { value: { path, fields: found.value } };
  },
};

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** One line with its keys in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const mount = z.looseObject({ type: z.string(), accessor: z.string() });

export interface Mounted {
  /** `auth/approle` or `database`, without slashes at its ends. */
  readonly path: string;
  readonly type: string;
  readonly accessor: string;
  readonly standing: string;
}

export const readAuthMounts = 'read sys/auth';
export const readMounts = 'read sys/mounts';

/** Everything that is mounted, out of the table at `sys/auth` or `sys/mounts`. */
export function mountsIn({ path, fields }: Definition): readonly Mounted[] | Failure {
  const parsed = z.record(z.string(), mount).safeParse(fields);
  if (!parsed.success) {
    return inconclusive('R-ANSWER', `a 200 of ${path} without the fields that its documentation names`);
  }
  const before = path === 'sys/auth' ? 'auth/' : '';
  return Object.entries(parsed.data).map(([at, facts]) => ({
    path: `${before}${at.replace(/\/$/, '')}`,
    type: facts.type,
    accessor: facts.accessor,
    standing: canonical(facts),
  }));
}
