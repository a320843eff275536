import { randomBytes } from 'node:crypto';
import type { Login } from '../../servers/postgres.ts';
import { askRows, c3, dropLogin, endGrant, giveGrant, oidOf, revokedNow, useLogin } from '../people.ts';
import type { Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';

const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
const byLogin = 'logging in with the name and the password';
const rules = 'EXECUTE on function pg_catalog.pg_hba_file_rules()';
const standing = 'select 1 from pg_roles where rolname = $1';

/** Without OpenBao: the broker made the login itself. */
async function made(world: World): Promise<Login & { oid: number; from: Date }> {
  const from = new Date();
  const user = world.unique('jit_login_');
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' IN ROLE ${readers}`);
  return { user, password, oid: await oidOf(world, user), from };
}

const onlyRole = (login: Login & { oid: number }) => {
  const { derivedFrom: _, ...role } = c3(login);
  return role;
};

/** The broker's revocation: the date of the password lies in the past. */
async function dated(world: World): Promise<Played & { readonly user: string }> {
  const login = await made(world);
  await world.database.sql(`ALTER ROLE ${login.user} VALID UNTIL '2001-01-01'`);
  return {
    user: login.user,
    grant: { from: login.from, revokedAt: new Date(), credentials: [onlyRole(login)] },
    naive: () => askRows(world, `${standing} and rolvaliduntil > now()`, [login.user]),
    truth: () => useLogin(world, login),
    mend: () => dropLogin(world, login.user),
  };
}

const everybody = 'host all all 127.0.0.1/32 scram-sha-256\n';

export const roles: readonly Scenario[] = [
  {
    name: 'role-renamed',
    story: 'The login was renamed after the issue: the engine drops a name that nobody bears.',
    naive: { asks: 'looks the lease up, and the login in pg_roles by name', says: 'gone' },
    truth: { by: 'logging in with the new name and the old password', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { ...goneAll, c3: 'live R-ACTIVE' } },
    async play(world) {
      const grant = await giveGrant(world);
      const user = world.unique('innocent_');
      await world.database.sql(`ALTER ROLE "${grant.issued.user}" RENAME TO ${user}`);
      await endGrant(world, grant);
      return {
        grant: revokedNow(grant),
        naive: () => askRows(world, standing, [grant.issued.user]),
        truth: () => useLogin(world, { user, password: grant.issued.password }),
        mend: () => dropLogin(world, user),
      };
    },
  },
  {
    name: 'role-recreated',
    story: 'The login was dropped honestly, and somebody made another one of the same name.',
    naive: { asks: 'looks the login up in pg_roles by name', says: 'still there' },
    truth: { by: byLogin, is: 'refused' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { ...goneAll, c3: 'unproven R-IDENTITY' },
      needs: 'who created the role of that name, and whether the subject knows its password',
    },
    async play(world) {
      const grant = await giveGrant(world);
      await endGrant(world, grant);
      const { user } = grant.issued;
      const password = world.planted.add(randomBytes(12).toString('hex'));
      await world.database.sql(`CREATE ROLE "${user}" LOGIN PASSWORD '${password}'`);
      return {
        grant: revokedNow(grant),
        naive: () => askRows(world, standing, [user]),
        truth: () => useLogin(world, grant.issued),
        mend: () => dropLogin(world, user),
      };
    },
  },
  {
    name: 'role-without-oid',
    story:
      'The login was dropped honestly, but the record gives only its name: a renamed one would look the same.',
    naive: { asks: 'looks the login up in pg_roles by name', says: 'gone' },
    truth: { by: byLogin, is: 'refused' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { ...goneAll, c3: 'unproven R-IDENTITY' },
      needs: 'the immutable id in the record',
    },
    async play(world) {
      const grant = await giveGrant(world);
      await endGrant(world, grant);
      const whole = revokedNow(grant);
      const [token, lease, role] = grant.credentials;
      return {
        grant: {
          ...whole,
          credentials: [token, lease, { ...role, ref: { name: grant.issued.user } }],
        },
        naive: () => askRows(world, standing, [grant.issued.user]),
        truth: () => useLogin(world, grant.issued),
        mend: () => Promise.resolve(),
        amended: () => whole,
      };
    },
  },
  {
    name: 'valid-until-past',
    story: 'Instead of dropping the login, the broker set `VALID UNTIL` to a date that is past.',
    naive: { asks: 'whether VALID UNTIL is still to come', says: 'gone' },
    truth: { by: byLogin, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c3: 'dormant R-DISABLED' } },
    async play(world) {
      const { user, ...played } = await dated(world);
      return {
        ...played,
        async revive() {
          await world.database.sql(`ALTER ROLE ${user} VALID UNTIL 'infinity'`);
        },
      };
    },
  },
  {
    name: 'valid-until-past-trusted',
    story: '`VALID UNTIL` is past, but a line of pg_hba.conf lets the login in without its password.',
    naive: { asks: 'whether VALID UNTIL is still to come', says: 'gone' },
    truth: { by: 'logging in', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c3: 'live R-ACTIVE' } },
    blinded: {
      without: rules,
      expected: { grant: 'unproven', exit: 3, targets: { c3: 'unproven R-PERM' }, needs: rules },
    },
    async play(world) {
      const { user, ...played } = await dated(world);
      await world.database.hba(`host all ${user} 127.0.0.1/32 trust\n${everybody}`);
      return { ...played, clean: () => world.database.hba(everybody) };
    },
  },
  {
    name: 'login-made-another',
    story: 'The login could make roles, and made itself another one before it was dropped.',
    naive: { asks: 'looks the login up in pg_roles by name', says: 'gone' },
    truth: { by: 'logging in with the name and the password that the agent chose', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { ...goneAll, 'hunt:billing-db': 'unproven R-ORIGIN' },
    },
    async play(world) {
      const grant = await giveGrant(world);
      const { issued } = grant;
      const second = { user: world.unique('backdoor_'), password: randomBytes(12).toString('hex') };
      world.planted.add(second.password);
      await world.database.sql(`ALTER ROLE "${issued.user}" CREATEROLE`);
      await world.database.sql(`CREATE ROLE ${second.user} LOGIN PASSWORD '${second.password}'`, [], issued);
      await endGrant(world, grant);
      const [c1, c2, role] = grant.credentials;
      const told = { ...role, ref: { ...role.ref, attributes: ['CREATEROLE'] } };
      return {
        grant: { ...revokedNow(grant), credentials: [c1, c2, told] },
        naive: () => askRows(world, standing, [issued.user]),
        truth: () => useLogin(world, second),
        mend: () => dropLogin(world, second.user),
      };
    },
  },
];
