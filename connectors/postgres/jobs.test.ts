import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/connector.ts';
import { findDebianPostgres } from '../../test/servers/postgres.ts';
import { realServer } from '../../test/servers/require.ts';
import { onBoth } from './cases.fixture.ts';
import type { Case, Given } from './cases.fixture.ts';
import { job } from './checks/job.ts';
import { hunt } from './looks/hunt.ts';
import { laterJobs } from './looks/later-jobs.ts';
import type { Hunted } from './looks/part.ts';
import { rightsOf, subjectOf } from './rights.ts';
import type { Rights } from './rights.ts';
import type { JobEntry } from './sources/jobs.ts';

/** As the administrator does it for somebody; the role itself calls `cron.schedule`. */
const schedule = (username: string, active = true, database = 'postgres') =>
  `SELECT cron.schedule_in_database('later', '0 0 1 1 *', 'select 1', '${database}', '${username}', ${active})`;
const unschedule = "SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = 'later'";

const role = (name: string, oid: number, attributes: readonly string[] = []) => ({
  kind: 'postgres/role',
  ref: { name, oid, attributes },
});
const scope = (targets: Scope['targets'], accounts: readonly number[] = []): Scope => ({
  targets,
  accounts: accounts.map(String),
});

const ofOthers = 'a job of a role that the grant could not act as';

/** The login is gone, and what was scheduled meanwhile stands. */
function dropped(attributes: readonly string[], ...meanwhile: string[]): Case['run'] {
  return async (given) => {
    const { at, verifier } = given;
    await at.run('CREATE ROLE evil LOGIN', 'CREATE ROLE jit LOGIN');
    const oid = await given.oid('jit');
    await at.run(...meanwhile, 'DROP ROLE jit');
    const seen = await verifier.ask(hunt, scope([role('jit', oid, attributes)]));
    // what else stands aside differs by version
    const { excused = {} } = seen;
    return { ...seen, excused: { [ofOthers]: excused[ofOthers] ?? 0 } };
  };
}

/** Asks about the job that stands, by the id that the hunt names. */
async function asked({ verifier }: Given, oid: number) {
  const seen = await verifier.ask(hunt, scope([role('jit', oid)]));
  const [lead] = seen.leads ?? [];
  if (lead === undefined) throw new Error('the hunt found no job');
  return verifier.ask(job, job.of.ref.parse(lead.ref));
}

function standing(active: boolean, ...then: string[]): Case['run'] {
  return async (given) => {
    await given.at.run('CREATE ROLE jit LOGIN', schedule('jit', active));
    const oid = await given.oid('jit');
    await given.at.run(...then);
    return asked(given, oid);
  };
}

