import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, c3, oidOf, useLogin } from '../people.ts';
import type { Located } from '../record.ts';
import type { Expectation, Scenario, Truth } from '../scenario.ts';
import { captureAs } from '../verifier.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';

const members = 'SELECT on pg_catalog.pg_auth_members';
const stats = 'membership in pg_read_all_stats';
const baseline = 'a baseline that was taken before the grant (tombstone capture)';
const dates = `${baseline}, or track_commit_timestamp = on before it begins`;
const inShdepend = "looks for objects and rights of the login's oid in pg_shdepend";

interface Person extends Login {
  readonly oid: number;
}

/** A login of the story's own. */
async function person(world: World, stem: string, more = ''): Promise<Person> {
  const [user, password] = [world.unique(stem), world.planted.add(randomBytes(12).toString('hex'))];
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' ${more}`);
  return { user, password, oid: await oidOf(world, user) };
}

/** A group that nobody logs in as, and that may make things. */
async function group(world: World, stem: string): Promise<{ readonly name: string; readonly oid: number }> {
  const name = world.unique(stem);
  await world.database.sql(`CREATE ROLE ${name} NOLOGIN`);
  await world.database.sql(`GRANT CREATE ON SCHEMA public TO ${name}`);
  return { name, oid: await oidOf(world, name) };
}

/** By one login, one after the other. */
async function run({ database }: World, as: Login | undefined, ...statements: string[]): Promise<void> {
  const client = await database.session(as);
  try {
    for (const one of statements) await client.query(one);
  } finally {
    await client.end();
  }
}

/** 42501: insufficient privilege; 42883: no such function. */
async function reads({ database }: World, who: Login, sql: string): Promise<Truth> {
  try {
    await database.sql(sql, [], who);
    return 'works';
  } catch (error) {
    if (['42501', '42883'].includes(z.object({ code: z.string() }).parse(error).code)) return 'refused';
    throw error;
  }
}

const role = ({ user, oid }: Person, attributes: readonly string[] = []): Located => {
  const { derivedFrom: _, ...one } = c3({ user, oid });
  return { ...one, id: 'c1', ref: { ...one.ref, attributes } };
};
const joined = (of: { readonly name: string; readonly oid: number }, { user, oid }: Person): Located => ({
  id: 'e1',
  kind: 'postgres/membership',
  system: 'billing-db',
  ref: { role: of.name, roleOid: of.oid, member: user, memberOid: oid },
});
const shdepend = (world: World, { oid }: Person) =>
  askRows(world, "select 1 from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = $1", [
    oid,
  ]);

const hunted = (targets: Expectation['targets'], needs: string): Expectation => ({
  grant: 'unproven',
  exit: 3,
  targets: { ...targets, 'hunt:billing-db': 'unproven R-ORIGIN' },
  needs,
});
const blindHunt = (targets: Expectation['targets'], without: string) => ({
  without,
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { ...targets, 'hunt:billing-db': 'unproven R-PERM' },
    needs: without,
  } as const,
});
const gone = { c1: 'gone', e1: 'gone' } as const;

/** What the session of a dropped superuser makes. */
const superuser: Scenario = {
  name: 'hunt-superuser-made-another',
  story:
    'A superuser for an hour did SET ROLE postgres; its login was dropped, and its session made another superuser before it closed.',
  naive: { asks: 'looks the login up in pg_roles, and its sessions by name', says: 'gone' },
  truth: { by: 'logging in as the superuser that the session made', is: 'works' },
  expected: hunted({ c1: 'gone' }, dates),
  blinded: blindHunt({ c1: 'gone' }, members),
  async play(world) {
    const from = new Date();
    // its verifier is older than the grant: after a superuser, whatever is younger is nobody's
    await (await world.access({ without: members })).restore();
    const access = await world.access();
    const before = await captureAs(access);
    await access.restore();
    const jit = await person(world, 'jit_admin_', 'SUPERUSER');
    const evil = {
      user: world.unique('evil_'),
      password: world.planted.add(randomBytes(12).toString('hex')),
    };
    const session = await world.database.session(jit);
    await session.query('SET ROLE postgres');
    await world.database.sql(`DROP ROLE ${jit.user}`);
    const revokedAt = new Date();
    await session.query(`CREATE ROLE ${evil.user} LOGIN SUPERUSER PASSWORD '${evil.password}'`);
    await session.end();
    return {
      grant: { from, revokedAt, credentials: [role(jit, ['SUPERUSER'])], baseline: before },
      naive: () =>
        askRows(
          world,
          `select 1 from pg_roles where rolname = $1 union all select 1 from pg_stat_activity where usename = $1`,
          [jit.user],
        ),
      truth: () => useLogin(world, evil),
      async mend() {
        await world.database.sql(`DROP ROLE ${evil.user}`);
      },
    };
  },
};

