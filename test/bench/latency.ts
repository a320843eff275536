import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Secret } from '../../src/connector.ts';
import { builtIn } from '../../src/registry.ts';
import { verify } from '../../src/verify.ts';
import { configured } from '../properties/world.ts';
import { injected } from './latency-world.ts';
import type { Ready, Seen } from './latency-world.ts';
import type { Line } from './table.ts';

/** One verify of ten targets over two systems, each answer late: against the longest chain of calls that needed one another. */
export async function latency(): Promise<readonly Line[]> {
  const servers = fork(fileURLToPath(new URL('latency-world.ts', import.meta.url)));
  try {
    const told = async <T>(): Promise<T> => (await once(servers, 'message'))[0] as T;
    const { vault, database, token, grant } = await told<Ready>();
    const configuration = configured(
      { address: vault, token: new Secret('env:T', token) },
      { url: new Secret('env:U', database) },
      5_000,
    );
    const ask = async () => {
      const before = performance.now();
      const { report } = await verify({ grants: [grant], configuration, connectors: builtIn() });
      const spent = performance.now() - before;
      if (report.exitCode !== 0) throw new Error('the bench verifies something that is not gone');
      servers.send('what did you see?');
      return { spent, ...(await told<Seen>()) };
    };
    // a few for the compiler and the driver; of the others the middle one
    for (let round = 0; round < 3; round += 1) await ask();
    const runs: Awaited<ReturnType<typeof ask>>[] = [];
    for (let round = 0; round < 7; round += 1) runs.push(await ask());
    const ratio = (run: (typeof runs)[number]) => run.spent / (run.depth * injected);
    const middle = runs.toSorted((a, b) => ratio(a) - ratio(b))[3];
    if (middle === undefined) throw new Error('nothing was measured');
    return [
      {
        what: 'verify, 10 targets, 2 systems, 20 ms late: time ÷ (depth × 20 ms)',
        value: ratio(middle),
        limit: 1.25,
      },
      { what: 'verify: dependent calls', value: middle.depth },
      { what: 'verify: calls in all', value: middle.calls },
      { what: 'verify: time', value: middle.spent, unit: 'ms' },
    ];
  } finally {
    servers.kill();
  }
}
