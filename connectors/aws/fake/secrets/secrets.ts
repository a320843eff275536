import { randomBytes } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { demand } from '../authorize.ts';
import { anything } from '../iam/targets.ts';
import { flag, maybe, number, records, tagsOf, text } from '../input.ts';
import { tagShapes } from '../iam/users.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import { checkResourceDocument } from '../policy.ts';
import { sealed, unsealed } from '../trust.ts';
import { checkPrimary, regionOf, replicate, replicationShape } from './replicas.ts';
import type { Secret } from './secret.ts';
import {
  cut,
  dayOf,
  find,
  ids,
  openSecret,
  ownerOfSecret,
  secretOf,
  secretsError,
  secretsIn,
} from './secret.ts';
import { addVersion } from './versions.ts';

const day = 86_400_000;

const optionalDate = (at: number | undefined) => (at === undefined ? undefined : new Date(at));

function wholeShape(secret: Secret): Shape {
  const { accessedAt, replicas } = secret;
  return {
    PrimaryRegion: replicas.size > 0 ? regionOf(secret) : secret.primaryRegion,
    ...ids(secret),
    Description: secret.description,
    LastChangedDate: new Date(secret.changedAt),
    LastAccessedDate: accessedAt === undefined ? undefined : dayOf(accessedAt),
    DeletedDate: optionalDate(secret.deletesAt),
    Tags: tagShapes({ tags: new Map(secret.tags) }),
    CreatedDate: new Date(secret.createdAt),
  };
}

/** Those that have labels: the others are deprecated. */
function labelled({ versions }: Secret): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...versions.values()]
      .filter(({ stages }) => stages.size > 0)
      .map(({ id, stages }) => [id, [...stages]] as const),
  );
}

function createSecret(call: Call): Shape {
  const { account, state, input, region, now } = call;
  const name = text(input, 'Name');
  const arn = account.arn(
    `secret:${name}-${randomBytes(8)
      .toString('base64')
      .replaceAll(/[^a-zA-Z0-9]/g, 'x')
      .slice(0, 6)}`,
    'secretsmanager',
    region,
  );
  demand(call, 'secretsmanager:CreateSecret', { arn, called: name });
  const there = find(state, call, name);
  if (there?.deletesAt !== undefined) {
    const message = `You can't create this secret because a secret with this name is already scheduled for deletion.`;
    throw secretsError('InvalidRequestException', message);
  }
  if (there !== undefined) {
    throw secretsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  const secret: Secret = {
    arn,
    name,
    createdAt: now,
    description: maybe(input, 'Description'),
    tags: tagsOf(input),
    changedAt: now,
    accessedAt: undefined,
    deletesAt: undefined,
    policy: undefined,
    versions: new Map(),
    replicas: new Set(),
    primaryRegion: undefined,
  };
  const valued = maybe(input, 'SecretString') ?? maybe(input, 'SecretBinary');
  const version = valued === undefined ? undefined : addVersion(call, secret, []);
  state.secrets.set(arn, secret);
  replicate(account, secret, records(input, 'AddReplicaRegions'));
  const replicated = secret.replicas.size === 0 ? {} : replicationShape(secret);
  return { ...ids(secret), VersionId: version?.id, ...replicated };
}

function listSecrets(call: Call): Shape {
  const { state, region, now, input } = call;
  if (input['Filters'] !== undefined) throw new Error('the fake knows no Filters of ListSecrets');
  const planned = flag(input, 'IncludePlannedDeletion') === true;
  const here = secretsIn(state, region, now).filter(({ deletesAt }) => planned || deletesAt === undefined);
  const { items, next } = piece(call, here, ({ arn }) => arn, cut);
  const SecretList = items.map((secret) => ({
    ...wholeShape(secret),
    SecretVersionsToStages: labelled(secret),
  }));
  return { SecretList, NextToken: next };
}

/** First its copies. */
function checkDeletable(secret: Secret): void {
  checkPrimary(secret);
  if (secret.replicas.size === 0) return;
  const message = `You can't delete secret ${secret.name} that still has replica regions`;
  throw secretsError('InvalidParameterException', message);
}

/** By force a secret that is not there is deleted as well. */
function deleteSecret(call: Call): Shape {
  const { input, now } = call;
  const force = flag(input, 'ForceDeleteWithoutRecovery') === true;
  const days = number(input, 'RecoveryWindowInDays', 7, 30);
  if (force && days !== undefined) {
    const message = `You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.`;
    throw secretsError('InvalidParameterException', message);
  }
  const id = text(input, 'SecretId');
  if (force) {
    const name = id.startsWith('arn:') ? (id.split(':').at(6) ?? '') : id;
    const gone = { ARN: id, Name: name, DeletionDate: new Date(now) };
    try {
      const secret = secretOf(call, true);
      checkDeletable(secret);
      ownerOfSecret(call, secret).state.secrets.delete(secret.arn);
      return { ...gone, ...ids(secret) };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return gone;
      throw error;
    }
  }
  const secret = openSecret(call, true);
  checkDeletable(secret);
  secret.deletesAt = now + (days ?? 30) * day;
  return { ...ids(secret), DeletionDate: new Date(secret.deletesAt) };
}

export const secrets: Operations = {
  CreateSecret: write(undefined, createSecret),
  DescribeSecret: read(undefined, (call) => {
    const secret = secretOf(call, false);
    const stages = labelled(secret);
    const VersionIdsToStages = stages.size === 0 ? undefined : stages;
    const replicated = secret.replicas.size === 0 ? {} : replicationShape(secret);
    return { ...wholeShape(secret), VersionIdsToStages, ...replicated };
  }),
  ListSecrets: read(anything, listSecrets),
  DeleteSecret: write(undefined, deleteSecret),
  RestoreSecret: write(undefined, (call) => {
    const secret = secretOf(call, true);
    secret.deletesAt = undefined;
    return ids(secret);
  }),
  GetResourcePolicy: read(undefined, (call) => {
    const secret = openSecret(call, false);
    const { policy } = secret;
    const ResourcePolicy = policy === undefined ? undefined : unsealed(call.world, policy);
    return { ...ids(secret), ResourcePolicy };
  }),
  PutResourcePolicy: write(undefined, (call) => {
    const secret = openSecret(call, true);
    secret.policy = sealed(call.world, text(call.input, 'ResourcePolicy'), checkResourceDocument);
    return ids(secret);
  }),
  DeleteResourcePolicy: write(undefined, (call) => {
    const secret = openSecret(call, true);
    secret.policy = undefined;
    return ids(secret);
  }),
};
