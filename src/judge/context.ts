import type { Dossier, GrantFacts, Target } from '../model/dossier.ts';
import { durationMs, instantMs } from '../model/time.ts';
import type { Measure } from './doubt.ts';

/** What the targets of one grant share. */
export interface GrantContext {
  readonly grant: GrantFacts;
  readonly measure: Measure | undefined;
  /** Keys of all leads that became targets. */
  readonly followed: Set<string>;
  /** Keys of the leads whose targets are gone. */
  readonly ended: Set<string>;
  /** Systems that hold a principal made from a target, by the target's id. */
  readonly made: Map<string, Set<string>>;
}

export const contextOf = (grant: GrantFacts, dossier: Dossier): GrantContext => ({
  grant,
  measure: measureOf(grant, dossier),
  followed: new Set(),
  ended: new Set(),
  made: new Map(),
});

export function gather({ followed, made }: GrantContext, targets: readonly Target[]): void {
  for (const target of targets) {
    for (const key of target.leads ?? []) followed.add(key);
    if (target.derivedFrom === undefined || target.origin === 'copy') continue;
    const systems = made.get(target.derivedFrom) ?? new Set();
    made.set(target.derivedFrom, systems.add(target.system));
  }
}

function measureOf(grant: GrantFacts, { policy, sealedAt }: Dossier): Measure | undefined {
  const sealed = instantMs(sealedAt);
  const maxAge = durationMs(policy.maxEvidenceAge);
  const maxSkew = durationMs(policy.maxClockSkew);
  const until = instantMs(grant.until);
  if (sealed === undefined || maxAge === undefined || maxSkew === undefined || until === undefined)
    return undefined;
  const revoked = instantMs(grant.revokedAt);
  if (grant.revokedAt !== undefined && revoked === undefined) return undefined;
  const end = revoked ?? until;
  return {
    sealedAt: sealed,
    maxAge,
    maxSkew,
    assumedRights: policy.assumedRights,
    ...(end <= sealed + (revoked === undefined ? 0 : maxSkew) ? { end } : {}),
  };
}
