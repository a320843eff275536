import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findRedis, startRedis } from '../../test/servers/redis.ts';
import type { RunningRedis } from '../../test/servers/redis.ts';
import { realServer } from '../../test/servers/require.ts';
import { failed, Secret } from '../../src/connector.ts';
import type { Check, Context, Observation, Scope } from '../../src/connector.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { startTcpProxy } from '../../src/testing.ts';
import { createTape } from '../../src/door/tape.ts';
import { defaultLimits } from '../../src/model/config.ts';
import { connect } from '../../src/observe/connect.ts';
import { createReader } from '../../src/observe/reader.ts';
import { aclUserSessions } from './checks/acl-user-sessions.ts';
import { aclUser } from './checks/acl-user.ts';
import { anonymous } from './checks/anonymous.ts';
import { session } from './checks/session.ts';
import type { RedisClient } from './client.ts';
import { host } from './config.ts';
import { redis } from './index.ts';
import type { AclUserRef } from './kinds.ts';
import { hunt } from './looks/hunt.ts';
import { sweep } from './looks/sweep.ts';
import { startFakeRedis } from './redis.fake.ts';
import type { FakeRedis } from './redis.fake.ts';
import { couldMake, harmlessCategories, makers } from './rights.ts';

const verifier = 'tombstone_verifier';
const password = 'verifier-of-the-test';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const setUp = [
  'ACL',
  'SETUSER',
  verifier,
  'on',
  `>${password}`,
  ...new Set(redis.checks.flatMap(({ needs }) => needs)),
];