/** Code that acts as the group that the login was in. */
const definer: Scenario = {
  name: 'hunt-definer-function',
  story:
    'The login was in a group that owns a table; under SET ROLE it left a SECURITY DEFINER function of the group that everybody may call.',
  naive: { asks: inShdepend, says: 'gone' },
  truth: { by: 'calling the function as a login without any right to the table', is: 'works' },
  expected: hunted(gone, dates),
  blinded: blindHunt(gone, 'SELECT on pg_catalog.pg_proc'),
  async play(world) {
    const from = new Date();
    const owners = await group(world, 'owners_');
    const [secret, hole] = [world.unique('secret_'), world.unique('hole_')];
    await run(
      world,
      undefined,
      `SET ROLE ${owners.name}`,
      `CREATE TABLE ${secret} AS SELECT 'salary' AS line`,
    );
    const stranger = await person(world, 'bob_');
    const jit = await person(world, 'jit_', `IN ROLE ${owners.name}`);
    await run(
      world,
      jit,
      `SET ROLE ${owners.name}`,
      `CREATE FUNCTION ${hole}() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'select line from public.${secret}'`,
    );
    await world.database.sql(`DROP ROLE ${jit.user}`);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)], entitlements: [joined(owners, jit)] },
      naive: () => shdepend(world, jit),
      truth: () => reads(world, stranger, `SELECT ${hole}()`),
      async mend() {
        await world.database.sql(`DROP FUNCTION ${hole}()`);
      },
    };
  },
};

