/** Hostile and broken servers: nothing that is not an answer becomes one. On the fake only: a real server has no such switches. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../src/connector.ts';
import type { Asking, Made } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, revoke } from './asking.fixture.ts';
import { leaseRecord } from './checks/lease.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildren } from './checks/token-children.ts';
import { tokenByValue } from './checks/token-value.ts';
import type { FakeVault } from './vault.fake.ts';
import { startFakeVault } from './vault.fake.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const html =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html>Sign in</html>');
  };
const wrap = (text: string) => `1 error occurred:\n\t* ${text}\n\n`;

/** Behaviour → the reasons that tell it. */
const behaviours: Readonly<Record<string, readonly [Behaviour, readonly string[]]>> = {
  '400 of another text': [json(400, { errors: ['lease store is down'] }), ['R-ANSWER']],
  '400 invalid accessor among others': [
    json(400, { errors: ['invalid accessor', 'invalid lease', 'x'] }),
    ['R-ANSWER'],
  ],
  '400 with the word and more': [json(400, { errors: ['invalid accessor'], data: {} }), ['R-ANSWER']],
  '400 of an empty list': [json(400, { errors: [] }), ['R-ANSWER']],
  '401': [json(401, { message: 'Bad credentials' }), ['R-AUTH']],
  '401 from a proxy': [
    html(401, { 'www-authenticate': 'Negotiate' }),
    ['R-ANSWER', 'R-AUTH', 'R-UNREACHABLE'],
  ],
  '403 plain': [json(403, { errors: ['permission denied'] }), ['R-AUTH']],
  '403 wrapped': [json(403, { errors: [wrap('permission denied')] }), ['R-PERM']],
  '403 wrapped bad token': [json(403, { errors: [wrap('bad token')] }), ['R-PERM']],
  '403 with invalid token beside it': [
    json(403, { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] }),
    ['R-AUTH'],
  ],
  '403 of a firewall': [html(403), ['R-ANSWER', 'R-PERM']],
  '403 rate limit': [json(403, { message: 'API rate limit exceeded' }, { 'retry-after': '0' }), ['R-RATE']],
  '404 nothing': [json(404, { errors: [] }), ['R-ANSWER', 'R-CONTROL', 'R-PARTIAL']],
  '404 no route': [
    json(404, { errors: ['no handler for route "x/y". route entry not found.'] }),
    ['R-SCOPE'],
  ],
  '404 namespace': [json(404, { errors: ['namespace not found'] }), ['R-SCOPE']],
  '429': [json(429, { errors: ['request path "x": rate limit quota exceeded'] }), ['R-RATE']],
  '500': [json(500, { errors: ['internal error'] }), ['R-UNREACHABLE']],
  '500 other namespace': [
    json(500, { errors: [wrap('cannot lookup token in different namespace')] }),
    ['R-SCOPE'],
  ],
  '502 of a gateway': [html(502), ['R-ANSWER', 'R-UNREACHABLE']],
  '503 sealed': [json(503, { errors: ['Vault is sealed'] }), ['R-UNREACHABLE']],
  '204': [(_request, response) => void response.writeHead(204).end(), ['R-ANSWER']],
  '202': [json(202, { data: null }), ['R-ANSWER']],
  '200 empty': [(_request, response) => void response.writeHead(200).end(), ['R-ANSWER']],
  '200 sign-in page': [html(200), ['R-ANSWER']],
  '200 broken JSON': [
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"da'),
    ['R-ANSWER', 'R-PARTIAL'],
  ],
  '200 with an error inside': [json(200, { errors: ['invalid accessor'] }), ['R-ANSWER']],
  '200 without data': [json(200, { data: null, warnings: null }), ['R-ANSWER']],
  '200 with null keys': [json(200, { data: { keys: null } }), ['R-ANSWER']],
  redirect: [html(302, { location: '/login' }), ['R-REDIRECT']],
  reset: [(request) => void request.socket.destroy(), ['R-UNREACHABLE']],
  silence: [() => undefined, ['R-UNREACHABLE']],
  truncated: [
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"data":{"id":"x');
      setTimeout(() => request.socket.destroy(), 5);
    },
    ['R-PARTIAL', 'R-UNREACHABLE'],
  ],
};

