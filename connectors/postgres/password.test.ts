import { everybody, onBoth } from './cases.fixture.ts';
import type { Case, Given, Rule } from './cases.fixture.ts';
import { password } from './checks/password.ts';

const never = 4_294_967_295;
/** From before every session of these cases to now, as a run has it. */
const window = () => ({ from: '2026-01-01T00:00:00Z', to: new Date().toISOString() });

/** A role with the password that was told, and what became of it. */
async function told({ at, verifier, oid }: Given, secret: string | undefined, ...after: readonly string[]) {
  await at.run(`CREATE ROLE jit LOGIN PASSWORD 'told-once'`);
  const roleOid = await oid('jit');
  await at.run(...after);
  return verifier.ask(password, { name: 'jit', roleOid }, window(), secret);
}

const cases: readonly Case[] = [
  {
    title: 'the password that it is',
    expected: 'present active R-ACTIVE: jit logs in with it',
    run: (given) => told(given, 'told-once'),
  },
  {
    title: 'another one since',
    expected: 'refused leads 0',
    run: (given) => told(given, 'told-once', `ALTER ROLE jit PASSWORD 'another'`),
  },
  {
    title: 'no password since',
    expected: 'refused leads 0',
    run: (given) => told(given, 'told-once', 'ALTER ROLE jit PASSWORD NULL'),
  },
  {
    title: 'NOLOGIN, and the right password: the server looks at the password first',
    expected: 'denies leads 0',
    run: (given) => told(given, 'told-once', 'ALTER ROLE jit NOLOGIN'),
  },
  {
    title: 'NOLOGIN, and another password since',
    expected: 'refused leads 0',
    run: (given) => told(given, 'told-once', `ALTER ROLE jit NOLOGIN PASSWORD 'another'`),
  },
  {
    title: 'CONNECTION LIMIT 0, and the right password',
    expected: 'denies leads 0',
    run: (given) => told(given, 'told-once', 'ALTER ROLE jit CONNECTION LIMIT 0'),
  },
  {
    title: 'VALID UNTIL past: the right password and a wrong one are refused alike',
    expected: 'denies leads 0',
    run: (given) => told(given, 'told-once', `ALTER ROLE jit VALID UNTIL '2001-01-01 00:00:00+00'`),
  },
  {
    title: 'a renamed role keeps its password',
    expected: 'present active R-ACTIVE: jit_since logs in with it',
    run: (given) => told(given, 'told-once', 'ALTER ROLE jit RENAME TO jit_since'),
  },
  {
    title: 'trust: with any password',
    expected: 'accepted as anyone',
    async run(given) {
      await given.at.rules(['jit', 'all', 'trust'], everybody);
      return told(given, 'told-once', `ALTER ROLE jit PASSWORD 'another'`);
    },
  },
  {
    title: 'trust, and NOLOGIN: every password is answered as the right one is',
    expected:
      'R-CONTROL: jit is answered alike with a password that was never issued: SQLSTATE 28000 InitializeSessionUserId',
    async run(given) {
      await given.at.rules(['jit', 'all', 'trust'], everybody);
      return told(given, 'told-once', 'ALTER ROLE jit NOLOGIN');
    },
  },
  {
    title: 'a line that lets nobody in from here',
    expected: 'R-SCOPE: pg_hba.conf lets no login of jit in from this host, so nobody looked at the password',
    async run(given) {
      await given.at.rules(['jit', 'all', 'reject'], everybody);
      return told(given, 'told-once');
    },
  },
  {
    title: 'no line at all',
    expected: 'R-SCOPE: pg_hba.conf lets no login of jit in from this host, so nobody looked at the password',
    async run(given) {
      const users = ['tombstone_verifier', 'postgres'];
      await given.at.rules(...users.map((user): Rule => [user, 'all', 'scram-sha-256']));
      return told(given, 'told-once');
    },
  },
  {
    title: 'a dropped role',
    expected: 'refused leads 0',
    run: (given) => told(given, 'told-once', 'DROP ROLE jit'),
  },
  {
    title: 'a session that it opened outlives it',
    expected: 'refused leads 1',
    async run({ at, verifier, oid, login }) {
      await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      const roleOid = await oid('jit');
      await login('jit');
      await at.run(`ALTER ROLE jit PASSWORD 'another'`);
      return verifier.ask(password, { name: 'jit', roleOid }, window(), 'x');
    },
  },
  {
    title: 'a session from before the grant is none of it, nor one from long after its end',
    expected: 'refused leads 0',
    async run({ at, verifier, oid, login }) {
      await at.run(`CREATE ROLE jit LOGIN PASSWORD 'x'`);
      const roleOid = await oid('jit');
      await login('jit');
      await at.run(`ALTER ROLE jit PASSWORD 'another'`);
      const over = { ...window(), revokedAt: '2026-01-02T00:00:00Z' };
      return verifier.ask(password, { name: 'jit', roleOid }, over, 'x');
    },
  },
  {
    title: 'nothing is presented, and the role stands',
    expected: 'R-NOAPI: the role jit stands, and no catalog tells which password it takes',
    run: (given) => told(given, undefined),
  },
  {
    title: 'nothing is presented, and the role is gone',
    expected: 'absent leads 0, sighted oid # tombstone_verifier within, sighted checkpointer within',
    run: (given) => told(given, undefined, 'DROP ROLE jit'),
  },
  {
    title: 'without the oid sessions are not known',
    expected: 'R-IDENTITY: its sessions are known by the oid of the role',
    run: ({ verifier }) => verifier.ask(password, { name: 'jit' }, window(), 'told-once'),
  },
  {
    title: 'a role that never was',
    expected: 'refused leads 0',
    run: ({ verifier }) => verifier.ask(password, { name: 'nobody', roleOid: never }, window(), 'told-once'),
  },
];

onBoth(cases, async (cluster) => {
  await cluster.rules(everybody);
  for (const name of ['jit', 'jit_since']) await cluster.run(`DROP ROLE IF EXISTS ${name}`);
});
