import { registerSecrets } from './config/register.ts';
import { openRun } from './observe/run.ts';
import { observe } from './observe/observe.ts';
import type { Redactor } from './door/redact.ts';
import { createRedactor } from './door/redact.ts';
import { failed } from './model/observation.ts';
import type { Failure, Observation } from './model/observation.ts';
import type { Configuration, SystemConfig } from './model/config.ts';
import type { GrantRecord } from './model/grant.ts';
import { instantMs } from './model/time.ts';
import { planOne } from './plan/target.ts';
import type { Question } from './plan/target.ts';
import type { ConnectorLookup } from './registry.ts';

export interface DoctorInput {
  readonly configuration: Configuration;
  readonly connectors: ConnectorLookup;
  /** Names of systems; undefined means all. */
  readonly only?: readonly string[];
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly redactor?: Redactor;
}

/** What one point of one system says of itself, and whether each check could prove an absence there. */
export interface DoctorLine {
  readonly system: string;
  readonly point: string;
  readonly connector: string;
  readonly instance?: string;
  readonly principal?: string;
  readonly pinned: 'yes' | 'no' | 'differs';
  /** Server clock minus ours, milliseconds; whole seconds are all that some servers tell. */
  readonly skewMs?: number;
  readonly problem?: Failure;
  readonly checks: readonly {
    readonly id: string;
    readonly needs: readonly string[];
    readonly ok: boolean;
    readonly detail: string;
    /** The missing permission, by the vendor's own name. */
    readonly missing?: string;
  }[];
}

/**
 * Asks every system who it is, and rehearses for every check the proof that a locator which was
 * never issued is absent: a check that cannot say "not there" of that could not say it of anything.
 */
export async function doctor(input: DoctorInput): Promise<readonly DoctorLine[]> {
  const { configuration, connectors, now = Date.now, redactor = createRedactor() } = input;
  registerSecrets(configuration.systems, redactor);
  const run = openRun({ ...input, now, redactor });
  const systems = [...configuration.systems.values()].filter((one) => input.only?.includes(one.name) ?? true);
  try {
    const lines = await Promise.all(
      systems.map(async (system): Promise<readonly DoctorLine[]> => {
        const connector = connectors.get(system.connector);
        if (connector === undefined) return [];
        const questions = rehearsal(system, input, run.startedAt);
        return Promise.all(
          connector.points(system.config).map(async (point): Promise<DoctorLine> => {
            const connection = run.connection(system.name, point);
            const identity = failed(connection) ? connection : await connection.identify(run.signal);
            const told = failed(connection) ? undefined : connection.met();
            const here = questions.filter((question) => question.point === point);
            // without an identity every rehearsal would fail for the same reason
            const evidence = failed(identity) ? [] : await observe(here, run);
            const server = instantMs(told?.serverAt);
            return {
              system: system.name,
              point,
              connector: system.connector,
              pinned: pinned(system, told?.instance),
              ...(told === undefined ? {} : { instance: told.instance, principal: told.principal }),
              ...(server === undefined ? {} : { skewMs: server - now() }),
              ...(failed(identity) ? { problem: identity } : {}),
              checks: evidence.map(({ check: id, observation }) => {
                const needs = connector.checks.find((check) => check.id === id)?.needs ?? [];
                if (observation.saw !== 'inconclusive') {
                  return { id, needs, ok: true, detail: rehearsed(observation) };
                }
                // a look that comes upon what nothing explains has seen it
                if (observation.reason === 'R-ORIGIN')
                  return { id, needs, ok: true, detail: 'can see the whole' };
                // the example of a kind may live where this system has nothing
                if (observation.reason === 'R-SCOPE') {
                  return { id, needs, ok: true, detail: run.clean(`not tried: ${observation.detail}`) };
                }
                const missing = observation.needs;
                const detail = run.clean(`${observation.reason} ${observation.detail}`);
                return { id, needs, ok: false, detail, ...(missing === undefined ? {} : { missing }) };
              }),
            };
          }),
        );
      }),
    );
    return lines.flat();
  } finally {
    await run.close();
  }
}

function pinned({ instance }: SystemConfig, told: string | undefined): DoctorLine['pinned'] {
  if (instance === undefined) return 'no';
  return told === undefined || told === instance ? 'yes' : 'differs';
}

/** A grant that never was, with one never-issued locator of each kind. */
function rehearsal(
  system: SystemConfig,
  { connectors, configuration }: DoctorInput,
  now: string,
): readonly Question[] {
  const grant: GrantRecord = {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'doctor', labels: {} },
    subject: { kind: 'workload', id: 'doctor', accounts: [] },
    approvals: [],
    validity: { from: now, until: now },
    systems: [{ system: system.name, required: true }],
    credentials: [],
    entitlements: [],
    placements: [],
    source: { file: 'doctor', directory: configuration.directory },
  };
  const planning = {
    configuration,
    policy: configuration.policy,
    now,
    connector(id: string) {
      const connector = connectors.get(id);
      return connector === undefined ? undefined : { connector, origin: connectors.origin(id) };
    },
  };
  const connector = connectors.get(system.connector);
  // looks have kinds of their own, one for each system
  const looks = new Map(
    (connector?.checks ?? []).flatMap(({ of }) => (of.role === 'coverage' ? [[of.kind, of] as const] : [])),
  );
  return [...(connector?.kinds ?? []), ...looks.values()].flatMap(
    ({ kind, example }) =>
      planOne(grant, { id: kind, kind, system: system.name, ref: example, origin: 'declared' }, planning)
        .questions,
  );
}

/** Something that was never issued is absent; a check that looks for what was made may still find something of others. */
function rehearsed(observation: Observation): string {
  if (observation.saw === 'excluded') return `not tried: ${observation.why}`;
  if (!('controls' in observation) || observation.controls === undefined)
    return `can see: it saw ${observation.saw}`;
  const strangers = observation.controls.every((control) => control.form === 'distinct-absence');
  return strangers
    ? 'can prove an absence, by an id that was never issued; a control in the configuration would be stronger'
    : 'can prove an absence';
}
