import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, oidOf } from '../people.ts';
import type { Played, Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';

const members = 'SELECT on pg_catalog.pg_auth_members';
const byReading = 'reading the ledger with the standing login';

interface Member extends Login {
  readonly oid: number;
}

/** A standing login: only its membership is part of the grant. */
async function member(world: World): Promise<Member> {
  const user = world.unique('alice_');
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  return { user, password, oid: await oidOf(world, user) };
}

async function granted(world: World, who: Member, from: Date): Promise<Pick<Played, 'grant'>> {
  const roleOid = await oidOf(world, readers);
  const e1 = {
    id: 'e1',
    kind: 'postgres/membership',
    system: 'billing-db',
    ref: { role: readers, roleOid, member: who.user, memberOid: who.oid },
  };
  return { grant: { from, revokedAt: new Date(), entitlements: [e1] } };
}

/** 42501: insufficient privilege. */
async function reads({ database }: World, who: Member, first?: string): Promise<Truth> {
  try {
    if (first !== undefined) await database.sql(first, [], who);
    await database.sql('SELECT line FROM public.ledger', [], who);
    return 'works';
  } catch (error) {
    if (z.object({ code: z.string() }).parse(error).code === '42501') return 'refused';
    throw error;
  }
}

const direct = (world: World, who: Member) =>
  askRows(
    world,
    `select 1 from pg_auth_members m join pg_roles r on r.oid = m.roleid where r.rolname = '${readers}' and m.member = $1`,
    [who.oid],
  );
const usable = (world: World, who: Member) =>
  askRows(world, `select 1 where pg_has_role($1::oid, '${readers}', 'USAGE')`, [who.oid]);

export const memberships: readonly Scenario[] = [
  {
    name: 'membership-revoked',
    story: 'A standing login was put into a group for an hour, and taken out again.',
    naive: { asks: 'looks for the row in pg_auth_members', says: 'gone' },
    truth: { by: byReading, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { e1: 'gone' } },
    async play(world) {
      const [from, who] = [new Date(), await member(world)];
      await world.database.sql(`GRANT ${readers} TO ${who.user}`);
      await world.database.sql(`REVOKE ${readers} FROM ${who.user}`);
      return {
        ...(await granted(world, who, from)),
        naive: () => direct(world, who),
        truth: () => reads(world, who),
      };
    },
  },
  {
    name: 'membership-by-another-way',
    story: 'The direct membership was revoked; one by way of another group stays.',
    naive: { asks: 'looks for the row in pg_auth_members', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'live R-STANDING' } },
    blinded: {
      without: members,
      expected: { grant: 'unproven', exit: 3, targets: { e1: 'unproven R-PERM' }, needs: members },
    },
    async play(world) {
      const [from, who] = [new Date(), await member(world)];
      const between = world.unique('oncall_');
      await world.database.sql(`CREATE ROLE ${between} NOLOGIN IN ROLE ${readers}`);
      await world.database.sql(`GRANT ${readers}, ${between} TO ${who.user}`);
      await world.database.sql(`REVOKE ${readers} FROM ${who.user}`);
      return {
        ...(await granted(world, who, from)),
        naive: () => direct(world, who),
        truth: () => reads(world, who),
        async mend() {
          await world.database.sql(`REVOKE ${between} FROM ${who.user}`);
        },
      };
    },
  },
  {
    name: 'membership-admin-only',
    story: 'INHERIT and SET were taken away, ADMIN was left: the member grants itself the rest.',
    naive: { asks: "asks pg_has_role(…, 'USAGE')", says: 'gone' },
    truth: { by: 'granting itself the group, then reading the ledger', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'live R-ACTIVE' } },
    async play(world) {
      const [from, who] = [new Date(), await member(world)];
      await world.database.sql(`GRANT ${readers} TO ${who.user} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
      return {
        ...(await granted(world, who, from)),
        naive: () => usable(world, who),
        truth: () => reads(world, who, `GRANT ${readers} TO ${who.user} WITH INHERIT TRUE`),
        async mend() {
          await world.database.sql(`REVOKE ${readers} FROM ${who.user} CASCADE`);
        },
      };
    },
  },
  {
    name: 'membership-without-options',
    story: 'INHERIT, SET and ADMIN were taken away, the row was left: an option brings it all back.',
    naive: { asks: "asks pg_has_role(…, 'USAGE')", says: 'gone' },
    truth: { by: byReading, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { e1: 'dormant R-DISABLED' } },
    async play(world) {
      const [from, who] = [new Date(), await member(world)];
      await world.database.sql(`GRANT ${readers} TO ${who.user} WITH INHERIT FALSE, SET FALSE`);
      return {
        ...(await granted(world, who, from)),
        naive: () => usable(world, who),
        truth: () => reads(world, who),
        async revive() {
          await world.database.sql(`GRANT ${readers} TO ${who.user} WITH INHERIT TRUE`);
        },
        async mend() {
          await world.database.sql(`REVOKE ${readers} FROM ${who.user}`);
        },
      };
    },
  },
];
