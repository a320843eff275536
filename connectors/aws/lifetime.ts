import type { Controls, Failure, Observation } from '../../src/connector.ts';
import { inconclusive, instantMs } from '../../src/connector.ts';
import type { Revocation } from './policy/revocation.ts';

const minute = 60_000;
const hour = 60 * minute;
/** STS makes no shorter one: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html */
const shortest = 15 * minute;
/** STS makes no longer one of a role: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const longestSession = 12 * hour;
/** Who writes a record and STS have clocks of their own. */
const skew = 2 * minute;

interface Dated {
  readonly issuedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
}

/** Milliseconds since the epoch. STS keeps no list, so all of it comes from the record. */
export interface Lifetime {
  /** It was not issued later. */
  readonly issued?: number;
  /** The `Expiration` that STS told, as the record has it. */
  readonly expires?: number;
  /** STS makes no session that lasts longer, whatever the record says of its end. */
  readonly longest?: number;
}

/** @param hours the longest that STS makes a session of this kind. */
export function lifetimeOf({ issuedAt, expiresAt }: Dated, hours: number): Lifetime | Failure {
  const [given, expires] = [instantMs(issuedAt), instantMs(expiresAt)];
  const issued = given ?? (expires === undefined ? undefined : expires - shortest);
  if (issued === undefined) return {};
  const longest = issued + hours * hour;
  if (expires !== undefined && (expires <= issued || expires > longest + skew)) {
    const told = `issued ${issuedAt ?? '?'}, expires ${expiresAt ?? '?'}`;
    return inconclusive('R-IDENTITY', `no session of STS has the dates of the record: ${told}`);
  }
  return { issued, longest, ...(expires === undefined ? {} : { expires }) };
}

/**
 * What time alone says, if it says something. AWS makes no session and no URL that lasts longer: that is
 * over by itself. That this one was shorter only the record says.
 */
export function overBy(
  { longest, expires }: Lifetime,
  serverAt: string,
  controls: Controls,
): Observation | undefined {
  const now = instantMs(serverAt);
  if (now === undefined) return undefined;
  if (longest !== undefined && now > longest) {
    const at = new Date(longest).toISOString();
    return { saw: 'ended', how: 'expired', at, family: 'whole', controls };
  }
  if (expires === undefined || now <= expires + skew) return undefined;
  const why = `by the record its end was ${new Date(expires).toISOString()}, which is past; no call tells it`;
  return { saw: 'excluded', basis: 'declared', why, controls };
}

/** Does a deny of everything catch a session that was issued then? */
export function caught({ before }: Revocation, { issued }: Lifetime): 'yes' | 'no' | 'too close' {
  if (before === Number.POSITIVE_INFINITY) return 'yes';
  if (before === undefined || issued === undefined || before <= issued - skew) return 'no';
  return before > issued + skew ? 'yes' : 'too close';
}

/** When a session must have died by itself, with the surest word for it. */
export function boundOf({ expires, longest }: Lifetime, serverAt: string, hours: number) {
  if (expires !== undefined) return { until: new Date(expires).toISOString(), basis: 'record' } as const;
  const until = longest ?? (instantMs(serverAt) ?? 0) + hours * hour;
  return { until: new Date(until).toISOString(), basis: 'issuer' } as const;
}
