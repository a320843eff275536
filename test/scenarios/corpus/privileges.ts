import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, oidOf } from '../people.ts';
import type { Expectation, Outcome, Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';
import { entries, ways } from './privilege-ways.ts';
import type { Way } from './privilege-ways.ts';

/** A standing login of the story's own, and a group that it is in. */
interface Cast extends Login {
  readonly oid: number;
  readonly group: string;
  fill(text: string): string;
}

async function cast(world: World): Promise<Cast> {
  const [user, group, thing] = [world.unique('alice_'), world.unique('team_'), world.unique('thing_')];
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  await world.database.sql(`CREATE ROLE ${group} NOLOGIN`);
  await world.database.sql(`GRANT ${group} TO ${user}`);
  const number = 70_000 + Number(/\d+$/.exec(thing)?.[0]);
  const words: Readonly<Record<string, string>> = { jit: user, group, thing, number: String(number) };
  const fill = (text: string) =>
    text.replace(/\$(jit|group|thing|number)/g, (whole, word: string) => words[word] ?? whole);
  return { user, password, group, oid: await oidOf(world, user), fill };
}

/** By the superuser, over one session: a tablespace of a test lies in the server's own directory. */
async function run({ database }: World, { fill }: Cast, statements: readonly string[]): Promise<void> {
  const client = await database.session();
  try {
    for (const one of ['SET allow_in_place_tablespaces = on', ...statements]) await client.query(fill(one));
  } finally {
    await client.end();
  }
}

/** By the login. 42501: insufficient privilege. Nothing of it stays. */
async function use(world: World, who: Cast, { use: statements, before }: Way): Promise<Truth> {
  if (before !== undefined) await run(world, who, before);
  const client = await world.database.session(who);
  try {
    await client.query('BEGIN');
    for (const one of statements) await client.query(who.fill(one));
    await client.query('ROLLBACK');
    return 'works';
  } catch (error) {
    if (z.object({ code: z.string() }).parse(error).code === '42501') return 'refused';
    throw error;
  } finally {
    await client.end();
  }
}

function expected(outcome: Outcome): Expectation {
  const targets = { e1: outcome };
  if (outcome === 'gone') return { grant: 'gone', exit: 0, targets };
  return outcome.startsWith('live')
    ? { grant: 'live', exit: 1, targets }
    : { grant: 'unproven', exit: 3, targets };
}

function told(way: Way): Scenario {
  const { outcome = 'live R-STANDING', naive = entries, mend } = way;
  const lacking = `SELECT on pg_catalog.${way.blind}`;
  return {
    name: way.name,
    story: way.story,
    naive: { asks: naive.asks, says: 'gone' },
    truth: { by: way.by, is: outcome === 'gone' ? 'refused' : 'works' },
    expected: expected(outcome),
    ...(way.blind === undefined
      ? {}
      : { blinded: { without: lacking, expected: { ...expected('unproven R-PERM'), needs: lacking } } }),
    async play(world) {
      const [from, who] = [new Date(), await cast(world)];
      await run(world, who, way.setUp);
      const oid =
        way.oidOf === undefined
          ? []
          : await world.database.sql(`select '${who.fill(way.oidOf)}'::regclass::oid::int as oid`);
      const e1 = {
        id: 'e1',
        kind: 'postgres/privilege',
        system: 'billing-db',
        ref: {
          granteeOid: who.oid,
          grantee: who.user,
          object: who.fill(way.object),
          privileges: [way.privilege],
          ...(oid[0] === undefined ? {} : { objectOid: oid[0]['oid'] }),
        },
      };
      return {
        grant: { from, revokedAt: new Date(), entitlements: [e1] },
        naive: () => askRows(world, who.fill(naive.sql), [who.oid]),
        truth: () => use(world, who, way),
        ...(mend === undefined ? {} : { mend: () => run(world, who, mend) }),
      };
    },
  };
}

/** Rights on objects of every class. */
export const privileges: readonly Scenario[] = ways.map(told);
