import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { consoleLogin } from '../kinds/console-login.ts';
import type { ConsoleLoginRef } from '../kinds/console-login.ts';
import { getLoginProfile, getUser } from '../login-profile.ts';
import { passwordOf } from '../password-of-user.ts';

export const consoleLoginCheck: Check<AwsClient, ConsoleLoginRef> = {
  id: 'aws/console-login',
  title: 'Has the user a console password?',
  of: consoleLogin,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: [accountDetails.needs, getLoginProfile.needs, getUser.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await passwordOf(ref, ctx);
    if (failed(seen)) return seen;
    const { found, controls } = seen;
    if (found === undefined) return { saw: 'absent', controls };
    const made = found.made.toISOString();
    if (ref.createdAt !== undefined && instantMs(ref.createdAt) !== found.made.getTime()) {
      return inconclusive(
        'R-IDENTITY',
        `${found.userName} has a password that was made ${made}, the record's was made ${ref.createdAt}`,
        'its end too, or who made it',
      );
    }
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      value: `${found.userName} has a password, made ${made}`,
    };
  },
};
