import { registerSecrets } from './config/register.ts';
import type { Redactor } from './door/redact.ts';
import { createRedactor } from './door/redact.ts';
import { observe } from './observe/observe.ts';
import { anotherRound } from './observe/rounds.ts';
import { openRun } from './observe/run.ts';
import type { Baseline } from './model/baseline.ts';
import type { Configuration } from './model/config.ts';
import type { Dossier, Policy } from './model/dossier.ts';
import type { Evidence } from './model/evidence.ts';
import type { GrantRecord } from './model/grant.ts';
import type { Report } from './model/report.ts';
import { follow } from './plan/follow.ts';
import { lookAround } from './plan/look-around.ts';
import { plan } from './plan/plan.ts';
import type { Plan, Question } from './plan/target.ts';
import type { ConnectorLookup } from './registry.ts';
import { report } from './report/report.ts';
import { seal } from './report/seal.ts';

export interface VerifyInput {
  readonly grants: readonly GrantRecord[];
  readonly configuration: Configuration;
  readonly connectors: ConnectorLookup;
  /** Connectors to ask; the targets of all others are unproven. */
  readonly only?: readonly string[];
  /** What stood before each grant, by the grant's id. */
  readonly baselines?: ReadonlyMap<string, Baseline>;
  /** Overrides the policy of the configuration. */
  readonly policy?: Partial<Policy>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  /** Gets every secret that is used, and cleans every text that is kept. */
  readonly redactor?: Redactor;
  /** How long to go on asking, in rounds, while time may still bring a better answer. Milliseconds. */
  readonly waitMs?: number;
  readonly progress?: (event: { system: string; asked: number; of: number }) => void;
}

/** How often the looks of one round are repeated while they find something new. */
const passes = 4;

/**
 * Asks every system about every target of the grants and answers with the verdicts and all that
 * they rest on. Never throws for what a server does.
 */
export async function verify(input: VerifyInput): Promise<{ report: Report; dossier: Dossier }> {
  const { grants, configuration, now = Date.now, redactor = createRedactor() } = input;
  registerSecrets([configuration.systems, grants], redactor);
  const policy: Policy = { ...configuration.policy, ...input.policy };
  const run = openRun({ ...input, now, redactor });
  try {
    const { baselines = new Map<string, Baseline>() } = input;
    const shared = { configuration, policy, now: run.startedAt, connector: run.connector };
    const planning = { ...shared, baselines, ...only(input) };
    const evidence: Evidence[] = [];
    /** Asks, and follows what is found until nothing new is. */
    const pursue = async ({ targets, questions }: Plan, round: number): Promise<Plan> => {
      const asked: Question[] = [];
      while (questions.length > 0) {
        const answers = await observe(questions, run, round);
        evidence.push(...answers);
        asked.push(...questions);
        ({ targets, questions } = follow(targets, answers, grants, planning));
      }
      return { targets, questions: asked };
    };
    let known = plan(grants, planning);
    for (let round = 1, waits = 1; ; round += 1, waits += 1) {
      known = await pursue(known, round);
      // looks come after whatever could still make something was seen to have ended; what they find
      // could too, so they are repeated until they find nothing new
      for (let pass = 1; ; pass += 1, round += 1) {
        const around = lookAround(known.targets, grants, planning);
        const { targets, questions } = await pursue(around, round);
        const found = questions.filter((one) => one.target.origin !== 'coverage');
        known = { targets, questions: [...known.questions, ...found] };
        if (targets.length === around.targets.length || pass === passes) break;
      }
      const gathered = { grants, configuration, policy, targets: known.targets, evidence, run };
      const dossier = seal({ ...gathered, insecure: insecure(input) });
      const judged = report(dossier);
      if (!(await anotherRound(judged, waits, { ...input, now, startedAt: run.startedAt }))) {
        return { dossier, report: judged };
      }
    }
  } finally {
    await run.close();
  }
}

/** Plain http that the configuration allows is said in every report. */
const insecure =
  ({ configuration, connectors }: VerifyInput) =>
  (name: string) => {
    const system = configuration.systems.get(name);
    const connector = system && connectors.get(system.connector);
    return (
      connector !== undefined &&
      connector.points(system?.config).some((point) => connector.host(system?.config, point).allowInsecure)
    );
  };

const only = (input: VerifyInput) => (input.only === undefined ? {} : { only: input.only });
