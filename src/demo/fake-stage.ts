import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { livingFakes } from '../registry.ts';
import type { Stage } from './stage.ts';

/** Both systems as living fakes: what an installed package can play on without any server. */
export async function openFakeStage(): Promise<Stage> {
  const { startFakePostgres, startFakeVault } = await livingFakes();
  const database = await startFakePostgres();
  const folder = await mkdtemp(join(tmpdir(), 'tombstone-fake-'));
  const auditFile = join(folder, 'audit.log');
  const vault = await startFakeVault({
    auditFile,
    database: { run: (statements) => Promise.resolve(database.run(statements)) },
  });
  return {
    vault: {
      what: 'a living fake of OpenBao',
      address: vault.address,
      adminToken: vault.rootToken,
      auditFile,
      connectionUrl: 'postgresql://{{username}}:{{password}}@127.0.0.1/postgres',
    },
    postgres: {
      what: 'a living fake of PostgreSQL',
      host: database.host,
      port: database.port,
      run: (statements) => Promise.resolve(database.run(statements)),
      async login(user, password) {
        const { default: pg } = await import('pg');
        const client = new pg.Client({ connectionString: database.url(user, password) });
        // the administrator will end it
        client.on('error', () => undefined);
        await client.connect();
        const oid = database.world.role(user).oid;
        const pid = database.world.sessions.find((session) => session.roleOid === oid)?.pid ?? 0;
        return { pid, end: () => client.end() };
      },
      terminate: (pid) => Promise.resolve(database.terminate(pid)),
      oid: (role) => Promise.resolve(database.world.role(role).oid),
    },
    async stop() {
      await vault.stop();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
