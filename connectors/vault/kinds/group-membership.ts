import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, id, inNamespace, namespace, policies, quoted } from './words.ts';

const membershipRef = z.strictObject({
  groupId: z.optional(id).check(z.describe('The id of the group.')),
  entityId: z.optional(id).check(z.describe('The id of the entity.')),
  group: z.optional(id).check(z.describe('The name of the group, for people.')),
  policies,
  namespace,
});
export type MembershipRef = z.infer<typeof membershipRef>;

export const groupMembership: Kind<MembershipRef> = {
  kind: 'vault/identity-group-membership',
  title: 'Membership of an entity in a group, directly or through other groups',
  role: 'entitlement',
  ref: membershipRef,
  example: {
    groupId: '00000000-0000-0000-0000-000000000000',
    entityId: '00000000-0000-0000-0000-000000000001',
  },
  needed: ['groupId', 'entityId'],
  id: ({ groupId, entityId }) =>
    groupId === undefined || entityId === undefined ? undefined : `${groupId} ${entityId}`,
  label: (ref) =>
    `entity ${ref.entityId ?? 'without id'} in the group ${ref.group ?? ref.groupId ?? 'without id'}${inNamespace(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.groupId === undefined
      ? `find its id: bao list${flag(ref)} identity/group/id`
      : `bao write${flag(ref)} ${quoted(`identity/group/id/${ref.groupId}`)} member_entity_ids=<all but ${ref.entityId ?? 'this one'}>, and the same in the groups below it; an external group follows its directory at the next login`,
};
