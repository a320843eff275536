import type { Observation } from '../../src/connector.ts';
import { everybody, onBoth } from './cases.fixture.ts';
import type { Case, Given, Rule } from './cases.fixture.ts';
import { membership } from './checks/membership.ts';
import { role } from './checks/role.ts';
import { roleSessions } from './checks/role-sessions.ts';
import { session } from './checks/session.ts';

const past = '2001-01-01 00:00:00+00';
const prepare = `BEGIN; SET LOCAL ROLE jit; SELECT 1; PREPARE TRANSACTION 'later'`;
const nothingOpen =
  'absent, sighted checkpointer within, sighted prepared by oid # before, sighted prepared by oid # after, sighted oid # tombstone_verifier within';

const cases: readonly Case[] = [
  {
    title: 'a login role',
    expected: 'present active R-ACTIVE: oid #: LOGIN',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN');
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'a login role that ends some day',
    expected: 'present active R-ACTIVE: oid #: LOGIN, VALID UNTIL 2999-01-01T00:00:00.000000Z',
    async run({ at, verifier, oid }) {
      await at.run(`CREATE ROLE "jit" WITH LOGIN PASSWORD 'x' VALID UNTIL '2999-01-01 00:00:00+00'`);
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'valid until infinity',
    expected: 'present active R-ACTIVE: oid #: LOGIN',
    async run({ at, verifier, oid }) {
      await at.run(`CREATE ROLE jit LOGIN VALID UNTIL 'infinity'`);
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'a dropped role',
    expected: 'absent, sighted oid # tombstone_verifier within',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN');
      const id = await oid('jit');
      await at.run('DROP ROLE jit');
      return verifier.ask(role, { name: 'jit', oid: id });
    },
  },
  {
    title: 'a dropped role that another took the name of',
    expected:
      'R-IDENTITY: no role has oid #, but one named jit stands as oid #: a new object of the same name',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN');
      const id = await oid('jit');
      await at.run('DROP ROLE jit', 'CREATE ROLE jit LOGIN');
      return verifier.ask(role, { name: 'jit', oid: id });
    },
  },
  {
    title: 'a renamed role',
    expected: 'present active R-ACTIVE: oid #, renamed to other: LOGIN',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN');
      const id = await oid('jit');
      await at.run('ALTER ROLE jit RENAME TO other');
      return verifier.ask(role, { name: 'jit', oid: id });
    },
  },
  {
    title: 'NOLOGIN',
    expected: 'present disabled R-DISABLED: oid #: NOLOGIN, the password is kept',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN', 'ALTER ROLE jit NOLOGIN');
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'CONNECTION LIMIT 0',
    expected: 'present disabled R-DISABLED: oid #: CONNECTION LIMIT 0, the password is kept',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN', 'ALTER ROLE jit CONNECTION LIMIT 0');
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'CONNECTION LIMIT 0 of a superuser, whom it does not bind',
    expected: 'present active R-ACTIVE: oid #: LOGIN',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN SUPERUSER CONNECTION LIMIT 0');
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'CONNECTION LIMIT 0 of a role that may replicate, which is not counted',
    expected: 'present active R-ACTIVE: oid #: LOGIN',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN REPLICATION CONNECTION LIMIT 0');
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  },
  ...rulesOfExpired(),
  {
    title: 'a session opened before DROP ROLE',
    expected:
      'present active R-ACTIVE: 1 open: pid # client backend on postgres from 127.0.0.1 since # leads 1',
    async run({ at, verifier, oid, login }) {
      await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      const id = await oid('jit');
      await login('jit');
      await at.run('DROP ROLE jit');
      return verifier.ask(roleSessions, { name: 'jit', oid: id });
    },
  },
  {
    title: 'a session that did SET ROLE before DROP ROLE',
    expected:
      'present active R-ACTIVE: 1 open: pid # client backend on postgres from 127.0.0.1 since # leads 1',
    async run({ at, verifier, oid, login }) {
      await at.run('CREATE ROLE grp', `CREATE ROLE jit LOGIN PASSWORD 'x' IN ROLE grp`);
      const id = await oid('jit');
      await (await login('jit')).query('SET ROLE grp');
      await at.run('DROP ROLE jit');
      return verifier.ask(roleSessions, { name: 'jit', oid: id });
    },
  },
  {
    title: 'no session of a role that may not log in',
    expected: nothingOpen,
    async run({ at, verifier, oid }) {
      await at.run(`CREATE ROLE jit NOLOGIN`);
      return verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'a transaction that a dropped role prepared',
    expected: 'present active R-ACTIVE: 1 prepared: later in postgres since # leads 1',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN');
      const id = await oid('jit');
      await at.run(prepare, 'DROP ROLE jit');
      return verifier.ask(roleSessions, { name: 'jit', oid: id });
    },
  },
  {
    title: 'a transaction that was prepared, beside an open session',
    expected:
      'present active R-ACTIVE: 1 open: pid # client backend on postgres from 127.0.0.1 since #; 1 prepared: later in postgres since # leads 2',
    async run({ at, verifier, oid, login }) {
      await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      await login('jit');
      await at.run(prepare);
      return verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'a transaction that was prepared and rolled back',
    expected: nothingOpen,
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit NOLOGIN');
      const id = await oid('jit');
      await at.run(prepare, `ROLLBACK PREPARED 'later'`, 'DROP ROLE jit');
      return verifier.ask(roleSessions, { name: 'jit', oid: id });
    },
  },
  {
    title: 'a transaction that another role prepared',
    expected: nothingOpen,
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit NOLOGIN', 'CREATE ROLE other');
      await at.run(prepare.replace('jit', 'other'));
      return verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'who may not ask for prepared transactions does not see whether there are',
    expected:
      'R-PERM: SQLSTATE 42501 aclcheck_error: permission denied for function pg_prepared_xact needs EXECUTE on function pg_catalog.pg_prepared_xact()',
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit NOLOGIN');
      await at.run('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_prepared_xact() FROM PUBLIC');
      try {
        return await verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
      } finally {
        await at.run('GRANT EXECUTE ON FUNCTION pg_catalog.pg_prepared_xact() TO PUBLIC');
      }
    },
  },
  {
    title: 'no session of a role that could open one a moment later',
    expected: 'R-LAG: none is open, but the role could still log in while they were listed',
    async run({ at, verifier, oid }) {
      await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      return verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'sessions of a role without its oid',
    expected:
      'R-IDENTITY: a role named jit stands as oid #, and the record gives no oid: it may be another one',
    async run({ at, verifier }) {
      await at.run('CREATE ROLE jit LOGIN');
      return verifier.ask(roleSessions, { name: 'jit' });
    },
  },
  {
    title: 'sessions of a role without its oid, when the name is gone',
    expected:
      'R-IDENTITY: no role is named jit, and the record gives no oid: a session of it would bear no name',
    run: ({ verifier }) => verifier.ask(roleSessions, { name: 'jit' }),
  },
  {
    title: 'the verifier asked about itself counts its own connection out',
    expected: 'R-LAG: none is open, but the role could still log in while they were listed',
    run: async ({ verifier, oid }) =>
      verifier.ask(roleSessions, { name: 'tombstone_verifier', oid: await oid('tombstone_verifier') }),
  },
  {
    title: 'the very session',
    expected:
      'present active R-ACTIVE: 1 open: pid # client backend on postgres from 127.0.0.1 since # leads 1',
    run: async (given) => given.verifier.ask(session, await openedSession(given)),
  },
  {
    title: 'the very session, its start written down with fewer digits',
    expected:
      'present active R-ACTIVE: 1 open: pid # client backend on postgres from 127.0.0.1 since # leads 1',
    async run(given) {
      const ref = await openedSession(given);
      return given.verifier.ask(session, { ...ref, startedAt: ref.startedAt.replace(/\d{3}Z$/, 'Z') });
    },
  },
  {
    title: 'the same pid with another start is another session',
    expected: 'absent, sighted checkpointer within',
    run: async (given) =>
      given.verifier.ask(session, { ...(await openedSession(given)), startedAt: '2020-01-01T00:00:00Z' }),
  },
  {
    title: 'another session of the same role is not the one of that pid',
    expected: 'absent, sighted checkpointer within',
    async run(given) {
      const { roleOid, pid } = await openedSession(given);
      return given.verifier.ask(session, { roleOid, pid: pid + 1_000_000 });
    },
  },
  {
    title: 'an ended session',
    expected: 'absent, sighted checkpointer within',
    async run(given) {
      await given.at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      const client = await given.login('jit');
      const id = await given.oid('jit');
      await client.end();
      return eventually(() => given.verifier.ask(session, { roleOid: id }));
    },
  },
  {
    title: 'a membership',
    expected: 'present active R-ACTIVE: member with INHERIT, SET',
    async run(given) {
      await given.at.run('CREATE ROLE grp', 'CREATE ROLE jit IN ROLE grp');
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a membership with ADMIN alone',
    expected: 'present active R-ACTIVE: member with ADMIN: it can grant itself the rest',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE jit',
        'GRANT grp TO jit WITH INHERIT FALSE, SET FALSE, ADMIN TRUE',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a membership that gives nothing',
    expected:
      'present disabled R-DISABLED: member without INHERIT, SET and ADMIN: it gives nothing until an option is switched on',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE jit',
        'GRANT grp TO jit WITH INHERIT FALSE, SET FALSE',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a membership of a NOINHERIT member, which may still SET ROLE',
    expected: 'present active R-ACTIVE: member with SET',
    async run(given) {
      await given.at.run('CREATE ROLE grp', 'CREATE ROLE jit NOINHERIT', 'GRANT grp TO jit');
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a revoked membership',
    expected: 'absent, sighted "pg_monitor (oid #) in pg_read_all_settings (oid #)" within',
    async run(given) {
      await given.at.run('CREATE ROLE grp', 'CREATE ROLE jit IN ROLE grp', 'REVOKE grp FROM jit');
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a revoked membership with another way in',
    expected: 'present active R-STANDING: no direct membership, but one by way of near (INHERIT, SET)',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE far IN ROLE grp',
        'CREATE ROLE near IN ROLE far',
        'CREATE ROLE jit IN ROLE near, grp',
        'REVOKE grp FROM jit',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a way that is blocked on its first hop',
    expected: 'absent, sighted "pg_monitor (oid #) in pg_read_all_settings (oid #)" within',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE near IN ROLE grp',
        'CREATE ROLE jit',
        'GRANT near TO jit WITH INHERIT FALSE, SET FALSE',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a way on which only ADMIN leads on',
    expected: 'present active R-STANDING: no direct membership, but one by way of near (INHERIT, SET)',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE near IN ROLE grp',
        'CREATE ROLE jit',
        'GRANT near TO jit WITH INHERIT FALSE, SET FALSE, ADMIN TRUE',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a way that inherits first and would have to SET then',
    expected: 'absent, sighted "pg_monitor (oid #) in pg_read_all_settings (oid #)" within',
    async run(given) {
      await given.at.run(
        'CREATE ROLE grp',
        'CREATE ROLE near',
        'CREATE ROLE jit',
        'GRANT grp TO near WITH INHERIT FALSE, SET TRUE',
        'GRANT near TO jit WITH INHERIT TRUE, SET FALSE',
      );
      return given.verifier.ask(membership, await pair(given));
    },
  },
  {
    title: 'a membership of a member that was made anew',
    expected:
      'R-IDENTITY: the recorded membership is not there, but jit is a member of grp under other ids (oid # in oid #): a new object of the same name',
    async run(given) {
      await given.at.run('CREATE ROLE grp', 'CREATE ROLE jit IN ROLE grp');
      const ref = await pair(given);
      await given.at.run('DROP ROLE jit', 'CREATE ROLE jit IN ROLE grp');
      return given.verifier.ask(membership, ref);
    },
  },
  {
    title: 'a member that was made anew and is no member',
    expected: 'absent, sighted "pg_monitor (oid #) in pg_read_all_settings (oid #)" within',
    async run(given) {
      await given.at.run('CREATE ROLE grp', 'CREATE ROLE jit IN ROLE grp');
      const ref = await pair(given);
      await given.at.run('DROP ROLE jit', 'CREATE ROLE jit');
      return given.verifier.ask(membership, ref);
    },
  },
  {
    title: 'a blinded verifier does not see whether there are sessions',
    expected:
      "R-PERM: pg_stat_activity does not show the verifier the server's own processes: it hides what belongs to others needs membership in pg_read_all_stats",
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE jit LOGIN', 'REVOKE pg_read_all_stats FROM tombstone_verifier');
      return verifier.ask(roleSessions, { name: 'jit', oid: await oid('jit') });
    },
  },
  {
    title: 'a blinded verifier does not see sessions that are there',
    expected:
      "R-PERM: pg_stat_activity does not show the verifier the server's own processes: it hides what belongs to others needs membership in pg_read_all_stats",
    async run(given) {
      const ref = await openedSession(given);
      await given.at.run('REVOKE pg_read_all_stats FROM tombstone_verifier');
      return given.verifier.ask(session, ref);
    },
  },
];

/** An expired role is what `pg_hba.conf` makes of it. */
function rulesOfExpired(): Case[] {
  const wants = 'and every line of pg_hba.conf for it wants the password';
  const lets = (line: number, method: string) =>
    `but line ${line} of pg_hba.conf lets it in by "${method}", which does not look at it`;
  const told = (state: string, what: string) =>
    `present ${state} ${state === 'active' ? 'R-ACTIVE' : 'R-DISABLED'}: oid #: VALID UNTIL 2001-01-01T00:00:00.000000Z is past, ${what}`;
  const files: readonly (readonly [string, string, readonly Rule[], string?])[] = [
    ['every rule wants the password', told('disabled', wants), [everybody]],
    ['a trust line for all', told('active', lets(1, 'trust')), [['all', 'all', 'trust']]],
    ['a trust line for it', told('active', lets(2, 'trust')), [everybody, ['jit', 'app', 'trust']]],
    ['a trust line for another', told('disabled', wants), [everybody, ['other', 'all', 'trust']]],
    [
      'a trust line for a group it is in',
      told('active', lets(2, 'trust')),
      [everybody, ['+grp', 'all', 'trust']],
    ],
    [
      'a trust line for a group it is not in',
      told('disabled', wants),
      [everybody, ['+other', 'all', 'trust']],
    ],
    ['a reject line', told('disabled', wants), [everybody, ['jit', 'all', 'reject']]],
    ['a trust line for a pattern', told('active', lets(2, 'trust')), [everybody, ['/^ji', 'all', 'trust']]],
    [
      'a trust line for replication alone',
      told('disabled', wants),
      [everybody, ['all', 'replication', 'trust']],
    ],
    [
      'a trust line for replication, of a role that replicates',
      told('active', lets(2, 'trust')),
      [everybody, ['all', 'replication', 'trust']],
      'REPLICATION',
    ],
    [
      'no line at all for it',
      told('disabled', 'and no line of pg_hba.conf lets it in'),
      [
        ['tombstone_verifier', 'all', 'scram-sha-256'],
        ['postgres', 'all', 'scram-sha-256'],
      ],
    ],
  ];
  return files.map(([title, expected, rules, attribute = '']) => ({
    title: `VALID UNTIL past: ${title}`,
    expected,
    async run({ at, verifier, oid }) {
      await at.run('CREATE ROLE grp', 'CREATE ROLE other');
      await at.run(`CREATE ROLE jit LOGIN ${attribute} PASSWORD 'x' VALID UNTIL '${past}' IN ROLE grp`);
      await at.rules(...rules);
      return verifier.ask(role, { name: 'jit', oid: await oid('jit') });
    },
  }));
}

async function openedSession({ at, login, oid, verifier }: Given) {
  await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
  await login('jit');
  const roleOid = await oid('jit');
  const found = await verifier.ask(session, { roleOid });
  const { pid, startedAt } = session.of.ref.parse(found.leads?.[0]?.ref);
  if (pid === undefined || startedAt === undefined) throw new Error('the session was not found');
  return { roleOid, pid, startedAt };
}

async function pair({ oid }: Given) {
  return { role: 'grp', roleOid: await oid('grp'), member: 'jit', memberOid: await oid('jit') };
}

/** The server takes a moment to end a session whose client has gone. */
async function eventually(ask: () => Promise<Observation>): Promise<Observation> {
  for (let left = 200; ; left -= 1) {
    const seen = await ask();
    if (seen.saw !== 'present' || left === 0) return seen;
    await new Promise((done) => setTimeout(done, 10));
  }
}

onBoth(cases, async (cluster) => {
  await cluster.rules(everybody);
  // most cases prepared none
  await cluster.run(`ROLLBACK PREPARED 'later'`).catch(() => undefined);
  for (const name of ['jit', 'near', 'far', 'grp', 'other']) await cluster.run(`DROP ROLE IF EXISTS ${name}`);
  await cluster.run('GRANT pg_read_all_stats TO tombstone_verifier');
});
