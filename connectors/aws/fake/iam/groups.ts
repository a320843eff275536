import type { Shape } from '../answer.ts';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { maybe, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Group, State, User } from '../state.ts';
import { add, all, conflict, groupNamed, remove, rename, userNamed } from '../state.ts';
import { below, page } from './paging.ts';
import { onAll, onGroup, onNew, onUser, userOf } from './targets.ts';
import { userShape } from './users.ts';

const named = ({ state, input }: Call) => groupNamed(state, text(input, 'GroupName'));

export function groupShape(account: Account, group: Group): Shape {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: account.groupArn(group),
    CreateDate: new Date(group.createdAt),
  };
}

export function groupsOf(state: State, user: User): readonly Group[] {
  return all(state.groups).filter(({ members }) => members.has(user.id));
}

export const groups: Operations = {
  CreateGroup: write(onNew('group', 'GroupName'), ({ account, state, input, now }) => {
    const group: Group = {
      id: newId('AGPA', account.id),
      name: text(input, 'GroupName'),
      path: maybe(input, 'Path') ?? '/',
      createdAt: now,
      inline: new Map(),
      attached: new Set(),
      members: new Set(),
    };
    return { Group: groupShape(account, add(state.groups, group, 'Group')) };
  }),
  GetGroup: read(onGroup, (call) => {
    const group = named(call);
    const members = all(call.state.users).filter(({ id }) => group.members.has(id));
    const { items, end } = page(call, members, ({ name }) => name);
    const Users = items.map((user) => userShape(call.account, user));
    return { Group: groupShape(call.account, group), Users, ...end };
  }),
  ListGroups: read(onAll('group'), (call) => {
    const { items, end } = page(call, below(call, all(call.state.groups)), ({ name }) => name);
    return { Groups: items.map((group) => groupShape(call.account, group)), ...end };
  }),
  ListGroupsForUser: read(onUser, (call) => {
    const { items, end } = page(call, groupsOf(call.state, userOf(call)), ({ name }) => name);
    return { Groups: items.map((group) => groupShape(call.account, group)), ...end };
  }),
  UpdateGroup: write(onGroup, (call) => {
    const group = named(call);
    rename(call.state.groups, group, maybe(call.input, 'NewGroupName') ?? group.name, 'Group');
    group.path = maybe(call.input, 'NewPath') ?? group.path;
    return undefined;
  }),
  DeleteGroup: write(onGroup, (call) => {
    const group = named(call);
    if (group.members.size > 0) throw conflict('remove users from group');
    if (group.inline.size > 0) throw conflict('delete policies');
    if (group.attached.size > 0) throw conflict('detach all policies');
    remove(call.state.groups, group);
    return undefined;
  }),
  AddUserToGroup: write(onGroup, (call) => {
    const group = named(call);
    group.members.add(userNamed(call.state, text(call.input, 'UserName')).id);
    return undefined;
  }),
  RemoveUserFromGroup: write(onGroup, (call) => {
    const group = named(call);
    group.members.delete(userNamed(call.state, text(call.input, 'UserName')).id);
    return undefined;
  }),
};
