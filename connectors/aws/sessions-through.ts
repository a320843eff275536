import type { Context, Observation } from '../../src/connector.ts';
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
  const declared = (why: string) => ({ saw: 'excluded', basis: 'declared', why, controls }) as const;
  if (named)
    return declared(`by the record every session of ${role.RoleName} that the grant made is named there`);
  const issued = instantMs(window.revokedAt);
  const longest = (issued ?? instantMs(window.to) ?? 0) + longestSession;
  const until = new Date(longest).toISOString();
  if (issued !== undefined && (instantMs(at) ?? 0) > longest) {
    return declared(`by the record the grant ended so that no session of ${role.RoleName} outlives ${until}`);
  }
  const facts = factsOf({ kind: 'role', arn: role.Arn, id: role.RoleId });
  const dated = issued === undefined ? {} : { issued };
  const catches = caught(revocationIn(policiesOfRole(role, all), facts), dated);
  if (catches === 'yes') return { saw: 'denies', liftedBy: 'others', controls };
  const lives = `sessions of ${role.RoleName} that were made through ${way} live up to 12 hours`;
  const bound = { until, basis: 'issuer' } as const;
  const failure =
    catches === 'too close'
      ? inconclusive('R-CLOCK', `${lives}, and the deny of older ones begins about when the grant ended`, end)
      : inconclusive('R-DERIVED', `${lives}, and nothing denies them everything`, end);
  return { ...failure, bound };
}

const end =
  'every session that was made through it in the record (sessions: named), a deny of everything to older sessions (AWSRevokeOlderSessions), or 12 hours';
