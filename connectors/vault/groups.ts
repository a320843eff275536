import type { Raw, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import type { EntityKey } from './entities.ts';
import { entityPlace, neverIssued, notFound, plainly } from './entities.ts';
import { misplaced, scopeOf } from './place.ts';
import { misplacedIn } from './survivors.ts';

const groupFacts = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['internal', 'external']),
    last_update_time: z.string(),
    /** Its direct members; those of groups in it are not named here. */
    member_entity_ids: z.array(z.string()).nullable(),
    member_group_ids: z.array(z.string()).nullable(),
    parent_group_ids: z.array(z.string()).nullable(),
    policies: z.array(z.string()).nullable(),
  })
  .readonly();
export type GroupFacts = z.infer<typeof groupFacts>;

export const readGroups = 'read identity/group/id/*';
// with its slash: a rule for what lies below would win over one without
export const listGroups = 'list identity/group/id/';

/** https://openbao.org/api-docs/secret/identity/group/#read-group-by-id */
function readGroup(id: string): Endpoint<GroupFacts> {
  return {
    method: 'GET',
    path: `identity/group/id/${encodeURIComponent(id)}`,
    needs: readGroups,
    data: groupFacts,
    absent: notFound,
  };
}

export const group: Source<VaultClient, EntityKey, GroupFacts> = {
  id: 'vault/group',
  scope: (key) => scopeOf(entityPlace(key)),
  name: (key) => key.id,
  answers: (value, key) => value.id === key.id,
  siblings: () => Promise.resolve([]),
  // 404 without a text needs the right to ask: without it the same call is 403, whatever stands there
  stranger: {
    key: neverIssued,
    docs: 'https://openbao.org/api-docs/secret/identity/group/#read-group-by-id',
  },
  async one(client, key, signal): Promise<Raw<GroupFacts>> {
    const place = entityPlace(key);
    const wrong = misplaced('group id', place, client.namespace);
    if (wrong !== undefined) return wrong;
    const found = plainly(await ask(client, readGroup(key.id), { namespace: key.namespace }, signal));
    if (found !== 'nothing' || failed(found)) return found;
    return (await misplacedIn(client, scopeOf(place), signal)) ?? 'nothing';
  },
};
