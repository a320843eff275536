import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../properties/world.ts';
import type { Thing } from '../properties/world.ts';
import type { Line } from './table.ts';

const things: readonly Thing[] = [
  { kind: 'token', fate: 'revoked' },
  { kind: 'lease', fate: 'revoked' },
  { kind: 'role', fate: 'dropped' },
  { kind: 'session', fate: 'closed' },
];

/** Resident memory of one `tombstone verify` of the built command, at its highest. */
export async function memory(bin: string): Promise<readonly Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tombstone-bench-'));
  const world = await build({ things, crowd: 5 });
  try {
    const peak = join(directory, 'peak');
    const told = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`;
    writeFileSync(join(directory, 'peak.cjs'), told);
    const { source: _, ...record } = world.grant;
    const plain = { ...record, metadata: { id: 'g1' } };
    writeFileSync(join(directory, 'grant.json'), JSON.stringify(plain));
    writeFileSync(
      join(directory, 'tombstone.yaml'),
      `version: 1\nsystems:\n  vault: { connector: vault, address: "${world.vault.address}", token: env:T }\n  db: { connector: postgres, url: env:U }\n`,
    );
    const env = {
      ...process.env,
      T: world.verifier.value,
      U: world.postgres.url('tombstone_verifier', 'verifier-password'),
    };
    const child = spawn(
      process.execPath,
      ['--require', join(directory, 'peak.cjs'), bin, 'verify', 'grant.json'],
      {
        cwd: directory,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the bench's verify ended with ${String(code)}: ${said}`);
    return [
      {
        what: 'verify: resident memory at its highest',
        value: Number(readFileSync(peak, 'utf8')) / 1024,
        unit: 'MiB',
      },
    ];
  } finally {
    await world.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
