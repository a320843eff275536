/** Entities, as `identity/` answers about them. */
import { randomUUID } from 'node:crypto';
import type { Said } from './answer.ts';
import { data, done, errors, instant, wrapped } from './answer.ts';
import { listAt } from './auth.ts';
import { handleGroups } from './groups.ts';
import type { FakeEntity, FakeNamespace, FakeWorld } from './world.ts';

/** A call below `identity/`, or undefined where this fake has no such path. */
export function handleIdentity(
  world: FakeWorld,
  place: FakeNamespace,
  method: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Said | undefined {
  const id = /^entity\/id\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) return entityById(world, place, method, id, body);
  if (method === 'POST' && path === 'entity') return createEntity(world, place, body);
  if (method === 'POST' && path === 'entity/merge') return merge(world, body);
  return handleGroups(world, place, method, path, body);
}

function createEntity(world: FakeWorld, place: FakeNamespace, body: Readonly<Record<string, unknown>>): Said {
  if (typeof body['id'] === 'string' && !world.entities.has(body['id'])) {
    return errors(400, 'entity not found from id');
  }
  const entity = world.createEntity(
    place,
    typeof body['name'] === 'string' ? body['name'] : `entity_${randomUUID().slice(0, 8)}.${place.id}`,
  );
  entity.policies = listAt(body, 'policies');
  const { id, name } = entity;
  return data({ aliases: null, id, name });
}

function entityById(
  world: FakeWorld,
  place: FakeNamespace,
  method: string,
  id: string,
  body: Readonly<Record<string, unknown>>,
): Said | undefined {
  const entity = world.entities.get(id);
  const here = entity?.namespace === place ? entity : undefined;
  switch (method) {
    case 'GET':
      return here === undefined ? errors(404) : data(entityData(world, here));
    case 'POST':
      if (here === undefined) return errors(400, 'entity not found from id');
      if (typeof body['disabled'] === 'boolean') here.disabled = body['disabled'];
      if ('policies' in body) here.policies = listAt(body, 'policies');
      return done;
    case 'DELETE':
      if (here !== undefined) leave(world, id, undefined);
      return done;
    default:
      return undefined;
  }
}

function merge(world: FakeWorld, body: Readonly<Record<string, unknown>>): Said {
  const to = world.entities.get(String(body['to_entity_id']));
  const from = Array.isArray(body['from_entity_ids']) ? body['from_entity_ids'].map(String) : [];
  if (to === undefined) return wrapped(400, 'entity id to merge to is invalid');
  for (const id of from) {
    const one = world.entities.get(id);
    if (one === undefined) return wrapped(400, 'entity id to merge from is invalid');
    to.merged.push(id, ...one.merged);
    to.aliases.push(...one.aliases.map((alias) => ({ ...alias, from: [...alias.from, id] })));
    leave(world, id, to.id);
  }
  return done;
}

/** Takes an entity away; its groups get the one in its place, if there is one. */
function leave(world: FakeWorld, id: string, instead: string | undefined): void {
  world.entities.delete(id);
  for (const group of world.groups.values()) {
    if (!group.members.includes(id)) continue;
    const rest = group.members.filter((one) => one !== id && one !== instead);
    group.members = instead === undefined ? rest : [...rest, instead];
  }
}

function entityData(world: FakeWorld, entity: FakeEntity): Record<string, unknown> {
  const { direct, inherited } = world.groupsOf(entity.id);
  const ids = (groups: typeof direct) => groups.map((one) => one.id);
  const { id, name, disabled, createdAt, merged, namespace } = entity;
  return {
    aliases: entity.aliases.map((alias) => ({
      canonical_id: id,
      creation_time: instant(alias.createdAt),
      custom_metadata: null,
      id: alias.id,
      last_update_time: instant(alias.createdAt),
      local: false,
      merged_from_canonical_ids: alias.from.length === 0 ? null : alias.from,
      metadata: null,
      mount_accessor: alias.mountAccessor,
      mount_path: `auth/${alias.mount}/`,
      mount_type: alias.type,
      name: alias.name,
    })),
    creation_time: instant(createdAt),
    direct_group_ids: ids(direct),
    disabled,
    group_ids: ids([...direct, ...inherited]),
    id,
    inherited_group_ids: ids(inherited),
    last_update_time: instant(createdAt),
    merged_entity_ids: merged.length === 0 ? null : merged,
    metadata: null,
    name,
    namespace_id: namespace.id,
    policies: entity.policies,
  };
}
