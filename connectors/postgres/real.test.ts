import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TextFile } from '../../src/connector.ts';
import { startPostgres } from '../../test/servers/postgres.ts';
import type { RunningPostgres } from '../../test/servers/postgres.ts';
import { asking } from './asking.fixture.ts';
import { role } from './checks/role.ts';
import { roleSessions } from './checks/role-sessions.ts';
import { session } from './checks/session.ts';
import { postgres } from './index.ts';

const password = 'planted-Secret/7';

async function giveVerifier(server: RunningPostgres): Promise<string> {
  const printed = postgres.policy(postgres.checks.flatMap(({ needs }) => needs)).split('\n');
  for (const line of printed.filter((one) => one !== '' && !one.startsWith('--'))) await server.sql(line);
  await server.sql(`ALTER ROLE tombstone_verifier PASSWORD '${password}'`);
  return server.url('tombstone_verifier', password);
}

async function oid(server: RunningPostgres, name: string): Promise<number> {
  const [row] = await server.sql('select oid::bigint::text as oid from pg_roles where rolname = $1', [name]);
  return Number(row?.['oid']);
}

describe('what only the real server can show', () => {
  let server: RunningPostgres;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres({ logStatements: true, settings: { wal_level: 'logical' } });
    url = await giveVerifier(server);
  });
  afterAll(() => server.stop());

  test('a replication stream outlives its role, and a role at CONNECTION LIMIT 0 opens one', async () => {
    await server.sql(`CREATE ROLE stream LOGIN REPLICATION PASSWORD 'x' CONNECTION LIMIT 0`);
    const id = await oid(server, 'stream');
    const login = {
      host: server.host,
      port: server.port,
      user: 'stream',
      password: 'x',
      database: 'postgres',
    };
    const ordinary = new pg.Client(login);
    ordinary.on('error', () => undefined);
    await expect(ordinary.connect()).rejects.toMatchObject({ code: '53300' });
    const replicating = { ...login, replication: 'database' };
    const walsender = new pg.Client(replicating);
    await walsender.connect();

    await using verifier = asking(url);
    expect(await verifier.ask(role, { name: 'stream', oid: id })).toMatchObject({ state: 'active' });
    await server.sql('DROP ROLE stream');
    expect(await verifier.ask(role, { name: 'stream', oid: id })).toMatchObject({ saw: 'absent' });
    const seen = await verifier.ask(roleSessions, { name: 'stream', oid: id });
    expect(seen).toMatchObject({ saw: 'present', value: expect.stringContaining('walsender') });
    await walsender.end();
  });

  test('prepared transactions are asked for once no session is left that could make one', async () => {
    await server.sql('CREATE ROLE quiet');
    await using verifier = asking(url);
    await verifier.ask(roleSessions, { name: 'quiet', oid: await oid(server, 'quiet') });
    const asked = verifier.exchanges.map((one) => one.asked);
    const [first, second] = asked.filter((name) => /activity|prepared/.test(name));
    expect([first, second]).toEqual(['pg_stat_activity by role oid', 'pg_prepared_xact by owner oid']);
    await server.sql('DROP ROLE quiet');
  });

  test('a session after SET ROLE writes on behind a dropped role, and its lead names it for good', async () => {
    await server.sql('CREATE ROLE grp');
    await server.sql('CREATE TABLE t (i int)');
    await server.sql('GRANT INSERT ON t TO grp');
    await server.sql(`CREATE ROLE jit LOGIN PASSWORD 'x' IN ROLE grp`);
    const id = await oid(server, 'jit');
    const open = await server.session({ user: 'jit', password: 'x' });
    await open.query('SET ROLE grp');
    await server.sql('DROP ROLE jit');
    await open.query('INSERT INTO t VALUES (1)');
    expect(await server.sql(`select 1 from pg_stat_activity where usename = 'jit'`)).toEqual([]);

    await using verifier = asking(url);
    const seen = await verifier.ask(roleSessions, { name: 'jit', oid: id });
    const ref = session.of.ref.parse(seen.leads?.[0]?.ref);
    expect(await verifier.ask(session, ref)).toMatchObject({ saw: 'present' });
    // the fix that the finding prints ends it
    await server.sql(session.of.fix(ref));
    await expect.poll(() => verifier.ask(session, ref)).toMatchObject({ saw: 'absent' });
  });

  test('a pg_hba.conf that cannot be read decides nothing', async () => {
    await server.sql(`CREATE ROLE late LOGIN PASSWORD 'x' VALID UNTIL '2001-01-01'`);
    const id = await oid(server, 'late');
    const lines = 'host all all 127.0.0.1/32 scram-sha-256\n';
    await server.hba(`${lines}host all all nowhere\n`);
    await using verifier = asking(url);
    expect(await verifier.ask(role, { name: 'late', oid: id })).toMatchObject({
      reason: 'R-ANSWER',
      detail: expect.stringContaining('line 2'),
    });
    await server.hba(lines);
    await server.sql('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() FROM tombstone_verifier');
    expect(await verifier.ask(role, { name: 'late', oid: id })).toMatchObject({
      reason: 'R-PERM',
      needs: 'EXECUTE on function pg_catalog.pg_hba_file_rules()',
    });
    await server.sql('GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO tombstone_verifier');
  });

  test('its own login refused, its database missing, a permission taken away from everybody', async () => {
    const tries: readonly (readonly [string, object])[] = [
      [server.url('tombstone_verifier', 'wrong-Secret/8'), { reason: 'R-AUTH' }],
      [server.url('nobody_there', password), { reason: 'R-AUTH' }],
      [server.url('tombstone_verifier', password, 'none'), { reason: 'R-ANSWER' }],
    ];
    for (const [from, expected] of tries) {
      await using verifier = asking(from);
      const seen = await verifier.identify();
      expect(seen).toMatchObject({ saw: 'inconclusive', ...expected });
      expect(JSON.stringify([seen, verifier.exchanges])).not.toMatch(/Secret/);
    }
    await server.sql('REVOKE SELECT ON pg_catalog.pg_auth_members FROM PUBLIC');
    await server.sql('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC');
    await using verifier = asking(url);
    expect(await verifier.identify()).toMatchObject({
      reason: 'R-PERM',
      needs: 'EXECUTE on function pg_catalog.pg_control_system()',
    });
    await server.sql('GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC');
    await server.sql('GRANT SELECT ON pg_catalog.pg_auth_members TO PUBLIC');
  });

  test('a connection that an operator ends: one failure, then a new connection', async () => {
    await using verifier = asking(url);
    await verifier.identify();
    await server.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tombstone'`,
    );
    await expect.poll(() => verifier.identify()).toMatchObject({ principal: 'tombstone_verifier' });
  });

  test('it only reads, and its session says what it is', async () => {
    await using verifier = asking(url);
    await verifier.ask(role, { name: 'jit', oid: 4_000_000_000 });
    const [row] = await server.sql(
      `select count(*)::int as open from pg_stat_activity where application_name = 'tombstone'`,
    );
    expect(row).toEqual({ open: 1 });
    const own = server
      .log()
      .split('\n')
      .filter((line) => / tombstone LOG: +execute /.test(line));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((line) => !/execute <unnamed>: (?:select|with recursive)\b/.test(line))).toEqual([]);
  });

  test('any identifier comes back out of the fix unharmed', async () => {
    for (const name of ['jit', 'Ü "quoted"', 'a\\b\u0007c', "o'brien; --"]) {
      await server.sql(`CREATE ROLE ${pg.escapeIdentifier(name)}`);
      await server.sql(role.of.fix({ name }));
      expect(await oid(server, name)).toBeNaN();
    }
  });
});

