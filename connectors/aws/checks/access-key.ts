import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { keyOfUser } from '../key-of-user.ts';
import { accessKey } from '../kinds/access-key.ts';
import type { AccessKeyRef } from '../kinds/access-key.ts';
import { listKeys } from '../keys.ts';

export const accessKeyCheck: Check<AwsClient, AccessKeyRef> = {
  id: 'aws/access-key',
  title: 'Does the key stand among the keys of its user?',
  of: accessKey,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listKeys.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await keyOfUser(ref, ctx);
    if (failed(seen)) return seen;
    const { user, found: key, controls } = seen;
    if (user === undefined || key === undefined) return { saw: 'absent', controls };
    return {
      saw: 'present',
      state: key.status === 'Active' ? 'active' : 'disabled',
      revivedBy: 'others',
      value: `${key.status}, of ${user.UserName}, made ${key.created.toISOString()}`,
    };
  },
};
