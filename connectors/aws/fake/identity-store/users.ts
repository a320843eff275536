import type { Shape } from '../answer.ts';
import type { DirectoryUser, IdentityCenter } from '../identity-center/center.ts';
import { cut, directoryId, notFound, storeOf } from '../identity-center/center.ts';
import { ssoConflict } from '../identity-center/permission-sets.ts';
import { anything } from '../iam/targets.ts';
import { invalid, maybe, members, records, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';

function userShape({ storeId }: IdentityCenter, user: DirectoryUser): Shape {
  return {
    IdentityStoreId: storeId,
    UserId: user.id,
    UserName: user.name,
    DisplayName: user.displayName,
    UserStatus: user.status,
    CreatedAt: new Date(user.createdAt),
    UpdatedAt: new Date(user.updatedAt),
  };
}

export function userNamed(call: Call, store: IdentityCenter, id = text(call.input, 'UserId')): DirectoryUser {
  const user = store.users.get(id);
  if (user === undefined) throw notFound('USER not found.');
  return user;
}

function create(call: Call): Shape {
  const store = storeOf(call, true);
  const { input, now } = call;
  const name = text(input, 'UserName');
  if ([...store.users.values()].some((one) => one.name === name)) throw ssoConflict('Duplicate UserName');
  const id = directoryId(store);
  const displayName = maybe(input, 'DisplayName');
  store.users.set(id, { id, name, displayName, status: 'ENABLED', createdAt: now, updatedAt: now });
  return { UserId: id, IdentityStoreId: store.storeId };
}

/** What is looked for by a unique attribute. */
function attribute(call: Call, path: string): string {
  const [unique] = members(call.input, 'AlternateIdentifier').map(([, one]) => one);
  if (unique === undefined || maybe(unique, 'AttributePath')?.toLowerCase() !== path) {
    throw invalid(`The fake looks by ${path} alone.`);
  }
  return text(unique, 'AttributeValue');
}

/** Filters as these lists have them: one attribute, one value. */
export function filtered(call: Call, path: string): (name: string) => boolean {
  const [filter] = records(call.input, 'Filters');
  if (filter === undefined) return () => true;
  if (text(filter, 'AttributePath') !== path) throw invalid(`The attribute path must be ${path}.`);
  const wanted = text(filter, 'AttributeValue');
  return (name) => name === wanted;
}

export const directoryUsers: Operations = {
  CreateUser: write(anything, create),
  DescribeUser: read(anything, (call) => {
    const store = storeOf(call, false);
    return userShape(store, userNamed(call, store));
  }),
  GetUserId: read(anything, (call) => {
    const store = storeOf(call, false);
    const name = attribute(call, 'username');
    const user = [...store.users.values()].find((one) => one.name === name);
    if (user === undefined) throw notFound('USER not found.');
    return { UserId: user.id, IdentityStoreId: store.storeId };
  }),
  ListUsers: read(anything, (call) => {
    const store = storeOf(call, false);
    const wanted = filtered(call, 'UserName');
    const found = [...store.users.values()].filter(({ name }) => wanted(name));
    const { items, next } = piece(call, found, ({ id }) => id, cut);
    return { Users: items.map((user) => userShape(store, user)), NextToken: next };
  }),
  UpdateUser: write(anything, (call) => {
    const user = userNamed(call, storeOf(call, true));
    for (const one of records(call.input, 'Operations')) {
      if (text(one, 'AttributePath') !== 'displayName') throw invalid('The fake changes displayName alone.');
      user.displayName = text(one, 'AttributeValue');
    }
    user.updatedAt = call.now;
    return {};
  }),
  // its memberships go with it; its assignments stay behind
  DeleteUser: write(anything, (call) => {
    const store = storeOf(call, true);
    const { id } = userNamed(call, store);
    store.users.delete(id);
    for (const one of store.memberships.values()) if (one.userId === id) store.memberships.delete(one.id);
    return {};
  }),
};
