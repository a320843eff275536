import type { Check, Observation } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { EntityFacts } from '../entities.ts';
import { entity, listEntities, readEntities } from '../entities.ts';
import type { EntityRef } from '../kinds/identity-entity.ts';
import { identityEntity as kind } from '../kinds/identity-entity.ts';
import { survivor } from '../survivors.ts';

export const identityEntity: Check<VaultClient, EntityRef> = {
  id: 'vault/identity-entity',
  title: 'Does this entity stand, or the one that it was merged into?',
  of: kind,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readEntities, listEntities],
  docs: 'https://openbao.org/api-docs/secret/identity/entity/#read-entity-by-id',
  effects: [],
  applies: ({ ref }) => ref.id !== undefined,
  async observe({ ref }, ctx) {
    const { id, namespace } = ref;
    if (id === undefined) return inconclusive('R-IDENTITY', 'the record gives no id of the entity');
    const seen = await ctx.read(entity, { id, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'value') return present(seen.value, id);
    const acting = await ctx.read(survivor, { id, namespace });
    if (failed(acting)) return acting;
    if (acting.saw === 'value') return present(acting.value.entity, id);
    return { saw: 'absent', controls: [...seen.controls, ...acting.controls] };
  },
};

function present(facts: EntityFacts, id: string): Observation {
  const which = facts.id === id ? 'stands' : `was merged into ${facts.id}, whose rights its tokens have`;
  const policies = `policies [${(facts.policies ?? []).join(', ')}], ${(facts.group_ids ?? []).length} groups, ${(facts.aliases ?? []).length} ways to log in`;
  return facts.disabled
    ? {
        saw: 'present',
        state: 'disabled',
        revivedBy: 'others',
        reason: 'R-DISABLED',
        value: `${which}; disabled: one write enables it and brings its tokens back; ${policies}`,
      }
    : {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: facts.id === id ? 'R-LISTED' : 'R-STANDING',
        value: `${which}; ${policies}`,
      };
}
