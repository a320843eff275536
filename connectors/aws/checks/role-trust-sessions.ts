import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { policiesOfRole } from '../holdings.ts';
import { roleTrust } from '../kinds/role-trust.ts';
import type { RoleTrustRef } from '../kinds/role-trust.ts';
import { caught, longestSession } from '../lifetime.ts';
import { roleOf } from '../of-role.ts';
import { factsOf, revocationIn } from '../policy/index.ts';
import { making } from '../sessions-now.ts';
import { roleTrustCheck } from './role-trust.ts';

/**
 * Whoever was let in has sessions of the role that know nothing of its trust any more: up to 12 hours, and
 * no call lists them. The last of them can have been made when the grant ended.
 */
export const roleTrustSessions: Check<AwsClient, RoleTrustRef> = {
  id: 'aws/role-trust-sessions',
  title: 'May sessions that were made through the trust still do anything?',
  of: roleTrust,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: roleTrustCheck.needs,
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const [trusted, standing] = await Promise.all([
      roleTrustCheck.observe(target, ctx),
      roleOf(target.ref, ctx),
    ]);
    if (failed(trusted)) return trusted;
    if (trusted.saw === 'present' && trusted.state === 'active') return making;
    if (failed(standing)) return standing;
    const { role, all, controls, at } = standing;
    if (role === undefined) return { saw: 'absent', controls };
    const declared = (why: string) => ({ saw: 'excluded', basis: 'declared', why, controls }) as const;
    if (target.ref.sessions === 'named') {
      return declared(`by the record every session of ${role.RoleName} that the grant made is named there`);
    }
    const issued = instantMs(ctx.window.revokedAt);
    const longest = (issued ?? instantMs(ctx.window.to) ?? 0) + longestSession;
    const until = new Date(longest).toISOString();
    if (issued !== undefined && (instantMs(at) ?? 0) > longest) {
      return declared(
        `by the record the grant ended so that no session of ${role.RoleName} outlives ${until}`,
      );
    }
    const facts = factsOf({ kind: 'role', arn: role.Arn, id: role.RoleId });
    const dated = issued === undefined ? {} : { issued };
    const catches = caught(revocationIn(policiesOfRole(role, all), facts), dated);
    if (catches === 'yes') return { saw: 'denies', liftedBy: 'others', controls };
    const lives = `sessions of ${role.RoleName} that were made through the trust live up to 12 hours`;
    const bound = { until, basis: 'issuer' } as const;
    return catches === 'too close'
      ? {
          ...inconclusive(
            'R-CLOCK',
            `${lives}, and the deny of older ones begins about when the grant ended`,
            end,
          ),
          bound,
        }
      : { ...inconclusive('R-DERIVED', `${lives}, and nothing denies them everything`, end), bound };
  },
};

const end =
  'every session that was made through it in the record (sessions: named), a deny of everything to older sessions (AWSRevokeOlderSessions), or 12 hours';