/** Rights on whatever comes, by the group that the login was in. */
const defaults: Scenario = {
  name: 'hunt-default-privileges',
  story:
    'Under SET ROLE of a group the login said that another one may read every table that the group will ever make.',
  naive: { asks: inShdepend, says: 'gone' },
  truth: { by: 'reading a table that the group made after the end', is: 'works' },
  expected: hunted(gone, dates),
  blinded: blindHunt(gone, 'SELECT on pg_catalog.pg_default_acl'),
  async play(world) {
    const from = new Date();
    const owners = await group(world, 'owners_');
    const friend = await person(world, 'bob_');
    const jit = await person(world, 'jit_', `IN ROLE ${owners.name}`);
    const say = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owners.name} IN SCHEMA public`;
    await run(world, jit, `SET ROLE ${owners.name}`, `${say} GRANT SELECT ON TABLES TO ${friend.user}`);
    await world.database.sql(`DROP ROLE ${jit.user}`);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)], entitlements: [joined(owners, jit)] },
      naive: () => shdepend(world, jit),
      async truth() {
        const table = world.unique('new_');
        await run(world, undefined, `SET ROLE ${owners.name}`, `CREATE TABLE ${table} (line text)`);
        const read = await reads(world, friend, `SELECT line FROM ${table}`);
        await world.database.sql(`DROP TABLE ${table}`);
        return read;
      },
      async mend() {
        await world.database.sql(`${say} REVOKE SELECT ON TABLES FROM ${friend.user}`);
      },
    };
  },
};

/** A right that the login gave as the group that it was in. */
const handed: Scenario = {
  name: 'hunt-right-given',
  story: 'Under SET ROLE of the group that owns a table the login gave another one the right to read it.',
  naive: { asks: inShdepend, says: 'gone' },
  truth: { by: 'reading the table with the other login', is: 'works' },
  expected: hunted(gone, dates),
  blinded: blindHunt(gone, 'SELECT on pg_catalog.pg_parameter_acl'),
  async play(world) {
    const from = new Date();
    const owners = await group(world, 'owners_');
    const secret = world.unique('secret_');
    await run(
      world,
      undefined,
      `SET ROLE ${owners.name}`,
      `CREATE TABLE ${secret} AS SELECT 'salary' AS line`,
    );
    const friend = await person(world, 'bob_');
    const jit = await person(world, 'jit_', `IN ROLE ${owners.name}`);
    await run(world, jit, `SET ROLE ${owners.name}`, `GRANT SELECT ON ${secret} TO ${friend.user}`);
    await world.database.sql(`DROP ROLE ${jit.user}`);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)], entitlements: [joined(owners, jit)] },
      naive: () => shdepend(world, jit),
      truth: () => reads(world, friend, `SELECT line FROM ${secret}`),
      async mend() {
        await world.database.sql(`REVOKE SELECT ON ${secret} FROM ${friend.user}`);
      },
    };
  },
};

/** A membership that outlasts the one by which it was given. */
const given: Scenario = {
  name: 'hunt-membership-given',
  story:
    'A standing login was in a group of administrators for an hour, and put another login into the readers as that group.',
  naive: { asks: 'looks for the row of the login in pg_auth_members', says: 'gone' },
  truth: { by: 'reading the ledger with the other login', is: 'works' },
  expected: hunted({ e1: 'gone' }, dates),
  blinded: {
    without: members,
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { e1: 'unproven R-PERM', 'hunt:billing-db': 'unproven R-PERM' },
      needs: members,
    },
  },
  async play(world) {
    const from = new Date();
    const leads = await group(world, 'leads_');
    await world.database.sql(`GRANT ${readers} TO ${leads.name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    const [alice, bob] = [await person(world, 'alice_'), await person(world, 'bob_')];
    await world.database.sql(`GRANT ${leads.name} TO ${alice.user}`);
    await run(world, alice, `SET ROLE ${leads.name}`, `GRANT ${readers} TO ${bob.user}`);
    await world.database.sql(`REVOKE ${leads.name} FROM ${alice.user}`);
    return {
      grant: { from, revokedAt: new Date(), entitlements: [joined(leads, alice)] },
      naive: () => askRows(world, 'select 1 from pg_auth_members where member = $1', [alice.oid]),
      truth: () => reads(world, bob, 'SELECT line FROM public.ledger'),
      async mend() {
        await world.database.sql(`REVOKE ${readers} FROM ${bob.user} GRANTED BY ${leads.name}`);
        await world.database.sql(`REVOKE ${readers} FROM ${leads.name}`);
      },
    };
  },
};

/** A right that the record does not name. */
const kept: Scenario = {
  name: 'sweep-another-right',
  story:
    'A standing account was given SELECT on a table and INSERT on the side; the broker took SELECT back.',
  naive: { asks: 'looks for SELECT in role_table_grants', says: 'gone' },
  truth: { by: 'writing into the table with the account', is: 'works' },
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { e1: 'gone', 'sweep:billing-db': 'unproven R-ORIGIN' },
    needs: baseline,
  },
  blinded: {
    without: stats,
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { e1: 'gone', 'sweep:billing-db': 'unproven R-PERM' },
      needs: stats,
    },
  },
  async play(world) {
    const from = new Date();
    const [alice, table] = [await person(world, 'alice_'), world.unique('jobs_')];
    await run(
      world,
      undefined,
      `CREATE TABLE ${table} (line text)`,
      `GRANT SELECT, INSERT ON ${table} TO ${alice.user}`,
      `REVOKE SELECT ON ${table} FROM ${alice.user}`,
    );
    const e1 = {
      id: 'e1',
      kind: 'postgres/privilege',
      system: 'billing-db',
      ref: { granteeOid: alice.oid, grantee: alice.user, object: `public.${table}`, privileges: ['SELECT'] },
    };
    return {
      grant: { from, revokedAt: new Date(), entitlements: [e1], accounts: [String(alice.oid)] },
      naive: () =>
        askRows(
          world,
          `select 1 from information_schema.role_table_grants
           where grantee = $1 and table_name = $2 and privilege_type = 'SELECT'`,
          [alice.user, table],
        ),
      truth: () => reads(world, alice, `INSERT INTO ${table} VALUES ('more')`),
      async mend() {
        await world.database.sql(`REVOKE INSERT ON ${table} FROM ${alice.user}`);
      },
    };
  },
};

/** What a grant made in the window, and what else its subject has: nothing in the record names it. */
export const databaseHunts: readonly Scenario[] = [superuser, definer, defaults, handed, given, kept];
