import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { federationToken } from '../kinds/federation-token.ts';
import type { FederationTokenRef } from '../kinds/federation-token.ts';
import { userOf } from '../of-user.ts';
import { userSessionNow } from '../sessions-now.ts';

/** A session of a user outlives the key that made it. */
export const federationTokenCheck: Check<AwsClient, FederationTokenRef> = {
  id: 'aws/federation-token',
  title: 'May the session of the user still do anything?',
  of: federationToken,
  claim: 'authorises',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const standing = await userOf(ref, ctx);
    return failed(standing) ? standing : userSessionNow(ref, standing);
  },
};