/** The connector asked the way a run asks it: through the door, the epoch and its controls. */
function asking(port: number, more: { readonly username?: string; readonly replica?: boolean } = {}) {
  const config = {
    address: `redis://127.0.0.1:${port}`,
    username: verifier,
    password: new Secret('env:REDIS', password),
    ...more,
  };
  const limits = { ...defaultLimits, requestsPerSecond: 1_000 };
  const surroundings = { now: Date.now, tape: createTape(), redactor: createRedactor() };
  const system = { name: 'cache', connector: 'redis', config, limits };
  const connection = connect(system, redis, 'direct', surroundings);
  const { signal } = new AbortController();
  const reader = createReader(connection, signal);
  return {
    identify: () => connection.identify(signal),
    async ask<R>(
      check: Check<RedisClient, R>,
      ref: NoInfer<R>,
      from = '2026-01-01T00:00:00Z',
    ): Promise<Observation> {
      const window: Context<RedisClient>['window'] = { from, to: new Date().toISOString() };
      return check.observe({ id: 't', ref, system: 'cache', accounts: [] }, reader.record(window).context);
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

const scopeOf = (...refs: readonly AclUserRef[]): Scope => ({
  accounts: [],
  targets: refs.map((ref) => ({ kind: 'redis/acl-user', ref, id: ref.name })),
});

describe('on the living fake', () => {
  let fake: FakeRedis;
  beforeEach(async () => {
    fake = await startFakeRedis();
    fake.run(...setUp);
  });
  afterEach(() => fake.stop());

  test('a user that is on without a password lets nobody in', async () => {
    fake.run('ACL', 'SETUSER', 'jit', 'on', '+@read');
    await using it = asking(fake.port);
    expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ saw: 'present', state: 'disabled' });
    fake.run('ACL', 'SETUSER', 'jit', 'nopass');
    expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ saw: 'present', state: 'active' });
  });

  test('names are told apart by case, and by all of their letters', async () => {
    for (const name of ['JIT', 'jit2', 'ji']) fake.run('ACL', 'SETUSER', name, 'on', 'nopass');
    await using it = asking(fake.port);
    expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ saw: 'absent' });
  });

  test('no connection is open, but the user could still log in: nothing is proven', async () => {
    fake.run('ACL', 'SETUSER', 'jit', 'on', '>pw', '+@read');
    await using it = asking(fake.port);
    expect(await it.ask(aclUserSessions, { name: 'jit' })).toMatchObject({ reason: 'R-LAG' });
    fake.run('ACL', 'SETUSER', 'jit', 'off');
    expect(await it.ask(aclUserSessions, { name: 'jit' })).toMatchObject({ saw: 'absent' });
  });

  test('a connection that is open as somebody else by now is not called gone', async () => {
    const id = fake.open('other');
    await using it = asking(fake.port);
    expect(await it.ask(session, { user: 'jit', id })).toMatchObject({ reason: 'R-IDENTITY' });
    fake.run('CLIENT', 'KILL', 'ID', String(id));
    expect(await it.ask(session, { user: 'jit', id })).toMatchObject({ saw: 'absent' });
  });

  test('an endpoint is open to anyone where default takes everybody and may run something', async () => {
    await using it = asking(fake.port);
    const look = () => it.ask(anonymous, { name: 'jit' });
    expect(await look()).toMatchObject({ saw: 'refused' });
    fake.run('ACL', 'SETUSER', 'default', 'on', 'nopass');
    expect(await look()).toMatchObject({ saw: 'refused' });
    fake.run('ACL', 'SETUSER', 'default', '+get');
    expect(await look()).toMatchObject({ saw: 'accepted', as: 'anyone' });
    fake.run('ACL', 'SETUSER', 'default', '>pw', 'resetpass', '>pw');
    expect(await look()).toMatchObject({ saw: 'refused' });
  });

  test('a verifier that is the user it is asked about sights nobody else', async () => {
    await using it = asking(fake.port);
    const other = await it.ask(aclUser, { name: verifier });
    expect(other).toMatchObject({ saw: 'inconclusive', reason: 'R-CONTROL' });
  });

  test('sweep: what was open before the grant is excused, what came later is found', async () => {
    fake.open('person', 3_600);
    const late = fake.open('person', 60);
    await using it = asking(fake.port);
    const from = new Date(Date.now() - 1_800_000).toISOString();
    const scope: Scope = { accounts: ['person'], targets: [] };
    expect(await it.ask(sweep, scope, from)).toMatchObject({
      saw: 'present',
      leads: [{ ref: { user: 'person', id: late } }],
      excused: { 'opened before the grant': 1 },
    });
    // clocks may differ by two minutes: what lies within them is not excused
    const near = new Date(Date.now() - 3_540_000).toISOString();
    expect(await it.ask(sweep, scope, near)).toMatchObject({ leads: [{}, {}] });
    expect(await it.ask(sweep, scopeOf(), from)).toMatchObject({ saw: 'excluded', basis: 'declared' });
  });

  test('hunt: only commands that could make nothing exclude it', async () => {
    await using it = asking(fake.port);
    const name = 'jit';
    const excluded = { name, commands: '-@all +@read +set' };
    expect(await it.ask(hunt, scopeOf(excluded))).toMatchObject({ saw: 'excluded', basis: 'declared' });
    for (const scope of [
      scopeOf(),
      scopeOf({ name }),
      scopeOf(excluded, { name: 'second' }),
      scopeOf({ ...excluded, commands: '+@all' }),
    ]) {
      expect(await it.ask(hunt, scope)).toMatchObject({ saw: 'inconclusive', reason: 'R-ORIGIN' });
    }
  });

  test('hunt: another user with the same password is found, whatever the grant could do', async () => {
    fake.run('ACL', 'SETUSER', 'other', 'on', '>shared', '+@read');
    await using it = asking(fake.port);
    for (const more of [{ commands: '+@read' }, {}]) {
      const seen = await it.ask(hunt, scopeOf({ name: 'jit', passwordSha256: sha256('shared'), ...more }));
      expect(seen).toMatchObject({ leads: [{ ref: { name: 'other' } }] });
    }
  });

  test('a replica, a sentinel and a server that still loads are not asked further', async () => {
    const reasons = async (more = {}) => {
      await using it = asking(fake.port, more);
      const who = await it.identify();
      return failed(who) ? who.reason : 'known';
    };
    expect(await reasons()).toBe('known');
    expect(await reasons({ replica: true })).toBe('R-INSTANCE');
    fake.role = 'slave';
    expect(await reasons()).toBe('R-INSTANCE');
    expect(await reasons({ replica: true })).toBe('known');
    fake.role = 'master';
    fake.loading = true;
    expect(await reasons()).toBe('R-UNREACHABLE');
    fake.loading = false;
    fake.mode = 'sentinel';
    expect(await reasons()).toBe('R-INSTANCE');
  });

  test('a balancer that sends one question of an epoch to another server', async () => {
    const proxy = await startTcpProxy(() => fake);
    const elsewhere = (text: string) => text.replace(fake.runId, 'f'.repeat(40));
    proxy.begin(({ body }) =>
      body.includes('LIST')
        ? (client, answer) => void client.write(elsewhere(answer.toString('latin1')), 'latin1')
        : undefined,
    );
    try {
      await using it = asking(proxy.address.port);
      expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ reason: 'R-INSTANCE' });
      expect(proxy.fired).toBeGreaterThan(0);
    } finally {
      await proxy.stop();
    }
  });

  test("answers that are late by one are nobody's", async () => {
    await using it = asking(fake.port);
    expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ saw: 'absent' });
    fake.late = true;
    expect(await it.ask(aclUser, { name: 'jit' })).toMatchObject({ saw: 'inconclusive', reason: 'R-ANSWER' });
  });

  test('a password that is not taken is said as such, without it', async () => {
    fake.run('ACL', 'SETUSER', verifier, 'resetpass');
    await using it = asking(fake.port);
    const who = await it.identify();
    expect(who).toMatchObject({ reason: 'R-AUTH' });
    expect(JSON.stringify(who)).not.toContain(password);
  });
});

