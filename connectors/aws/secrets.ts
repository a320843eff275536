import type { Failure, Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { byToken, call, members, pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { regionsOf } from './config.ts';
import { regionFor, scopeOf } from './regional.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
export const describeSecret: Operation = {
  name: 'secretsmanager.DescribeSecret',
  needs: 'secretsmanager:DescribeSecret',
};
/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html */
export const listVersions: Operation = {
  name: 'secretsmanager.ListSecretVersionIds',
  needs: 'secretsmanager:ListSecretVersionIds',
};

// source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
const described = z.object({
  ARN: z.string(),
  Name: z.string(),
  // members that are left out where there is nothing to say
  DeletedDate: z.date().optional(),
  VersionIdsToStages: z.record(z.string(), z.array(z.string())).default({}),
  ReplicationStatus: z.array(z.object({ Region: z.string() })).default([]),
});
const page = z.object({
  ARN: z.string(),
  Versions: z.array(
    z.object({
      VersionId: z.string(),
      VersionStages: z.array(z.string()).default([]),
      CreatedDate: z.date().optional(),
    }),
  ),
});

/** The secret as one region has it. */
interface Copy {
  readonly region: string;
  /** The end of its recovery window, where it is marked for deletion. */
  readonly deleted: Date | undefined;
  /** Regions that it is copied to. */
  readonly replicas: readonly string[];
  /** Labels by version; none: it is kept without one. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

export interface SecretVersions {
  readonly arn: string;
  /** Its own region first, then those of the configuration that have it too. */
  readonly copies: readonly Copy[];
  /** Regions that have a copy, and that nobody configured. */
  readonly unread: readonly string[];
}

/**
 * A secret and all its versions, those without a label too, wherever the configuration looks: a copy has
 * the same ARN but for the region, and outlives the secret once it is detached
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html). The ARN ends in six characters
 * that no later secret of the name has. Who may not ask is refused, whether the secret is there or not.
 */
export const secretVersions: Source<AwsClient, string, SecretVersions> = {
  id: 'aws/secret-versions',
  scope: scopeOf,
  name: (arn) => arn,
  answers: (value, arn) => value.arn === arn,
  siblings: () => Promise.resolve([]),
  stranger: {
    key: (scope) => `${scope}:secret:tombstone-was-never-here-AAAAAA`,
    docs: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html',
  },
  async one(client, arn, abortSignal): Promise<Raw<SecretVersions>> {
    const own = regionFor(client, arn);
    if (failed(own)) return own;
    const regions = new Set([own, ...regionsOf(client.config)]);
    const copies: Copy[] = [];
    for (const region of regions) {
      const copy = await copyIn(client, region, arnIn(arn, region), abortSignal);
      if (copy === 'nothing') continue;
      if (failed(copy)) return copy;
      copies.push(copy);
    }
    if (copies.length === 0) return 'nothing';
    const unread = copies.flatMap(({ replicas }) => replicas).filter((one) => !regions.has(one));
    return { value: { arn, copies, unread: [...new Set(unread)] } };
  },
};

const arnIn = (arn: string, region: string) => {
  const parts = arn.split(':');
  return [...parts.slice(0, 3), region, ...parts.slice(4)].join(':');
};

async function copyIn(
  client: AwsClient,
  region: string,
  arn: string,
  abortSignal: AbortSignal,
): Promise<Copy | 'nothing' | Failure> {
  const { DescribeSecretCommand } = await import('@aws-sdk/client-secrets-manager');
  const secrets = await client.secrets(region);
  const told = await call(describeSecret, () =>
    secrets.send(new DescribeSecretCommand({ SecretId: arn }), { abortSignal }),
  );
  if (refused(told)) return told.code === 'ResourceNotFound' ? 'nothing' : told.failure;
  const secret = members(describeSecret, described, told.output);
  if (failed(secret)) return secret;
  if (secret.ARN !== arn) {
    return inconclusive('R-ANSWER', `asked for ${arn}, the server told ${secret.ARN}`);
  }
  const listed = await versionsOf(client, region, arn, abortSignal);
  if (failed(listed)) return listed;
  const stages = Object.entries(secret.VersionIdsToStages);
  const current = stages.find(([, labels]) => labels.includes('AWSCURRENT'))?.[0];
  if (current !== undefined && !listed.has(current)) {
    return inconclusive('R-PARTIAL', `the list of versions of ${arn} lacks its current one, ${current}`);
  }
  return {
    region,
    deleted: secret.DeletedDate,
    replicas: secret.ReplicationStatus.map(({ Region }) => Region),
    // a version that a rotation has begun stands in no list before it has a value
    versions: new Map([...stages, ...listed]),
  };
}

async function versionsOf(
  client: AwsClient,
  region: string,
  arn: string,
  abortSignal: AbortSignal,
): Promise<Map<string, readonly string[]> | Failure> {
  const { ListSecretVersionIdsCommand } = await import('@aws-sdk/client-secrets-manager');
  const secrets = await client.secrets(region);
  const ask = (NextToken: string | undefined) =>
    secrets.send(
      new ListSecretVersionIdsCommand({
        SecretId: arn,
        IncludeDeprecated: true,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
      { abortSignal },
    );
  const found = new Map<string, readonly string[]>();
  for await (const one of pages(listVersions, ask, page, byToken)) {
    if (refused(one)) {
      return one.code === 'ResourceNotFound'
        ? inconclusive('R-LAG', `${arn} was there and was not there a moment later`, 'another look')
        : one.failure;
    }
    if (one.value.ARN !== arn)
      return inconclusive(
        'R-ANSWER',
        `asked for the versions of ${arn}, the server told those of ${one.value.ARN}`,
      );
    for (const { VersionId, VersionStages } of one.value.Versions) found.set(VersionId, VersionStages);
  }
  return found;
}
