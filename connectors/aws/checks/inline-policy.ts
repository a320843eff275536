import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { holderOf, holdingOf } from '../holdings.ts';
import { inlinePolicy } from '../kinds/inline-policy.ts';
import type { InlinePolicyRef } from '../kinds/inline-policy.ts';
import { wholeAccount } from '../place.ts';

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
    if (principalId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the user, group or role, and another may have the name now',
      );
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const { all, controls } = whole;
    const holder = holderOf(all, principalId);
    const holding = holder === undefined ? undefined : holdingOf(holder);
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
