import type { Failure, Page, Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { byNextMarker, pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { regionFor } from './regional.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html */
export const listGrants: Operation = { name: 'TrentService.ListGrants', needs: 'kms:ListGrants' };

const page = z.object({
  Grants: z.array(
    z.object({
      KeyId: z.string(),
      GrantId: z.string(),
      GranteePrincipal: z.string().optional(),
      GranteeServicePrincipal: z.string().optional(),
      Operations: z.array(z.string()),
      CreationDate: z.date().optional(),
    }),
  ),
});

export interface KmsGrantKey {
  readonly keyArn: string;
  readonly grantId: string;
}

export interface KmsGrant extends KmsGrantKey {
  readonly grantee: string;
  readonly operations: readonly string[];
  readonly created: Date | undefined;
}

/** Grants of a key: of one id, or all. */
async function* grantsOf(
  client: AwsClient,
  keyArn: string,
  grantId: string | undefined,
  abortSignal: AbortSignal,
): AsyncGenerator<Page<KmsGrant> | 'nothing' | Failure, void, void> {
  const region = regionFor(client, keyArn);
  if (failed(region)) return yield region;
  const { ListGrantsCommand } = await import('@aws-sdk/client-kms');
  const kms = await client.kms(region);
  const ask = (Marker: string | undefined) =>
    kms.send(
      new ListGrantsCommand({
        KeyId: keyArn,
        ...(grantId === undefined ? {} : { GrantId: grantId }),
        ...(Marker === undefined ? {} : { Marker }),
      }),
      { abortSignal },
    );
  for await (const one of pages(listGrants, ask, page, byNextMarker)) {
    // there is no such key: it has been deleted for good
    if (refused(one)) return yield one.code === 'NotFound' ? 'nothing' : one.failure;
    const items = one.value.Grants.map((grant) => ({
      keyArn: grant.KeyId,
      grantId: grant.GrantId,
      grantee: grant.GranteePrincipal ?? grant.GranteeServicePrincipal ?? 'somebody',
      operations: grant.Operations,
      created: grant.CreationDate,
    }));
    yield { items, last: one.last };
  }
}

const siblings = async (
  client: AwsClient,
  keyArn: string,
  signal: AbortSignal,
): Promise<readonly Sibling<KmsGrantKey>[] | Failure> => {
  for await (const one of grantsOf(client, keyArn, undefined, signal)) {
    if (one === 'nothing') return [];
    if (failed(one)) return one;
    return one.items.map(({ grantId }) => ({ key: { keyArn, grantId }, chosen: 'own' }));
  }
  return [];
};

/**
 * One grant of a key, by its id. Another grant of the key is sighted by the same question; where there is
 * none, an id that was never issued gets the same empty list, which who may not ask never gets: KMS refuses
 * the whole request (https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html).
 */
export const kmsGrant: Source<AwsClient, KmsGrantKey, KmsGrant> = {
  id: 'aws/kms-grants',
  scope: ({ keyArn }) => keyArn,
  name: ({ keyArn, grantId }) => `${grantId} of ${keyArn}`,
  answers: (value, key) => value.keyArn === key.keyArn && value.grantId === key.grantId,
  siblings,
  stranger: {
    key: (keyArn) => ({ keyArn, grantId: '0'.repeat(64) }),
    docs: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html',
  },
  async one(client, key, signal): Promise<Raw<KmsGrant>> {
    const found: KmsGrant[] = [];
    for await (const one of grantsOf(client, key.keyArn, key.grantId, signal)) {
      if (one === 'nothing') return one;
      if (failed(one)) return one;
      found.push(...one.items);
    }
    const [first, second] = found;
    if (first === undefined) return 'nothing';
    if (second !== undefined) {
      return inconclusive('R-ANSWER', `asked for the grant ${key.grantId}, the server told several`);
    }
    return { value: first };
  },
  async *all(client, keyArn, signal) {
    for await (const one of grantsOf(client, keyArn, undefined, signal)) {
      yield one === 'nothing' ? { items: [], last: true } : one;
    }
  },
  // nothing says how AWS cuts its pages
  order: 'offset',
};
