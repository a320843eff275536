import type { GrantRecord } from '../model/grant.ts';
import { planOne } from './target.ts';
import type { Plan, Planning, Sought } from './target.ts';

/** Which check asks about which target of the record; what cannot be asked is a target with a gap. */
export function plan(grants: readonly GrantRecord[], planning: Planning): Plan {
  const parts = grants.flatMap((grant) => declared(grant).map((sought) => planOne(grant, sought, planning)));
  return {
    targets: parts.flatMap((part) => part.targets),
    questions: parts.flatMap((part) => part.questions),
  };
}

function declared(grant: GrantRecord): readonly Sought[] {
  return [
    ...grant.credentials.map((one): Sought => ({ ...one, origin: 'declared' })),
    ...grant.entitlements.map((one): Sought => ({ ...one, origin: 'declared' })),
    ...grant.placements.map(({ credential, ...one }, index): Sought => ({
      ...one,
      id: `placement-${index + 1}`,
      origin: 'copy',
      derivedFrom: credential,
      relation: 'placed in',
    })),
  ];
}
