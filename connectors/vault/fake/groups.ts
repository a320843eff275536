/** Groups of entities, and groups in groups. */
import { randomUUID } from 'node:crypto';
import type { Said } from './answer.ts';
import { data, done, errors, instant, wrapped } from './answer.ts';
import type { Body } from './auth.ts';
import { listAt, textAt } from './auth.ts';
import type { FakeGroup, FakeNamespace, FakeWorld } from './world.ts';

/** A call below `identity/group`, or undefined where this fake has no such path. */
export function handleGroups(
  world: FakeWorld,
  place: FakeNamespace,
  method: string,
  path: string,
  body: Body,
): Said | undefined {
  if (method === 'POST' && path === 'group') return createGroup(world, place, body);
  const id = /^group\/id\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const group = world.groups.get(id);
  const here = group?.namespace === place ? group : undefined;
  switch (method) {
    case 'GET':
      return here === undefined ? errors(404) : data(groupData(world, here));
    case 'POST':
      return here === undefined ? createGroup(world, place, body) : change(world, here, body);
    case 'DELETE':
      if (here === undefined) return done;
      world.groups.delete(id);
      for (const other of world.groups.values()) other.groups = other.groups.filter((one) => one !== id);
      return done;
    default:
      return undefined;
  }
}

function createGroup(world: FakeWorld, place: FakeNamespace, body: Body): Said {
  const ending = place.path === '' ? '' : `.${place.id}`;
  const id = `${randomUUID()}${ending}`;
  const name = textAt(body, 'name') || `group_${id.slice(0, 8)}`;
  const group: FakeGroup = {
    id,
    name,
    namespace: place,
    external: textAt(body, 'type') === 'external',
    createdAt: world.now(),
    members: [],
    groups: [],
    policies: [],
  };
  const said = change(world, group, body);
  if (said !== done) return said;
  world.groups.set(id, group);
  return data({ id, name });
}

function change(world: FakeWorld, group: FakeGroup, body: Body): Said {
  if ('member_entity_ids' in body) {
    if (group.external) return errors(400, "member entities can't be set manually for external groups");
    const members = listAt(body, 'member_entity_ids');
    const stranger = members.find((id) => world.entities.get(id)?.namespace !== group.namespace);
    if (stranger !== undefined) return wrapped(500, `invalid entity ID ${JSON.stringify(stranger)}`);
    group.members = members;
  }
  if ('member_group_ids' in body) group.groups = listAt(body, 'member_group_ids');
  if ('policies' in body) group.policies = listAt(body, 'policies');
  return done;
}

function groupData(world: FakeWorld, group: FakeGroup): Record<string, unknown> {
  const parents = [...world.groups.values()].filter((one) => one.groups.includes(group.id));
  const list = (ids: readonly string[]) => (ids.length === 0 ? null : ids);
  return {
    alias: {},
    creation_time: instant(group.createdAt),
    id: group.id,
    last_update_time: instant(group.createdAt),
    member_entity_ids: list(group.members),
    member_group_ids: list(group.groups),
    metadata: null,
    modify_index: 1,
    name: group.name,
    namespace_id: group.namespace.id,
    parent_group_ids: list(parents.map((one) => one.id)),
    policies: group.policies,
    type: group.external ? 'external' : 'internal',
  };
}
