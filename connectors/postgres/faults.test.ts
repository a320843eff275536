import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Observation } from '../../src/connector.ts';
import { asking } from './asking.fixture.ts';
import { membership } from './checks/membership.ts';
import { object } from './checks/object.ts';
import { privilege } from './checks/privilege.ts';
import { role } from './checks/role.ts';
import { roleSessions } from './checks/role-sessions.ts';
import { startFakePostgres } from './postgres.fake.ts';
import type { FakePostgres, Fault, FaultTime } from './postgres.fake.ts';

const password = 'planted-Secret/7';
let server: FakePostgres;
let gone: number;
let there: number;

beforeEach(async () => {
  server = await startFakePostgres();
  server.run([
    `CREATE ROLE v LOGIN PASSWORD '${password}' IN ROLE pg_read_all_stats`,
    'GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO v',
    'CREATE ROLE grp',
    'CREATE ROLE gone',
    'CREATE ROLE there LOGIN IN ROLE grp',
    'CREATE TABLE public.ledger (line text)',
    'GRANT SELECT ON public.ledger TO there',
    'SELECT lo_create(77001)',
  ]);
  gone = server.world.role('gone').oid;
  there = server.world.role('there').oid;
  server.run('DROP ROLE gone');
  server.world.openSession('there');
});
afterEach(async () => {
  await server.stop();
  if (server.unexpected.length > 0) throw new Error(`the fake did not know: ${server.unexpected.join('; ')}`);
});

const verifierUrl = () => server.url('v', password);

/** Every check about something that is gone, and about something that is there. */
async function askAll(
  url: string,
  timeoutMs = 10_000,
): Promise<{ gone: Observation[]; there: Observation[] }> {
  await using verifier = asking(url, { timeoutMs });
  const ledger = { object: 'public.ledger', privileges: ['SELECT' as const] };
  const large = { database: 'postgres', class: 'large-object' as const };
  const grp = { role: 'grp', roleOid: server.world.role('grp').oid };
  return {
    gone: [
      await verifier.ask(role, { name: 'gone', oid: gone }),
      await verifier.ask(roleSessions, { name: 'gone', oid: gone }),
      await verifier.ask(membership, { ...grp, member: 'gone', memberOid: gone }),
      await verifier.ask(privilege, { ...ledger, granteeOid: gone }),
      await verifier.ask(object, { ...large, oid: 77_002 }),
    ],
    there: [
      await verifier.ask(role, { name: 'there', oid: there }),
      await verifier.ask(roleSessions, { name: 'there', oid: there }),
      await verifier.ask(membership, { ...grp, member: 'there', memberOid: there }),
      await verifier.ask(privilege, { ...ledger, granteeOid: there }),
      await verifier.ask(object, { ...large, oid: 77_001 }),
    ],
  };
}

test('without a fault the truth is told', async () => {
  const seen = await askAll(verifierUrl());
  expect(seen.gone.map((one) => one.saw)).toEqual(Array(5).fill('absent'));
  expect(seen.there.map((one) => one.saw)).toEqual(Array(5).fill('present'));
});

const garbage = (text: string): Fault => ({ kind: 'garbage', bytes: Buffer.from(text, 'latin1') });
const faults: readonly (readonly [string, Fault, FaultTime, string])[] = [
  ['nobody listens', { kind: 'refuse' }, {}, 'R-UNREACHABLE'],
  ['resets at login', { kind: 'reset' }, { at: 'login' }, 'R-UNREACHABLE'],
  ['resets in the middle of an answer', { kind: 'reset' }, {}, 'R-UNREACHABLE'],
  ['ends in the middle of an answer', { kind: 'cut' }, {}, 'R-UNREACHABLE'],
  ['hangs at login', { kind: 'hang' }, { at: 'login' }, 'R-UNREACHABLE'],
  ['hangs in a statement', { kind: 'hang' }, {}, 'R-UNREACHABLE'],
  ['answers HTML', garbage('HTTP/1.1 400 Bad Request\r\n\r\n<html>'), { at: 'login' }, 'R-ANSWER'],
  ['answers HTML to a statement', garbage('HTTP/1.1 400 Bad Request\r\n\r\n<html>'), {}, 'R-ANSWER'],
  ['sends an error without an end', garbage('E\0\0\0\x09SERRO'), {}, 'R-ANSWER'],
  ['sends a row shorter than it says', garbage('D\0\0\0\x0a\0\x04\0\0\0\x09'), {}, 'R-ANSWER'],
  ['announces a message of 2 GiB', garbage('D\x7f\xff\xff\xff'), {}, 'R-ANSWER'],
  ['asks for an unknown login', garbage('R\0\0\0\x08\0\0\0\x07'), { at: 'login' }, 'R-ANSWER'],
  ['a result without its row', { kind: 'no-row' }, {}, 'R-ANSWER'],
  ['shutting down', { kind: 'error', code: '57P03' }, { at: 'login' }, 'R-UNREACHABLE'],
  ['too many connections', { kind: 'error', code: '53300' }, { at: 'login' }, 'R-UNREACHABLE'],
  ['statement cancelled', { kind: 'error', code: '57014' }, {}, 'R-UNREACHABLE'],
  ['not permitted', { kind: 'error', code: '42501' }, {}, 'R-PERM'],
  ['login refused', { kind: 'error', code: '28P01' }, { at: 'login' }, 'R-AUTH'],
  ['no line in pg_hba.conf', { kind: 'error', code: '28000' }, { at: 'login' }, 'R-AUTH'],
  ['an older server', { kind: 'error', code: '42883' }, {}, 'R-ANSWER'],
  ['an internal error', { kind: 'error', code: 'XX000', message: `for ${password}` }, {}, 'R-ANSWER'],
];

