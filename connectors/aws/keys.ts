import type { Failure, Raw, Sibling, Source } from '../../src/connector.ts';
import { inconclusive, z } from '../../src/connector.ts';
import { pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export const listKeys: Operation = { name: 'ListAccessKeys', needs: 'iam:ListAccessKeys' };

const listed = z.object({
  AccessKeyMetadata: z.array(
    z.object({
      AccessKeyId: z.string(),
      UserName: z.string(),
      Status: z.enum(['Active', 'Inactive', 'Expired']),
      CreateDate: z.date(),
    }),
  ),
});

export interface UserKeys {
  readonly userName: string;
  readonly keys: readonly {
    readonly id: string;
    readonly status: 'Active' | 'Inactive' | 'Expired';
    readonly created: Date;
  }[];
}

export interface UserKeysKey {
  readonly userName: string;
  /** A key that is known to be among them: for sightings. */
  readonly among?: string;
}

/** The keys of one user, who must stand: without a name AWS would tell the verifier's own. */
export const userKeys: Source<AwsClient, UserKeysKey, UserKeys> = {
  id: 'aws/access-keys',
  scope: () => '',
  name: ({ userName, among }) => (among === undefined ? userName : `${userName} with ${among}`),
  answers: (value, { userName, among }) =>
    value.userName === userName && (among === undefined || value.keys.some(({ id }) => id === among)),
  siblings: (client) => Promise.resolve(known(client)),
  // a user who is absent is told from one whom the verifier may not ask about: both are refused alike where it may not
  stranger: {
    key: () => ({ userName: 'tombstone-was-never-here' }),
    docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html',
  },
  async one(client, { userName }, abortSignal): Promise<Raw<UserKeys>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { ListAccessKeysCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const ask = (Marker: string | undefined) =>
      iam.send(
        new ListAccessKeysCommand({ UserName: userName, ...(Marker === undefined ? {} : { Marker }) }),
        { abortSignal },
      );
    const keys: UserKeys['keys'][number][] = [];
    for await (const one of pages(listKeys, ask, listed)) {
      if (refused(one)) return one.code === 'NoSuchEntity' ? 'nothing' : one.failure;
      const other = one.value.AccessKeyMetadata.find((key) => key.UserName !== userName);
      if (other !== undefined) return foreign(userName, other.UserName);
      for (const key of one.value.AccessKeyMetadata) {
        keys.push({ id: key.AccessKeyId, status: key.Status, created: key.CreateDate });
      }
    }
    return { value: { userName, keys } };
  },
};

function foreign(userName: string, told: string): Failure {
  return inconclusive('R-ANSWER', `asked for the keys of ${userName}, the server told those of ${told}`);
}

/** The configured key first, then the verifier's own where it is a user's. */
function known({ config, own }: AwsClient): readonly Sibling<UserKeysKey>[] {
  const { accessKey } = config.controls;
  const name = /^arn:[\w-]+:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(own?.arn ?? '')?.[1];
  return [
    ...(accessKey === undefined
      ? []
      : [
          {
            key: { userName: accessKey.userName, among: accessKey.accessKeyId },
            chosen: 'configured' as const,
          },
        ]),
    ...(name === undefined || !config.accessKeyId.startsWith('AKIA')
      ? []
      : [{ key: { userName: name, among: config.accessKeyId }, chosen: 'own' as const }]),
  ];
}
