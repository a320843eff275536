import type { Bound, Context, Observation } from '../../src/connector.ts';
import { inconclusive, instantMs } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';
import { policiesOfRole } from './holdings.ts';
import { caught, longestSession } from './lifetime.ts';
import type { StandingRole } from './of-role.ts';
import { factsOf, revocationIn } from './policy/index.ts';

/**
 * Sessions of a role that were made by a way that is closed now: they know nothing of that, live up to 12
 * hours, and no call lists them. The last of them can have been made when the grant ended.
 *
 * @param way for sentences: `the trust`.
 * @param named the record names every one of them.
 */
export function sessionsThrough(
  { role, all, controls, at }: StandingRole,
  way: string,
  named: boolean,
  { window }: Context<AwsClient>,
): Observation {
  if (role === undefined) return { saw: 'absent', controls };
  const over = overByRecord(role.RoleName, named, window, at);
  if (typeof over === 'string') return { saw: 'excluded', basis: 'declared', why: over, controls };
  const { issued, bound } = over;
  const facts = factsOf({ kind: 'role', arn: role.Arn, id: role.RoleId });
  const dated = issued === undefined ? {} : { issued };
  const catches = caught(revocationIn(policiesOfRole(role, all), facts), dated);
  if (catches === 'yes') return { saw: 'denies', liftedBy: 'others', controls };
  const lives = `sessions of ${role.RoleName} that were made through ${way} live up to 12 hours`;
  const failure =
    catches === 'too close'
      ? inconclusive('R-CLOCK', `${lives}, and the deny of older ones begins about when the grant ended`, end)
      : inconclusive('R-DERIVED', `${lives}, and nothing denies them everything`, end);
  return { ...failure, bound };
}

interface Open {
  /** When the grant ended, where the record tells it. Milliseconds since the epoch. */
  readonly issued: number | undefined;
  readonly bound: Bound;
}

/** Why no session of the role is left, in words; or until when one can be. */
export function overByRecord(
  role: string,
  named: boolean,
  window: Context<AwsClient>['window'],
  at: string,
): string | Open {
  if (named) return `by the record every session of ${role} that the grant made is named there`;
  const issued = instantMs(window.revokedAt);
  const longest = (issued ?? instantMs(window.to) ?? 0) + longestSession;
  const until = new Date(longest).toISOString();
  return issued !== undefined && (instantMs(at) ?? 0) > longest
    ? `by the record the grant ended so that no session of ${role} outlives ${until}`
    : { issued, bound: { until, basis: 'issuer' } };
}

const end =
  'every session that was made through it in the record (sessions: named), a deny of everything to older sessions (AWSRevokeOlderSessions), or 12 hours';
