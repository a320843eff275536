/** What a broker does with the database engine, on both servers, in front of a real PostgreSQL. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import type { RunningPostgres } from '../../test/servers/postgres.ts';
import { startPostgres } from '../../test/servers/postgres.ts';
import { realServer } from '../../test/servers/require.ts';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, revoke, writePolicy } from './asking.fixture.ts';
import { leaseRecord } from './checks/lease.ts';
import { startFakeVault } from './vault.fake.ts';

const found = findOpenBao();
const stages = [
  {
    name: 'the living fake',
    runs: true,
    start: (database: RunningPostgres): Promise<Stage> =>
      startFakeVault({
        database: {
          async run(statements) {
            for (const statement of statements) await database.sql(statement);
          },
        },
      }),
  },
  {
    name: 'the real OpenBao',
    runs: realServer('OpenBao', found),
    start: (): Promise<Stage> => startOpenBao(),
  },
];

const issued = z.object({
  lease_id: z.string(),
  data: z.object({ username: z.string(), password: z.string() }),
});
type Issued = z.infer<typeof issued>;

/** How the database engine may be told to end a login, and what becomes of it. */
const stories = {
  honest: { statements: [] as string[], revoked: 204, login: 'refused' },
  'does nothing': { statements: ['SELECT 1;'], revoked: 204, login: 'works' },
  'only NOLOGIN': {
    statements: ['ALTER ROLE "{{name}}" NOLOGIN;'],
    revoked: 204,
    login: 'not permitted to log in',
  },
  'fails aloud': { statements: ['DROP ROLE "no_such_role";'], revoked: 400, login: 'works' },
} as const;

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`leases of the database engine on ${name}`, () => {
    let database: RunningPostgres;
    let stage: Stage;
    let verifier: Made;

    beforeAll(async () => {
      database = await startPostgres();
      stage = await start(database);
      verifier = await makeVerifier(stage);
      const { user, password } = database.superuser;
      await database.sql('CREATE ROLE readers');
      const done = [
        await stage.api('POST', 'sys/mounts/database', { type: 'database' }),
        await stage.api('POST', 'database/config/pg', {
          plugin_name: 'postgresql-database-plugin',
          connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${database.port}/postgres?sslmode=disable`,
          username: user,
          password,
          allowed_roles: '*',
          password_authentication: 'scram-sha-256',
        }),
      ];
      const wrong = done.find(({ status }) => status !== 204);
      if (wrong !== undefined) throw new Error(`the engine was not set up: ${JSON.stringify(wrong)}`);
      await writePolicy(stage, 'agent', 'path "database/creds/*" { capabilities = ["read"] }');
    });
    afterAll(async () => {
      await stage.stop();
      await database.stop();
    });

    async function grant(role: string, statements: readonly string[], by?: string): Promise<Issued> {
      const written = await stage.api('POST', `database/roles/${role}`, {
        db_name: 'pg',
        creation_statements: [
          `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE readers;`,
        ],
        revocation_statements: statements,
        default_ttl: '1h',
      });
      expect(written.status).toBe(204);
      return issued.parse((await stage.api('GET', `database/creds/${role}`, undefined, by)).json);
    }

    async function login({ data }: Issued): Promise<string> {
      const client = new pg.Client({ connectionString: database.url(data.username, data.password) });
      try {
        await client.connect();
        await client.end();
        return 'works';
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return text.includes('not permitted to log in') ? 'not permitted to log in' : 'refused';
      }
    }

    const ask = async (lease: Issued) => {
      await using asks = asking(stage.address, verifier.value);
      return await asks.ask(leaseRecord, { leaseId: lease.lease_id });
    };

    it.each(Object.entries(stories))('revoked by statements that are: %s', async (story, expected) => {
      const lease = await grant(story.replaceAll(' ', '-').toLowerCase(), expected.statements);
      expect(await login(lease)).toBe('works');
      expect(await ask(lease)).toMatchObject({ saw: 'present' });
      const answer = await stage.api('POST', 'sys/leases/revoke', { lease_id: lease.lease_id });
      expect(answer.status).toBe(expected.revoked);
      // the record of the lease says nothing of the login: that is another target
      expect(await ask(lease)).toMatchObject({ saw: expected.revoked === 204 ? 'absent' : 'present' });
      expect(await login(lease)).toBe(expected.login);
    });

    it('tells a lease whose revocation is being tried again, until tidy forgets it', async () => {
      const owner = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
      const lease = await grant('stuck', ['DROP ROLE "no_such_role";'], owner.value);
      await revoke(stage, owner.accessor);
      await expect
        .poll(() => ask(lease), { timeout: 20_000 })
        .toMatchObject({ saw: 'present', value: expect.stringContaining('revocation pending') });
      expect((await stage.api('POST', 'sys/leases/tidy', {})).status).toBe(202);
      await expect.poll(() => ask(lease), { timeout: 20_000 }).toMatchObject({ saw: 'absent' });
      expect(await login(lease)).toBe('works');
    });

    it('forgets by force what it could not end', async () => {
      const lease = await grant('forced', ['DROP ROLE "no_such_role";']);
      expect((await stage.api('POST', 'sys/leases/revoke-force/database/creds/forced', {})).status).toBe(204);
      expect(await ask(lease)).toMatchObject({ saw: 'absent' });
      expect(await login(lease)).toBe('works');
    });

    it('ends by the role as it is now', async () => {
      const lease = await grant('edited', []);
      await grant('edited', ['SELECT 1;']);
      await stage.api('POST', 'sys/leases/revoke', { lease_id: lease.lease_id });
      expect(await ask(lease)).toMatchObject({ saw: 'absent' });
      expect(await login(lease)).toBe('works');
    });
  });
}
