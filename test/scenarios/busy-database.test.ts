import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startPostgres } from '../servers/postgres.ts';
import type { RunningPostgres } from '../servers/postgres.ts';
import { policyOf, statementsOf, verifyAs } from './verifier.ts';
import type { GrantInput } from './record.ts';

const password = randomBytes(12).toString('hex');
const older = 60;
const younger = 40;

/** What other people do all day: nothing of it is the grant's, and nothing of it has a date. */
function others(from: number, to: number): readonly string[] {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  return numbers.flatMap((n) => [
    `CREATE ROLE team_${n} NOLOGIN`,
    `CREATE ROLE user_${n} LOGIN PASSWORD '${password}' IN ROLE team_${n}`,
    `GRANT CREATE ON SCHEMA public TO team_${n}`,
    `SET ROLE team_${n}`,
    `CREATE TABLE public.work_${n} (line text)`,
    `GRANT SELECT ON public.work_${n} TO user_${n}`,
    `CREATE VIEW public.seen_${n} AS SELECT line FROM public.work_${n}`,
    `CREATE FUNCTION public.do_${n}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'`,
    `CREATE FUNCTION public.note_${n}() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'`,
    `CREATE TRIGGER note AFTER INSERT ON public.work_${n} FOR EACH ROW EXECUTE FUNCTION public.note_${n}()`,
    `CREATE POLICY mine ON public.work_${n} TO user_${n} USING (true)`,
    `CREATE RULE quiet AS ON DELETE TO public.work_${n} DO INSTEAD NOTHING`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE team_${n} GRANT SELECT ON TABLES TO user_${n}`,
    'RESET ROLE',
  ]);
}

/** As a broker names what it makes. */
const issued = (of: string, at: number) =>
  `v-token-${of}-${randomBytes(10).toString('hex')}-${Math.floor(at / 1000)}`;
const brokered = 8;

describe('a busy PostgreSQL around a clean grant', () => {
  let server: RunningPostgres;
  let jit: { readonly oid: number; readonly team: number };
  const from = new Date();
  const login = issued('readonly', from.getTime());

  async function run(...statements: readonly string[]): Promise<void> {
    const client = await server.session();
    try {
      for (const one of statements) await client.query(one);
    } finally {
      await client.end();
    }
  }
  const oidOf = async (name: string) => {
    const [row] = await server.sql('select oid::int as oid from pg_roles where rolname = $1', [name]);
    return z.object({ oid: z.number() }).parse(row).oid;
  };

  beforeAll(async () => {
    server = await startPostgres({ settings: { track_commit_timestamp: 'off', wal_level: 'logical' } });
    await run(...statementsOf(policyOf('postgres')), `ALTER ROLE tombstone_verifier PASSWORD '${password}'`);
    await run('CREATE ROLE readers NOLOGIN', 'CREATE TABLE public.ledger (line text)');
    await run('GRANT SELECT ON public.ledger TO readers', ...others(0, older));
    const yesterday = from.getTime() - 86_400_000;
    // of the same role of the broker, and never ended
    await run(`CREATE ROLE "${issued('readonly', yesterday)}" LOGIN PASSWORD '${password}' IN ROLE readers`);
    await run(`CREATE ROLE "${login}" LOGIN PASSWORD '${password}' IN ROLE readers`);
    jit = { oid: await oidOf(login), team: await oidOf('readers') };
    await run(...others(older, older + younger), 'CREATE PUBLICATION changes FOR TABLE public.ledger');
    await run("SELECT pg_create_physical_replication_slot('replica')", `DROP ROLE "${login}"`);
    for (let number = 0; number < brokered; number += 1) {
      const of = number % 2 === 0 ? 'billing' : 'reports';
      await run(`CREATE ROLE "${issued(of, Date.now())}" LOGIN PASSWORD '${password}' IN ROLE readers`);
    }
  }, 60_000);
  afterAll(() => server.stop());

  function grant(attributes: readonly string[] | undefined): GrantInput {
    const ref = { name: login, oid: jit.oid };
    return {
      from,
      revokedAt: new Date(),
      credentials: [{ id: 'c1', kind: 'postgres/role', system: 'billing-db', ref: { ...ref, attributes } }],
      entitlements: [
        {
          id: 'e1',
          kind: 'postgres/membership',
          system: 'billing-db',
          ref: { role: 'readers', roleOid: jit.team, member: login, memberOid: jit.oid },
        },
      ],
    };
  }

  async function look(attributes: readonly string[] | undefined) {
    const { report } = await verifyAs('busy', grant(attributes), {
      postgresUrl: server.url('tombstone_verifier', password),
      vaultAddress: 'http://127.0.0.1:8200',
      vaultToken: 'nobody-asks',
    });
    const findings = report.grants.flatMap((one) => one.findings);
    return {
      exit: report.exitCode,
      verdicts: Object.fromEntries(findings.map(({ target, verdict }) => [target.id, verdict])),
      excused: Object.fromEntries(
        findings.flatMap(({ target, evidence }) =>
          evidence.flatMap(({ observation: { excused } }) =>
            excused === undefined ? [] : [[target.id, excused]],
          ),
        ),
      ),
    };
  }

  test('is gone, without a baseline, a date or a probe, and says why the rest is not its own', async () => {
    const { exit, verdicts, excused } = await look([]);
    expect(verdicts).toMatchObject({
      c1: { verdict: 'gone' },
      e1: { verdict: 'gone' },
      'sweep:billing-db': { verdict: 'gone' },
      'hunt:billing-db': { verdict: 'gone' },
    });
    expect(exit).toBe(0);
    expect(excused['hunt:billing-db']).toEqual({
      'built in': expect.any(Number),
      // two roles and a membership of each, the readers, the verifier and its two memberships, a login and its
      'older by its OID': 3 * older + 6,
      'a login that a broker made for another role': brokered,
      'a role, and the grant could make none': 2 * younger,
      'given by a role that the grant could not act as': younger + brokered,
      // a view, a function, a trigger, a policy, a rule, default privileges; a publication
      'of an owner that the grant could not act as': 6 * (older + younger) + 1,
      'a slot, and the grant could make none': 1,
    });
  });

  test('is unproven while another login of the same role of the broker stands', async () => {
    const second = issued('readonly', Date.now());
    await run(`CREATE ROLE "${second}" LOGIN PASSWORD '${password}' IN ROLE readers`);
    try {
      const { exit, verdicts } = await look([]);
      expect(verdicts['hunt:billing-db']).toMatchObject({
        verdict: 'unproven',
        reason: 'R-ORIGIN',
        detail: expect.stringContaining(second),
        needs: expect.stringContaining("the broker's audit log"),
      });
      expect(exit).toBe(3);
    } finally {
      await run(`DROP ROLE "${second}"`);
    }
  });

  test('is unproven where nobody says what the login could do, and says what would tell', async () => {
    const { exit, verdicts } = await look(undefined);
    expect(verdicts['hunt:billing-db']).toMatchObject({
      verdict: 'unproven',
      reason: 'R-ORIGIN',
      needs: expect.stringContaining("attributes in the role's ref"),
    });
    expect(exit).toBe(3);
  });
});
