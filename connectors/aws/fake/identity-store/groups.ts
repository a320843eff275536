import type { Shape } from '../answer.ts';
import type { DirectoryGroup, IdentityCenter, Membership } from '../identity-center/center.ts';
import { cut, directoryId, notFound, storeOf } from '../identity-center/center.ts';
import { ssoConflict } from '../identity-center/permission-sets.ts';
import { anything } from '../iam/targets.ts';
import { invalid, maybe, structure, text, texts } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import { filtered, userNamed } from './users.ts';

const groupShape = ({ storeId }: IdentityCenter, group: DirectoryGroup): Shape => ({
  IdentityStoreId: storeId,
  GroupId: group.id,
  DisplayName: group.name,
  Description: group.description,
  CreatedAt: new Date(group.createdAt),
  UpdatedAt: new Date(group.createdAt),
});

const membershipShape = ({ storeId }: IdentityCenter, one: Membership): Shape => ({
  IdentityStoreId: storeId,
  MembershipId: one.id,
  GroupId: one.groupId,
  MemberId: { UserId: one.userId },
  CreatedAt: new Date(one.createdAt),
  UpdatedAt: new Date(one.createdAt),
});

function groupNamed(call: Call, store: IdentityCenter, id = text(call.input, 'GroupId')): DirectoryGroup {
  const group = store.groups.get(id);
  if (group === undefined) throw notFound('GROUP not found.');
  return group;
}

/** The user that `MemberId` names, who must be there. */
function memberOf(call: Call, store: IdentityCenter): string {
  const inner = structure(call.input, 'MemberId');
  if (inner === undefined) throw invalid('MemberId must not be null');
  return userNamed(call, store, text(inner, 'UserId')).id;
}

function membershipNamed(call: Call, store: IdentityCenter): Membership {
  const one = store.memberships.get(text(call.input, 'MembershipId'));
  if (one === undefined) throw notFound('MEMBERSHIP not found.');
  return one;
}

function createMembership(call: Call): Shape {
  const store = storeOf(call, true);
  const groupId = groupNamed(call, store).id;
  const userId = memberOf(call, store);
  const there = [...store.memberships.values()].some(
    (one) => one.groupId === groupId && one.userId === userId,
  );
  if (there) throw ssoConflict('Member and Group relationship already exists.');
  const id = directoryId(store);
  store.memberships.set(id, { id, groupId, userId, createdAt: call.now });
  return { MembershipId: id, IdentityStoreId: store.storeId };
}

function listMemberships(call: Call, store: IdentityCenter, of: (one: Membership) => boolean): Shape {
  const { items, next } = piece(call, [...store.memberships.values()].filter(of), ({ id }) => id, cut);
  return { GroupMemberships: items.map((one) => membershipShape(store, one)), NextToken: next };
}

/** That an unknown group or user is answered as not found, and not with "no", is an assumption. */
function isMember(call: Call): Shape {
  const store = storeOf(call, false);
  const userId = memberOf(call, store);
  const Results = texts(call.input, 'GroupIds').map((id) => {
    const groupId = groupNamed(call, store, id).id;
    const MembershipExists = [...store.memberships.values()].some(
      (one) => one.groupId === groupId && one.userId === userId,
    );
    return { GroupId: groupId, MemberId: { UserId: userId }, MembershipExists };
  });
  return { Results };
}

export const directoryGroups: Operations = {
  CreateGroup: write(anything, (call) => {
    const store = storeOf(call, true);
    const name = text(call.input, 'DisplayName');
    if ([...store.groups.values()].some((one) => one.name === name)) {
      throw ssoConflict('Duplicate GroupDisplayName');
    }
    const id = directoryId(store);
    store.groups.set(id, { id, name, description: maybe(call.input, 'Description'), createdAt: call.now });
    return { GroupId: id, IdentityStoreId: store.storeId };
  }),
  DescribeGroup: read(anything, (call) => {
    const store = storeOf(call, false);
    return groupShape(store, groupNamed(call, store));
  }),
  ListGroups: read(anything, (call) => {
    const store = storeOf(call, false);
    const wanted = filtered(call, 'DisplayName');
    const found = [...store.groups.values()].filter(({ name }) => wanted(name));
    const { items, next } = piece(call, found, ({ id }) => id, cut);
    return { Groups: items.map((group) => groupShape(store, group)), NextToken: next };
  }),
  DeleteGroup: write(anything, (call) => {
    const store = storeOf(call, true);
    const { id } = groupNamed(call, store);
    store.groups.delete(id);
    for (const one of store.memberships.values()) if (one.groupId === id) store.memberships.delete(one.id);
    return {};
  }),
  CreateGroupMembership: write(anything, createMembership),
  DescribeGroupMembership: read(anything, (call) => {
    const store = storeOf(call, false);
    return membershipShape(store, membershipNamed(call, store));
  }),
  DeleteGroupMembership: write(anything, (call) => {
    const store = storeOf(call, true);
    store.memberships.delete(membershipNamed(call, store).id);
    return {};
  }),
  ListGroupMemberships: read(anything, (call) => {
    const store = storeOf(call, false);
    const { id } = groupNamed(call, store);
    return listMemberships(call, store, ({ groupId }) => groupId === id);
  }),
  ListGroupMembershipsForMember: read(anything, (call) => {
    const store = storeOf(call, false);
    const id = memberOf(call, store);
    return listMemberships(call, store, ({ userId }) => userId === id);
  }),
  IsMemberInGroups: read(anything, isMember),
};
