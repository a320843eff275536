import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { checkOf, half } from './bind.ts';
import type { Binding } from './bind.ts';
import { awsBinding } from './aws.ts';
import { postgresBinding } from './postgres.ts';
import { redisBinding } from './redis.ts';
import { vaultBinding } from './vault.ts';

/** Every connector's worlds. A new connector stands here and in a file of its own. */
const bindings: readonly Binding[] = [awsBinding, postgresBinding, redisBinding, vaultBinding];

test('every check of every connector keeps the contract on its fake and on its real server', () => {
  const checks = connectors.flatMap((connector) => connector.checks.map(({ id }) => id));
  const bound = bindings.flatMap(({ variants }) => variants.map(checkOf));
  expect([...new Set(bound)].toSorted()).toEqual(checks.toSorted());
  expect(bindings.map(({ connector }) => connector.id).toSorted()).toEqual(
    connectors.map(({ id }) => id).toSorted(),
  );
});

test('two halves are the whole', () => {
  const halves = (['even', 'odd'] as const).flatMap((which) => half(vaultBinding, which).variants);
  expect(halves.toSorted()).toEqual(vaultBinding.variants.toSorted());
  expect(existsSync(new URL('vault-more.contract.test.ts', import.meta.url))).toBe(true);
});

test.each(connectors.map(({ id }) => id))('%s runs the suite', (id) => {
  expect(existsSync(new URL(`${id}.contract.test.ts`, import.meta.url))).toBe(true);
});
