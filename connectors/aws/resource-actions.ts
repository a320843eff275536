import type { PolicyDocument } from './policy/document.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html: those on a key. */
const ofKeys =
  'CancelKeyDeletion CreateAlias CreateGrant Decapsulate Decrypt DeleteAlias DeleteImportedKeyMaterial DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo ReplicateKey RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign SynchronizeMultiRegionKey TagResource UntagResource UpdateAlias UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac';
/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html: those on a secret. */
const ofSecrets =
  'BatchGetSecretValue CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy GetSecretValue ListSecretVersionIds PutResourcePolicy PutSecretValue RemoveRegionsFromReplication ReplicateSecretToRegions RestoreSecret RotateSecret StopReplicationToReplica TagResource UntagResource UpdateSecret UpdateSecretVersionStage ValidateResourcePolicy';

const known = { kms: ofKeys.split(' '), secretsmanager: ofSecrets.split(' ') } as const;

/** What could be asked of the thing: every action that is known, and every one that its policy writes out. */
export function actionsOn(service: keyof typeof known, { statements }: PolicyDocument): readonly string[] {
  // an action of tomorrow stands in a policy before it stands in this list
  const written = statements
    .flatMap(({ actions }) => (actions.not ? [] : actions.patterns))
    .filter((one) => one.startsWith(`${service}:`))
    .map((one) => one.replaceAll(/[*?]/g, 'x'));
  const all = known[service].map((one) => `${service}:${one}`);
  const lower = new Set(all.map((one) => one.toLowerCase()));
  return [...all, ...written.filter((one) => !lower.has(one))];
}
