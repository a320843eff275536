import { AwsError } from '../answer.ts';
import type { Shape } from '../answer.ts';
import { refusal } from '../authorize.ts';
import { newId, newSecret } from '../ids.ts';
import { choice, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { AccessKey } from '../state.ts';
import { page } from './paging.ts';
import { anything, isRoot, onUser, userOf } from './targets.ts';

interface Owner {
  readonly id: string;
  /** Root has none. */
  readonly name: string | undefined;
}

const ownerOf = (call: Call): Owner =>
  isRoot(call) ? { id: call.account.id, name: undefined } : userOf(call);

const keysOf = ({ state }: Call, owner: Owner): readonly AccessKey[] =>
  [...state.keys.values()].filter(({ userId }) => userId === owner.id);

const shapeOf = (key: AccessKey, owner: Owner): Shape => ({
  UserName: owner.name,
  AccessKeyId: key.id,
  Status: key.active ? 'Active' : 'Inactive',
  CreateDate: new Date(key.createdAt),
});

function keyNamed(call: Call): AccessKey {
  const id = text(call.input, 'AccessKeyId');
  const key = call.state.keys.get(id);
  if (key === undefined || key.userId !== ownerOf(call).id) {
    throw new AwsError('NoSuchEntity', 404, `The Access Key with id ${id} cannot be found.`);
  }
  return key;
}

export const keys: Operations = {
  CreateAccessKey: write(onUser, (call) => {
    const owner = ownerOf(call);
    if (keysOf(call, owner).length >= 2) {
      throw new AwsError('LimitExceeded', 409, 'Cannot exceed quota for AccessKeysPerUser: 2');
    }
    const key: AccessKey = {
      id: newId('AKIA', call.account.id),
      secret: newSecret(),
      userId: owner.id,
      createdAt: call.now,
      active: true,
      lastUsed: undefined,
    };
    call.state.keys.set(key.id, key);
    return { AccessKey: { ...shapeOf(key, owner), SecretAccessKey: key.secret } };
  }),
  ListAccessKeys: read(onUser, (call) => {
    const owner = ownerOf(call);
    const { items, end } = page(call, keysOf(call, owner), ({ id }) => id);
    return { AccessKeyMetadata: items.map((key) => shapeOf(key, owner)), ...end };
  }),
  UpdateAccessKey: write(onUser, (call) => {
    const key = keyNamed(call);
    key.active = choice(call.input, 'Status', ['Active', 'Inactive']) === 'Active';
    return undefined;
  }),
  DeleteAccessKey: write(onUser, (call) => {
    call.state.keys.delete(keyNamed(call).id);
    return undefined;
  }),
  GetAccessKeyLastUsed: read(anything, (call) => {
    const id = text(call.input, 'AccessKeyId');
    const key = call.state.keys.get(id);
    // by what people remember the service refuses to speak of an id that it does not know
    if (key === undefined) {
      const because = 'because no identity-based policy allows the iam:GetAccessKeyLastUsed action';
      throw refusal(call.caller, 'iam:GetAccessKeyLastUsed', `access key ${id}`, because);
    }
    const { lastUsed } = key;
    return {
      UserName: call.state.users.items.get(key.userId)?.name,
      AccessKeyLastUsed: {
        LastUsedDate: lastUsed === undefined ? undefined : new Date(lastUsed.at),
        ServiceName: lastUsed?.service ?? 'N/A',
        Region: lastUsed?.region ?? 'N/A',
      },
    };
  }),
};

/** The keys of a user, oldest first. */
export function keysOfUser(call: Call, userId: string): readonly AccessKey[] {
  return keysOf(call, { id: userId, name: undefined });
}
