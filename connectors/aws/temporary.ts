import type { Controls, Observation } from '../../src/connector.ts';
import { inconclusive } from '../../src/connector.ts';
import { boundOf, caught } from './lifetime.ts';
import type { Lifetime } from './lifetime.ts';
import { revocationIn } from './policy/index.ts';
import type { Context, Policy } from './policy/index.ts';

/** A session whose user or role stands, and whose time is not known to be over. */
export interface Temporary {
  /** For sentences: `the role deploy`. */
  readonly holder: string;
  /** Every policy that reaches the session by its identity. */
  readonly policies: readonly Policy[];
  readonly context: Context;
  /** Does any policy of the holder allow anything? */
  readonly confers: boolean;
  readonly lifetime: Lifetime;
  /** The longest that STS makes such a session. */
  readonly hours: number;
  readonly at: string;
  readonly controls: Controls;
}

const end = 'a deny of everything to what was issued before now (AWSRevokeOlderSessions), or its end';

/**
 * Is everything denied to it? Only that is an end: a holder whose policies allow nothing still has
 * what policies of buckets, keys and queues allow it by its name, and nobody reads all of those
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html).
 */
export function undenied(one: Temporary): Observation {
  const { holder, lifetime, at, hours, controls } = one;
  const revocation = revocationIn(one.policies, one.context);
  const catches = caught(revocation, lifetime);
  if (catches === 'yes') return { saw: 'denies', liftedBy: 'others', controls };
  const bound = boundOf(lifetime, at, hours);
  if (catches === 'too close') {
    const why = `what ${holder} denies to older sessions begins within two minutes of the issue of this one, and clocks differ`;
    return { ...inconclusive('R-CLOCK', why, end), bound };
  }
  const unread = revocation.partial.find(({ statement }) => statement === undefined);
  if (unread !== undefined) {
    const why = `a policy of ${holder} could not be read: ${unread.why.join(', ')}`;
    return { ...inconclusive('R-ANSWER', why, end), bound };
  }
  if (!one.confers) {
    const why = `no policy of ${holder} allows anything, and what policies of resources allow it was not asked`;
    return { ...inconclusive('R-DERIVED', why, end), bound };
  }
  const limits = revocation.partial.map(({ policy, why }) => `; ${policy} denies some (${why.join(', ')})`);
  const older =
    revocation.before === undefined ? '' : `; what was issued before ${iso(revocation.before)} is denied`;
  const stands = `${holder} stands, and nothing denies it everything${older}${limits.join('')}`;
  if (lifetime.expires === undefined) {
    return { ...inconclusive('R-DERIVED', `${stands}; when it ends is not in the record`, end), bound };
  }
  const value = `${stands}; it lives until ${iso(lifetime.expires)}`;
  return { saw: 'present', state: 'active', revivedBy: 'others', reason: 'R-ACTIVE', value, bound };
}

const iso = (ms: number) => new Date(ms).toISOString();
