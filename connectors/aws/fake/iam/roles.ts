import type { Shape } from '../answer.ts';
import { encoded } from '../answer.ts';
import { newId } from '../ids.ts';
import { maybe, number, tagsOf, text, texts } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Role } from '../state.ts';
import { add, all, conflict, remove, roleNamed } from '../state.ts';
import { sealed, unsealed } from '../trust.ts';
import { boundaryOf } from './attached.ts';
import { below, page } from './paging.ts';
import { onAll, onNew, onRole } from './targets.ts';
import { boundaryShape, tagShapes } from './users.ts';

const named = ({ state, input }: Call) => roleNamed(state, text(input, 'RoleName'));

/** As lists show it: without tags, boundary and last use. */
export function roleShape({ account, world }: Pick<Call, 'account' | 'world'>, role: Role): Shape {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: account.roleArn(role),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encoded(unsealed(world, role.trust)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

export function lastUsedShape({ lastUsed }: Role): Shape {
  return lastUsed === undefined ? {} : { LastUsedDate: new Date(lastUsed.at), Region: lastUsed.region };
}

function wholeRole(call: Call, role: Role): Shape {
  const Tags = role.tags.size === 0 ? undefined : tagShapes(role);
  const PermissionsBoundary = boundaryShape(role);
  return { ...roleShape(call, role), PermissionsBoundary, Tags, RoleLastUsed: lastUsedShape(role) };
}

function createRole(call: Call): Shape {
  const { account, state, input } = call;
  const role: Role = {
    id: newId('AROA', account.id),
    name: text(input, 'RoleName'),
    path: maybe(input, 'Path') ?? '/',
    createdAt: call.now,
    inline: new Map(),
    attached: new Set(),
    tags: tagsOf(input),
    boundary: maybe(input, 'PermissionsBoundary') === undefined ? undefined : boundaryOf(call),
    trust: sealed(call.world, text(input, 'AssumeRolePolicyDocument')),
    description: maybe(input, 'Description'),
    maxSessionSeconds: number(input, 'MaxSessionDuration', 3600, 43_200) ?? 3600,
    lastUsed: undefined,
  };
  return { Role: wholeRole(call, add(state.roles, role, 'Role')) };
}

function deleteRole(call: Call): undefined {
  const role = named(call);
  if (role.inline.size > 0) throw conflict('delete policies');
  if (role.attached.size > 0) throw conflict('detach all policies');
  if ([...call.state.profiles.items.values()].some(({ roleId }) => roleId === role.id)) {
    throw conflict('remove roles from instance profile');
  }
  remove(call.state.roles, role);
}

export const roles: Operations = {
  CreateRole: write(onNew('role', 'RoleName'), createRole),
  GetRole: read(onRole, (call) => ({ Role: wholeRole(call, named(call)) })),
  ListRoles: read(onAll('role'), (call) => {
    const { items, end } = page(call, below(call, all(call.state.roles)), ({ name }) => name);
    return { Roles: items.map((role) => roleShape(call, role)), ...end };
  }),
  UpdateRole: write(onRole, (call) => {
    const role = named(call);
    role.description = maybe(call.input, 'Description') ?? role.description;
    role.maxSessionSeconds = number(call.input, 'MaxSessionDuration', 3600, 43_200) ?? role.maxSessionSeconds;
    return {};
  }),
  UpdateAssumeRolePolicy: write(onRole, (call) => {
    named(call).trust = sealed(call.world, text(call.input, 'PolicyDocument'));
    return undefined;
  }),
  DeleteRole: write(onRole, deleteRole),
  TagRole: write(onRole, (call) => {
    const role = named(call);
    for (const [key, value] of tagsOf(call.input)) role.tags.set(key, value);
    return undefined;
  }),
  UntagRole: write(onRole, (call) => {
    const role = named(call);
    for (const key of texts(call.input, 'TagKeys')) role.tags.delete(key);
    return undefined;
  }),
  ListRoleTags: read(onRole, (call) => {
    const { items, end } = page(call, tagShapes(named(call)), ({ Key }) => Key);
    return { Tags: items, ...end };
  }),
  PutRolePermissionsBoundary: write(onRole, (call) => {
    const role = named(call);
    role.boundary = boundaryOf(call);
    return undefined;
  }),
  DeleteRolePermissionsBoundary: write(onRole, (call) => {
    named(call).boundary = undefined;
    return undefined;
  }),
};
