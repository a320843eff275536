import { createRedactor } from '../door/redact.ts';
import type { Redactor } from '../door/redact.ts';
import type { AnyConnector, Check, Kind } from '../connector.ts';
import type { Configuration } from '../model/config.ts';
import type { Evidence } from '../model/evidence.ts';
import type { GrantRecord } from '../model/grant.ts';
import { failed } from '../model/observation.ts';
import type { Observation } from '../model/observation.ts';
import type { Verdict } from '../model/report.ts';
import { Secret } from '../model/secret.ts';
import type { Sealed } from '../reporters/index.ts';
import { verify } from '../verify.ts';
import { BrokenContract } from './world.ts';
import type { Address, Contract, ContractTarget, ContractWorld } from './world.ts';

/** What one run made of one target. */
export interface Outcome {
  readonly sealed: Sealed;
  readonly evidence: Evidence;
  readonly observation: Observation;
  readonly verdict: Verdict;
}

export interface Asking {
  /** Instead of the system itself. */
  readonly through?: Address;
  /** The instance that the configuration pins. */
  readonly pinned?: string;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly redactor?: Redactor;
}

/** Milliseconds: long enough for an answer on loopback by a busy machine. */
const patience = 10_000;
const system = 'system';
const hour = 3_600_000;

export function checkOf({ connector, check: id }: Contract): Check<unknown, unknown> {
  const check = connector.checks.find((one) => one.id === id);
  if (check === undefined) throw new BrokenContract(`${connector.id} has no check ${id}`);
  return check;
}

/** Runs the whole pipeline about this target, with no other check than the one under test. */
export async function ask(
  contract: Contract,
  world: ContractWorld,
  target: ContractTarget,
  asking: Asking = {},
): Promise<Outcome> {
  const check = checkOf(contract);
  const connector = alone(contract.connector, check, target);
  const { through = world.address, timeoutMs = patience, now, signal, redactor = createRedactor() } = asking;
  const configuration: Configuration = {
    file: 'tombstone.yaml',
    directory: '.',
    systems: new Map([
      [
        system,
        {
          name: system,
          connector: connector.id,
          config: configOf(connector, world, through),
          limits: { requestsPerSecond: 100_000, concurrency: 8, timeoutMs },
          ...(asking.pinned === undefined ? {} : { instance: asking.pinned }),
        },
      ],
    ]),
    policy: {
      failOn: 'unproven',
      allowDormant: false,
      maxEvidenceAge: 'PT15M',
      // one machine, one clock; the window of a look begins so much early
      maxClockSkew: 'PT2S',
      secrets: check.method === 'probe' || check.method === 'scan' ? 'everywhere' : 'issuer',
      assumedRights: 'accept',
    },
    connectors: [],
  };
  const sealed = await verify({
    grants: [recordOf(check, target)],
    configuration,
    connectors: {
      get: (id) => (id === connector.id ? connector : undefined),
      origin: () => 'contract',
      all: [connector],
    },
    redactor,
    ...(now === undefined ? {} : { now }),
    ...(signal === undefined ? {} : { signal }),
  });
  const id = check.of.role === 'coverage' ? `${check.of.kind.replace(/^.*\//, '')}:${system}` : 't1';
  const findings = sealed.report.grants.flatMap((grant) => grant.findings);
  const finding = findings.find((one) => one.target.id === id);
  const evidence = finding?.evidence.filter((one) => one.check === check.id) ?? [];
  // a look is repeated once it found something: an answer that it did not get counts more than the first
  const one = evidence.find((each) => failed(each.observation)) ?? evidence[0];
  const often = check.of.role !== 'coverage' && evidence.length > 1;
  if (finding === undefined || one === undefined || often) {
    throw new BrokenContract(
      `${check.id} was asked ${evidence.length} times about its target${finding?.target.gap === undefined ? '' : `: ${finding.target.gap.detail}`}; does "applies" take it?`,
    );
  }
  // what a look came upon carries the verdict; worst first
  const { verdict = finding.verdict } =
    findings.find((other) => other === finding || other.target.id.startsWith(`${id}/`)) ?? {};
  return { sealed, evidence: one, observation: one.observation, verdict };
}

/**
 * The same connector with one check, whose claim alone decides about its kind, asked about this target
 * alone: other claims, and what the check finds, have contracts of their own.
 */
function alone(
  connector: AnyConnector,
  check: Check<unknown, unknown>,
  target: ContractTarget,
): AnyConnector {
  const without = { sweep: 'the contract asks one question', hunt: 'the contract asks one question' };
  if (check.of.role === 'coverage') {
    return { ...connector, checks: [check], without };
  }
  const kind: Kind<unknown> = {
    ...check.of,
    requires: [check.claim],
    killing: check.claim,
    mints: () => false,
    horizon: 'PT0S',
  };
  const declared = JSON.stringify(kind.ref.parse(target.ref));
  const only: Check<unknown, unknown> = {
    ...check,
    of: kind,
    decides: true,
    applies: (one) => JSON.stringify(one.ref) === declared && (check.applies?.(one) ?? true),
  };
  return { ...connector, kinds: [kind], checks: [only], without };
}

/** As the loader does it: the connector's own schema, then every reference filled. */
function configOf(connector: AnyConnector, world: ContractWorld, at: Address): unknown {
  const { fields, environment } = world.configuration(at);
  const config = connector.config.parse(fields);
  fill(config, environment);
  return config;
}

function fill(value: unknown, environment: Readonly<Record<string, string>>): void {
  if (value instanceof Secret) {
    const name = value.reference.replace(/^env:/, '');
    const text = environment[name];
    if (text === undefined) throw new BrokenContract(`the environment of the world has no ${name}`);
    value.fill(text);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) fill(one, environment);
  }
}

function recordOf(check: Check<unknown, unknown>, target: ContractTarget): GrantRecord {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const { of: kind } = check;
  const one = { id: 't1', kind: kind.kind, system, ref: target.ref };
  const secret =
    target.secret === undefined ? {} : { secret: new Secret('env:TOMBSTONE_SUBJECT_T1', target.secret) };
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'contract', labels: {} },
    subject: {
      kind: 'agent',
      id: 'contract',
      accounts: (target.accounts ?? []).map((id) => ({ system, id })),
    },
    approvals: [],
    validity: { from: target.from ?? at(-3 * hour), until: at(hour) },
    // before every answer, also where a clock is wrong by an hour
    revocation: { at: at(-2 * hour) },
    systems: [{ system, required: true }],
    credentials: [
      ...(kind.role === 'credential' ? [{ ...one, ...secret }] : []),
      ...(target.declared ?? []).map((other, index) => ({ ...other, system, id: `given-${index + 1}` })),
    ],
    entitlements: kind.role === 'entitlement' ? [one] : [],
    placements: [],
    source: { file: 'contract', directory: '.' },
  };
}
