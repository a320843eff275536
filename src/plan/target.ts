import type { AnyConnector, Check, CheckTarget, Context, Kind } from '../connector.ts';
import type { Baseline } from '../model/baseline.ts';
import type { Configuration } from '../model/config.ts';
import type { Ask, Policy, Target } from '../model/dossier.ts';
import type { GrantRecord } from '../model/grant.ts';
import { inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import type { Secret } from '../model/secret.ts';
import { durationMs, instantMs } from '../model/time.ts';

/** One question to put: which check asks about which target at which point. */
export interface Question {
  readonly target: Target;
  readonly connector: AnyConnector;
  /** `builtin`, or `npm:<name>@<version>`. */
  readonly origin: string;
  readonly check: Check<unknown, unknown>;
  readonly point: string;
  readonly secret?: Secret;
  readonly accounts: readonly string[];
  readonly about?: string;
  readonly baseline?: Baseline;
  readonly captured?: CheckTarget<unknown>['captured'];
  readonly window: Context<unknown>['window'];
}

export interface Plan {
  readonly targets: readonly Target[];
  readonly questions: readonly Question[];
}

export interface Planning {
  readonly configuration: Pick<Configuration, 'systems'>;
  connector(id: string): { readonly connector: AnyConnector; readonly origin: string } | undefined;
  readonly policy: Policy;
  /** What stood before each grant, by the grant's id, where it was captured. */
  readonly baselines?: ReadonlyMap<string, Baseline>;
  /** Connectors that were selected; undefined means all. */
  readonly only?: readonly string[];
  /** RFC 3339: the end of the window of a grant that was not revoked. */
  readonly now: string;
}

/** What the record says of a target, or what a lead says. */
export interface Sought {
  readonly id: string;
  readonly kind: string;
  readonly system: string;
  readonly ref: unknown;
  readonly origin: Target['origin'];
  readonly derivedFrom?: string;
  readonly relation?: string;
  readonly secret?: Secret;
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly before?: string;
}

/** The target of one sought thing, with every question that its kind's checks can put. */
export function planOne(grant: GrantRecord, sought: Sought, planning: Planning): Plan {
  const system = grant.systems.find((one) => one.system === sought.system);
  const base = {
    grant: grant.metadata.id,
    id: sought.id,
    kind: sought.kind,
    system: sought.system,
    origin: sought.origin,
    ref: sought.ref,
    required: system?.required ?? true,
    ...(sought.derivedFrom === undefined ? {} : { derivedFrom: sought.derivedFrom }),
    ...(sought.relation === undefined ? {} : { relation: sought.relation }),
    ...(sought.expiresAt === undefined ? {} : { expiresAt: sought.expiresAt }),
    ...(sought.before === undefined || sought.before === 'none' ? {} : { before: sought.before }),
  };
  const found = resolve(sought, planning);
  if ('saw' in found)
    return { targets: [{ ...base, label: sought.id, asks: [], gap: found }], questions: [] };

  const { kind, connector, origin, config, ref } = found;
  const described = {
    ...base,
    ref,
    label: kind.label(ref),
    fix: kind.fix(ref),
    facts: {
      requires: kind.requires,
      killing: kind.killing,
      horizon: kind.horizon,
      mints: kind.mints(ref),
    },
  };
  const identity = kind.id(ref);
  const secretFor = (method: Check<unknown, unknown>['method']) =>
    allowed(sought.secret, method, planning.policy);
  const asked = connector.checks
    .filter((check) => check.of.kind === kind.kind)
    .filter((check) => check.applies?.({ ref, hasSecret: secretFor(check.method) !== undefined }) ?? true);
  const pointsOf = (check: Check<unknown, unknown>) =>
    connector.points(config).filter((point) => check.at?.(point, config) ?? true);
  const asks: Ask[] = asked.flatMap((check) =>
    pointsOf(check).map((point) => ({ check: check.id, claim: check.claim, point, decides: check.decides })),
  );
  const target: Target = { ...described, ...(identity === undefined ? {} : { identity }), asks };
  const baseline = planning.baselines?.get(grant.metadata.id);
  const questions = asked.flatMap((check) =>
    pointsOf(check).map((point): Question => {
      const secret = secretFor(check.method);
      // a check that presents the value itself asks about that very value
      const about = identity ?? (secret === undefined ? undefined : `the value of ${secret.reference}`);
      return {
        target,
        connector,
        origin,
        check,
        point,
        accounts: accountsIn(grant, sought.system),
        window: window(grant, sought, planning),
        ...(secret === undefined ? {} : { secret }),
        ...(about === undefined ? {} : { about }),
        ...(baseline === undefined ? {} : { baseline }),
      };
    }),
  );
  return { targets: [target], questions };
}

interface Resolved {
  readonly kind: Kind<unknown>;
  readonly connector: AnyConnector;
  readonly origin: string;
  readonly config: unknown;
  readonly ref: unknown;
}

function resolve(sought: Sought, { configuration, connector: lookup, only }: Planning): Resolved | Failure {
  const system = configuration.systems.get(sought.system);
  if (system === undefined) {
    return inconclusive(
      'R-SCOPE',
      `the system ${sought.system} is not in the configuration`,
      `systems.${sought.system}`,
    );
  }
  const [wanted = ''] = sought.kind.split('/');
  const installed = lookup(wanted);
  if (installed === undefined) {
    return inconclusive(
      'R-SCOPE',
      `no connector for ${sought.kind} is installed`,
      `a connector named ${wanted}`,
    );
  }
  if (system.connector !== wanted) {
    return inconclusive(
      'R-SCOPE',
      `${sought.system} is configured for ${system.connector}, not for ${sought.kind}`,
    );
  }
  if (only !== undefined && !only.includes(wanted)) {
    return inconclusive(
      'R-SCOPE',
      `left out by --connector ${only.join(', ')}`,
      `a run with --connector ${wanted}`,
    );
  }
  const { connector, origin } = installed;
  const kind =
    connector.kinds.find((one) => one.kind === sought.kind) ??
    connector.checks.find((one) => one.of.kind === sought.kind)?.of;
  if (kind === undefined) return inconclusive('R-SCOPE', `${wanted} knows no kind ${sought.kind}`);
  const ref = kind.ref.safeParse(sought.ref);
  if (!ref.success) return inconclusive('R-CHECK', `a locator that ${sought.kind} cannot read`);
  return { kind, connector, origin, config: system.config, ref: ref.data };
}

/** Law 13: by default a secret goes only to its own issuer. */
function allowed(secret: Secret | undefined, method: string, { secrets }: Policy): Secret | undefined {
  if (method === 'introspect') return secrets === 'never' ? undefined : secret;
  if (method === 'probe' || method === 'scan') return secrets === 'everywhere' ? secret : undefined;
  return undefined;
}

/**
 * From the earliest instant that the record names, less what the broker's clock may be ahead of the
 * server's, to now. Record and server are two clocks: what was born a moment before may be the grant's.
 */
function window(grant: GrantRecord, sought: Sought, { now, policy }: Planning): Question['window'] {
  const instants = [grant.validity.from, sought.issuedAt].map((instant) => instantMs(instant) ?? Infinity);
  const skew = durationMs(policy.maxClockSkew) ?? 0;
  const revokedAt = grant.revocation?.at;
  return {
    from: new Date(Math.min(...instants) - skew).toISOString(),
    to: now,
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}

/** Ids of the subject's accounts in one system. */
export function accountsIn(grant: GrantRecord, system: string): readonly string[] {
  return grant.subject.accounts.filter((account) => account.system === system).map((account) => account.id);
}
