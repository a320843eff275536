import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { consoleLogin } from '../kinds/console-login.ts';
import type { ConsoleLoginRef } from '../kinds/console-login.ts';
import { getLoginProfile, getUser } from '../login-profile.ts';
import { passwordOf } from '../password-of-user.ts';
import { sessionsOfUser } from '../sessions-of-user.ts';

/**
 * A session of the console is renewed for 12 hours without the password, on the command line too
 * (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html), and roles are switched
 * to from it. No call lists or ends one.
 */
export const consoleLoginSessions: Check<AwsClient, ConsoleLoginRef> = {
  id: 'aws/console-login-sessions',
  title: 'May sessions that were begun with the password still do anything?',
  of: consoleLogin,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, getLoginProfile.needs, getUser.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await passwordOf(ref, ctx);
    if (failed(seen)) return seen;
    if (seen.found !== undefined) {
      const value = 'the password stands: whoever has it begins sessions that outlive it by up to 12 hours';
      return { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-ACTIVE', value };
    }
    const maker = { sessions: 'sessions of the console that were begun with the password', hours: 12 };
    return sessionsOfUser(seen, ref, maker, ctx);
  },
};
