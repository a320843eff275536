import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { inlinePolicy } from '../kinds/inline-policy.ts';
import type { InlinePolicyRef } from '../kinds/inline-policy.ts';
import { holdingAt } from '../holding-at.ts';

/** Whatever its text says by now: a policy of that name stands where the grant wrote one. */
export const inlinePolicyCheck: Check<AwsClient, InlinePolicyRef> = {
  id: 'aws/inline-policy',
  title: 'Does the inline policy stand?',
  of: inlinePolicy,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { principalId, policyName } = ref;
    const seen = await holdingAt(ref, ctx);
    if (failed(seen)) return seen;
    const { holding, controls } = seen;
    const found = holding?.inline.find(({ name }) => name === policyName);
    if (holding === undefined || found === undefined) return { saw: 'absent', controls };
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${policyName} of ${holding.name} stands`,
      standing: `${principalId}/${policyName} ${found.document}`,
    };
  },
};
