import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { attachedPolicy } from '../kinds/attached-policy.ts';
import type { AttachedPolicyRef } from '../kinds/attached-policy.ts';
import { holdingAt } from '../holding-at.ts';

export const attachedPolicyCheck: Check<AwsClient, AttachedPolicyRef> = {
  id: 'aws/attached-policy',
  title: 'Is the managed policy attached?',
  of: attachedPolicy,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { principalId, policyArn } = ref;
    const seen = await holdingAt(ref, ctx);
    if (failed(seen)) return seen;
    const { holding, controls } = seen;
    if (holding?.attached.some(({ arn }) => arn === policyArn) !== true) {
      return { saw: 'absent', controls };
    }
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${policyArn} is attached to ${holding.name}`,
      standing: `${policyArn} at ${principalId}`,
    };
  },
};
