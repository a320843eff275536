import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, id, inNamespace, namespace, policies, quoted } from './words.ts';

const entityRef = z.strictObject({
  id: z.optional(id).check(z.describe('The id of the entity: entity_id of its tokens.')),
  name: z.optional(id).check(z.describe('Its name, for people.')),
  policies,
  namespace,
});
export type EntityRef = z.infer<typeof entityRef>;

export const identityEntity: Kind<EntityRef> = {
  kind: 'vault/identity-entity',
  title: 'Entity: whom tokens act for, whichever way they were made',
  role: 'entitlement',
  ref: entityRef,
  example: { id: '00000000-0000-0000-0000-000000000000' },
  needed: ['id'],
  id: (ref) => ref.id,
  label: (ref) =>
    `entity ${ref.name === undefined ? (ref.id ?? 'without id') : `${ref.name} ${ref.id ?? 'without id'}`}${inNamespace(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  // tokens that act for it are refused without it
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.id === undefined
      ? 'find its id: bao token lookup -accessor <accessor>, entity_id'
      : `bao delete${flag(ref)} ${quoted(`identity/entity/id/${ref.id}`)}`,
};
