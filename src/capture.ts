import { registerSecrets } from './config/register.ts';
import { createRedactor } from './door/redact.ts';
import type { Redactor } from './door/redact.ts';
import { standingDigest } from './look.ts';
import type { Baseline, BaselineEntry } from './model/baseline.ts';
import type { Configuration } from './model/config.ts';
import type { Account, GrantRecord } from './model/grant.ts';
import { failed } from './model/observation.ts';
import type { Failure } from './model/observation.ts';
import { instantMs } from './model/time.ts';
import { observe } from './observe/observe.ts';
import { openRun } from './observe/run.ts';
import { lookAround } from './plan/look-around.ts';
import type { ConnectorLookup } from './registry.ts';

export interface CaptureInput {
  /** Who the subject is in each system. Systems without an account are captured too: the hunt looks at all. */
  readonly accounts: readonly Account[];
  readonly configuration: Configuration;
  readonly connectors: ConnectorLookup;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly redactor?: Redactor;
}

/** Why a system could not be captured whole. */
export interface Missed {
  readonly look: string;
  readonly failure: Failure;
}

/** Everything that a look could come upon was born after this. */
const ever = '1970-01-01T00:00:00.000Z';

/**
 * What stands now, by id and digest: whatever a look at the whole of each system comes upon. A baseline
 * with a gap would later blame what it did not see on a grant, so what was missed is said.
 */
export async function capture(
  input: CaptureInput,
): Promise<{ readonly baseline: Baseline; readonly missed: readonly Missed[] }> {
  const { configuration, now = Date.now, redactor = createRedactor() } = input;
  registerSecrets(configuration.systems, redactor);
  const run = openRun({ ...input, now, redactor });
  try {
    const planning = {
      configuration,
      policy: configuration.policy,
      now: run.startedAt,
      connector: run.connector,
    };
    const { questions, targets } = lookAround([], [nobodysGrant(input, run.startedAt)], planning);
    const entries = new Map<string, BaselineEntry>();
    const instances: Record<string, string> = {};
    const instants: string[] = [];
    const captured = questions.map((question) => ({
      ...question,
      window: { from: ever, to: run.startedAt },
      captured: (...[seen, stamp]: Parameters<NonNullable<typeof question.captured>>) => {
        instances[stamp.system] = stamp.instance;
        for (const { kind, id, standing } of seen) {
          const entry = { system: stamp.system, kind, id, digest: standingDigest(standing) };
          entries.set(JSON.stringify(entry), entry);
        }
      },
    }));
    const evidence = await observe(captured, run);
    const gaps = targets.flatMap(({ id, gap }) => (gap === undefined ? [] : [{ look: id, failure: gap }]));
    const missed = evidence.flatMap(({ check, system, observation, reads }) => {
      instants.push(...reads.map((read) => read.serverAt ?? read.at));
      // what nothing explains is what a baseline is for
      const whole = !failed(observation) || observation.reason === 'R-ORIGIN';
      return whole ? [] : [{ look: `${check} of ${system}`, failure: observation }];
    });
    // a grant that began while it was taken could have made what it saw last
    const last = instants.toSorted((a, b) => (instantMs(a) ?? 0) - (instantMs(b) ?? 0)).at(-1);
    const inOrder = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    return {
      baseline: { capturedAt: last ?? run.startedAt, instances, entries: inOrder },
      missed: [...gaps, ...missed],
    };
  } finally {
    await run.close();
  }
}

/** A grant that gave nothing and touched every system: the looks need one to look around. */
function nobodysGrant({ accounts, configuration }: CaptureInput, now: string): GrantRecord {
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'capture', labels: {} },
    subject: { kind: 'workload', id: 'capture', accounts },
    approvals: [],
    validity: { from: ever, until: now },
    systems: [...configuration.systems.keys()].map((system) => ({ system, required: true })),
    credentials: [],
    entitlements: [],
    placements: [],
    source: { file: 'capture', directory: configuration.directory },
  };
}
