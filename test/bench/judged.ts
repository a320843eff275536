import { performance } from 'node:perf_hooks';
import { judge } from '../../src/judge/judge.ts';
import { around, dossier, evidence, stamp, target } from '../judge/build.ts';
import type { Line } from './table.ts';

/** Targets a second through the judge, each with one controlled absence. */
export function judged(): readonly Line[] {
  const count = 50_000;
  const ids = Array.from({ length: count }, (_, index) => `c${index}`);
  const read = stamp();
  const given = dossier({
    targets: ids.map((id) => target({ id })),
    evidence: ids.map((id) => evidence({ saw: 'absent', controls: around(read) }, { target: id, read, id })),
  });
  // once for the compiler
  judge(given);
  const before = performance.now();
  const verdicts = judge(given);
  const seconds = (performance.now() - before) / 1_000;
  if (!verdicts.every((one) => one.verdict === 'gone')) throw new Error('the bench judges something else');
  return [{ what: 'judge: targets a second', value: count / seconds, limit: 50_000, least: true }];
}
