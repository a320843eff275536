import type { Context, Failure, Observation } from '../../src/connector.ts';
import { inconclusive, instantMs } from '../../src/connector.ts';
import type { Detail, UserDetail } from './account.ts';
import { couldAssume } from './assumable.ts';
import type { AwsClient } from './client.ts';
import type { Actor } from './assumable.ts';
import { policiesOf } from './holdings.ts';
import type { Standing } from './of-user.ts';
import { factsOf, revocationIn } from './policy/index.ts';

// source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
const hour = 3_600_000;
/** A session of a role, which knows nothing of whoever assumed it. */
const longestRole = 12 * hour;

/** What made the sessions, and how long its own last. */
interface Maker {
  /** `sessions that were made with the key` */
  readonly sessions: string;
  readonly hours: number;
}

/**
 * Sessions outlive the credential that began them, and no API lists them. Those of the user have what it
 * has at each request: nothing, once there is no user. Those of roles that it assumed live on without it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html).
 */
export function sessionsOfUser(
  { all, user, controls }: Standing,
  actor: Actor,
  { sessions, hours }: Maker,
  ctx: Context<AwsClient>,
): Observation {
  const now = instantMs(ctx.window.to);
  if (now === undefined) return inconclusive('R-CHECK', 'the window of the run has no end that can be read');
  if (user !== undefined && !powerless(user, all, now)) {
    const stands = `${sessions} live up to ${hours} hours and have what ${user.UserName} has`;
    const end = 'the end of the user, or a policy on it that denies everything';
    return within(now, inconclusive('R-DERIVED', stands, end), hours * hour);
  }
  const assumed = couldAssume(actor, all);
  if (assumed !== undefined) return within(now, inconclusive('R-DERIVED', assumed, needs), longestRole);
  return user === undefined
    ? { saw: 'excluded', basis: 'declared', why, controls }
    : { saw: 'denies', liftedBy: 'others', controls };
}

/** A session that was made a moment ago is as good as an old one: the end of what made it has no date. */
function powerless(user: UserDetail, all: readonly Detail[], now: number): boolean {
  const caller = { kind: 'user', arn: user.Arn, id: user.UserId } as const;
  const { before } = revocationIn(policiesOf(user, all), factsOf(caller));
  return before !== undefined && before >= now;
}

const why =
  'the policies of the user, as the record has them, let it assume no role, no role here trusts it by name now, and its own sessions have nothing without it';
const needs = 'the policies of the user in the record (policies), and its role sessions';

/** The end of what made them has no date that could be read: counted from now. */
const within = (now: number, failure: Failure, ms: number): Observation => ({
  ...failure,
  bound: { until: new Date(now + ms).toISOString(), basis: 'issuer' },
});
