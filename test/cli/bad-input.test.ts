import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakePostgres } from '../../connectors/postgres/postgres.fake.ts';
import { startFakeVault } from '../../connectors/vault/vault.fake.ts';
import { fixture, playHttp, playHttps, playTcp } from '../door/server.ts';
import { policyOf } from '../properties/world.ts';
import { install, lastLine } from './installed.ts';
import type { Installed, Ran } from './installed.ts';

const token = 's.PlantedTokenOfVerifier01';
const password = 'planted#Password/1';
let installed: Installed;

beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

interface Files {
  readonly record?: string;
  readonly vault?: string;
  readonly database?: string;
  readonly systems?: string;
}

const record = JSON.stringify({
  apiVersion: 'tombstone/v1',
  kind: 'AccessGrant',
  metadata: { id: 'g1' },
  subject: { kind: 'agent', id: 'bot' },
  validity: { from: '2026-11-22T08:00:00Z', ttl: 'PT1H' },
  revocation: { at: '2026-11-22T08:30:00Z' },
  systems: [{ system: 'bao' }],
  credentials: [{ id: 'c1', kind: 'vault/token', system: 'bao', ref: { accessor: 'a1b2c3d4e5f6g7h8' } }],
});
const databaseRecord = record
  .replaceAll('"bao"', '"db"')
  .replace('vault/token', 'postgres/role')
  .replace('{"accessor":"a1b2c3d4e5f6g7h8"}', '{"name":"jit","oid":16500}');

/** Runs `verify` on these files, with a report file asked for, and holds what must hold whatever was wrong. */
async function verify({
  record: text = record,
  vault,
  database,
  systems,
}: Files): Promise<Ran & { report: string | undefined }> {
  const directory = mkdtempSync(join(installed.directory, 'bad-'));
  const limits = 'limits: { timeout: PT0.3S }';
  const bao =
    vault === undefined
      ? ''
      : `  bao: { connector: vault, address: "${vault}", token: env:BAO, ${limits}${vault.startsWith('https') ? ', caFile: ./ca.pem' : ''} }\n`;
  const db = database === undefined ? '' : `  db: { connector: postgres, url: env:DB, ${limits} }\n`;
  writeFileSync(join(directory, 'tombstone.yaml'), `version: 1\nsystems:\n${systems ?? bao + db}`);
  writeFileSync(join(directory, 'ca.pem'), fixture('other-ca.pem'));
  writeFileSync(join(directory, 'grant.yaml'), text);
  const env = { BAO: token, ...(database === undefined ? {} : { DB: database }) };
  const ran = await installed.run(['verify', 'grant.yaml', '--out', 'json=report.json'], {
    cwd: directory,
    env,
  });
  const { code, out, err } = ran;
  const written = readdirSync(directory).filter((name) => name.includes('report.json'));
  const report = written.length === 0 ? undefined : readFileSync(join(directory, 'report.json'), 'utf8');
  expect(lastLine(err)).toMatch(new RegExp(`^exit ${String(code)}: `));
  expect(`${out}${err}`).not.toMatch(/\n\s+at .*:\d+:\d+/);
  for (const secret of [token, password, encodeURIComponent(password)]) {
    expect(`${out}${err}${report ?? ''}`).not.toContain(secret);
  }
  // a verdict comes with its whole report, anything else without one
  expect(written).toEqual(code === 2 ? [] : ['report.json']);
  if (report !== undefined) expect(JSON.parse(report)).toMatchObject({ exitCode: code });
  return { ...ran, report };
}

