import type { Target } from '../model/dossier.ts';
import type { GrantRecord } from '../model/grant.ts';
import { inconclusive } from '../model/observation.ts';
import { planOne } from './target.ts';
import type { Plan, Planning, Sought } from './target.ts';

/** Which check asks about which target; what nobody covers is a target with a gap. */
export function plan(grants: readonly GrantRecord[], planning: Planning): Plan {
  const parts = grants.flatMap((grant) => [
    ...declared(grant).map((sought) => planOne(grant, sought, planning)),
    ...withoutTarget(grant).map((system) => uncovered(grant, system, planning)),
  ]);
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

function withoutTarget(grant: GrantRecord): readonly string[] {
  const used = new Set(
    [...grant.credentials, ...grant.entitlements, ...grant.placements].map((one) => one.system),
  );
  return grant.systems.map((one) => one.system).filter((system) => !used.has(system));
}

/** A system that the grant touched and that nobody looks at is a target too: that a look was complete. */
function uncovered(grant: GrantRecord, system: string, { configuration }: Planning): Plan {
  const connector = configuration.systems.get(system)?.connector;
  const gap =
    connector === undefined
      ? inconclusive('R-SCOPE', `the system ${system} is not in the configuration`, `systems.${system}`)
      : inconclusive(
          'R-NOAPI',
          `the record names no credential or entitlement in ${system}, and ${connector} has no sweep or hunt yet`,
          `the credentials and entitlements that the grant gave in ${system}`,
        );
  const target: Target = {
    grant: grant.metadata.id,
    id: `coverage:${system}`,
    kind: 'coverage',
    system,
    label: 'every access of the subject',
    origin: 'coverage',
    ref: {},
    required: grant.systems.find((one) => one.system === system)?.required ?? true,
    asks: [],
    gap,
  };
  return { targets: [target], questions: [] };
}
