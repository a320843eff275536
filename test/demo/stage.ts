import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '../../src/demo/stage.ts';
import { startFakeVault } from '../../connectors/vault/vault.fake.ts';
import { findOpenBao, startOpenBao } from '../servers/openbao.ts';
import { startPostgres } from '../servers/postgres.ts';
import type { RunningPostgres } from '../servers/postgres.ts';

/** The real PostgreSQL from npm, and the real OpenBao where one is found. */
export async function openStage(): Promise<Stage> {
  const database = await startPostgres();
  const run = async (statements: readonly string[]) => {
    for (const statement of statements) await database.sql(statement);
  };
  const vault = await openVault(run).catch(async (error: unknown) => {
    await database.stop();
    throw error;
  });
  return {
    vault: {
      ...vault,
      connectionUrl: `postgresql://{{username}}:{{password}}@${database.host}:${database.port}/postgres?sslmode=disable`,
    },
    postgres: { ...postgres(database), run },
    async stop() {
      await vault.stop();
      await database.stop();
    },
  };
}

function postgres(database: RunningPostgres): Omit<Stage['postgres'], 'run'> {
  return {
    what: 'real PostgreSQL from npm',
    host: database.host,
    port: database.port,
    async login(user, password) {
      const client = await database.session({ user, password });
      // the administrator will end it
      client.on('error', () => undefined);
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      return { pid: rows[0]?.pid ?? 0, end: () => client.end() };
    },
    async terminate(pid) {
      await database.sql('select pg_terminate_backend($1, 5000)', [pid]);
    },
    async oid(role) {
      const [row] = await database.sql('select oid::int as oid from pg_roles where rolname = $1', [role]);
      return Number(row?.['oid']);
    },
  };
}

async function openVault(run: (statements: readonly string[]) => Promise<void>) {
  const found = findOpenBao();
  if ('binary' in found) {
    const bao = await startOpenBao();
    return {
      what: 'real OpenBao',
      address: bao.address,
      adminToken: bao.rootToken,
      auditFile: bao.auditFile,
      stop: () => bao.stop(),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'tombstone-demo-'));
  const auditFile = join(folder, 'audit.log');
  const fake = await startFakeVault({ database: { run }, auditFile });
  return {
    what: `living fake of OpenBao (${found.missing})`,
    address: fake.address,
    adminToken: fake.rootToken,
    auditFile,
    async stop() {
      await fake.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
