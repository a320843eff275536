import type { Check, Controls, Observation } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { EntityFacts } from '../entities.ts';
import { entity, listEntities, readEntities } from '../entities.ts';
import type { GroupFacts } from '../groups.ts';
import { group, readGroups } from '../groups.ts';
import type { MembershipRef } from '../kinds/group-membership.ts';
import { groupMembership } from '../kinds/group-membership.ts';
import { endingOf } from '../place.ts';
import { survivor } from '../survivors.ts';

export const identityGroupMembership: Check<VaultClient, MembershipRef> = {
  id: 'vault/identity-group-membership',
  title: 'Is this entity a member of this group, directly or through another?',
  of: groupMembership,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readGroups, readEntities, listEntities],
  docs: 'https://openbao.org/docs/concepts/identity/#identity-groups',
  effects: [],
  applies: ({ ref }) => ref.groupId !== undefined && ref.entityId !== undefined,
  async observe({ ref }, ctx) {
    const { groupId, entityId, namespace } = ref;
    if (groupId === undefined || entityId === undefined) {
      return inconclusive('R-IDENTITY', 'the record gives not both ids, of the group and of the entity');
    }
    if (endingOf(groupId) !== endingOf(entityId)) {
      return inconclusive('R-SCOPE', 'the group and the entity are ids of two namespaces');
    }
    const found = await ctx.read(group, { id: groupId, namespace });
    if (failed(found)) return found;
    if (found.saw === 'nothing') return { saw: 'absent', controls: found.controls };
    const standing = await ctx.read(entity, { id: entityId, namespace });
    if (failed(standing)) return standing;
    if (standing.saw === 'value') {
      return judged(found.value, entityId, standing.value, both(found.controls, standing.controls));
    }
    const acting = await ctx.read(survivor, { id: entityId, namespace });
    if (failed(acting)) return acting;
    const controls = both(found.controls, both(standing.controls, acting.controls));
    return judged(found.value, entityId, acting.saw === 'value' ? acting.value.entity : undefined, controls);
  },
};

const both = (one: Controls | undefined, other: Controls | undefined): Controls | undefined =>
  one === undefined || other === undefined ? undefined : [...one, ...other];

/** The server counts an entity's groups with those that contain them: `group_ids` holds them all. */
function judged(
  facts: GroupFacts,
  entityId: string,
  member: EntityFacts | undefined,
  controls: Controls | undefined,
): Observation {
  const direct = (facts.member_entity_ids ?? []).includes(member?.id ?? entityId);
  if (member !== undefined && (member.group_ids ?? []).includes(facts.id)) {
    return present(facts, entityId, member, direct);
  }
  if (direct) return inconclusive('R-PARTIAL', 'the group names the entity, and the entity not the group');
  return controls === undefined
    ? inconclusive('R-CONTROL', 'the entity is no member, and a control before or after a read was not seen')
    : { saw: 'absent', controls };
}

function present(facts: GroupFacts, entityId: string, member: EntityFacts, direct: boolean): Observation {
  const who = member.id === entityId ? 'a member' : `merged into ${member.id}, which is a member`;
  const how = direct
    ? facts.type === 'external'
      ? ', of an external group: asked anew only at the next login or renewal'
      : ''
    : ' through a group in it';
  const value = `${who} of ${facts.name}${how}; policies [${(facts.policies ?? []).join(', ')}]`;
  return member.disabled
    ? {
        saw: 'present',
        state: 'disabled',
        revivedBy: 'others',
        reason: 'R-DISABLED',
        value: `${value}; its entity is disabled`,
      }
    : {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: direct && member.id === entityId ? 'R-LISTED' : 'R-STANDING',
        value,
      };
}
