import { describe, expect, it } from 'vitest';
import { builtIn } from '../src/registry.ts';
import { verify } from '../src/verify.ts';
import { build } from './properties/world.ts';
import type { Thing } from './properties/world.ts';

async function inWorld<T>(
  things: readonly Thing[],
  ask: (world: Awaited<ReturnType<typeof build>>) => Promise<T>,
): Promise<T> {
  const world = await build({ things, crowd: 1 });
  try {
    return await ask(world);
  } finally {
    await world.stop();
  }
}

describe('--wait', () => {
  it('asks in rounds until what stood is gone, and says how long that took', () =>
    inWorld(
      [
        { kind: 'role', fate: 'standing' },
        { kind: 'token', fate: 'revoked' },
      ],
      async ({ grant, configuration, postgres }) => {
        let rounds = 0;
        const { report, dossier } = await verify({
          grants: [grant],
          configuration,
          connectors: builtIn(),
          waitMs: 60_000,
          progress: () => {
            // every question of the first round is answered: now the role goes
            rounds += 1;
            if (rounds === 1) setTimeout(() => postgres.world.dropRole('jit_0'), 500);
          },
        });
        expect(report.exitCode).toBe(0);
        expect(new Set(dossier.evidence.map((one) => one.round)).size).toBeGreaterThan(1);
        const finding = (id: string) => report.grants[0]?.findings.find((one) => one.target.id === id);
        expect(finding('t0')?.timeToRevocation).toBeGreaterThanOrEqual(0);
        // nobody saw the token stand: nobody knows when it went
        expect(finding('t1')).not.toHaveProperty('timeToRevocation');
      },
    ));

  it('ends with its time, and with what no time can change', () =>
    inWorld([{ kind: 'role', fate: 'standing' }], async ({ grant, configuration, postgres }) => {
      const ask = (waitMs: number) =>
        verify({ grants: [grant], configuration, connectors: builtIn(), waitMs });
      const short = await ask(1_500);
      expect(short.report.exitCode).toBe(1);
      expect(Math.max(...short.dossier.evidence.map((one) => one.round))).toBeLessThanOrEqual(2);
      postgres.world.alterRole('jit_0', { login: false });
      const dormant = await ask(600_000);
      expect(dormant.report.grants[0]?.verdict).toBe('dormant');
      expect(new Set(dormant.dossier.evidence.map((one) => one.round))).toEqual(new Set([1]));
    }));

  it('an interruption ends the waiting, not the answer', () =>
    inWorld([{ kind: 'role', fate: 'standing' }], async ({ grant, configuration }) => {
      const stop = new AbortController();
      const { report } = await verify({
        grants: [grant],
        configuration,
        connectors: builtIn(),
        waitMs: 600_000,
        signal: stop.signal,
        progress: ({ asked, of }) => asked === of && setTimeout(() => stop.abort(), 300),
      });
      expect(report.grants[0]?.verdict).toBe('live');
    }));
});