describe('vault before a server that misbehaves', () => {
  let stage: FakeVault;
  let verifier: Made;
  let live: Made;
  let dead: Made;
  let lift: (() => void)[] = [];

  beforeAll(async () => {
    stage = await startFakeVault();
    verifier = await makeVerifier(stage);
    live = await makeToken(stage, { policies: ['default'], ttl: '1h' });
    dead = await makeToken(stage, { policies: ['default'], ttl: '1h' });
    await revoke(stage, dead.accessor);
  });
  afterEach(() => {
    lift.forEach((off) => off());
    lift = [];
    stage.world.state = 'active';
    stage.world.paging = false;
    stage.world.unreadable.clear();
  });
  afterAll(() => stage.stop());

  const asks = () => asking(stage.address, verifier.value, { timeoutMs: 1_000 });
  const leaseId = 'database/creds/r/never';
  const from = () => new Date().toISOString();

  /** Each check about something gone, and the request that is about it. */
  const checks: Readonly<
    Record<
      string,
      {
        path: string;
        about: (body: Readonly<Record<string, unknown>>) => boolean;
        ask: (one: Asking) => Promise<Observation>;
      }
    >
  > = {
    'vault/token-accessor': {
      path: 'auth/token/lookup-accessor',
      about: (body) => body['accessor'] === dead.accessor,
      ask: (one) => one.ask(tokenAccessor, { accessor: dead.accessor }),
    },
    'vault/token-value': {
      path: 'auth/token/lookup',
      about: (body) => body['token'] === dead.value,
      ask: (one) => one.ask(tokenByValue, {}, { secret: dead.value }),
    },
    'vault/lease': {
      path: 'sys/leases/lookup',
      about: (body) => body['lease_id'] === leaseId,
      ask: (one) => one.ask(leaseRecord, { leaseId }),
    },
    'vault/token-children': {
      path: 'auth/token/accessors',
      about: () => true,
      ask: (one) => one.ask(tokenChildren, { accessor: dead.accessor }, { from: from() }),
    },
  };

  describe.each(Object.entries(checks))('%s', (id, { path, about, ask }) => {
    it('is absent where nothing is wrong', async () => {
      await using one = asks();
      expect(await ask(one)).toMatchObject({ saw: 'absent' });
    });

    it.each(Object.entries(behaviours))('%s', async (_name, [behaviour, reasons]) => {
      lift.push(stage.fault((request) => request.path === path && about(request.body), behaviour));
      await using one = asks();
      const seen = await ask(one);
      expect(seen).toMatchObject({ saw: 'inconclusive' });
      expect(reasons).toContain(seen.saw === 'inconclusive' ? seen.reason : seen.saw);
    });

    it('has no control where only the control is answered wrongly', async () => {
      if (id === 'vault/token-children') return;
      for (const behaviour of [
        json(403, { errors: [wrap('permission denied')] }),
        json(500, {}),
        html(200),
      ]) {
        const off = stage.fault((request) => request.path === path && !about(request.body), behaviour);
        await using one = asks();
        expect(await ask(one)).toMatchObject({ saw: 'inconclusive' });
        off();
      }
    });

    it.each(['sealed', 'uninitialised', 'standby', 'performance-standby', 'dr-secondary'] as const)(
      'is unproven on a server that is %s',
      async (state) => {
        stage.world.state = state;
        await using one = asks();
        expect(await ask(one)).toMatchObject({
          saw: 'inconclusive',
          reason: state === 'sealed' || state === 'uninitialised' ? 'R-UNREACHABLE' : 'R-INSTANCE',
        });
      },
    );

    it('is unproven where the server does not say who it is, or changes on the way', async () => {
      const health = { initialized: true, sealed: false, standby: false, server_time_utc: 1_795_447_702 };
      const off = stage.fault((request) => request.path === 'sys/health', json(200, health));
      await using one = asks();
      expect(await ask(one)).toMatchObject({ reason: 'R-INSTANCE' });
      off();
      let count = 0;
      lift.push(
        stage.fault(
          (request) => request.path === 'sys/health',
          (request, response) =>
            json(200, { ...health, cluster_id: `cluster-${++count}` })(request, response),
        ),
      );
      await using two = asks();
      expect(await ask(two)).toMatchObject({ reason: 'R-INSTANCE' });
    });
  });

  it('does not take an answer about another object', async () => {
    const other = await stage.api('POST', 'auth/token/lookup-accessor', { accessor: live.accessor });
    lift.push(
      stage.fault(
        (request) =>
          request.path === 'auth/token/lookup-accessor' && request.body['accessor'] === dead.accessor,
        json(200, other.json),
      ),
    );
    const value = await stage.api('POST', 'auth/token/lookup', { token: live.value });
    lift.push(
      stage.fault(
        (request) => request.path === 'auth/token/lookup' && request.body['token'] === dead.value,
        json(200, value.json),
      ),
    );
    await using one = asks();
    expect(await one.ask(tokenAccessor, { accessor: dead.accessor })).toMatchObject({ reason: 'R-ANSWER' });
    expect(await one.ask(tokenByValue, {}, { secret: dead.value })).toMatchObject({ reason: 'R-ANSWER' });
  });

  it('says that a revocation has begun and is not over', async () => {
    const pending = stage.world.createToken({ ttl: 3_600, numUses: -1 });
    await using one = asks();
    expect(await one.ask(tokenAccessor, { accessor: pending.accessor })).toMatchObject({ reason: 'R-LAG' });
    await stage.world.revokeToken(pending);
  });

  it('shows a lease whose revocation is pending, and one that the server has given up', async () => {
    const owner = stage.world.createToken({ ttl: 3_600 });
    const lease = stage.world.issueLease({
      path: 'database/creds/r',
      owner,
      end: () => Promise.reject(new Error('dial tcp: connection refused')),
    });
    await revoke(stage, owner.accessor);
    await using one = asks();
    expect(await one.ask(leaseRecord, { leaseId: lease.id })).toMatchObject({
      saw: 'present',
      value: expect.stringContaining('revocation pending'),
    });
    await stage.world.tick(700);
    expect(await one.ask(leaseRecord, { leaseId: lease.id })).toMatchObject({
      saw: 'present',
      value: 'irrevocable: out of retries: dial tcp: connection refused',
    });
    await stage.api('POST', 'sys/leases/revoke-force/database', {});
    expect(await one.ask(leaseRecord, { leaseId: lease.id })).toMatchObject({ saw: 'absent' });
  });

  it('changes nothing: the world is the same after every check', async () => {
    await stage.world.settle();
    const before = stage.world.snapshot();
    await using one = asks();
    for (const { ask } of Object.values(checks)) await ask(one);
    await one.ask(tokenAccessor, { accessor: live.accessor });
    expect(stage.world.snapshot()).toBe(before);
  });

  it('asks nothing that the fake does not know', () => {
    expect(stage.unexpected).toEqual([]);
  });

  it('stops when it is told to', async () => {
    lift.push(
      stage.fault(
        (request) => request.path === 'sys/health',
        () => undefined,
      ),
    );
    await using one = asking(stage.address, verifier.value, { timeoutMs: 100 });
    expect(await one.identify()).toMatchObject({ reason: 'R-UNREACHABLE' });
  });
});
