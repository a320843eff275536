import type { Reason } from '../../model/reason.ts';
import { checkOf } from '../ask.ts';
import type { Outcome } from '../ask.ts';
import { isPositive, must, mustBeOpen, mustBeOver, mustSee } from '../expect.ts';
import type { Scene } from '../scene.ts';
import type { Asked, ContractTarget } from '../world.ts';

/** One way in which an answer goes wrong, and the reasons that say so. */
export interface Fault {
  readonly name: string;
  readonly reasons: readonly Reason[];
  /** The answer does not come, or not whole: the client waits for it as long as it is told to. */
  readonly hangs: boolean;
}

/** What the proxy in front can do, whichever its protocol. */
export interface Sabotage {
  /** Passes everything through. */
  pass(): void;
  /** Spoils this answer. Where it hangs the client gives up after so many milliseconds. */
  spoil(number: number, wait: number): void;
  /** Questions that got an answer, and whether it was spoilt. */
  answered(): readonly (Asked & { readonly spoilt: boolean })[];
}

/** Milliseconds: a machine that is slower than the first makes nothing else of a case, but may not come so far. */
const waits = [100, 1_000, 10_000] as const;

/**
 * Every answer of the exchange is spoilt in turn, with the target living and with the target ended.
 * A spoilt read of the target is inconclusive for its own reason; nothing that was spoilt is judged
 * gone; what ended is never seen.
 */
export async function spoilEach(scene: Scene, fault: Fault, sabotage: Sabotage): Promise<void> {
  const target = await scene.world.create();
  await inState(scene, target, fault, sabotage, 'living');
  await scene.world.end(target);
  await inState(scene, target, fault, sabotage, 'ended');
}

async function inState(
  scene: Scene,
  target: ContractTarget,
  fault: Fault,
  sabotage: Sabotage,
  state: 'living' | 'ended',
): Promise<void> {
  const { world, look } = scene;
  sabotage.pass();
  const clean = await look(target);
  if (state === 'living') mustSee(clean, 'living, nothing spoilt');
  else mustBeOver(clean, 'ended, nothing spoilt');
  const questions = sabotage.answered();
  must(
    questions.some((one) => world.asks(one, target)),
    `none of the ${questions.length} questions is about the target: does "asks" know its own read?`,
  );
  for (const { number } of distinct(scene, questions)) {
    const { outcome, at } = await spoilOne(scene, target, fault, sabotage, number);
    const place = `answer ${number} of ${questions.length}`;
    must(at !== undefined, `${state}: ${fault.name} as ${place} never happened`);
    const when = `${state}, ${fault.name} as ${place}${at.path === '' ? '' : ` (${at.method} ${at.path})`}`;
    if (world.asks(at, target)) mustBeOpen(outcome, when, fault.reasons);
    else if (state === 'living') mustNotBeGone(outcome, when);
    else {
      must(!isPositive(outcome), `${when}: an ended target must not be seen`, outcome);
      const idle = world.idle?.some((one) => one.is(at)) ?? false;
      if (!idle) mustNotBeGone(outcome, when);
    }
  }
}

/** A look asks many questions, and some again and again: of those the first stands for the others. */
function distinct({ contract }: Scene, questions: readonly Asked[]): readonly Asked[] {
  if (checkOf(contract).of.role !== 'coverage') return questions;
  const first = new Map<string, Asked>();
  for (const one of questions) {
    const key = JSON.stringify([one.method, one.path, one.body]);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

async function spoilOne(
  { look }: Scene,
  target: ContractTarget,
  { hangs }: Fault,
  sabotage: Sabotage,
  number: number,
): Promise<{ readonly outcome: Outcome; readonly at: Asked | undefined }> {
  for (const wait of waits) {
    sabotage.spoil(number, wait);
    const outcome = await look(target, hangs ? { timeoutMs: wait } : {});
    const at = sabotage.answered().find((one) => one.spoilt);
    // an honest answer before it may have come too late for the shorter wait
    if (at !== undefined || !hangs || wait === waits.at(-1)) return { outcome, at };
  }
  throw new Error('there is always a last wait');
}

function mustNotBeGone(outcome: Outcome, when: string): void {
  must(outcome.verdict.verdict !== 'gone', `${when}: must not be judged gone`, outcome);
}
