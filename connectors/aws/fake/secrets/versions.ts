import { randomUUID } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { flag, maybe, text, texts } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import type { Secret, Version } from './secret.ts';
import { checkPrimary } from './replicas.ts';
import { cut, dayOf, ids, openSecret, secretOf, secretsError } from './secret.ts';

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';

/** Each label hangs on one version at most. Where AWSCURRENT goes away, AWSPREVIOUS comes. */
function label(secret: Secret, stage: string, version: Version): void {
  const before = [...secret.versions.values()].find(({ stages }) => stages.has(stage));
  if (before === version) return;
  before?.stages.delete(stage);
  version.stages.add(stage);
  if (stage === current && before !== undefined) label(secret, previous, before);
}

/** A version with these labels. The token of the request is its id. */
export function addVersion(call: Call, secret: Secret, stages: readonly string[]): Version {
  const { input, now } = call;
  const id = maybe(input, 'ClientRequestToken') ?? randomUUID();
  const value = maybe(input, 'SecretString') ?? text(input, 'SecretBinary');
  const known = secret.versions.get(id);
  if (known !== undefined && known.value !== value) {
    const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
    throw secretsError('ResourceExistsException', message);
  }
  const version = known ?? { id, createdAt: now, value, stages: new Set<string>(), accessedAt: undefined };
  secret.versions.set(id, version);
  for (const stage of stages) label(secret, stage, version);
  // the first version is the current one, whatever it was called
  if (secret.versions.size === 1) label(secret, current, version);
  secret.changedAt = now;
  return version;
}

const missing = (what: string) =>
  secretsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );

function getValue(call: Call): Shape {
  const secret = openSecret(call, false);
  const id = maybe(call.input, 'VersionId');
  const stage = maybe(call.input, 'VersionStage') ?? (id === undefined ? current : undefined);
  const version = [...secret.versions.values()].find(
    (one) => (id === undefined || one.id === id) && (stage === undefined || one.stages.has(stage)),
  );
  if (version === undefined) {
    throw missing(stage === undefined ? `VersionId: ${id ?? ''}` : `staging label: ${stage}`);
  }
  version.accessedAt = secret.accessedAt = call.now;
  const { value, createdAt, stages } = version;
  const told = { VersionId: version.id, SecretString: value, CreatedDate: new Date(createdAt) };
  return { ...ids(secret), ...told, VersionStages: [...stages] };
}

function updateStage(call: Call): Shape {
  const secret = openSecret(call, true);
  checkPrimary(secret);
  const { input } = call;
  const stage = text(input, 'VersionStage');
  const from = maybe(input, 'RemoveFromVersionId');
  const to = maybe(input, 'MoveToVersionId');
  const named = (id: string): Version => {
    const version = secret.versions.get(id);
    if (version === undefined) throw missing(`VersionId: ${id}`);
    return version;
  };
  const holder = [...secret.versions.values()].find(({ stages }) => stages.has(stage));
  if (from !== undefined && named(from) !== holder) {
    const message = `The parameter RemoveFromVersionId can't be set to a version that doesn't have the staging label ${stage}.`;
    throw secretsError('InvalidParameterException', message);
  }
  if (to !== undefined && holder !== undefined && holder.id !== to && from === undefined) {
    const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
    throw secretsError('InvalidParameterException', message);
  }
  if (to === undefined && stage === current) {
    const message = `You can only move staging label ${current} to a different secret version. It can’t be completely removed.`;
    throw secretsError('InvalidParameterException', message);
  }
  if (to === undefined) holder?.stages.delete(stage);
  else label(secret, stage, named(to));
  return ids(secret);
}

function listVersions(call: Call): Shape {
  const secret = secretOf(call, false);
  const deprecated = flag(call.input, 'IncludeDeprecated') === true;
  const all = [...secret.versions.values()].filter(({ stages }) => deprecated || stages.size > 0);
  const { items, next } = piece(call, all, ({ id }) => id, cut);
  const Versions = items.map(({ id, stages, createdAt, accessedAt }) => ({
    VersionId: id,
    VersionStages: stages.size === 0 ? undefined : [...stages],
    LastAccessedDate: accessedAt === undefined ? undefined : dayOf(accessedAt),
    CreatedDate: new Date(createdAt),
    KmsKeyIds: ['DefaultEncryptionKey'],
  }));
  return { Versions, NextToken: next, ...ids(secret) };
}

export const versions: Operations = {
  GetSecretValue: read(undefined, getValue),
  PutSecretValue: write(undefined, (call) => {
    const secret = openSecret(call, true);
    checkPrimary(secret);
    const stages = texts(call.input, 'VersionStages');
    const version = addVersion(call, secret, stages.length === 0 ? [current] : stages);
    return { ...ids(secret), VersionId: version.id, VersionStages: [...version.stages] };
  }),
  UpdateSecretVersionStage: write(undefined, updateStage),
  ListSecretVersionIds: read(undefined, listVersions),
};
