import type { Answer, Failure, Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import type { Absence } from './answers.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import type { Place } from './place.ts';
import { endingOf, misplaced, placeOf, plainNamespace, scopeOf } from './place.ts';
import { ownNamespace } from './sources.ts';

const entityFacts = z
  .object({
    id: z.string(),
    name: z.string(),
    disabled: z.boolean(),
    creation_time: z.string(),
    last_update_time: z.string(),
    policies: z.array(z.string()).nullable(),
    group_ids: z.array(z.string()).nullable(),
    aliases: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          mount_accessor: z.string(),
          mount_path: z.string().optional(),
          creation_time: z.string(),
          last_update_time: z.string(),
        }),
      )
      .nullable(),
    merged_entity_ids: z.array(z.string()).nullable(),
  })
  .readonly();
export type EntityFacts = z.infer<typeof entityFacts>;

/** What every object that is read by its path answers when it is not there. */
export const notFound: Absence = { status: 404, text: '', form: 'plain' };

export const readEntities = 'read identity/entity/id/*';
export const listEntities = 'list identity/entity/id/*';

/** https://openbao.org/api-docs/secret/identity/entity/#read-entity-by-id */
function readEntity(id: string): Endpoint<EntityFacts> {
  return {
    method: 'GET',
    path: `identity/entity/id/${encodeURIComponent(id)}`,
    needs: readEntities,
    data: entityFacts,
    absent: notFound,
  };
}

export interface EntityKey {
  readonly id: string;
  readonly namespace: string | undefined;
}

/**
 * An entity that was merged into another is absent under its own id, and its tokens go on working for
 * the other one: see survivors.ts.
 */
export const entity: Source<VaultClient, EntityKey, EntityFacts> = {
  id: 'vault/entity',
  scope: (key) => scopeOf(entityPlace(key)),
  name: (key) => key.id,
  answers: (value, key) => value.id === key.id,
  siblings: (client, scope) => Promise.resolve(ownEntity(client, scope)),
  // 404 without a text needs the right to ask: without it the same call is 403, whatever stands there
  stranger: {
    key: neverIssued,
    docs: 'https://openbao.org/api-docs/secret/identity/entity/#read-entity-by-id',
  },
  one: entityById,
};

export async function entityById(
  client: VaultClient,
  key: EntityKey,
  signal: AbortSignal,
): Promise<Raw<EntityFacts>> {
  const wrong = misplaced('entity id', entityPlace(key), client.namespace);
  if (wrong !== undefined) return wrong;
  return plainly(await ask(client, readEntity(key.id), { namespace: key.namespace }, signal));
}

/** An id of this place that no entity and no group ever had. */
export function neverIssued(scope: string): EntityKey {
  const { namespace, ending } = placeOf(scope);
  const id = '00000000-0000-0000-0000-000000000000';
  return { id: ending === undefined ? id : `${id}.${ending}`, namespace };
}

export function entityPlace({ id, namespace }: EntityKey): Place {
  return {
    namespace: namespace === undefined ? undefined : plainNamespace(namespace),
    ending: endingOf(id),
  };
}

/** The verifier's own, where it has one here. */
export function ownEntity(client: VaultClient, scope: string): readonly Sibling<EntityKey>[] {
  const { namespace, ending } = placeOf(scope);
  const id = client.own?.entity_id ?? '';
  const here = ownNamespace(client) === (namespace ?? client.namespace) && endingOf(id) === ending;
  return id === '' || !here ? [] : [{ key: { id, namespace }, chosen: 'own' }];
}

/** The answer of a call that carries nothing beside its value. */
export function plainly<V>(found: { readonly value: V } | 'nothing' | Failure): Raw<V> {
  return found === 'nothing' || failed(found) ? found : { value: found.value };
}

/** In one line: why it could not be read. */
export function unread(seen: Answer<unknown> & Failure): string {
  return `${seen.reason} ${seen.detail}`;
}
