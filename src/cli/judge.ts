import { decodeDossier } from '../judge/decode.ts';
import { report } from '../report/report.ts';
import { readInput } from './reading.ts';
import { outputsOf } from './outputs.ts';
import { publish } from './publish.ts';
import type { VerdictOptions } from './publish.ts';
import type { Shell } from './shell.ts';

export type JudgeOptions = VerdictOptions;

/** Judges saved evidence again. Nothing is asked; that the evidence is unsigned is said. */
export async function judge(file: string, options: JudgeOptions, shell: Shell): Promise<number> {
  const outputs = await outputsOf(options.out ?? [], shell.directory);
  const saved = decodeDossier(await readInput(file, shell));
  const dossier = {
    ...saved,
    policy: {
      ...saved.policy,
      ...(options.failOn === undefined ? {} : { failOn: options.failOn }),
      ...(options.allow === undefined ? {} : { allowDormant: true }),
    },
  };
  const run = { report: report(dossier), dossier };
  return publish(run, options, outputs, { again: 'tombstone verify RECORD', judgedFrom: file }, shell);
}
