import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, c3, oidOf } from '../people.ts';
import type { Located } from '../record.ts';
import type { Expectation, Scenario, Truth } from '../scenario.ts';
import { captureAs } from '../verifier.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';

interface Person extends Login {
  readonly oid: number;
}

/** A login of the story's own, which may schedule jobs. */
async function person(world: World, stem: string, more = ''): Promise<Person> {
  const [user, password] = [world.unique(stem), world.planted.add(randomBytes(12).toString('hex'))];
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' ${more}`);
  await world.database.sql(`GRANT USAGE ON SCHEMA cron TO ${user}`);
  return { user, password, oid: await oidOf(world, user) };
}

const role = ({ user, oid }: Person, attributes: readonly string[] = []): Located => {
  const { derivedFrom: _, ...one } = c3({ user, oid });
  return { ...one, id: 'c1', ref: { ...one.ref, attributes } };
};

/** Writes one line into the ledger whenever pg_cron starts. */
const writes = (line: string) => `INSERT INTO public.ledger VALUES (''${line}'')`;

/** As the person schedules it, or as a group that it may act as. */
async function schedule(world: World, who: Person, line: string, as = who.user): Promise<void> {
  const session = await world.database.session(who);
  await session.query(`SET ROLE ${as}`);
  await session.query(`SELECT cron.schedule('${line}', '@reboot', '${writes(line)}')`);
  await session.end();
}

const unschedule = ({ database }: World, line: string) =>
  database.sql('DELETE FROM cron.job WHERE jobname = $1', [line]);

/** Takes the role away; its rights go first, or the server refuses. */
async function drop({ database }: World, { user }: Person): Promise<void> {
  await database.sql(`DROP OWNED BY ${user}`);
  await database.sql(`DROP ROLE ${user}`);
}

const counted = z.tuple([z.object({ lines: z.int() })]);

/**
 * Lets pg_cron start again, and looks whether the line was written once more. A job of a role that is
 * gone stops it until the job is gone too: that is how it is made to start again.
 */
async function runs(world: World, line: string, user: string): Promise<Truth> {
  const { database } = world;
  const lines = async () =>
    counted.parse(
      await database.sql('select count(*)::int as lines from public.ledger where line = $1', [line]),
    )[0].lines;
  const kick = world.unique('kick_');
  const [before, since] = [await lines(), database.log().length];
  const logged = (text: RegExp) => text.test(database.log().slice(since));
  await database.sql(`CREATE ROLE ${kick} LOGIN`);
  await database.sql(
    `SELECT cron.schedule_in_database('${kick}', '0 0 1 1 *', 'select 1', 'postgres', '${kick}', true)`,
  );
  await database.sql(`DROP ROLE ${kick}`);
  await database.sql('UPDATE cron.job SET active = active WHERE jobname = $1', [kick]);
  const stopped = new RegExp(`role "(?:${kick}|${user})" does not exist`);
  await until('pg_cron stops', async () => logged(stopped));
  await database.sql('DELETE FROM cron.job WHERE jobname = $1', [kick]);
  const deleted = database.log().length;
  const after = (text: string) => database.log().slice(deleted).includes(text);
  const refusals = [`role "${user}" does not exist`, `role "${user}" is not permitted to log in`];
  let idle = 0;
  let truth: Truth | undefined;
  await until('pg_cron has run what it may', async () => {
    if ((await lines()) > before) truth = 'works';
    else if (refusals.some(after)) truth = 'refused';
    // nothing is written of a job that is switched off: then time is all there is
    else if (after('pg_cron scheduler started') && (idle += 1) > 50) truth = 'refused';
    if (truth === undefined) await sleep(200);
    return truth !== undefined;
  });
  return truth ?? 'refused';
}

const inRoles = 'looks the login up in pg_roles';
const asksRole = (world: World, { oid }: Person) =>
  askRows(world, 'select 1 from pg_roles where oid = $1 and rolcanlogin', [oid]);
const starting = 'letting pg_cron start, and looking for what the job writes';
const job = 'hunt:billing-db/scheduled-1';
const blind = (without: string, targets: Expectation['targets']) => ({
  without,
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { ...targets, 'hunt:billing-db': 'unproven R-PERM' },
    needs: without,
  } as const,
});

const dropped: Scenario = {
  name: 'job-of-a-dropped-login',
  story: 'The login scheduled a job with pg_cron and was dropped. The job stands under its name.',
  naive: { asks: inRoles, says: 'gone' },
  truth: { by: starting, is: 'refused' },
  expected: { grant: 'dormant', exit: 1, targets: { c1: 'gone', [job]: 'dormant R-DISABLED' } },
  blinded: blind('membership in pg_read_all_settings', { c1: 'gone' }),
  async play(world) {
    const from = new Date();
    const jit = await person(world, 'jit_', `IN ROLE ${readers}`);
    await schedule(world, jit, jit.user);
    await drop(world, jit);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)] },
      naive: () => asksRole(world, jit),
      truth: () => runs(world, jit.user, jit.user),
      async revive() {
        await world.database.sql(`CREATE ROLE ${jit.user} LOGIN IN ROLE ${readers}`);
      },
      async mend() {
        await unschedule(world, jit.user);
        await world.database.sql(`DROP ROLE ${jit.user}`);
      },
    };
  },
};

