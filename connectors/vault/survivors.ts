import type { Failure, Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { VaultClient } from './client.ts';
import { ask } from './client.ts';
import { entity, entityById, listEntities, neverIssued, notFound, ownEntity } from './entities.ts';
import type { EntityFacts, EntityKey } from './entities.ts';
import { listAll } from './paged.ts';
import { endingOf, placeOf } from './place.ts';
import { ownNamespace } from './sources.ts';

/** Who acts under the id of an entity: itself, or the one that it was merged into. */
export interface Survivor {
  /** The id that was asked for. */
  readonly of: string;
  readonly entity: EntityFacts;
}

/**
 * A merge takes the id away (404), and its tokens, its ways to log in and its groups go on under the
 * entity that it was merged into, which keeps the id in `merged_entity_ids`. No look-up goes by that,
 * so where the id does not stand every entity of the namespace is read.
 * https://openbao.org/api-docs/secret/identity/entity/#merge-entities
 */
export const survivor: Source<VaultClient, EntityKey, Survivor> = {
  id: 'vault/entity-survivor',
  scope: entity.scope,
  name: entity.name,
  answers: (value, key) => value.of === key.id && carries(value.entity, key.id),
  siblings: entity.siblings,
  // 404 without a text and a list need the right to ask: without it both are 403
  stranger: {
    key: neverIssued,
    docs: 'https://openbao.org/api-docs/secret/identity/entity/#list-entities-by-id',
  },
  async one(client, key, signal): Promise<Raw<Survivor>> {
    const itself = await entityById(client, key, signal);
    if (failed(itself)) return itself;
    if (itself !== 'nothing') return { value: { of: key.id, entity: itself.value } };
    const ids = await listed(client, key, signal);
    if (failed(ids)) return ids;
    const foreign = outside(client, entity.scope(key), ids);
    if (foreign !== undefined) return foreign;
    const read = await Promise.all(ids.map((id) => entityById(client, { ...key, id }, signal)));
    let found: Raw<Survivor> = 'nothing';
    for (const [index, one] of read.entries()) {
      if (one === 'nothing') return inconclusive('R-PARTIAL', 'an entity was removed while all were read');
      if (failed(one)) return one;
      if (one.value.id !== ids[index]) {
        return inconclusive(
          'R-ANSWER',
          `asked for the entity ${ids[index]}, the server answered about another`,
        );
      }
      if (carries(one.value, key.id)) found = { value: { of: key.id, entity: one.value } };
    }
    return found;
  },
};

const carries = ({ id, merged_entity_ids: merged }: EntityFacts, wanted: string): boolean =>
  id === wanted || (merged ?? []).includes(wanted);

/**
 * This list does not page, and where it is empty a parameter that it ignores makes its 404 a 200 without
 * keys: so whether it is empty is asked without one.
 * https://openbao.org/api-docs/secret/identity/entity/#list-entities-by-id
 */
async function entityIds(
  client: VaultClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | Failure> {
  const list = { path: 'identity/entity/id', needs: listEntities };
  const data = z.object({ keys: z.array(z.string()) });
  const first = await ask(client, { ...list, method: 'LIST', data, absent: notFound }, { namespace }, signal);
  if (first === 'nothing') return [];
  return failed(first) ? first : listAll(client, list, namespace, signal);
}

/** A list from which a policy has filtered may lack the verifier's own entity too. */
async function listed(
  client: VaultClient,
  key: EntityKey,
  signal: AbortSignal,
): Promise<readonly string[] | Failure> {
  const ids = await entityIds(client, key.namespace, signal);
  if (failed(ids)) return ids;
  if (ids.includes(key.id)) {
    return inconclusive('R-PARTIAL', `the entity ${key.id} is listed, and was not there when it was read`);
  }
  const own = ownEntity(client, entity.scope(key)).map((sibling) => sibling.key.id);
  return own.every((id) => id === key.id || ids.includes(id))
    ? ids
    : inconclusive(
        'R-PARTIAL',
        "the list of entities lacks the verifier's own: a policy filters it",
        `${listEntities} without list_scan_response_keys_filter_path`,
      );
}

/**
 * Why it is not shown that ids with the ending of this scope belong to its namespace, if it is not. An
 * id of another namespace is absent like one that never was.
 */
function outside(client: VaultClient, scope: string, ids: readonly string[]): Failure | undefined {
  const { namespace = client.namespace, ending } = placeOf(scope);
  if (ending === undefined) return undefined;
  const own = ownNamespace(client) === namespace ? client.own?.accessor : undefined;
  const here = [own ?? '', ...ids].map(endingOf).find((one) => one !== undefined);
  if (here === ending) return undefined;
  return inconclusive(
    'R-SCOPE',
    here === undefined
      ? `nothing that stands in ${namespace}/ shows that its ids end in .${ending}`
      : `ids of ${namespace}/ end in .${here}, and this one in .${ending}: it belongs to another namespace`,
  );
}

/** The same for ids of other objects: what stands in the namespace is asked for where it must be. */
export async function misplacedIn(
  client: VaultClient,
  scope: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { namespace, ending } = placeOf(scope);
  if (ending === undefined) return undefined;
  if (ownNamespace(client) === (namespace ?? client.namespace)) return outside(client, scope, []);
  const ids = await entityIds(client, namespace, signal);
  return failed(ids) ? ids : outside(client, scope, ids);
}
