/**
 * `npm run test:mutants`: takes one safeguard after the other out of a copy of the code; for each, a
 * test must fail. `npm run test:mutants -- word` runs those whose name holds the word.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from './mutants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wanted = process.argv[2] ?? '';
const copy = mkdtempSync(join(tmpdir(), 'tombstone-mutants-'));

try {
  for (const name of ['src', 'connectors', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  for (const name of ['node_modules', '.servers']) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(copy, name));
  }
  const chosen = mutants.filter((mutant) => mutant.name.includes(wanted));
  if (chosen.length === 0) throw new Error(`no mutant has "${wanted}" in its name`);
  const healthy = test([...new Set(chosen.flatMap((mutant) => mutant.tests))]);
  if (!healthy) throw new Error('the tests fail without any mutant: nothing can be said');
  const survivors = chosen.filter((mutant) => !dies(mutant)).map((mutant) => mutant.name);
  process.stdout.write(
    survivors.length === 0
      ? `${chosen.length} mutants, none survived\n`
      : `survived: ${survivors.join('; ')}\n`,
  );
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function dies({ name, file, cut, put, tests }: (typeof mutants)[number]): boolean {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const parts = text.split(cut);
  if (parts.length !== 2)
    throw new Error(`${name}: ${file} holds its text ${parts.length - 1} times, not once`);
  writeFileSync(path, parts.join(put));
  const died = !test(tests);
  writeFileSync(path, text);
  process.stdout.write(`${died ? 'dies     ' : 'SURVIVES '} ${name}\n`);
  return died;
}

function test(files: readonly string[]): boolean {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--root', copy, '--bail', '1', ...files], {
    cwd: copy,
    stdio: 'ignore',
    env: { ...process.env, CI: '' },
  });
  return status === 0;
}