const closed: Scenario = {
  name: 'job-of-a-closed-login',
  story: 'The broker takes LOGIN from the role. Its job stands, and fails whenever it is due.',
  naive: { asks: 'looks for a role of the name that may log in', says: 'gone' },
  truth: { by: starting, is: 'refused' },
  expected: {
    grant: 'dormant',
    exit: 1,
    targets: { c1: 'dormant R-DISABLED', [job]: 'dormant R-DISABLED' },
  },
  async play(world) {
    const from = new Date();
    const jit = await person(world, 'jit_', `IN ROLE ${readers}`);
    await schedule(world, jit, jit.user);
    await world.database.sql(`ALTER ROLE ${jit.user} NOLOGIN`);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)] },
      naive: () => asksRole(world, jit),
      truth: () => runs(world, jit.user, jit.user),
      async revive() {
        await world.database.sql(`ALTER ROLE ${jit.user} LOGIN`);
      },
      async mend() {
        await unschedule(world, jit.user);
        await drop(world, jit);
      },
    };
  },
};

const switchedOff: Scenario = {
  name: 'job-switched-off',
  story: 'The login was dropped, and its job switched off instead of taken away.',
  naive: { asks: 'looks for jobs of the login that are active', says: 'gone' },
  truth: { by: starting, is: 'refused' },
  expected: { grant: 'dormant', exit: 1, targets: { c1: 'gone', [job]: 'dormant R-DISABLED' } },
  blinded: blind('a policy FOR SELECT USING (true) on cron.job', { c1: 'gone' }),
  async play(world) {
    const { database } = world;
    const from = new Date();
    const jit = await person(world, 'jit_', `IN ROLE ${readers}`);
    await schedule(world, jit, jit.user);
    const setActive = (active: boolean) =>
      database.sql('SELECT cron.alter_job(jobid, active := $2) FROM cron.job WHERE jobname = $1', [
        jit.user,
        active,
      ]);
    await setActive(false);
    await drop(world, jit);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)] },
      naive: () => askRows(world, 'select 1 from cron.job where username = $1 and active', [jit.user]),
      truth: () => runs(world, jit.user, jit.user),
      async revive() {
        await database.sql(`CREATE ROLE ${jit.user} LOGIN IN ROLE ${readers}`);
        await setActive(true);
      },
      async mend() {
        await unschedule(world, jit.user);
        await database.sql(`DROP ROLE ${jit.user}`);
      },
    };
  },
};

const ofAGroup: Scenario = {
  name: 'job-of-a-group',
  story:
    'The login was in a group that keeps the ledger, and scheduled a job under SET ROLE. It was dropped; the group goes on.',
  naive: { asks: inRoles, says: 'gone' },
  truth: { by: starting, is: 'works' },
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { c1: 'gone', e1: 'gone', 'hunt:billing-db': 'unproven R-ORIGIN' },
    needs:
      'a baseline that was taken before the grant (tombstone capture), or track_commit_timestamp = on before it begins',
  },
  blinded: blind('USAGE on schema cron', { c1: 'gone', e1: 'gone' }),
  async play(world) {
    const from = new Date();
    const keepers = await person(world, 'keepers_', `IN ROLE ${readers}`);
    const jit = await person(world, 'jit_', `IN ROLE ${keepers.user}`);
    await schedule(world, jit, jit.user, keepers.user);
    await drop(world, jit);
    const ref = { role: keepers.user, roleOid: keepers.oid, member: jit.user, memberOid: jit.oid };
    const joined = { id: 'e1', kind: 'postgres/membership', system: 'billing-db', ref };
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit)], entitlements: [joined] },
      naive: () => asksRole(world, jit),
      truth: () => runs(world, jit.user, keepers.user),
      mend: async () => void (await unschedule(world, jit.user)),
    };
  },
};

const changed: Scenario = {
  name: 'job-of-others-was-changed',
  story:
    'A superuser for an hour gave the nightly job of somebody else another command, which keeps its name and its id.',
  naive: { asks: 'looks for a job that was not there before the grant', says: 'gone' },
  truth: { by: starting, is: 'works' },
  expected: {
    grant: 'unproven',
    exit: 3,
    targets: { c1: 'gone', 'hunt:billing-db': 'unproven R-ORIGIN' },
    needs:
      'a baseline that was taken before the grant (tombstone capture), or track_commit_timestamp = on before it begins',
  },
  blinded: blind('SELECT on pg_catalog.pg_extension', { c1: 'gone' }),
  async play(world) {
    const from = new Date();
    // its verifier is older than the grant: after a superuser, whatever is younger is nobody's
    await (await world.access({ without: 'SELECT on pg_catalog.pg_extension' })).restore();
    const nightly = await person(world, 'nightly_', `IN ROLE ${readers}`);
    const [name, line] = [nightly.user, world.unique('line_')];
    await world.database.sql(
      `SELECT cron.schedule_in_database('${name}', '@reboot', 'select 1', 'postgres', '${name}', true)`,
    );
    const known = await world.database.sql('select jobid::text as id from cron.job');
    const access = await world.access();
    const before = await captureAs(access);
    await access.restore();
    const jit = await person(world, 'jit_', 'SUPERUSER');
    const command = (text: string, as?: Login) =>
      world.database.sql('UPDATE cron.job SET command = $2 WHERE jobname = $1', [name, text], as);
    await command(writes(line).replaceAll("''", "'"), jit);
    await drop(world, jit);
    return {
      grant: { from, revokedAt: new Date(), credentials: [role(jit, ['SUPERUSER'])], baseline: before },
      naive: () =>
        askRows(world, 'select 1 from cron.job where not jobid::text = any ($1)', [
          known.map(({ id }) => id),
        ]),
      truth: () => runs(world, line, name),
      mend: async () => void (await command('select 1')),
      clean: async () => void (await unschedule(world, name)),
    };
  },
};

export const jobs: readonly Scenario[] = [dropped, closed, switchedOff, ofAGroup, changed];