const could = 'had none of SUPERUSER, CREATEROLE and REPLICATION, by itself or by a role that it was in';
const cases: readonly Case[] = [
  {
    title: 'hunt: a job that runs as the login of the grant',
    expected: 'present active undefined: 1 found: job # (later) of jit in postgres leads 1',
    run: dropped([], schedule('jit')),
  },
  {
    title: 'hunt: a job of somebody else',
    expected: `excluded, declared: as the record says, jit (oid #) ${could}; 1 a job of a role that the grant could not act as`,
    run: dropped([], schedule('evil')),
  },
  {
    title: 'hunt: a job of a group that the login was in',
    expected: 'R-ORIGIN: job # (later) of team in postgres: nothing says whose',
    async run(given) {
      const { at, verifier } = given;
      await at.run('CREATE ROLE team LOGIN', 'CREATE ROLE jit LOGIN IN ROLE team', schedule('team'));
      const [team, jit] = [await given.oid('team'), await given.oid('jit')];
      await at.run('DROP ROLE jit');
      const ref = { role: 'team', roleOid: team, member: 'jit', memberOid: jit };
      return verifier.ask(hunt, scope([role('jit', jit), { kind: 'postgres/membership', ref }]));
    },
  },
  {
    title: 'hunt: a job of an account that the subject has anyway may be older',
    expected: 'R-ORIGIN: job # (later) of jit in postgres: nothing says whose',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', schedule('jit'));
      return given.verifier.ask(hunt, scope([], [await given.oid('jit')]));
    },
  },
  {
    title: 'hunt: a job of a login that was renamed since runs under the old name',
    expected: 'present active undefined: 1 found: job # (later) of jit in postgres leads 1',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', schedule('jit'));
      const oid = await given.oid('jit');
      await given.at.run('ALTER ROLE jit RENAME TO evil');
      return given.verifier.ask(hunt, scope([role('jit', oid)]));
    },
  },
  {
    title: 'a job of a login that stands',
    expected: 'present active R-ACTIVE: later: runs in postgres as jit',
    run: standing(true),
  },
  {
    title: 'a job of a role that is gone',
    expected:
      'present disabled R-DISABLED: later: runs in postgres as jit, but no role is named jit: it runs again as soon as one is',
    run: standing(true, 'DROP ROLE jit'),
  },
  {
    title: 'a job of a role that may not log in',
    expected: 'present disabled R-DISABLED: later: runs in postgres as jit, but jit may not log in',
    run: standing(true, 'ALTER ROLE jit NOLOGIN'),
  },
  {
    title: 'a job that is switched off',
    expected: 'present disabled R-DISABLED: later: runs in postgres as jit, but it is not active',
    run: standing(false),
  },
  {
    title: 'a job that is gone',
    expected: 'absent, sighted where jobs are kept within',
    async run({ at, verifier }) {
      await at.run('CREATE ROLE jit LOGIN', schedule('jit'), unschedule);
      return verifier.ask(job, { database: 'postgres', jobId: 1 });
    },
  },
  {
    title: 'hunt: by a verifier whose url names another database than the one that keeps the jobs',
    expected: 'present active undefined: 1 found: job # (later) of jit in postgres leads 1',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', schedule('jit'));
      await using there = given.verifierIn('app');
      return await there.ask(hunt, scope([role('jit', await given.oid('jit'))]));
    },
  },
  {
    title: 'a job that is gone, asked from another database',
    expected: 'absent, sighted where jobs are kept within',
    async run(given) {
      await using there = given.verifierIn('app');
      return await there.ask(job, { database: 'postgres', jobId: 1 });
    },
  },
  {
    title: 'a verifier whom the database that keeps the jobs does not let in',
    expected:
      'R-AUTH: SQLSTATE 28000 ClientAuthentication: no pg_hba.conf entry for host "127.0.0.1", user "tombstone_verifier", database "postgres", no encryption',
    async run(given) {
      await given.at.rules(
        ['tombstone_verifier', 'app', 'scram-sha-256'],
        ['postgres', 'all', 'scram-sha-256'],
      );
      try {
        await using there = given.verifierIn('app');
        return await there.ask(job, { database: 'postgres', jobId: 1 });
      } finally {
        await given.at.rules(['all', 'all', 'scram-sha-256']);
      }
    },
  },
  {
    title: 'a job that another database kept',
    expected: 'R-SCOPE: the job was kept in the database app, and pg_cron keeps its jobs in postgres now',
    run: ({ verifier }) => verifier.ask(job, { database: 'app', jobId: 1 }),
  },
  {
    title: 'a job that runs in another database than the one that keeps it',
    expected: 'present active R-ACTIVE: later: runs in template1 as jit',
    async run(given) {
      await given.at.run('CREATE ROLE jit LOGIN', schedule('jit', true, 'template1'));
      return asked(given, await given.oid('jit'));
    },
  },
  {
    title: 'a verifier whom row security shows no jobs of others',
    expected:
      'R-PERM: row security hides the jobs of others in cron.job of the database postgres needs a policy FOR SELECT USING (true) on cron.job',
    async run({ at, verifier }) {
      await at.run('CREATE ROLE jit LOGIN', schedule('jit'));
      await at.run('DROP POLICY IF EXISTS tombstone_verifier ON cron.job');
      try {
        return await verifier.ask(job, { database: 'postgres', jobId: 1 });
      } finally {
        await at.run(
          'CREATE POLICY tombstone_verifier ON cron.job FOR SELECT TO tombstone_verifier USING (true)',
        );
      }
    },
  },
  {
    title: 'a verifier who may not enter the schema',
    expected:
      'R-PERM: SQLSTATE 42501 aclcheck_error: permission denied for schema cron needs USAGE on schema cron',
    async run({ at, verifier }) {
      await at.run('REVOKE USAGE ON SCHEMA cron FROM tombstone_verifier');
      try {
        return await verifier.ask(job, { database: 'postgres', jobId: 1 });
      } finally {
        await at.run('GRANT USAGE ON SCHEMA cron TO tombstone_verifier');
      }
    },
  },
  {
    title: 'a verifier who may not see where jobs are kept',
    expected:
      'R-PERM: SQLSTATE 42501 GetConfigOptionByName: must be superuser or have privileges of pg_read_all_settings to examine "cron.database_name" needs membership in pg_read_all_settings',
    async run({ at, verifier }) {
      await at.run('REVOKE pg_read_all_settings FROM tombstone_verifier');
      try {
        return await verifier.ask(job, { database: 'postgres', jobId: 1 });
      } finally {
        await at.run('GRANT pg_read_all_settings TO tombstone_verifier');
      }
    },
  },
];

describe('what could have made a job', () => {
  const entry = (username: string, roleOid: number | null, id = 1): JobEntry => ({
    id,
    keeper: 'postgres',
    name: null,
    username,
    database: 'app',
    active: true,
    does: 'x',
    roleOid,
    login: true,
  });
  const given = { kind: 'postgres/role', ref: { name: 'jit', oid: 18_000, attributes: [] } };
  const fates = (entries: readonly JobEntry[], rights: Partial<Rights>, targets = [given]) => {
    const of = scope(targets);
    const subject = subjectOf(of, []);
    const hunted: Hunted = {
      subject,
      rights: { ...rightsOf(subject, [], [], []), ...rights },
      issued: { says: () => undefined },
      marker: 18_000,
      known: (_kind, id) => id === 'postgres/7',
      before: () => undefined,
    };
    return laterJobs(entries, of, hunted).map((one) => Object.keys(one ?? {})[0]);
  };

  test('a superuser could have changed those of others', () => {
    expect(fates([{ keeper: 'postgres' }, entry('evil', 17_000)], { anything: true })).toEqual([
      'unexplained',
    ]);
    expect(fates([entry('evil', 17_000)], {})).toEqual(['excused']);
    expect(fates([entry('evil', 17_000)], { acts: (oid) => oid === 17_000 })).toEqual(['unexplained']);
  });

  test('a name is enough where the role is gone, and another role of the name counts as well', () => {
    expect(fates([entry('jit', null), entry('jit', 19_000)], {})).toEqual(['found', 'found']);
    expect(fates([entry('evil', null)], {})).toEqual(['excused']);
  });

  test('a job that is a target already is not found again', () => {
    expect(fates([entry('jit', null, 7)], {})).toEqual([]);
  });
});

describe.runIf(realServer('PostgreSQL of Debian', findDebianPostgres()))('jobs of pg_cron', () => {
  onBoth(
    cases,
    async ({ run }) => {
      await run(unschedule);
      for (const one of ['jit', 'evil', 'team']) {
        await run(`DROP OWNED BY ${one}`, `DROP ROLE ${one}`).catch(() => undefined);
      }
    },
    'pg_cron',
  );
});
