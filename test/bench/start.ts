import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from './table.ts';

const rounds = 40;

/** What a start costs, as installed from the packed tarball, beside a bare `node -e 0`. */
export function start(root: string, record: string): readonly Line[] {
  const directory = mkdtempSync(join(tmpdir(), 'tombstone-bench-'));
  try {
    // npm itself runs on whatever Node it came with; the scripts of the package run on ours
    const npm = (words: readonly string[], cwd: string) => execFileSync('npm', words, { cwd, stdio: 'pipe' });
    npm(['pack', '--ignore-scripts', '--pack-destination', directory], root);
    const [tarball] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm packed nothing');
    writeFileSync(join(directory, 'package.json'), '{"private":true}');
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], directory);
    const bin = join(directory, 'node_modules/tombstone/bin/tombstone.js');
    const file = join(directory, 'grant.json');
    writeFileSync(file, record);
    const commands = {
      bare: ['-e', '0'],
      version: [bin, '--version'],
      check: [bin, 'record', 'check', file],
    };
    const cost = compare(commands, directory);
    return [
      { what: '--version: CPU ÷ bare node', value: cost.version / cost.bare, limit: 1.25 },
      { what: 'record check: CPU ÷ bare node', value: cost.check / cost.bare, limit: 2 },
      { what: 'bare node: CPU', value: cost.bare, unit: 'ms' },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** CPU milliseconds of one run of each, the commands taking turns so that a busy moment hits all. */
function compare<N extends string>(commands: Record<N, readonly string[]>, cwd: string): Record<N, number> {
  const names = Object.keys(commands) as N[];
  const spent = Object.fromEntries(names.map((name) => [name, 0])) as Record<N, number>;
  const run = (name: N) => {
    const before = childCpu();
    const { status } = spawnSync(process.execPath, commands[name], { cwd, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    return childCpu() - before;
  };
  // the first of each fills the compile cache
  for (const name of names) run(name);
  for (let round = 0; round < rounds; round += 1) for (const name of names) spent[name] += run(name);
  return Object.fromEntries(names.map((name) => [name, spent[name] / rounds])) as Record<N, number>;
}

/** User and system time of all ended children, milliseconds. Linux counts it in hundredths of a second. */
function childCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