describe('other servers', () => {
  test('a standby is refused: it shows none of the sessions of its primary', async () => {
    await using server = await startPostgres({ standby: true });
    await using verifier = asking(server.url(server.superuser.user, server.superuser.password));
    expect(await verifier.identify()).toMatchObject({ reason: 'R-INSTANCE' });
  });

  const pem = (name: string) =>
    readFileSync(new URL(`../../test/door/fixtures/${name}.pem`, import.meta.url), 'utf8');
  const trusting = (name: string) => {
    const file = new TextFile(`./${name}.pem`);
    file.fill(pem(name));
    return file;
  };

  test('TLS: require verifies, and an unverified server gets no login', async () => {
    await using server = await startPostgres({
      tls: { cert: pem('good'), key: pem('good.key') },
      logStatements: true,
    });
    const url = (await giveVerifier(server)).replace('disable', 'require');
    {
      await using verifier = asking(url, { caFile: trusting('ca') });
      expect(await verifier.identify()).toMatchObject({ principal: 'tombstone_verifier' });
      const [row] = await server.sql(
        `select s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name = 'tombstone'`,
      );
      expect(row).toEqual({ ssl: true });
    }
    for (const ca of ['other-ca', undefined]) {
      await using verifier = asking(url, ca === undefined ? {} : { caFile: trusting(ca) });
      expect(await verifier.identify()).toMatchObject({ reason: 'R-UNREACHABLE' });
    }
  });

  test('TLS: a server that offers none, and one with the certificate of another host', async () => {
    await using plain = await startPostgres();
    const url = (await giveVerifier(plain)).replace('disable', 'verify-full');
    await using verifier = asking(url, { caFile: trusting('ca') });
    expect(await verifier.identify()).toMatchObject({
      reason: 'R-ANSWER',
      detail: expect.stringContaining('does not offer TLS'),
    });
    await using elsewhere = await startPostgres({
      tls: { cert: pem('elsewhere'), key: pem('elsewhere.key') },
    });
    await using other = asking((await giveVerifier(elsewhere)).replace('disable', 'require'), {
      caFile: trusting('ca'),
    });
    expect(await other.identify()).toMatchObject({
      reason: 'R-UNREACHABLE',
      detail: expect.stringContaining('ALTNAME'),
    });
  });
});
