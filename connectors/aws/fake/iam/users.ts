import type { Account } from '../account.ts';
import type { Shape } from '../answer.ts';
import { newId } from '../ids.ts';
import { maybe, tagsOf, text, texts } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Principal, User } from '../state.ts';
import { add, all, conflict, remove, rename } from '../state.ts';
import { boundaryOf } from './attached.ts';
import { below, page } from './paging.ts';
import { isRoot, onAll, onNew, onUser, userOf } from './targets.ts';

/** As lists show it: without tags and boundary. */
export function userShape(account: Account, user: User): Shape {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: account.userArn(user),
    CreateDate: new Date(user.createdAt),
    PasswordLastUsed: user.passwordLastUsed === undefined ? undefined : new Date(user.passwordLastUsed),
  };
}

export function tagShapes({
  tags,
}: Pick<Principal, 'tags'>): readonly { readonly Key: string; readonly Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

export function boundaryShape({ boundary }: Principal): Shape | undefined {
  if (boundary === undefined) return undefined;
  return { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary };
}

function wholeUser(account: Account, user: User): Shape {
  const Tags = user.tags.size === 0 ? undefined : tagShapes(user);
  return { ...userShape(account, user), PermissionsBoundary: boundaryShape(user), Tags };
}

function createUser(call: Call): Shape {
  const { account, state, input } = call;
  const user: User = {
    id: newId('AIDA', account.id),
    name: text(input, 'UserName'),
    path: maybe(input, 'Path') ?? '/',
    createdAt: call.now,
    inline: new Map(),
    attached: new Set(),
    tags: tagsOf(input),
    boundary: maybe(input, 'PermissionsBoundary') === undefined ? undefined : boundaryOf(call),
    login: undefined,
    passwordLastUsed: undefined,
    devices: new Map(),
    sshKeys: new Map(),
    certificates: new Map(),
    serviceCredentials: new Map(),
  };
  return { User: wholeUser(account, add(state.users, user, 'User')) };
}

/** In the order in which the service is known to complain is an assumption; that it complains is documented. */
function deleteUser(call: Call): undefined {
  const { state } = call;
  const user = userOf(call);
  if ([...state.keys.values()].some(({ userId }) => userId === user.id)) throw conflict('delete access keys');
  if (user.login !== undefined) throw conflict('delete login profile');
  if (user.inline.size > 0) throw conflict('delete policies');
  if (user.attached.size > 0) throw conflict('detach all policies');
  if ([...state.groups.items.values()].some(({ members }) => members.has(user.id))) {
    throw conflict('remove users from group');
  }
  if (user.devices.size > 0) throw conflict('delete MFA device');
  if (user.certificates.size > 0) throw conflict('delete signing certificates');
  if (user.sshKeys.size > 0) throw conflict('delete SSH public keys');
  if (user.serviceCredentials.size > 0) throw conflict('delete service specific credentials');
  remove(state.users, user);
}

export const users: Operations = {
  CreateUser: write(onNew('user', 'UserName'), createUser),
  GetUser: read(onUser, (call) => {
    const { account } = call;
    if (!isRoot(call)) return { User: wholeUser(account, userOf(call)) };
    const Arn = account.arn('root');
    return { User: { UserId: account.id, Arn, CreateDate: new Date(account.createdAt) } };
  }),
  ListUsers: read(onAll('user'), (call) => {
    const { items, end } = page(call, below(call, all(call.state.users)), ({ name }) => name);
    return { Users: items.map((user) => userShape(call.account, user)), ...end };
  }),
  UpdateUser: write(onUser, (call) => {
    const user = userOf(call);
    rename(call.state.users, user, maybe(call.input, 'NewUserName') ?? user.name, 'User');
    user.path = maybe(call.input, 'NewPath') ?? user.path;
    return undefined;
  }),
  DeleteUser: write(onUser, deleteUser),
  TagUser: write(onUser, (call) => {
    const user = userOf(call);
    for (const [key, value] of tagsOf(call.input)) user.tags.set(key, value);
    return undefined;
  }),
  UntagUser: write(onUser, (call) => {
    const user = userOf(call);
    for (const key of texts(call.input, 'TagKeys')) user.tags.delete(key);
    return undefined;
  }),
  ListUserTags: read(onUser, (call) => {
    const { items, end } = page(call, tagShapes(userOf(call)), ({ Key }) => Key);
    return { Tags: items, ...end };
  }),
  PutUserPermissionsBoundary: write(onUser, (call) => {
    const user = userOf(call);
    user.boundary = boundaryOf(call);
    return undefined;
  }),
  DeleteUserPermissionsBoundary: write(onUser, (call) => {
    userOf(call).boundary = undefined;
    return undefined;
  }),
};
