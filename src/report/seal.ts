import type { Identity } from '../connector.ts';
import type { Configuration } from '../model/config.ts';
import type { Dossier, GrantFacts, Policy, SystemFacts, Target } from '../model/dossier.ts';
import type { Evidence, Exchange } from '../model/evidence.ts';
import type { GrantRecord } from '../model/grant.ts';

/** What seal needs of a run. */
interface Ran {
  readonly startedAt: string;
  readonly version: string;
  now(): number;
  clean(text: string): string;
  readonly tape: { readonly exchanges: readonly Exchange[] };
  connections(): readonly { readonly system: string; readonly point: string; met(): Identity | undefined }[];
}

interface Gathered {
  readonly grants: readonly GrantRecord[];
  readonly configuration: Configuration;
  readonly policy: Policy;
  readonly targets: readonly Target[];
  readonly evidence: readonly Evidence[];
  readonly insecure: (system: string) => boolean;
  readonly run: Ran;
}

/** Closes the run: from here on nothing is added, and the instant of the seal is the judge's clock. */
export function seal({ grants, configuration, policy, targets, evidence, insecure, run }: Gathered): Dossier {
  const named = new Set(targets.map((target) => target.system));
  const systems = [...configuration.systems.values()]
    .filter((system) => named.has(system.name))
    .map((system): SystemFacts => {
      const connections = run.connections().filter((one) => one.system === system.name);
      const identity = connections.map((one) => one.met()).find((met) => met !== undefined);
      return {
        system: system.name,
        connector: system.connector,
        points: connections.map((one) => one.point),
        pinned: system.instance !== undefined,
        insecure: insecure(system.name),
        ...(identity === undefined ? {} : { instance: identity.instance, principal: identity.principal }),
      };
    });
  const { failOn, allowDormant, maxEvidenceAge, maxClockSkew, secrets, assumedRights } = policy;
  const dossier: Dossier = {
    schemaVersion: '1.0',
    tool: { name: 'tombstone', version: run.version },
    startedAt: run.startedAt,
    sealedAt: new Date(run.now()).toISOString(),
    policy: { failOn, allowDormant, maxEvidenceAge, maxClockSkew, secrets, assumedRights },
    systems,
    grants: grants.map(facts),
    targets,
    evidence,
    exchanges: run.tape.exchanges,
  };
  return cleaned(dossier, run);
}

function facts(grant: GrantRecord): GrantFacts {
  const { subject, intent, revocation } = grant;
  return {
    id: grant.metadata.id,
    subject: {
      kind: subject.kind,
      id: subject.id,
      ...(subject.name === undefined ? {} : { name: subject.name }),
      ...(subject.onBehalfOf === undefined ? {} : { onBehalfOf: subject.onBehalfOf.id }),
    },
    ...(intent === undefined
      ? {}
      : {
          intent: {
            reason: intent.reason,
            ...(intent.ticket === undefined ? {} : { ticket: intent.ticket }),
          },
        }),
    approvedBy: grant.approvals.map((approval) => approval.by),
    from: grant.validity.from,
    until: grant.validity.until,
    ...(revocation === undefined ? {} : { revokedAt: revocation.at }),
  };
}

/** A server can put our own token into an error text: nothing that is kept goes past the redactor. */
function cleaned<T>(value: T, run: Ran): T;
function cleaned(value: unknown, run: Ran): unknown {
  if (typeof value === 'string') return run.clean(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const clean = entries.map(([key, inner]): [string, unknown] => [key, cleaned(inner, run)]);
  // nearly always nothing is found: what is clean is not copied, of tens of thousands of exchanges
  if (clean.every(([, inner], index) => inner === entries[index]?.[1])) return value;
  return Array.isArray(value) ? clean.map(([, inner]) => inner) : Object.fromEntries(clean);
}
