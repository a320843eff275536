import { expect, test } from 'vitest';
import { Secret } from '../../src/connector.ts';
import { address, config, endpointsOf, host } from './config.ts';
import type { Config } from './config.ts';
import { membership, role, session } from './kinds.ts';
import { policy } from './policy.ts';
import { sameInstant } from './sources/sessions.ts';

const from = (url: string, more: { allowInsecure?: boolean } = {}) => ({
  url: new Secret('env:URL', url),
  ...more,
});

/** What the error says, with all that it carries. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${String(error)} ${JSON.stringify(error)}`;
  }
  return 'it was not refused';
}

test('a URL gives host, port, database, login and whether TLS is wanted', () => {
  const at = address(from('postgresql://v%40x:p%2Fw@db.example:6543/app%20one?sslmode=verify-full'));
  expect({ ...at, password: at.password.reveal() }).toEqual({
    host: 'db.example',
    port: 6543,
    database: 'app one',
    user: 'v@x',
    password: 'p/w',
    tls: true,
  });
  expect(JSON.stringify(at)).not.toContain('p/w');
  expect(address(from('postgres://v:p@[::1]/app'))).toMatchObject({ host: '::1', port: 5432, tls: false });
  expect(address(from('postgresql://v:p@db.example/app')).tls).toBe(true);
  expect(address(from('postgresql://v:p@127.0.0.1/app?sslmode=require')).tls).toBe(true);
});

test.each([
  ['planted-Secret', 'does not hold a URL'],
  ['https://v:planted-Secret@db.example/app', 'does not hold a URL'],
  ['postgresql://v:planted-Secret@db.example:99999/app', 'does not hold a URL'],
  ['postgresql://v@db.example/app', 'names no password'],
  ['postgresql://:planted-Secret@db.example/app', 'names no user'],
  ['postgresql://v:planted-Secret@db.example', 'names no database'],
  ['postgresql://v:planted-Secret@%2Ftmp/app', 'Unix socket'],
  ['postgresql://v:planted-Secret%ZZ@db.example/app', 'percent-encoded'],
  ['postgresql://v:planted-Secret@db.example/app?sslmode=prefer', 'sslmode=prefer'],
  ['postgresql://v:planted-Secret@db.example/app?sslrootcert=/ca.pem', 'caFile'],
  ['postgresql://v:planted-Secret@db.example/app?options=-c', '"options"'],
])('%s is refused without its password', (url, text) => {
  const message = refusal(() => address(from(url)));
  expect(message).toContain(text);
  expect(message).toContain('env:URL');
  expect(message).not.toContain('Secret');
});

test('plain TCP to another machine must be allowed by name', () => {
  const url = 'postgresql://v:p@db.example/app?sslmode=disable';
  expect(() => host(from(url))).toThrow(/plain TCP to db\.example/);
  expect(host(from(url, { allowInsecure: true }))).toMatchObject({ protocol: 'tcp:', allowInsecure: true });
  expect(host(from('postgresql://v:p@localhost/app?sslmode=disable'))).toMatchObject({ host: 'localhost' });
});

test('the configuration is strict', () => {
  const problems = (value: unknown) => config.safeParse(value).error?.issues.map((one) => one.message) ?? [];
  expect(problems({ url: 'file:./url', endpoints: [{ via: 'direct' }] })).toEqual([]);
  expect(problems({ url: 'postgresql://v:p@h/d' })[0]).toContain('a reference belongs here');
  expect(problems({ url: 'file:./url', sslmode: 'require' })[0]).toContain('sslmode');
});

test('endpoints have addresses of their own, and are points by their way and number', () => {
  const problems = (...endpoints: object[]) =>
    config.safeParse({ url: 'file:./url', endpoints }).error?.issues.map((one) => one.message) ?? [];
  const [pooler, replica] = [
    { via: 'pgbouncer', url: 'file:./pooler' },
    { via: 'standby', url: 'file:./replica' },
  ];
  expect(problems({ via: 'direct' }, pooler, replica)).toEqual([]);
  expect(problems({ via: 'pgbouncer' })).toEqual([expect.stringContaining('a login of its own')]);
  expect(problems({ via: 'direct', url: 'file:./u' })).toEqual([
    expect.stringContaining('"url" of the system'),
  ]);
  expect(problems({ via: 'direct' }, { via: 'direct' })).toEqual([
    expect.stringContaining('one direct address'),
  ]);
  expect(problems({ ...pooler, name: 'replica-1' })).toEqual([expect.stringContaining('only a standby')]);
  expect(problems({ ...replica, name: 'a' }, { ...replica, name: 'a' })).toEqual([
    expect.stringContaining('under one name'),
  ]);
  expect(problems({ via: 'pgpool', url: 'file:./u' })).toHaveLength(1);

  const url = (name: string, port: number) =>
    new Secret(`env:${name}`, `postgresql://v:p@db.example:${port}/app`);
  const whole: Config = {
    url: url('DIRECT', 1),
    endpoints: [
      { via: 'pgbouncer', url: url('FIRST', 2) },
      { via: 'standby', url: url('REPLICA', 3), name: 'replica-1' },
      { via: 'direct' },
      { via: 'pgbouncer', url: url('SECOND', 4) },
    ],
  };
  const points = endpointsOf(whole).map((one) => one.point);
  expect(points).toEqual(['direct', 'pgbouncer', 'standby', 'pgbouncer-2']);
  expect(points.map((point) => host(whole, point).port)).toEqual([1, 2, 3, 4]);
  expect(() => host(whole, 'standby-2')).toThrow('no endpoint is named standby-2');
});

test('locators: ids, labels, and what they refuse', () => {
  expect(role.id({ name: 'jit' })).toBeUndefined();
  expect(role.id({ name: 'jit', oid: 16_389 })).toBe('16389');
  expect(membership.id({ role: 'g', roleOid: 1, member: 'm' })).toBeUndefined();
  expect(session.id({ roleOid: 7 })).toBe('7');
  expect(session.id({ roleOid: 7, pid: 9, startedAt: '2026-01-01T00:00:00Z' })).toBe(
    '7/9/2026-01-01T00:00:00Z',
  );
  for (const kind of [role, membership, session]) expect(kind.ref.safeParse(kind.example).success).toBe(true);
  // PostgreSQL would have cut the name: looked up whole it is absent, and its role lives on
  expect(role.ref.safeParse({ name: 'x'.repeat(64) }).success).toBe(false);
  expect(role.ref.safeParse({ name: 'ä'.repeat(32) }).success).toBe(false);
  expect(role.ref.safeParse({ name: 'x', oid: 0 }).success).toBe(false);
  expect(session.ref.safeParse({ roleOid: 7, startedAt: 'yesterday' }).success).toBe(false);
});

test.each([
  ['2026-11-23T10:00:00.123456Z', true],
  ['2026-11-23T10:00:00.123Z', true],
  ['2026-11-23T10:00:00.124Z', true],
  ['2026-11-23T10:00:00Z', true],
  ['2026-11-23T11:00:00.123456+01:00', true],
  ['2026-11-23T10:00:00.123457Z', false],
  ['2026-11-23T10:00:00.125Z', false],
  ['2026-11-23T10:00:02Z', false],
])('a start of .123456 written as %s is the same: %s', (recorded, same) => {
  expect(sameInstant('2026-11-23T10:00:00.123456Z', recorded)).toBe(same);
});

test('a need that nothing grants is a bug, not a silent gap', () => {
  expect(() => policy(['SELECT on everything'])).toThrow('SELECT on everything');
});
