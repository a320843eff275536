import type { Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { call, members, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { regionFor, scopeOf } from './regional.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export const getKeyPolicy: Operation = { name: 'TrentService.GetKeyPolicy', needs: 'kms:GetKeyPolicy' };
/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html */
export const getSecretPolicy: Operation = {
  name: 'secretsmanager.GetResourcePolicy',
  needs: 'secretsmanager:GetResourcePolicy',
};

export interface ResourcePolicy {
  readonly arn: string;
  /** JSON; undefined where the thing has no policy. */
  readonly document: string | undefined;
}

const ofKey = z.object({ Policy: z.string() });
// a secret without a policy is answered without this member
const ofSecret = z.object({ ARN: z.string(), ResourcePolicy: z.string().optional() });

const common = {
  scope: scopeOf,
  name: (arn: string) => arn,
  answers: (value: ResourcePolicy, arn: string) => value.arn === arn,
  siblings: () => Promise.resolve([]),
};

/** A key has one policy, called `default`. Who may not ask is refused, whether the key is there or not. */
export const keyPolicy: Source<AwsClient, string, ResourcePolicy> = {
  ...common,
  id: 'aws/key-policy',
  stranger: {
    key: (scope) => `${scope}:key/00000000-0000-0000-0000-000000000000`,
    docs: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html',
  },
  async one(client, arn, abortSignal): Promise<Raw<ResourcePolicy>> {
    const region = regionFor(client, arn);
    if (failed(region)) return region;
    const { GetKeyPolicyCommand } = await import('@aws-sdk/client-kms');
    const kms = await client.kms(region);
    const told = await call(getKeyPolicy, () =>
      kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }), { abortSignal }),
    );
    if (refused(told)) return told.code === 'NotFound' ? 'nothing' : told.failure;
    const seen = members(getKeyPolicy, ofKey, told.output);
    return failed(seen) ? seen : { value: { arn, document: seen.Policy } };
  },
};

export const secretPolicy: Source<AwsClient, string, ResourcePolicy> = {
  ...common,
  id: 'aws/secret-policy',
  stranger: {
    key: (scope) => `${scope}:secret:tombstone-was-never-here-AAAAAA`,
    docs: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html',
  },
  async one(client, arn, abortSignal): Promise<Raw<ResourcePolicy>> {
    const region = regionFor(client, arn);
    if (failed(region)) return region;
    const { GetResourcePolicyCommand } = await import('@aws-sdk/client-secrets-manager');
    const secrets = await client.secrets(region);
    const told = await call(getSecretPolicy, () =>
      secrets.send(new GetResourcePolicyCommand({ SecretId: arn }), { abortSignal }),
    );
    if (refused(told)) {
      if (told.code === 'ResourceNotFound') return 'nothing';
      if (told.code !== 'InvalidRequest') return told.failure;
      return inconclusive(
        'R-NOAPI',
        `${arn} is marked for deletion: its policy cannot be read, and is back when the secret is restored`,
        'the end of its recovery window, or its deletion by force',
      );
    }
    const seen = members(getSecretPolicy, ofSecret, told.output);
    return failed(seen) ? seen : { value: { arn: seen.ARN, document: seen.ResourcePolicy } };
  },
};