test.each([
  ['', false],
  ['-@all', false],
  ['-@all +@read +get +client|id', false],
  ['+@read -@read', false],
  ['+@write', true],
  ['+@all', true],
  ['+@ALL', true],
  ['+acl|setuser', true],
  ['+ACL', true],
  ['+config|get', true],
  ['+@nosuch', true],
  ['allcommands', true],
  ['+@read; +get', true],
])('could %j have made what outlives it: %s', (commands, could) => {
  expect(couldMake(commands)).toBe(could);
});

test('what is not encrypted goes to another machine only where that is allowed', () => {
  const from = { username: 'a', password: new Secret('env:A', 'b') };
  const elsewhere = { ...from, address: 'redis://cache.example' };
  expect(() => host(elsewhere)).toThrow(/no TLS/);
  expect(host({ ...elsewhere, allowInsecure: true })).toMatchObject({ host: 'cache.example', port: 6379 });
  expect(host({ ...from, address: 'redis://[::1]:7000' })).toMatchObject({ host: '::1', port: 7000 });
  for (const address of ['redis://a:b@cache', 'rediss://cache', 'http://cache', 'redis://cache/0']) {
    expect(redis.config.safeParse({ username: 'a', password: 'env:A', address }).success).toBe(false);
  }
});

describe.runIf(realServer('Redis', findRedis()))('on the real Redis', () => {
  let real: RunningRedis;
  beforeAll(async () => {
    real = await startRedis();
  });
  afterAll(() => real?.stop());

  test('no harmless category holds a command that makes something', async () => {
    for (const category of harmlessCategories) {
      const commands = z.array(z.string()).parse(await real.run('ACL', 'CAT', category));
      expect(commands.filter((one) => makers.includes(one.split('|')[0] ?? ''))).toEqual([]);
    }
    const writes = z.array(z.string()).parse(await real.run('ACL', 'CAT', 'write'));
    expect(writes).toContain('function|load');
  });

  test('the fake describes users and connections, and refuses, in the words of the real one', async () => {
    const fake = await startFakeRedis();
    try {
      const rules = ['on', '>pw', '+@read', '+set'];
      for (const command of [['ACL', 'SETUSER', 'jit', ...rules], setUp]) {
        await real.run(...command);
        fake.run(...command);
      }
      const line = (list: readonly string[]) => list.find((one) => one.startsWith('user jit '));
      const listed = z.array(z.string()).parse(await real.run('ACL', 'LIST'));
      expect(line(fake.list('users').split('\n'))).toBe(line(listed));

      const fields = (text: string) =>
        text
          .trim()
          .split('\n')[0]
          ?.split(' ')
          .map((part) => part.split('=')[0]);
      fake.open('jit');
      const theirs = fields(z.string().parse(await real.run('CLIENT', 'LIST'))) ?? [];
      expect(fields(fake.list('connections'))?.filter((one) => !theirs.includes(one))).toEqual([]);

      const said = [];
      for (const { port } of [real, fake]) {
        await using it = asking(port);
        said.push(
          [
            await it.ask(aclUser, { name: 'nobody' }),
            await it.ask(aclUserSessions, { name: 'nobody' }),
            await it.ask(anonymous, { name: 'nobody' }),
          ].map(({ saw }) => saw),
        );
        await using stranger = asking(port, { username: 'nobody' });
        const who = await stranger.identify();
        said.push(failed(who) ? [who.reason, who.detail] : []);
      }
      expect(said[0]).toEqual(said[2]);
      expect(said[1]).toEqual(said[3]);
    } finally {
      await fake.stop();
    }
  });
});
