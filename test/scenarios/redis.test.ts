import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRedis } from '../servers/redis.ts';
import { realServer } from '../servers/require.ts';
import { redis } from './corpus/redis.ts';
import { openRedisWorld, runRedisScenario } from './redis-world.ts';
import type { RedisWorld } from './redis-world.ts';
import { needsOf } from './verifier.ts';

test('takes every permission that is printed from a verifier once', () => {
  const taken = redis.flatMap((one) => one.blinded?.without ?? []);
  expect(taken.toSorted()).toEqual([...needsOf('redis')].toSorted());
});

describe.runIf(realServer('Redis', findRedis()))('scenarios: users of Redis', () => {
  let world: RedisWorld;
  beforeAll(async () => {
    world = await openRedisWorld();
  });
  afterAll(() => world?.stop());

  for (const scenario of redis) {
    test(`${scenario.name}: ${scenario.story}`, async () => {
      await expect(runRedisScenario(scenario, world)).resolves.toBeUndefined();
    });
  }
});
