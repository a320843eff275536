import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { account, accountDetails } from '../account.ts';
import type { Detail, UserDetail } from '../account.ts';
import { couldAssume } from '../assumable.ts';
import type { AwsClient } from '../client.ts';
import { policiesOf } from '../holdings.ts';
import { accessKey } from '../kinds.ts';
import type { AccessKeyRef } from '../kinds.ts';
import { wrongAccount } from '../place.ts';
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
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { userId } = ref;
    if (userId === undefined) {
      return inconclusive('R-IDENTITY', 'the record gives no id of the user, whose sessions they are');
    }
    const all = await ctx.walk(account, '');
    if (failed(all)) return all;
    const wrong = wrongAccount(ref, all.stamp.instance);
    if (wrong !== undefined) return wrong;
    const user = all.items.find((one) => one.is === 'user' && one.id === userId);
    const now = instantMs(ctx.window.to) ?? Number.POSITIVE_INFINITY;
    const facts = user?.is === 'user' ? user.user : undefined;
    if (facts !== undefined && !powerless(facts, all.items, now)) {
      const stands = `sessions that were made with the key live up to 36 hours and have what ${facts.UserName} has`;
      const end = 'the end of the user, or a policy on it that denies everything';
      return within(now, inconclusive('R-DERIVED', stands, end), longest);
    }
    const assumed = couldAssume(ref, rolesIn(all.items));
    if (assumed !== undefined) return within(now, inconclusive('R-DERIVED', assumed, needs), longestRole);
    return facts === undefined
      ? { saw: 'excluded', basis: 'declared', why, controls: all.controls }
      : { saw: 'denies', liftedBy: 'others', controls: all.controls };
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
