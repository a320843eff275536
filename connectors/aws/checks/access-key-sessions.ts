import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { keyOfUser } from '../key-of-user.ts';
import { accessKey } from '../kinds/access-key.ts';
import type { AccessKeyRef } from '../kinds/access-key.ts';
import { listKeys } from '../keys.ts';
import { sessionsOfUser } from '../sessions-of-user.ts';

/**
 * Whoever has a key makes sessions with it, without any permission (GetSessionToken,
 * GetFederationToken): up to 36 hours.
 */
export const accessKeySessions: Check<AwsClient, AccessKeyRef> = {
  id: 'aws/access-key-sessions',
  title: 'May sessions that were made with the key still do anything?',
  of: accessKey,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listKeys.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await keyOfUser(ref, ctx);
    if (failed(seen)) return seen;
    if (seen.found?.status === 'Active') {
      const value = 'the key stands: whoever has it makes sessions that outlive it by up to 36 hours';
      return { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-ACTIVE', value };
    }
    return sessionsOfUser(seen, ref, { sessions: 'sessions that were made with the key', hours: 36 }, ctx);
  },
};
