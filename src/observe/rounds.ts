import { setTimeout as sleep } from 'node:timers/promises';
import type { Reason } from '../model/reason.ts';
import type { Finding, Report } from '../model/report.ts';

/** Answers that may be better in a while; all others need a person. */
const passing: ReadonlySet<Reason> = new Set<Reason>([
  'R-LAG',
  'R-UNREACHABLE',
  'R-RATE',
  'R-PARTIAL',
  'R-CONTROL',
  'R-DERIVED',
  'R-NOT-REVOKED',
]);

/** Milliseconds between the first two rounds; doubled after each, up to the second. */
const [shortest, longest] = [1_000, 60_000];

interface Waiting {
  readonly waitMs?: number;
  readonly startedAt: string;
  readonly signal?: AbortSignal;
  now(): number;
}

/** Waits for the next round, if there is one: something may still change, and there is time left. */
export async function anotherRound(report: Report, round: number, waiting: Waiting): Promise<boolean> {
  const { waitMs = 0, startedAt, signal } = waiting;
  const pause = Math.min(shortest * 2 ** (round - 1), longest);
  const left = Date.parse(startedAt) + waitMs - waiting.now();
  if (left < pause || signal?.aborted === true) return false;
  if (!report.grants.some((grant) => grant.findings.some(mayChange))) return false;
  // interrupted: what the last round saw is what there is
  return sleep(pause, true, signal === undefined ? {} : { signal }).catch(() => false);
}

function mayChange({ verdict, target }: Finding): boolean {
  if (verdict.verdict === 'live') return true;
  return verdict.verdict === 'unproven' && target.gap === undefined && passing.has(verdict.reason);
}
