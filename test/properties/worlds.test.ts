import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtIn } from '../../src/registry.ts';
import { verify } from '../../src/verify.ts';
import { faults, inflict } from './faults.ts';
import { build, cleanWorlds, worlds } from './world.ts';
import type { World } from './world.ts';

/** 10,000 in CI. A failure prints its seed and path: give them to fc.assert to see it again. */
const runs = process.env['CI'] === 'true' ? 10_000 : 1_000;
const clear = Math.floor(runs / 10);

async function inWorld<T>(world: World, ask: (world: World) => Promise<T>): Promise<T> {
  try {
    return await ask(world);
  } finally {
    await world.stop();
  }
}

const look = async ({ grant, configuration }: World) =>
  (await verify({ grants: [grant], configuration, connectors: builtIn() })).report;

describe('random worlds', () => {
  it('without faults every verdict is the truth, and everything left behind is found', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) =>
        inWorld(await build(given), async (world) => {
          const report = await look(world);
          const findings = report.grants[0]?.findings ?? [];
          for (const [id, word] of world.truth.targets) {
            const finding = findings.find((one) => one.target.id === id);
            expect(`${id} ${finding?.verdict.verdict}`, JSON.stringify(finding?.verdict)).toBe(
              `${id} ${word}`,
            );
          }
          const found = findings.filter(
            (one) => one.target.leads !== undefined && one.target.origin === 'window-born',
          );
          expect(found.filter((one) => one.verdict.verdict === 'live').length).toBeGreaterThanOrEqual(
            world.truth.leftBehind,
          );
          expect(world.vault.unexpected).toEqual([]);
          expect(world.postgres.unexpected).toEqual([]);
        }),
      ),
      { numRuns: clear },
    );
  }, 1_200_000);

  it('law 2: clean worlds reach gone, whatever else lives there', async () => {
    await fc.assert(
      fc.asyncProperty(cleanWorlds, async (given) =>
        inWorld(await build(given), async (world) => {
          const report = await look(world);
          expect(
            report.exitCode,
            JSON.stringify(report.grants[0]?.findings.map((one) => [one.target.id, one.verdict])),
          ).toBe(0);
        }),
      ),
      { numRuns: clear },
    );
  }, 1_200_000);

  it('law 1: with faults a verdict is the truth or unproven, and names its cause', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, faults, fc.option(faults), async (given, fault, second) =>
        inWorld(await build(given, 150), async (world) => {
          await inflict(world, fault);
          if (second !== null) await inflict(world, second);
          const report = await look(world);
          const findings = report.grants[0]?.findings ?? [];
          for (const [id, word] of world.truth.targets) {
            const verdict = findings.find((one) => one.target.id === id)?.verdict;
            expect([word, 'unproven'], JSON.stringify([id, verdict])).toContain(verdict?.verdict);
            if (verdict?.verdict === 'unproven') expect(verdict.detail).not.toBe('');
          }
          // a grant that left something is never clean, whatever was hidden
          if (
            world.truth.leftBehind > 0 ||
            [...world.truth.targets.values()].some((word) => word !== 'gone')
          ) {
            expect(report.exitCode).not.toBe(0);
          }
          const written = JSON.stringify(report);
          for (const secret of world.secrets) expect(written.includes(secret)).toBe(false);
        }),
      ),
      { numRuns: runs },
    );
  }, 2_400_000);
});
