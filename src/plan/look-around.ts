import type { AnyConnector } from '../connector.ts';
import { coverage } from '../look.ts';
import type { LookAt, Scope } from '../look.ts';
import type { Target } from '../model/dossier.ts';
import type { GrantRecord } from '../model/grant.ts';
import { inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import { instantMs } from '../model/time.ts';
import { accountsIn, planOne } from './target.ts';
import type { Plan, Planning } from './target.ts';

/**
 * That each look at each system of a grant was complete is a target too. Planned once the targets of
 * the grant were asked about: a look starts from what was found so far, and after everything that
 * could still have made something was seen to have ended. Planned again, it starts from more.
 */
export function lookAround(all: readonly Target[], grants: readonly GrantRecord[], planning: Planning): Plan {
  const targets = all.filter((target) => target.origin !== 'coverage');
  const byGrant = Map.groupBy(targets, (target) => target.grant);
  const parts = grants.flatMap((grant) =>
    grant.systems.flatMap(({ system }) => {
      const everywhere = byGrant.get(grant.metadata.id) ?? [];
      const here = everywhere.filter((target) => target.system === system);
      return looksAt(grant, system, { here, everywhere }, planning);
    }),
  );
  return {
    targets: [...targets, ...parts.flatMap((part) => part.targets)],
    questions: parts.flatMap((part) => part.questions),
  };
}

/** Targets of one grant: those in the system that is looked at, and all of them. */
interface Known {
  readonly here: readonly Target[];
  readonly everywhere: readonly Target[];
}

function looksAt(grant: GrantRecord, system: string, known: Known, planning: Planning): readonly Plan[] {
  const { here } = known;
  const id = planning.configuration.systems.get(system)?.connector;
  const connector = id === undefined ? undefined : planning.connector(id)?.connector;
  const out = id !== undefined && planning.only !== undefined && !planning.only.includes(id);
  const everything = (why: Failure) => [
    nobody(grant, system, 'coverage', 'every access of the subject', why),
  ];
  if (connector === undefined || out) {
    // its targets say so themselves, where it has any
    return here.length > 0 ? [] : everything(unreachable(system, id, out));
  }
  const offered = (at: LookAt) => connector.checks.some((check) => check.of.kind === `${connector.id}/${at}`);
  const looks = (['sweep', 'hunt', 'points'] as const).flatMap((at): Plan[] => {
    if (offered(at)) return [lookOne(grant, system, known, at, connector, planning)];
    if (at === 'points' || connector.without?.[at] !== undefined) return [];
    const why = inconclusive('R-NOAPI', `the connector ${connector.id} offers no ${at}`);
    return [nobody(grant, system, at, coverage(connector.id, at).title, why)];
  });
  if (looks.length > 0 || here.length > 0) return looks;
  return everything(
    inconclusive(
      'R-NOAPI',
      `the record names no credential or entitlement in ${system}, and ${connector.id} has no look that finds any`,
      `the credentials and entitlements that the grant gave in ${system}`,
    ),
  );
}

function lookOne(
  grant: GrantRecord,
  system: string,
  { here, everywhere }: Known,
  at: LookAt,
  connector: AnyConnector,
  planning: Planning,
): Plan {
  const ref: Scope = {
    accounts: accountsIn(grant, system),
    targets: here.map(({ kind, ref: locator, identity, derivedFrom }) => {
      const issuer = everywhere.find(({ id }) => id === derivedFrom)?.system ?? system;
      return {
        kind,
        ref: locator,
        ...(identity === undefined ? {} : { id: identity }),
        ...(issuer === system ? {} : { issuedBy: issuer }),
      };
    }),
  };
  const [issuedAt] = grant.credentials
    .flatMap((one) => (one.issuedAt === undefined ? [] : [one.issuedAt]))
    .toSorted((one, other) => (instantMs(one) ?? 0) - (instantMs(other) ?? 0));
  const sought = {
    id: `${at}:${system}`,
    kind: `${connector.id}/${at}`,
    system,
    ref,
    origin: 'coverage',
    ...(issuedAt === undefined ? {} : { issuedAt }),
  } as const;
  return planOne(grant, sought, planning);
}

function unreachable(system: string, connector: string | undefined, leftOut: boolean): Failure {
  if (connector === undefined) {
    return inconclusive('R-SCOPE', `the system ${system} is not in the configuration`, `systems.${system}`);
  }
  return leftOut
    ? inconclusive('R-SCOPE', 'left out by --connector', `a run with --connector ${connector}`)
    : inconclusive('R-SCOPE', `no connector ${connector} is installed`, `a connector named ${connector}`);
}

/** A coverage target that nobody can be asked about. */
function nobody(grant: GrantRecord, system: string, at: string, label: string, gap: Failure): Plan {
  const target: Target = {
    grant: grant.metadata.id,
    id: `${at}:${system}`,
    kind: 'coverage',
    system,
    label,
    origin: 'coverage',
    ref: {},
    required: grant.systems.find((one) => one.system === system)?.required ?? true,
    asks: [],
    gap,
  };
  return { targets: [target], questions: [] };
}
