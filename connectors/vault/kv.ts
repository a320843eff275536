import type { Failure, Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { notFound, plainly } from './entities.ts';
import type { MountKey } from './mount.ts';
import { mountAt, namedAt } from './mount.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

const kvFacts = z
  .object({
    created_time: z.string(),
    updated_time: z.string(),
    /** 0 while nothing was ever written. */
    current_version: z.number().int(),
    oldest_version: z.number().int(),
    versions: z.record(
      z.string().regex(/^\d+$/),
      z.object({ created_time: z.string(), deletion_time: z.string(), destroyed: z.boolean() }),
    ),
  })
  .readonly();
type KvFacts = z.infer<typeof kvFacts>;

/** What a path of a KV mount holds: its versions, never their data. */
export interface KvSecret {
  readonly path: string;
  readonly facts: KvFacts;
  /** Why it is not shown that the mount keeps metadata: what stands stands all the same. */
  readonly doubt?: Failure;
}

export interface KvKey extends MountKey {
  readonly path: string;
}

export const readMetadata = 'read +/metadata/*';

const neverWritten = 'tombstone/never-written';

/** https://openbao.org/api-docs/secret/kv/kv-v2/#read-secret-metadata */
function readSecret({ mount, path }: KvKey): Endpoint<KvFacts> {
  return {
    method: 'GET',
    path: `${mount}/metadata/${path.split('/').map(encodeURIComponent).join('/')}`,
    needs: readMetadata,
    data: kvFacts,
    absent: notFound,
  };
}

/**
 * A path of a KV mount of version 2. A mount of version 1 has no metadata: there 404 would be the answer
 * to any path, so what is mounted is asked as well.
 */
export const kvSecret: Source<VaultClient, KvKey, KvSecret> = {
  id: 'vault/kv-secret',
  scope: ({ mount, namespace }) =>
    `${scopeOf({ namespace: namespace === undefined ? undefined : plainNamespace(namespace), ending: undefined })} ${mount}`,
  name: (key) => namedAt(key.path, key),
  answers: (value, key) => value.path === key.path,
  siblings: others,
  // 404 without a text needs the right to read it: without it the same call is 403, whatever stands there
  stranger: {
    key: (scope) => ({ ...placed(scope), path: neverWritten, mountAccessor: undefined }),
    docs: 'https://openbao.org/api-docs/secret/kv/kv-v2/#read-secret-metadata',
  },
  async one(client, key, signal): Promise<Raw<KvSecret>> {
    const wrong = await unversioned(client, key, signal);
    // last, so that the date of this answer is the date of the read; where nothing is mounted it says so
    const found = plainly(await ask(client, readSecret(key), { namespace: key.namespace }, signal));
    if (found === 'nothing') return wrong ?? 'nothing';
    if (failed(found)) return found;
    return {
      value: { path: key.path, facts: found.value, ...(wrong === undefined ? {} : { doubt: wrong }) },
    };
  },
};

/** Why the mount is not one that keeps metadata, if it is not. */
async function unversioned(
  client: VaultClient,
  key: KvKey,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const below = { path: `metadata/${neverWritten}`, needs: readMetadata };
  const found = await mountAt(client, key, below, signal);
  if (failed(found)) return found;
  const { type, options } = found;
  const version = options?.['version'] ?? '1';
  if (type === 'kv' && version === '2') return undefined;
  return inconclusive(
    'R-NOAPI',
    `${key.mount}/ is ${type === 'kv' ? `kv of version ${version}` : type}, which keeps no metadata: only whoever may read the secret can tell`,
  );
}

const keys = z.object({ keys: z.array(z.string().min(1)) });

/** Other paths at the top of the mount, where the verifier may list it. */
async function others(
  client: VaultClient,
  scope: string,
  signal: AbortSignal,
): Promise<readonly Sibling<KvKey>[]> {
  const { mount, namespace } = placed(scope);
  if (client.unlistable.has(scope)) return [];
  const list = {
    method: 'LIST',
    path: `${mount}/metadata`,
    needs: `list ${mount}/metadata/`,
    data: keys,
    absent: notFound,
  } as const;
  const found = await ask(client, list, { namespace }, signal);
  if (found === 'nothing') return [];
  if (failed(found)) {
    // not a right that the verifier needs: without a sibling the never-written path is the control
    if (found.reason === 'R-PERM') client.unlistable.add(scope);
    return [];
  }
  return found.value.keys
    .filter((path) => !path.endsWith('/'))
    .slice(0, 3)
    .map((path) => ({ key: { mount, path, mountAccessor: undefined, namespace }, chosen: 'own' as const }));
}

function placed(scope: string): { readonly mount: string; readonly namespace: string | undefined } {
  const [place = '', mount = ''] = scope.split(' ');
  return { mount, namespace: placeOf(place).namespace };
}
