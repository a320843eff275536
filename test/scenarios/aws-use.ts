import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsCredentials, FakeAws } from '../../connectors/aws/aws.fake.ts';
import type { Truth } from './scenario.ts';

/** For the SDK's own clients, with a credential of the stories. */
export const settingsOf = (server: FakeAws, credentials: AwsCredentials) => ({
  endpoint: server.address,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

/** Whether the credential was taken and the request allowed. What is neither is thrown: no story tells it. */
export async function used(answer: Promise<unknown>): Promise<Truth> {
  try {
    await answer;
    return 'works';
  } catch (error) {
    if (error instanceof Error && refusals.has(error.name)) return 'refused';
    throw error;
  }
}
const refusals = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'InvalidClientTokenId',
  'NoSuchEntityException',
  // of a key that is known
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  // a secret that is marked for deletion, and one that is no more
  'InvalidRequestException',
  'ResourceNotFoundException',
]);

interface World {
  readonly server: FakeAws;
}

/** Signs with it, and reads the secret: this version of it, or what it is now. */
export const readsSecret = (
  { server }: World,
  credentials: AwsCredentials,
  SecretId: string,
  VersionId?: string,
): Promise<Truth> =>
  used(
    new SecretsManagerClient(settingsOf(server, credentials)).send(
      new GetSecretValueCommand({ SecretId, ...(VersionId === undefined ? {} : { VersionId }) }),
    ),
  );

/** Signs with it, and asks KMS for the key. */
export const seesKey = ({ server }: World, credentials: AwsCredentials, KeyId: string): Promise<Truth> =>
  used(new KMSClient(settingsOf(server, credentials)).send(new DescribeKeyCommand({ KeyId })));
