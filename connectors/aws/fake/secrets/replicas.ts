/**
 * Copies of a secret in other regions. https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
 */
import type { Account } from '../account.ts';
import type { Shape } from '../answer.ts';
import { invalid, records, text, texts } from '../input.ts';
import type { Input } from '../input.ts';
import type { Operations } from '../operation.ts';
import { write } from '../operation.ts';
import type { Secret } from './secret.ts';
import { openSecret, ownerOfSecret, secretsError } from './secret.ts';

const elsewhere = (arn: string, region: string) => {
  const parts = arn.split(':');
  return [...parts.slice(0, 3), region, ...parts.slice(4)].join(':');
};

export function replicationShape({ replicas }: Secret): Shape {
  const ReplicationStatus = [...replicas].map((Region) => ({ Region, Status: 'InSync' }));
  return { ReplicationStatus };
}

/** The copy has the values of the secret itself, now and later; its resource policy is its own. */
export function replicate(owner: Account, secret: Secret, regions: readonly Input[]): void {
  for (const one of regions) {
    const region = text(one, 'Region');
    const arn = elsewhere(secret.arn, region);
    if (owner.state.secrets.has(arn)) throw invalid(`${region} has this secret already.`);
    const copy = { ...secret, arn, policy: undefined, replicas: new Set<string>() };
    owner.state.secrets.set(arn, { ...copy, primaryRegion: regionOf(secret) });
    secret.replicas.add(region);
  }
}

export const regionOf = ({ arn }: Secret) => arn.split(':')[3] ?? '';

/** It is written to where it is the secret itself. */
export function checkPrimary(secret: Secret): void {
  if (secret.primaryRegion === undefined) return;
  const message =
    'Operation not permitted on a replica secret. Call must be made in primary secret’s region.';
  throw secretsError('InvalidRequestException', message);
}

export const replicas: Operations = {
  ReplicateSecretToRegions: write(undefined, (call) => {
    const secret = openSecret(call, true);
    checkPrimary(secret);
    replicate(ownerOfSecret(call, secret), secret, records(call.input, 'AddReplicaRegions'));
    return { ARN: secret.arn, ...replicationShape(secret) };
  }),
  RemoveRegionsFromReplication: write(undefined, (call) => {
    const secret = openSecret(call, true);
    checkPrimary(secret);
    for (const region of texts(call.input, 'RemoveReplicaRegions')) {
      if (!secret.replicas.delete(region)) throw invalid(`${region} has no replica.`);
      ownerOfSecret(call, secret).state.secrets.delete(elsewhere(secret.arn, region));
    }
    return { ARN: secret.arn, ...replicationShape(secret) };
  }),
  // asked in the replica's region: it is a secret of its own from then on, with the values that it has
  StopReplicationToReplica: write(undefined, (call) => {
    const secret = openSecret(call, true);
    const { primaryRegion } = secret;
    if (primaryRegion === undefined) throw invalid('The secret is not a replica.');
    const { secrets } = ownerOfSecret(call, secret).state;
    secrets.get(elsewhere(secret.arn, primaryRegion))?.replicas.delete(regionOf(secret));
    const versions = structuredClone(secret.versions);
    secrets.set(secret.arn, { ...secret, primaryRegion: undefined, versions });
    return { ARN: secret.arn };
  }),
};
