/** What things confer, each in one line that time alone does not change. */
import type { Found } from '../../src/connector.ts';
import type { EntityFacts } from './entities.ts';
import { canonical } from './folders.ts';
import type { GroupFacts } from './groups.ts';

const sorted = (list: readonly string[] | null): readonly string[] => (list ?? []).toSorted();

export function entityStanding({ policies, group_ids: groups, aliases, disabled }: EntityFacts): string {
  const ways = (aliases ?? []).map(({ mount_accessor: mount, name }) => `${mount} ${name}`);
  return canonical({ policies: sorted(policies), groups: sorted(groups), ways: ways.toSorted(), disabled });
}

export function groupStanding(facts: GroupFacts): string {
  return canonical({
    policies: sorted(facts.policies),
    members: sorted(facts.member_entity_ids),
    groups: sorted(facts.member_group_ids),
    parents: sorted(facts.parent_group_ids),
  });
}

/** A group as what it gives to each of its direct members. */
export function membershipsOf(
  facts: GroupFacts,
  namespace: string | undefined,
  relation: string,
): readonly Found[] {
  return (facts.member_entity_ids ?? []).map((entityId) => ({
    kind: 'vault/identity-group-membership',
    id: `${facts.id} ${entityId}`,
    ref: {
      groupId: facts.id,
      entityId,
      ...(namespace === undefined ? {} : { namespace }),
    },
    relation,
    bornAt: facts.last_update_time,
    label: `entity ${entityId} in the group ${facts.name}`,
    standing: canonical({ policies: sorted(facts.policies), parents: sorted(facts.parent_group_ids) }),
  }));
}
