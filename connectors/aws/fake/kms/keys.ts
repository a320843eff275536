import { randomUUID } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { demand } from '../authorize.ts';
import { maybe, number, text } from '../input.ts';
import { anything } from '../iam/targets.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Cut } from '../paging.ts';
import { piece } from '../paging.ts';
import { checkResourceDocument } from '../policy.ts';
import { sealed, unsealed } from '../trust.ts';
import type { Key } from './key.ts';
import { keyIn, keyOf, kmsError } from './key.ts';

const day = 86_400_000;

/** Pages as KMS cuts them; the marker is there only where more is. */
export const cutOf = (usual: number, most: number): Cut => ({
  size: 'Limit',
  most,
  usual,
  mark: 'Marker',
  strange: () => kmsError('InvalidMarkerException', 'Invalid marker'),
});

export const endOf = (next: string | undefined): Shape => ({
  NextMarker: next,
  Truncated: next !== undefined,
});

function metadata(key: Key): Shape {
  return {
    AWSAccountId: key.arn.split(':')[4],
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    DeletionDate: key.deletesAt === undefined ? undefined : new Date(key.deletesAt),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const usualPolicy = (root: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: root },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });

function createKey(call: Call): Shape {
  const { account, world, state, input, region } = call;
  demand(call, 'kms:CreateKey', anything());
  const id = randomUUID();
  const written = maybe(input, 'Policy') ?? usualPolicy(account.arn('root'));
  const key: Key = {
    id,
    arn: account.arn(`key/${id}`, 'kms', region),
    createdAt: call.now,
    description: maybe(input, 'Description') ?? '',
    state: 'Enabled',
    deletesAt: undefined,
    policy: sealed(world, written, checkResourceDocument),
    grants: new Map(),
  };
  state.kmsKeys.set(key.arn, key);
  return { KeyMetadata: metadata(key) };
}

/** Only `default` there is. */
function checkName({ input }: Call): void {
  if ((maybe(input, 'PolicyName') ?? 'default') !== 'default') {
    throw kmsError('NotFoundException', `No such policy exists: ${text(input, 'PolicyName')}`);
  }
}

/** A key that waits for its deletion takes none of these. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export function checkNotPending({ arn, state }: Key): void {
  if (state === 'PendingDeletion') throw kmsError('KMSInvalidStateException', `${arn} is pending deletion.`);
}

function turn(state: 'Enabled' | 'Disabled') {
  return write(undefined, (call) => {
    const key = keyOf(call, true);
    checkNotPending(key);
    key.state = state;
    return undefined;
  });
}

export const keys: Operations = {
  CreateKey: write(undefined, createKey),
  DescribeKey: read(undefined, (call) => ({ KeyMetadata: metadata(keyOf(call, false)) })),
  ListKeys: read(anything, (call) => {
    const { account, state, region, now } = call;
    const here = [...state.kmsKeys.values()].filter(
      ({ arn }) => arn.split(':')[3] === region && keyIn(account, arn, false, now) !== undefined,
    );
    const { items, next } = piece(call, here, ({ arn }) => arn, cutOf(100, 1000));
    return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...endOf(next) };
  }),
  GetKeyPolicy: read(undefined, (call) => {
    const key = keyOf(call, false);
    checkName(call);
    return { Policy: unsealed(call.world, key.policy), PolicyName: 'default' };
  }),
  PutKeyPolicy: write(undefined, (call) => {
    const key = keyOf(call, true);
    checkName(call);
    key.policy = sealed(call.world, text(call.input, 'Policy'), checkResourceDocument);
    return undefined;
  }),
  EnableKey: turn('Enabled'),
  DisableKey: turn('Disabled'),
  ScheduleKeyDeletion: write(undefined, (call) => {
    const key = keyOf(call, true);
    checkNotPending(key);
    const PendingWindowInDays = number(call.input, 'PendingWindowInDays', 7, 30) ?? 30;
    key.state = 'PendingDeletion';
    key.deletesAt = call.now + PendingWindowInDays * day;
    const DeletionDate = new Date(key.deletesAt);
    return { KeyId: key.arn, DeletionDate, KeyState: key.state, PendingWindowInDays };
  }),
  CancelKeyDeletion: write(undefined, (call) => {
    const key = keyOf(call, true);
    key.state = 'Disabled';
    key.deletesAt = undefined;
    return { KeyId: key.arn };
  }),
};
