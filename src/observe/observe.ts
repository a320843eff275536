import { createHash } from 'node:crypto';
import { standingDigest } from '../look.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Failure, Observation } from '../model/observation.ts';
import type { Question } from '../plan/target.ts';
import type { Connection } from './connect.ts';
import { onlyMinted } from './control.ts';
import { createReader } from './reader.ts';
import type { Reader } from './reader.ts';

export interface Observing {
  connection(system: string, point: string): Connection | Failure;
  readonly version: string;
  /** Takes registered secrets out of a text. */
  clean(text: string): string;
  readonly signal: AbortSignal;
  now(): number;
  answered?(question: Question): void;
}

/**
 * Puts every question and brings back one evidence for each: nothing is lost, whatever a check does.
 * @param round counts from 1
 */
export function observe(
  questions: readonly Question[],
  run: Observing,
  round = 1,
): Promise<readonly Evidence[]> {
  const readers = new Map<Connection, Reader>();
  return Promise.all(
    questions.map(async (question) => {
      const evidence = await ask(question, run, readers, round);
      run.answered?.(question);
      return evidence;
    }),
  );
}

async function ask(
  question: Question,
  run: Observing,
  readers: Map<Connection, Reader>,
  round: number,
): Promise<Evidence> {
  const { target, check, point, connector } = question;
  const connection = run.connection(target.system, point);
  const id = { grant: target.grant, target: target.id, check: check.id, point, round };
  const shared = {
    id: digest(id),
    ...id,
    claim: check.claim,
    decides: check.decides,
    method: check.method,
    connector: { id: connector.id, version: run.version, origin: question.origin },
    system: target.system,
    ...(question.about === undefined ? {} : { about: question.about }),
  };
  const at = () => new Date(run.now()).toISOString();
  if (failed(connection)) {
    return { ...shared, at: at(), pinned: false, reads: [], observation: connection };
  }
  const reader = readers.get(connection) ?? createReader(connection, run.signal);
  readers.set(connection, reader);
  const recording = reader.record(question.window);
  const observation = await look(question, recording.context, run);
  return { ...shared, at: at(), pinned: connection.pinned, reads: recording.stamps(), observation };
}

/** Short enough to be read out, long enough to be one among millions. */
function digest(name: Record<string, string | number>): string {
  return createHash('sha256').update(JSON.stringify(name)).digest('hex').slice(0, 12);
}

type AskContext = Parameters<Question['check']['observe']>[1];

async function look(question: Question, context: AskContext, run: Observing): Promise<Observation> {
  const { target, check } = question;
  try {
    const observation = await beforeAbort(
      run.signal,
      check.observe(
        {
          id: target.id,
          ref: target.ref,
          system: target.system,
          accounts: question.accounts,
          ...(question.secret === undefined ? {} : { secret: question.secret }),
          ...(question.baseline === undefined ? {} : { baseline: question.baseline }),
          ...(question.captured === undefined ? {} : { captured: question.captured }),
        },
        context,
      ),
    );
    return compared(onlyMinted(observation), target.before);
  } catch (error) {
    // the one place that catches for checks: a bug in one of them must not take the others along
    const detail = error instanceof Error ? error.message : String(error);
    return inconclusive('R-CHECK', run.clean(`${check.id} broke: ${detail}`));
  }
}

/** Is what stands exactly what stood before the grant? Then the grant left nothing there. */
function compared(observation: Observation, before: string | undefined): Observation {
  if (before === undefined || observation.saw !== 'present') return observation;
  const { standing } = observation;
  if (standing === undefined) {
    const why = 'it stands, and what stands cannot be compared with what stood before the grant';
    return inconclusive('R-NOAPI', why);
  }
  const same = before === standing || before === `sha256:${standingDigest(standing)}`;
  return same ? { ...observation, asBefore: true } : observation;
}

/** A check that never settles must not hold the run: its answer is then that there was none. */
async function beforeAbort(signal: AbortSignal, observation: Promise<Observation>): Promise<Observation> {
  const cut = inconclusive('R-UNREACHABLE', 'the run was cut off before the answer was in');
  if (signal.aborted) return cut;
  let stop: () => void = () => {};
  const aborted = new Promise<Observation>((resolve) => {
    stop = () => resolve(cut);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([observation, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