describe('files that are wrong: exit 2', () => {
  const vault = 'http://127.0.0.1:9';
  const cases: Record<string, [Files, RegExp]> = {
    'broken YAML': [{ vault, record: 'apiVersion: [tombstone/v1' }, /grant\.yaml:\d+:\d+/],
    '10 MiB of garbage': [{ vault, record: `\u0001${'x{['.repeat(3_500_000)}` }, /grant\.yaml/],
    'an empty file': [{ vault, record: '' }, /grant\.yaml/],
    'a secret in the record': [{ vault, record: record.replace('a1b2c3d4e5f6g7h8', token) }, /reference/],
    'an unknown connector': [{ systems: '  bao: { connector: valut }\n' }, /vault/],
    'a field that no connector knows': [
      { systems: `  bao: { connector: vault, adress: "${vault}", token: env:BAO }\n` },
      /address/,
    ],
    'a reference that nobody set': [
      { systems: `  bao: { connector: vault, address: "${vault}", token: env:NOBODY }\n` },
      /NOBODY/,
    ],
    'plain http to another machine': [{ vault: 'http://bao.acme.example:8200' }, /http/],
    'a connection URL that is none': [{ database: password, record: databaseRecord }, /postgresql:\/\//],
  };
  for (const [name, [files, says]] of Object.entries(cases)) {
    test(name, async () => {
      const { code, err } = await verify(files);
      expect(code, err).toBe(2);
      expect(err).toMatch(says);
    });
  }
});

describe('servers that are no help: exit 3, with the reason', () => {
  const reasonOf = async (files: Files) => {
    const { code, report, err } = await verify(files);
    expect(code, err).toBe(3);
    return /"reason": ?"(R-[A-Z-]+)"/.exec(report ?? '')?.[1];
  };
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const hold = { 'content-type': 'application/json' };

  test('nobody listens', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(Object(server.address()).port)),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(await reasonOf({ vault: at(port) })).toBe('R-UNREACHABLE');
    const url = `postgresql://v:${encodeURIComponent(password)}@127.0.0.1:${port}/app?sslmode=disable`;
    expect(await reasonOf({ database: url, record: databaseRecord })).toBe('R-UNREACHABLE');
  });
  test('HTML', async () => {
    await using server = await playHttp((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    expect(await reasonOf({ vault: at(server.port) })).toBe('R-ANSWER');
  });
  test('hangs', async () => {
    await using server = await playTcp(() => undefined);
    expect(await reasonOf({ vault: at(server.port) })).toBe('R-UNREACHABLE');
    const url = `postgresql://v:${encodeURIComponent(password)}@127.0.0.1:${server.port}/app?sslmode=disable`;
    expect(await reasonOf({ database: url, record: databaseRecord })).toBe('R-UNREACHABLE');
  });
  test('drips', async () => {
    await using server = await playHttp((_, response) => {
      response.writeHead(200, hold);
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    expect(await reasonOf({ vault: at(server.port) })).toBe('R-UNREACHABLE');
  });
  test('sends 1 GiB', async () => {
    let sent = 0;
    await using server = await playHttp((_, response) => {
      response.writeHead(200, { ...hold, 'content-length': 2 ** 30 });
      const part = Buffer.alloc(2 ** 20, 0x20);
      const more = () => {
        while (sent < 2 ** 30 && response.writable && response.write(part)) sent += part.length;
      };
      response.on('drain', more);
      more();
    });
    expect(['R-ANSWER', 'R-UNREACHABLE']).toContain(await reasonOf({ vault: at(server.port) }));
    expect(sent).toBeLessThan(2 ** 29);
  });
  test('redirects elsewhere, with nobody going there', async () => {
    await using elsewhere = await playHttp((_, response) => response.writeHead(200, hold).end('{}'));
    await using server = await playHttp((request, response) =>
      response.writeHead(307, { location: `${at(elsewhere.port)}${request.url ?? ''}` }).end(),
    );
    expect(await reasonOf({ vault: at(server.port) })).toBe('R-REDIRECT');
    expect(elsewhere.connections()).toBe(0);
  });
  test('a wrong certificate authority', async () => {
    await using server = await playHttps('good', (_, response) => response.writeHead(200, hold).end('{}'));
    expect(await reasonOf({ vault: `https://localhost:${server.port}` })).toBe('R-UNREACHABLE');
  });
  test("the verifier's own credential has expired", async () => {
    const vault = await startFakeVault();
    const database = await startFakePostgres();
    try {
      await vault.api('POST', 'sys/policies/acl/verifier', { policy: policyOf('vault') });
      expect(await reasonOf({ vault: vault.address })).toBe('R-AUTH');
      const url = database.url('tombstone_verifier', password);
      expect(await reasonOf({ database: url, record: databaseRecord })).toBe('R-AUTH');
      // the same, with a token that lives: the record's accessor is gone
      vault.world.createToken({ value: token, policies: ['verifier'] });
      expect((await verify({ vault: vault.address })).report).toContain('gone');
    } finally {
      await vault.stop();
      await database.stop();
    }
  });
});
