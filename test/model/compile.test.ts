import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const contract = join(root, 'src/connector.ts');
const judge = join(root, 'src/model/report.ts');

const head = `import type { Controls, Observation, PassedControl, Stamp, Verdict } from './types.ts';
declare const controls: Controls; declare const stamp: Stamp;
`;
const wrong: Record<string, string> = {
  'absent without a control': `export const it: Observation = { saw: 'absent' };`,
  'refused without a control': `export const it: Observation = { saw: 'refused' };`,
  'denies without a control': `export const it: Observation = { saw: 'denies', liftedBy: 'others' };`,
  'ended without a control': `export const it: Observation = { saw: 'ended', how: 'revoked', at: '', family: 'whole' };`,
  'absent with an empty list of controls': `export const it: Observation = { saw: 'absent', controls: [] };`,
  'absent with a hand-made control': `export const it: Observation = { saw: 'absent', controls: [{ form: 'sighting', when: 'within', chosen: 'own', of: '', stamp }] };`,
  'a hand-made control': `export const it: PassedControl = { form: 'sighting', when: 'within', chosen: 'own', of: '', stamp };`,
  'an observation that is a verdict': `export const it: Observation = { saw: 'gone', controls };`,
  'gone without evidence': `export const it: Verdict = { verdict: 'gone', because: [] };`,
};
const right: Record<string, string> = {
  'absent with controls of the core': `export const it: Observation = { saw: 'absent', controls };`,
  'denies with controls of the core': `export const it: Observation = { saw: 'denies', liftedBy: 'others', controls };`,
};

describe('law 3: only the core mints a passed control', () => {
  let directory = '';
  let output = '';
  const file = (name: string) => `${name.replaceAll(' ', '-')}.ts`;

  beforeAll(() => {
    directory = mkdtempSync(join(root, 'test/model/.compile-'));
    const to = (path: string) => JSON.stringify(`./${relative(directory, path)}`);
    writeFileSync(
      join(directory, 'types.ts'),
      `export type { Controls, Observation, PassedControl, Stamp } from ${to(contract)};\nexport type { Verdict } from ${to(judge)};\n`,
    );
    for (const [name, code] of Object.entries({ ...wrong, ...right })) {
      writeFileSync(join(directory, file(name)), `${head}${code}\n`);
    }
    const config = {
      extends: '../../../tsconfig.json',
      include: ['*.ts'],
      compilerOptions: { noUnusedLocals: false },
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    try {
      output = execFileSync(process.execPath, [tsc, '-p', directory, '--pretty', 'false'], {
        encoding: 'utf8',
      });
    } catch (error) {
      output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    }
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const errors = (name: string) => output.split('\n').filter((line) => line.includes(`/${file(name)}`));
  for (const name of Object.keys(wrong)) {
    it(`${name} does not compile`, () => expect(errors(name)).toHaveLength(1));
  }
  for (const name of Object.keys(right)) {
    it(`${name} compiles`, () => expect(errors(name)).toEqual([]));
  }
});
