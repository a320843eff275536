import { serverInstant } from '../judge/doubt.ts';
import type { GrantFacts, Target } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import { instantMs } from '../model/time.ts';

const negatives: ReadonlySet<Evidence['observation']['saw']> = new Set([
  'absent',
  'refused',
  'denies',
  'ended',
]);
const negative = (one: Evidence) => negatives.has(one.observation.saw);

/**
 * Seconds from the claimed revocation until the target was first seen gone for good; undefined where
 * no earlier round saw it stand, for then nobody knows when it went.
 */
export function timeToRevocation(
  target: Target,
  grant: GrantFacts,
  evidence: readonly Evidence[],
): number | undefined {
  const killing = evidence.filter((one) => one.claim === target.facts?.killing);
  const rounds = [...new Set(killing.map((one) => one.round))].toSorted((a, b) => b - a);
  // from the last round back, as long as everything said that it is gone
  const after = rounds.findIndex((round) => !killing.every((one) => one.round !== round || negative(one)));
  const revoked = instantMs(grant.revokedAt);
  const first = rounds[after - 1];
  if (after < 1 || first === undefined || revoked === undefined) return undefined;
  const instants = killing.filter((one) => one.round === first).map(serverInstant);
  const latest = Math.max(...instants.map((one) => one ?? Number.NaN));
  return Number.isNaN(latest) ? undefined : Math.max(0, latest - revoked) / 1_000;
}
