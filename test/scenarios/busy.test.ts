/**
 * A server that others use all the while: 300 tokens, 50 leases, 20 entities, wraps, secret ids and
 * policies that were made while the grant ran. A clean grant reaches gone among them, with the printed
 * permissions and no baseline, and each of theirs is excused by a relation that says why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findOpenBao } from '../servers/openbao.ts';
import { realServer } from '../servers/require.ts';
import { c1, c2, c3, defineRole, endGrant, giveGrant, issue, makeToken } from './people.ts';
import { look } from './run.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const loggedIn = z.object({ auth: z.object({ entity_id: z.string(), accessor: z.string() }) });

/** So many of it, some at a time. */
async function many(count: number, make: (number: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 10) {
    const some = Array.from({ length: Math.min(10, count - from) }, (_, number) => from + number);
    await Promise.all(some.map(make));
  }
}

async function others(world: World): Promise<void> {
  const { broker, call, bao } = world;
  await broker('POST', 'sys/policies/acl/others', { policy: 'path "kv/*" { capabilities = ["read"] }' });
  await many(160, () => makeToken(world, { policies: ['others'] }));
  await many(100, () => makeToken(world, { policies: ['others'], no_parent: true }));
  await broker('POST', 'sys/auth/staff', { type: 'userpass' });
  await many(20, async (number) => {
    const password = `correct horse ${number}`;
    await broker('POST', `auth/staff/users/user${number}`, { password, token_policies: ['others'] });
    await call('POST', `auth/staff/login/user${number}`, { password }, '');
    await broker('POST', 'identity/entity', { name: `service-${number}`, policies: ['others'] });
  });
  await broker('POST', 'sys/auth/builds', { type: 'approle' });
  await broker('POST', 'auth/builds/role/build', { token_policies: ['others'] });
  const { role_id } = identified.parse(await broker('GET', 'auth/builds/role/build/role-id')).data;
  await many(20, async () => {
    const { secret_id } = issued.parse(await broker('POST', 'auth/builds/role/build/secret-id', {})).data;
    await call('POST', 'auth/builds/login', { role_id, secret_id }, '');
  });
  await many(10, () =>
    fetch(`${bao.address}/v1/auth/builds/role/build/secret-id`, {
      method: 'POST',
      headers: { 'x-vault-token': bao.rootToken, 'x-vault-wrap-ttl': '30m' },
      body: '{}',
    }),
  );
  const role = await defineRole(world);
  await many(50, () => issue(world, role));
}

describe.runIf(realServer('OpenBao', findOpenBao()))('a clean grant on a busy OpenBao', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.stop());

  test('is gone, and everything of others is excused by what it is', { timeout: 600_000 }, async () => {
    const grant = await giveGrant(world);
    const role = 'auth/ci/role/deploy';
    const { role_id } = identified.parse(await world.broker('GET', `${role}/role-id`)).data;
    const { data } = issued.parse(await world.broker('POST', `${role}/secret-id`, {}));
    const answer = await world.call('POST', 'auth/ci/login', { role_id, secret_id: data.secret_id }, '');
    const { auth } = loggedIn.parse(answer.json);
    await others(world);
    const accessor = data.secret_id_accessor;
    await world.broker('POST', `${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
    await world.broker('POST', 'auth/token/revoke-accessor', { accessor: auth.accessor });
    await endGrant(world, grant);

    const ref = { mount: 'auth/ci', role: 'deploy', accessor };
    const seen = await look(world, 'busy', {
      from: grant.from,
      revokedAt: new Date(),
      credentials: [
        c1(grant.agent),
        c2(grant.issued),
        c3(grant.issued),
        { id: 'c4', kind: 'vault/approle-secret-id', system: 'vault-prod', ref },
      ],
      entities: [auth.entity_id],
    });
    const findings = seen.report.grants.flatMap((one) => one.findings);
    const vault = findings.filter(({ target }) => target.system === 'vault-prod');
    const told = vault.map(({ target: { id }, verdict }) => [
      id,
      verdict.verdict === 'gone' ? 'gone' : `${verdict.verdict} ${verdict.reason} ${verdict.detail}`,
    ]);
    expect(told).toEqual(vault.map(({ target }) => [target.id, 'gone']));
    const excused = vault.flatMap(({ evidence }) => evidence.map((one) => one.observation.excused ?? {}));
    const by = (relation: string) => Math.max(...excused.map((one) => one[relation] ?? 0));
    expect(by('child of another token, and ends with it')).toBeGreaterThanOrEqual(160);
    expect(by('carries a policy that the grant could not give')).toBeGreaterThanOrEqual(100);
    expect(by('logged in by itself, where the grant could make no way to log in')).toBe(40);
    expect(by('wraps what the grant had no right to ask for')).toBe(10);
    expect(by('lease of a token that stands, and ends with it')).toBe(50);
    expect(by('token of another')).toBeGreaterThanOrEqual(300);

    // without the hint nobody knows what the token could do, and the report says what would tell
    const { accessor: id } = grant.agent;
    const c1Alone = { ...c1(grant.agent), ref: { accessor: id } };
    const half = await look(world, 'busy-unknown', {
      from: grant.from,
      revokedAt: new Date(),
      credentials: [c1Alone, c2(grant.issued), c3(grant.issued)],
    });
    expect(half.report.grants[0]?.verdict).not.toBe('gone');
    const needs = half.report.grants
      .flatMap((one) => one.findings)
      .find(({ target }) => target.id === 'hunt:vault-prod')?.verdict;
    expect(needs).toMatchObject({
      reason: 'R-ORIGIN',
      needs: expect.stringContaining(`ref.policies of the token ${id} in the record`),
    });
  });
});
