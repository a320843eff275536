import { performance } from 'node:perf_hooks';
import { builtIn } from '../../src/registry.ts';
import { Secret } from '../../src/connector.ts';
import { verify } from '../../src/verify.ts';
import { build, configured } from '../properties/world.ts';
import type { Thing } from '../properties/world.ts';
import { delay, depth } from './delay.ts';
import type { Line } from './table.ts';

const injected = 20;
const things: readonly Thing[] = [
  ...Array.from({ length: 5 }, (): Thing => ({ kind: 'token', fate: 'revoked' })),
  ...Array.from({ length: 5 }, (): Thing => ({ kind: 'role', fate: 'dropped' })),
];

/** One verify of ten targets over two systems, each answer late: against the longest chain of calls that needed one another. */
export async function latency(): Promise<readonly Line[]> {
  const world = await build({ things, crowd: 5 });
  const vault = await delay(Number(new URL(world.vault.address).port), injected);
  const database = await delay(world.postgres.port, injected);
  try {
    const url = world.postgres
      .url('tombstone_verifier', 'verifier-password')
      .replace(`:${world.postgres.port}/`, `:${database.port}/`);
    const configuration = configured(
      { address: `http://127.0.0.1:${vault.port}`, token: new Secret('env:T', world.verifier.value) },
      { url: new Secret('env:U', url) },
      5_000,
    );
    const ask = () => verify({ grants: [world.grant], configuration, connectors: builtIn() });
    // once for the compiler and the driver
    await ask();
    const [inVault, inDatabase] = [vault.calls.length, database.calls.length];
    const before = performance.now();
    const { report } = await ask();
    const spent = performance.now() - before;
    if (report.exitCode !== 0) throw new Error('the bench verifies something that is not gone');
    const calls = [...vault.calls.slice(inVault), ...database.calls.slice(inDatabase)];
    const chain = depth(calls);
    return [
      {
        what: 'verify, 10 targets, 2 systems, 20 ms late: time ÷ (depth × 20 ms)',
        value: spent / (chain * injected),
        limit: 1.25,
      },
      { what: 'verify: dependent calls', value: chain },
      { what: 'verify: calls in all', value: calls.length },
      { what: 'verify: time', value: spent, unit: 'ms' },
    ];
  } finally {
    await vault.stop();
    await database.stop();
    await world.stop();
  }
}
