import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOpenBao } from '../servers/openbao.ts';
import { findDebianPostgres } from '../servers/postgres.ts';
import { realServer } from '../servers/require.ts';
import { runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

/** Tells a theme's stories one after the other: a window must hold what its own story made, and no more. */
export function tell(theme: string, scenarios: readonly Scenario[], extension?: 'pg_cron'): void {
  const found =
    realServer('OpenBao', findOpenBao()) &&
    (extension === undefined || realServer('PostgreSQL of Debian', findDebianPostgres()));
  describe.runIf(found)(`scenarios: ${theme}`, () => {
    let shared: World;
    beforeAll(async () => {
      shared = await openWorld(extension);
    });
    afterAll(() => shared?.stop());

    for (const scenario of scenarios) {
      test(`${scenario.name}: ${scenario.story}`, async () => {
        await expect(runScenario(scenario, shared)).resolves.toBeUndefined();
      });
    }
  });
}
