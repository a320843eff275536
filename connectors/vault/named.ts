import type { Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { notFound } from './entities.ts';
import type { MountKey } from './mount.ts';
import { mountAt, namedAt } from './mount.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

/** An object that an engine keeps under a name: a role, a key. */
export interface NamedKey extends MountKey {
  readonly name: string;
}

export interface Named<V> {
  readonly name: string;
  readonly facts: V;
}

/** Where an engine keeps such objects. */
export interface Shelf<V> {
  /** `vault/transit-key` */
  readonly id: string;
  /** Type of the engine, as the server names it. */
  readonly engine: string;
  /** `keys`: the path below the mount, without slashes at its ends. */
  readonly folder: string;
  /** `read +/keys/*` */
  readonly needs: string;
  readonly facts: z.ZodType<V>;
  /** The page that says what 404 means. */
  readonly docs: string;
}

const neverMade = 'tombstone-never-made';

/**
 * One object by its name. 404 is the answer of any engine to a name that it does not know, so what is
 * mounted is asked as well. The control is another object of the same folder where the verifier may
 * list it, else a name that was never made: without the right to ask, the same call is 403.
 */
export function namedSource<V>(shelf: Shelf<V>): Source<VaultClient, NamedKey, Named<V>> {
  const { id, engine, folder, needs } = shelf;
  return {
    id,
    scope: ({ mount, namespace }) => placing(mount, namespace),
    name: (key) => namedAt(key.name, key),
    answers: (value, key) => value.name === key.name,
    siblings: (client, scope, signal) => others(client, shelf, scope, signal),
    stranger: { key: (scope) => keyAt(scope, neverMade), docs: shelf.docs },
    async one(client, key, signal): Promise<Raw<Named<V>>> {
      const endpoint = (name: string): Endpoint<V> => ({
        method: 'GET',
        path: `${key.mount}/${folder}/${encodeURIComponent(name)}`,
        needs,
        data: shelf.facts,
        absent: notFound,
      });
      const { namespace } = key;
      const below = { path: `${folder}/${neverMade}`, needs };
      const mounted = await mountAt(client, key, below, signal);
      if (failed(mounted)) {
        if (mounted.reason !== 'R-PERM') return mounted;
        // a mount that is not there is refused like one that may not be looked at: the path itself tells
        const there = await ask(client, endpoint(neverMade), { namespace }, signal);
        return there !== 'nothing' && failed(there) && there.reason === 'R-SCOPE' ? there : mounted;
      }
      // never read below another engine: in a KV store of version 1 it would be a secret
      if (mounted.type !== engine) {
        return inconclusive('R-SCOPE', `${key.mount}/ is of type ${mounted.type}, not ${engine}`);
      }
      const found = await ask(client, endpoint(key.name), { namespace }, signal);
      if (found === 'nothing' || failed(found)) return found;
      return { value: { name: key.name, facts: found.value } };
    },
  };
}

function placing(mount: string, namespace: string | undefined): string {
  const place = {
    namespace: namespace === undefined ? undefined : plainNamespace(namespace),
    ending: undefined,
  };
  return `${scopeOf(place)} ${mount}`;
}

function keyAt(scope: string, name: string): NamedKey {
  const [place = '', mount = ''] = scope.split(' ');
  return { mount, name, mountAccessor: undefined, namespace: placeOf(place).namespace };
}

const keys = z.object({ keys: z.array(z.string().min(1)) });

/** Others in the same folder. Not a right that the verifier needs: without it the never-made name is the control. */
async function others(
  client: VaultClient,
  { id, folder }: Shelf<unknown>,
  scope: string,
  signal: AbortSignal,
): Promise<readonly Sibling<NamedKey>[]> {
  const known = `${id} ${scope}`;
  if (client.unlistable.has(known)) return [];
  const { mount, namespace } = keyAt(scope, '');
  const list = {
    method: 'LIST',
    path: `${mount}/${folder}`,
    needs: `list ${mount}/${folder}/`,
    data: keys,
    absent: notFound,
  } as const;
  const found = await ask(client, list, { namespace }, signal);
  if (found === 'nothing') return [];
  if (failed(found)) {
    if (found.reason === 'R-PERM') client.unlistable.add(known);
    return [];
  }
  return found.value.keys.slice(0, 3).map((name) => ({ key: keyAt(scope, name), chosen: 'own' as const }));
}
