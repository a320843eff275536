import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { kmsGrant } from '../kinds/kms-grant.ts';
import type { KmsGrantRef } from '../kinds/kms-grant.ts';
import { kmsGrant as source, listGrants } from '../kms-grants.ts';

/** A grant opens a key beside its policy and those of the account; no list of policies shows it. */
export const kmsGrantCheck: Check<AwsClient, KmsGrantRef> = {
  id: 'aws/kms-grant',
  title: 'Does the grant stand on its key?',
  of: kmsGrant,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: [listGrants.needs],
  docs: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await ctx.read(source, ref);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const { grantee, operations, created } = seen.value;
    const since = created === undefined ? '' : `, made ${created.toISOString()}`;
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${grantee} may ${operations.join(', ')}${since}`,
      standing: `${ref.grantId}: ${grantee} may ${operations.toSorted().join(', ')}`,
    };
  },
};
