/** The servers of the latency bench, in a process of their own: what they cost is not the verifier's. */
import { build } from '../properties/world.ts';
import type { Thing } from '../properties/world.ts';
import { delay, depth } from './delay.ts';

export const injected = 20;

/** What the bench needs to ask, and what the servers saw of it. */
export interface Ready {
  readonly vault: string;
  readonly database: string;
  readonly token: string;
  readonly grant: Awaited<ReturnType<typeof build>>['grant'];
}
export interface Seen {
  readonly depth: number;
  readonly calls: number;
}

const things: readonly Thing[] = [
  ...Array.from({ length: 5 }, (): Thing => ({ kind: 'token', fate: 'revoked' })),
  ...Array.from({ length: 5 }, (): Thing => ({ kind: 'role', fate: 'dropped' })),
];

if (process.send !== undefined) {
  const world = await build({ things, crowd: 5 });
  const vault = await delay(Number(new URL(world.vault.address).port), injected);
  const database = await delay(world.postgres.port, injected);
  const url = world.postgres.url('tombstone_verifier', 'verifier-password');
  const ready: Ready = {
    vault: `http://127.0.0.1:${vault.port}`,
    database: url.replace(`:${world.postgres.port}/`, `:${database.port}/`),
    token: world.verifier.value,
    grant: world.grant,
  };
  let counted = [0, 0];
  process.on('message', () => {
    const calls = [...vault.calls.slice(counted[0]), ...database.calls.slice(counted[1])];
    counted = [vault.calls.length, database.calls.length];
    process.send?.({ depth: depth(calls), calls: calls.length } satisfies Seen);
  });
  process.send(ready);
}
