import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { Detail, UserDetail } from '../account.ts';
import { couldAssume } from '../assumable.ts';
import type { AwsClient } from '../client.ts';
import { policiesOf } from '../holdings.ts';
import { keyOfUser } from '../key-of-user.ts';
import { accessKey } from '../kinds/access-key.ts';
import type { AccessKeyRef } from '../kinds/access-key.ts';
import { listKeys } from '../keys.ts';
import { factsOf, revocationIn } from '../policy/index.ts';

// source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
const hour = 3_600_000;
/** A session of the user itself. */
const longest = 36 * hour;
/** A session of a role, which knows nothing of whoever assumed it. */
const longestRole = 12 * hour;

/**
 * Whoever has a key makes sessions with it, without any permission (GetSessionToken), and no API lists
 * them. They outlive the key. Those of the user have what it has at each request: nothing, once there is
 * no user. Those of roles that it assumed live on without it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html).
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
    const { all, user, key, controls } = seen;
    if (key?.status === 'Active') {
      const value = 'the key stands: whoever has it makes sessions that outlive it by up to 36 hours';
      return { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-ACTIVE', value };
    }
    const now = instantMs(ctx.window.to) ?? Number.POSITIVE_INFINITY;
    if (user !== undefined && !powerless(user, all, now)) {
      const stands = `sessions that were made with the key live up to 36 hours and have what ${user.UserName} has`;
      const end = 'the end of the user, or a policy on it that denies everything';
      return within(now, inconclusive('R-DERIVED', stands, end), longest);
    }
    const assumed = couldAssume(ref, rolesIn(all));
    if (assumed !== undefined) return within(now, inconclusive('R-DERIVED', assumed, needs), longestRole);
    return user === undefined
      ? { saw: 'excluded', basis: 'declared', why, controls }
      : { saw: 'denies', liftedBy: 'others', controls };
  },
};

/** A session that the key made a moment ago is as good as an old one: the end of the key has no date. */
function powerless(user: UserDetail, all: readonly Detail[], now: number): boolean {
  const caller = { kind: 'user', arn: user.Arn, id: user.UserId } as const;
  const { before } = revocationIn(policiesOf(user, all), factsOf(caller));
  return before !== undefined && before >= now;
}

const why =
  'the policies of the user, as the record has them, let it assume no role, no role here trusts it by name, and its own sessions have nothing without it';
const needs = 'the policies of the user in the record (policies), and its role sessions';

/** The end of the key has no date that could be read: counted from now. */
const within = (now: number, failure: Failure, ms: number): Observation => ({
  ...failure,
  bound: { until: new Date(now + ms).toISOString(), basis: 'issuer' },
});

const rolesIn = (all: readonly Detail[]) => all.flatMap((one) => (one.is === 'role' ? [one.role] : []));