describe('a server that misbehaves', () => {
  test.each(faults)('%s', async (_title, fault, time, reason) => {
    await server.fail(fault, time);
    const { gone, there } = await askAll(verifierUrl(), fault.kind === 'hang' ? 200 : 10_000);
    expect([...gone, ...there].map((one) => one.saw === 'inconclusive' && one.reason)).toEqual(
      Array(10).fill(reason),
    );
    expect(JSON.stringify([gone, there])).not.toContain('Secret');
    await server.fail();
    expect((await askAll(verifierUrl())).gone.map((one) => one.saw)).toEqual(Array(5).fill('absent'));
  });

  test('a fault in any one step never makes something gone that is there', async () => {
    const kinds: readonly Fault[] = [
      { kind: 'reset' },
      { kind: 'cut' },
      { kind: 'no-row' },
      { kind: 'stale' },
      garbage('Z\0\0\0\x05I'),
      garbage('C\0\0\0\x0dSELECT 0\0Z\0\0\0\x05I'),
      { kind: 'error', code: '57014' },
      { kind: 'error', code: '42501' },
    ];
    const plan = fc.record({
      fault: fc.constantFrom(...kinds),
      after: fc.integer({ min: 0, max: 32 }),
      times: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ fault, ...time }) => {
        await server.fail(fault, time);
        const { gone, there } = await askAll(verifierUrl(), 300);
        await server.fail();
        for (const one of there) expect(['present', 'inconclusive']).toContain(one.saw);
        for (const one of gone) expect(['absent', 'inconclusive']).toContain(one.saw);
      }),
      { numRuns: 60 },
    );
  });

  test('after a broken answer the same client asks again over a new connection', async () => {
    await using verifier = asking(verifierUrl());
    await verifier.identify();
    await server.fail({ kind: 'reset' }, { times: 1 });
    expect(await verifier.identify()).toMatchObject({ reason: 'R-UNREACHABLE' });
    expect(await verifier.identify()).toMatchObject({ principal: 'v' });
  });

  test('an answer to the question before is no answer to this one', async () => {
    await using verifier = asking(verifierUrl());
    expect(await verifier.ask(roleSessions, { name: 'gone', oid: gone })).toMatchObject({ saw: 'absent' });
    // the same statement about another role: only its mark tells the two answers apart
    await server.fail({ kind: 'stale' });
    expect(await verifier.ask(roleSessions, { name: 'there', oid: there })).toMatchObject({
      reason: 'R-ANSWER',
      detail: expect.stringContaining('another question'),
    });
  });

  test('an address behind which another server stands all at once', async () => {
    await using verifier = asking(verifierUrl());
    await verifier.identify();
    server.world.systemIdentifier = '7400000000000000002';
    expect(await verifier.ask(role, { name: 'gone', oid: gone })).toMatchObject({ reason: 'R-INSTANCE' });
  });

  test('a standby', async () => {
    server.world.inRecovery = true;
    const { gone } = await askAll(verifierUrl());
    expect(gone).toEqual(Array(5).fill(expect.objectContaining({ reason: 'R-INSTANCE' })));
  });

  test.each([
    ['SELECT pg_roles', 'SELECT on pg_catalog.pg_roles'],
    ['SELECT pg_auth_members', 'SELECT on pg_catalog.pg_auth_members'],
    ['SELECT pg_class', 'SELECT on pg_catalog.pg_class'],
    ['SELECT pg_prepared_xacts', 'SELECT on pg_catalog.pg_prepared_xacts'],
    ['SELECT pg_settings', 'SELECT on pg_catalog.pg_settings'],
    ['EXECUTE pg_control_system', 'EXECUTE on function pg_catalog.pg_control_system()'],
  ] as const)('%s taken from everybody', async (permission, needs) => {
    server.world.deny(permission, 'public');
    const { gone, there } = await askAll(verifierUrl());
    const lacking = [...gone, ...there].filter((one) => one.saw === 'inconclusive');
    expect(lacking.length).toBeGreaterThan(0);
    for (const one of lacking) expect(one).toMatchObject({ reason: 'R-PERM', needs });
  });

  test('the run is stopped in the middle of a statement', async () => {
    const stop = new AbortController();
    await server.fail({ kind: 'hang' });
    await using verifier = asking(verifierUrl(), { signal: stop.signal });
    const asked = verifier.identify();
    await expect.poll(() => server.world.sessions.some((one) => one.type === 'client backend')).toBe(true);
    stop.abort();
    expect(await asked).toMatchObject({ reason: 'R-UNREACHABLE' });
  });

  test('nothing is left open after the client has closed', async () => {
    {
      await using verifier = asking(verifierUrl());
      await verifier.identify();
    }
    const backends = () =>
      server.world.sessions.filter((one) => one.from !== undefined && one.roleOid !== there);
    await expect.poll(backends).toEqual([]);
  });

  test('a password in clear text is not sent to whoever asks for it', async () => {
    const asked: string[] = [];
    const thief = createServer((socket: Socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
        socket.on('data', (bytes) => asked.push(bytes.toString('latin1')));
      });
    });
    await new Promise<void>((done) => thief.listen(0, '127.0.0.2', done));
    const address = thief.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { openWire } = await import('./wire.ts');
    const { connect } = await import('node:net');
    const wire = await openWire(connect(port ?? 0, '127.0.0.2'), {
      host: 'db.example',
      tls: false,
      loopback: false,
      signal: new AbortController().signal,
    });
    const failed = new Promise<Error>((done) => wire.once('error', done));
    wire.write(Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]));
    wire.resume();
    expect((await failed).message).toContain('clear text');
    expect(asked).toEqual([]);
    await new Promise<void>((done) => thief.close(() => done()));
  });
});
