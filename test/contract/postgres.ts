import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { postgres } from '../../connectors/postgres/index.ts';
import { startFakePostgres } from '../../connectors/postgres/postgres.fake.ts';
import type { FakePostgres, Permission } from '../../connectors/postgres/postgres.fake.ts';
import type { Address, Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { findDebianPostgres, startPostgres } from '../servers/postgres.ts';
import type { RunningPostgres } from '../servers/postgres.ts';
import type { Binding } from './bind.ts';

const password = 'verifier-of-the-contract';
const subjectPassword = 'subject-of-the-contract';
const verifier = 'tombstone_verifier';

interface Session {
  readonly pid: number;
  readonly startedAt: string;
}

const readAllStats = 'membership in pg_read_all_stats';
/** What is taken from the verifier, or given to it, by a statement of its own. */
const own: Readonly<Record<string, readonly [give: string, take: string]>> = {
  [readAllStats]: [`GRANT pg_read_all_stats TO ${verifier}`, `REVOKE pg_read_all_stats FROM ${verifier}`],
  'membership in pg_read_all_settings': [
    `GRANT pg_read_all_settings TO ${verifier}`,
    `REVOKE pg_read_all_settings FROM ${verifier}`,
  ],
};
/** The same where there is a pg_cron; elsewhere they are nothing. */
const ownJobs: typeof own = {
  'USAGE on schema cron': [
    `GRANT USAGE ON SCHEMA cron TO ${verifier}`,
    `REVOKE USAGE ON SCHEMA cron FROM ${verifier}`,
  ],
  'a policy FOR SELECT USING (true) on cron.job': [
    `CREATE POLICY ${verifier} ON cron.job FOR SELECT TO ${verifier} USING (true)`,
    `DROP POLICY IF EXISTS ${verifier} ON cron.job`,
  ],
};
/** `SELECT` or `EXECUTE`, and of what: both servers give them to PUBLIC, but for this one. */
const readRules = 'EXECUTE on function pg_catalog.pg_hba_file_rules()';
const partsOf = (need: string) => {
  const [, right, name] = /^(SELECT|EXECUTE) on (?:function )?pg_catalog\.(\w+)(?:\(\))?$/.exec(need) ?? [];
  if (right === undefined || name === undefined) throw new Error(`nothing gives ${need}`);
  return { right, name, to: need === readRules ? verifier : 'PUBLIC' };
};

/** Where the two servers differ. */
interface Place {
  readonly address: Address;
  run(sql: string): Promise<void>;
  oid(role: string): Promise<number>;
  /** The id of the job of that name. */
  job(name: string): Promise<number>;
  open(role: string): Promise<Session>;
  close(session: Session): Promise<void>;
  /** Takes the log of the server as that role. */
  stream(role: string): Promise<Session>;
  /** Takes a need from the verifier, or gives it back. */
  permit(need: string, given: boolean): Promise<void>;
  elsewhere(setUp: readonly string[]): Promise<Address>;
  snapshot(): Promise<string>;
  unexpected?(): readonly string[];
  stop(): Promise<void>;
}

/** A locator; of a look, what it starts from. */
type Given = Pick<ContractTarget, 'declared' | 'accounts'> & {
  readonly ref: object;
  readonly session?: Session;
};

interface Subject {
  create(place: Place, name: string): Promise<Given>;
  end(place: Place, name: string, session: Session | undefined): Promise<void>;
  asks(asked: Asked): boolean;
  /** It needs the server that has pg_cron. */
  readonly at?: 'pg_cron';
  /** Who it is among whom: logins of others, unless they would be found too. */
  readonly crowd?: 'its own';
}

const give = (place: Place, name: string, more = '') =>
  place.run(`CREATE ROLE ${name} LOGIN PASSWORD '${subjectPassword}'${more}`);
const drop = (place: Place, name: string) => place.run(`DROP ROLE ${name}`);

const byRole: Subject = {
  async create(place, name) {
    await give(place, name);
    return { ref: { name, oid: await place.oid(name) } };
  },
  end: drop,
  asks: ({ body }) => body.includes('rolvaliduntil'),
};

const schedule = (name: string) =>
  `SELECT cron.schedule_in_database('${name}', '0 0 1 1 *', 'select 1', 'postgres', '${name}', true)`;
const unschedule = (place: Place, name: string) =>
  place.run(`SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = '${name}'`);

async function endSession(place: Place, name: string, session: Session | undefined): Promise<void> {
  if (session !== undefined) await place.close(session);
  await drop(place, name);
}

/** An OID of its own for each name: `jit_0123456789ab`. */
const largeObject = (name: string) => 1_000_000 + Number.parseInt(name.slice(-7), 16);

const subjects: Readonly<Record<string, Subject>> = {
  'postgres/role': byRole,
  'postgres/role that has expired': {
    ...byRole,
    async create(place, name) {
      await give(place, name, ` VALID UNTIL '2001-01-01'`);
      return { ref: { name, oid: await place.oid(name) } };
    },
    asks: ({ body }) => body.includes('rolvaliduntil') || body.includes('pg_hba_file_rules'),
  },
  'postgres/role-sessions': {
    async create(place, name) {
      await give(place, name);
      return { ref: { name, oid: await place.oid(name) }, session: await place.open(name) };
    },
    end: endSession,
    asks: ({ body }) => body.includes('pg_stat_activity s'),
  },
  'postgres/role-sessions that prepared a transaction': {
    async create(place, name) {
      await give(place, name);
      await place.run(`BEGIN; SET LOCAL ROLE ${name}; SELECT 1; PREPARE TRANSACTION '${name}'`);
      return { ref: { name, oid: await place.oid(name) } };
    },
    async end(place, name) {
      await place.run(`ROLLBACK PREPARED '${name}'`);
      await drop(place, name);
    },
    // the controls ask for an owner that never was
    asks: ({ body }) => body.includes('pg_prepared_xact()') && !body.includes('4294967294'),
  },
  'postgres/membership': {
    async create(place, name) {
      await place.run(`CREATE ROLE ${name}_group`);
      await give(place, name);
      await place.run(`GRANT ${name}_group TO ${name}`);
      const [roleOid, memberOid] = [await place.oid(`${name}_group`), await place.oid(name)];
      return { ref: { role: `${name}_group`, roleOid, member: name, memberOid } };
    },
    end: (place, name) => place.run(`REVOKE ${name}_group FROM ${name}`),
    asks: ({ body }) => body.includes('climb'),
  },
  'postgres/privilege': {
    async create(place, name) {
      await give(place, name);
      await place.run(`CREATE TABLE ${name}_table (i int)`);
      await place.run(`GRANT SELECT ON TABLE ${name}_table TO ${name}`);
      const object = `public.${name}_table`;
      return { ref: { granteeOid: await place.oid(name), grantee: name, object, privileges: ['SELECT'] } };
    },
    end: (place, name) => place.run(`REVOKE SELECT ON TABLE ${name}_table FROM ${name}`),
    asks: ({ body }) => body.includes('aclexplode'),
  },
  'postgres/privilege by default': {
    async create(place, name) {
      await give(place, name);
      await place.run(`ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO ${name}`);
      const object = 'default table of postgres';
      return { ref: { granteeOid: await place.oid(name), grantee: name, object, privileges: ['SELECT'] } };
    },
    end: (place, name) =>
      place.run(`ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE SELECT ON TABLES FROM ${name}`),
    asks: ({ body }) => body.includes('aclexplode'),
  },
  'postgres/object': {
    async create(place, name) {
      const oid = largeObject(name);
      await place.run(`SELECT lo_create(${oid})`);
      return { ref: { database: 'postgres', class: 'large-object', oid } };
    },
    end: (place, name) => place.run(`SELECT lo_unlink(${largeObject(name)})`),
    asks: ({ body }) => body.includes('pg_identify_object'),
  },
  'postgres/job': {
    async create(place, name) {
      await give(place, name);
      await place.run(schedule(name));
      return { ref: { database: 'postgres', jobId: await place.job(name) } };
    },
    end: unschedule,
    asks: ({ body }) => body.includes('cron.'),
    at: 'pg_cron',
  },
  'postgres/password': {
    async create(place, name) {
      await give(place, name);
      return { ref: { name, roleOid: await place.oid(name) } };
    },
    end: (place, name) => place.run(`ALTER ROLE ${name} PASSWORD 'another-one-since'`),
    asks: ({ body }) => body.includes('user\0jit_'),
  },
  'postgres/points': {
    async create(place, name) {
      await place.run(`CREATE ROLE ${name} LOGIN REPLICATION PASSWORD '${subjectPassword}'`);
      return { ref: { accounts: [], targets: [] }, session: await place.stream(name) };
    },
    end: endSession,
    asks: ({ body }) => body.includes('pg_stat_wal_receiver'),
  },
  'postgres/session': {
    async create(place, name) {
      await give(place, name);
      const session = await place.open(name);
      return { ref: { roleOid: await place.oid(name), ...session }, session };
    },
    end: endSession,
    asks: ({ body }) => body.includes('pg_stat_activity s'),
  },
  'postgres/hunt': {
    async create(place, name) {
      await place.run(`CREATE ROLE ${name}_group`);
      await give(place, name);
      await place.run(`GRANT ${name}_group TO ${name} WITH ADMIN OPTION`);
      await place.run(`CREATE ROLE ${name}_other`);
      await place.run(`GRANT ${name}_group TO ${name}_other GRANTED BY ${name}`);
      return { ref: {}, declared: await declared(place, name) };
    },
    end: (place, name) => place.run(`REVOKE ${name}_group FROM ${name}_other GRANTED BY ${name}`),
    asks: ({ body }) => body.includes('grantor'),
  },
  'postgres/hunt that finds a role': {
    async create(place, name) {
      await give(place, name, ' CREATEROLE');
      await place.run(`CREATE ROLE ${name}_made`);
      await place.run(`GRANT ${name}_made TO ${name} WITH ADMIN OPTION`);
      return { ref: {}, declared: await declared(place, name) };
    },
    end: (place, name) => drop(place, `${name}_made`),
    asks: ({ body }) => body.includes('rolcreaterole'),
    crowd: 'its own',
  },
  'postgres/hunt that finds code': {
    async create(place, name) {
      await give(place, name);
      await place.run(
        `CREATE FUNCTION public.${name}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'`,
      );
      await place.run(`ALTER FUNCTION public.${name}() OWNER TO ${name}`);
      return { ref: {}, declared: await declared(place, name) };
    },
    end: (place, name) => place.run(`DROP FUNCTION public.${name}()`),
    asks: ({ body }) => body.includes('pg_identify_object'),
  },
  'postgres/hunt that finds a job': {
    async create(place, name) {
      await give(place, name);
      await place.run(schedule(name));
      return { ref: {}, declared: await declared(place, name) };
    },
    end: unschedule,
    asks: ({ body }) => body.includes('cron.'),
    at: 'pg_cron',
  },
  'postgres/sweep': {
    async create(place, name) {
      await place.run(`CREATE ROLE ${name}_group`);
      await give(place, name);
      await place.run(`GRANT ${name}_group TO ${name}`);
      return { ref: {}, accounts: [String(await place.oid(name))] };
    },
    end: (place, name) => place.run(`REVOKE ${name}_group FROM ${name}`),
    asks: ({ body }) => body.includes('grantor'),
  },
};

/** The login of a grant, which stands: what it was given with it is what the look starts from. */
async function declared(place: Place, name: string) {
  return [{ kind: 'postgres/role', ref: { name, oid: await place.oid(name) } }];
}

/** The statements that the connector prints for this check, and a password. */
function setUpOf(needs: readonly string[]): readonly string[] {
  const printed = postgres.policy(needs).split('\n');
  return [
    ...printed.filter((line) => line !== '' && !line.startsWith('--')),
    `ALTER ROLE ${verifier} PASSWORD '${password}'`,
  ];
}

async function world(variant: string, place: Place): Promise<ContractWorld> {
  const subject = subjects[variant];
  const [check = ''] = variant.split(' ');
  const needs = postgres.checks.find(({ id }) => id === check)?.needs;
  if (subject === undefined || needs === undefined) throw new Error(`no world for ${variant}`);
  const setUp = setUpOf(needs);
  for (const sql of setUp) await place.run(sql);
  const living = new Map<ContractTarget, { readonly name: string; readonly session: Session | undefined }>();
  return {
    address: place.address,
    configuration: ({ host, port }) => ({
      fields: { url: 'env:PG_URL' },
      environment: {
        PG_URL: `postgresql://${verifier}:${password}@${host}:${port}/postgres?sslmode=disable`,
      },
    }),
    secrets: [password],
    async create() {
      const name = `jit_${randomBytes(6).toString('hex')}`;
      const { session, ...given } = await subject.create(place, name);
      const target: ContractTarget = { ...given, secret: subjectPassword };
      living.set(target, { name, session });
      return target;
    },
    async end(target) {
      const one = living.get(target);
      living.delete(target);
      if (one !== undefined) await subject.end(place, one.name, one.session);
    },
    asks: subject.asks,
    describing: {
      [readRules]: 'tells whether an expired role is let in; that a role is not there shows without it',
    },
    async blind(taken) {
      for (const need of taken) await place.permit(need, false);
      return async () => {
        for (const need of taken) await place.permit(need, true);
      };
    },
    async crowd(target) {
      const own = subject.crowd === undefined ? undefined : living.get(target)?.name;
      const name = own ?? `crowd_${randomBytes(6).toString('hex')}`;
      if (own === undefined) await give(place, name);
      for (let number = 0; number < 20; number += 1) await place.open(name);
    },
    elsewhere: () => place.elsewhere(setUp),
    snapshot: place.snapshot,
    ...(place.unexpected === undefined ? {} : { unexpected: place.unexpected }),
    errorAnswer,
    stop: place.stop,
  };
}

/** ErrorResponse and ReadyForQuery: https://www.postgresql.org/docs/current/protocol-message-formats.html */
function errorAnswer(text: string): Buffer {
  const fields = ['SERROR', 'VERROR', 'C42501', `M${text.replaceAll('\0', ' ')}`, ''].join('\0');
  const body = Buffer.from(`${fields}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from('E'), length, body, Buffer.from([0x5a, 0, 0, 0, 5, 0x49])]);
}

/** Statements of a need that is the verifier's own, none where it is nothing there; `undefined` for all others. */
const owned = (need: string, at: Subject['at']): readonly string[] | undefined =>
  own[need] ?? (need in ownJobs ? (at === 'pg_cron' ? ownJobs[need] : []) : undefined);

// ── the living fake ─────────────────────────────────────────────────────────────────────────────

async function fakeWorld(variant: string): Promise<ContractWorld> {
  const fakes: FakePostgres[] = [];
  const start = async (systemIdentifier: string): Promise<FakePostgres> => {
    const fake = await startFakePostgres({ systemIdentifier });
    if (subjects[variant]?.at === 'pg_cron') fake.run('CREATE EXTENSION pg_cron');
    fakes.push(fake);
    return fake;
  };
  const here = await start('7400000000000000001');
  return world(variant, {
    address: here,
    run: async (sql) => here.run(sql),
    oid: async (role) => here.world.role(role).oid,
    async open(role) {
      const { pid, startedAt } = here.world.openSession(role);
      return { pid, startedAt: new Date(startedAt).toISOString() };
    },
    async close({ pid }) {
      here.terminate(pid);
      here.world.streams.splice(0);
    },
    async stream(role) {
      const { pid, startedAt } = here.world.openSession(role, { type: 'walsender' });
      here.world.streams.push({
        does: 'sends',
        name: role,
        slot: null,
        state: 'streaming',
        address: '127.0.0.1',
      });
      return { pid, startedAt: new Date(startedAt).toISOString() };
    },
    job: async (name) => here.world.cron.jobs.find((one) => one.name === name)?.id ?? 0,
    async permit(need, given) {
      const statements = owned(need, subjects[variant]?.at);
      if (statements !== undefined) {
        const sql = statements[given ? 0 : 1];
        if (sql !== undefined) here.run(sql);
        return;
      }
      const { right, name, to } = partsOf(need);
      const permission = `${right} ${name}` as Permission;
      const role = to === 'PUBLIC' ? 'public' : to;
      if (given) here.world.permit(permission, role);
      else here.world.deny(permission, role);
    },
    async elsewhere(setUp) {
      const there = await start('7400000000000000002');
      for (const sql of setUp) there.run(sql);
      return there;
    },
    async snapshot() {
      const { roles, memberships, sessions, objects, cron } = here.world;
      const mine = here.world.role(verifier).oid;
      return JSON.stringify([
        roles,
        memberships,
        objects.all,
        objects.defaults,
        cron.jobs,
        sessions.filter(({ roleOid }) => roleOid !== mine),
      ]);
    },
    unexpected: () => fakes.flatMap((fake) => fake.unexpected),
    async stop() {
      await Promise.all(fakes.map((fake) => fake.stop()));
    },
  });
}

// ── the real server ─────────────────────────────────────────────────────────────────────────────

function permitting(need: string, given: boolean, at: Subject['at']): string | undefined {
  const [verb, word] = given ? ['GRANT', 'TO'] : ['REVOKE', 'FROM'];
  const statements = owned(need, at);
  if (statements !== undefined) return statements[given ? 0 : 1];
  const { right, name, to } = partsOf(need);
  const on = right === 'EXECUTE' ? `FUNCTION pg_catalog.${name}()` : `pg_catalog.${name}`;
  return `${verb} ${right} ON ${on} ${word} ${to}`;
}

const state = `select jsonb_build_array(
  (select jsonb_agg(to_jsonb(a) order by oid) from pg_authid a),
  (select jsonb_agg(to_jsonb(m) order by roleid, member, grantor) from pg_auth_members m),
  (select jsonb_agg(to_jsonb(d) order by oid) from pg_database d),
  (select jsonb_agg(jsonb_build_array(oid, relname, relowner, relacl) order by oid) from pg_class
    where relkind = 'r'),
  (select jsonb_agg(to_jsonb(d) order by oid) from pg_default_acl d),
  (select jsonb_agg(to_jsonb(x) order by x.gid) from pg_prepared_xact() x),
  (select jsonb_agg(to_jsonb(l) order by oid) from pg_largeobject_metadata l),
  (select jsonb_agg(jsonb_build_array(pid, usesysid, backend_start) order by pid) from pg_stat_activity
    where backend_type = 'client backend' and usename not in ('postgres', '${verifier}')))::text as state`;

const jobsNow = `select coalesce(jsonb_agg(to_jsonb(j) order by jobid), '[]')::text as jobs from cron.job j`;

/** The newest version; or Debian's, which has pg_cron. */
async function startReal() {
  const servers = new Map<Subject['at'], Promise<RealPlace>>();
  const at = (which: Subject['at']) => {
    const before = servers.get(which) ?? startPlace(which);
    servers.set(which, before);
    return before;
  };
  return {
    world: async (variant: string) => (await at(subjects[variant]?.at)).world(variant),
    async stop() {
      for (const one of servers.values()) await (await one).stop();
    },
  };
}

type RealPlace = Awaited<ReturnType<typeof startPlace>>;

async function startServer(which: Subject['at']): Promise<RunningPostgres> {
  const settings = { max_prepared_transactions: '8' };
  if (which === undefined) return startPostgres({ settings });
  const server = await startPostgres({
    edition: 'debian',
    settings: { ...settings, shared_preload_libraries: which },
  });
  await server.sql(`CREATE EXTENSION ${which}`);
  return server;
}

async function startPlace(which: Subject['at']) {
  const here = await startServer(which);
  let there: Promise<RunningPostgres> | undefined;
  /** One statement of text, as one column of text. */
  const text = async (sql: string): Promise<string> => {
    const [row] = await here.sql(sql);
    return z.string().parse(Object.values(row ?? {})[0]);
  };
  return {
    world(variant: string): Promise<ContractWorld> {
      const run = async (sql: string): Promise<void> => {
        const client = await here.session();
        try {
          // several statements in one text come back as several results
          await client.query(sql);
        } finally {
          await client.end();
        }
      };
      return world(variant, {
        address: here,
        run,
        oid: async (role) => Number(await text(`select oid::text from pg_roles where rolname = '${role}'`)),
        async open(role) {
          const client = await here.session({ user: role, password: subjectPassword });
          const { rows } = await client.query(
            `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startedAt"
             from pg_stat_activity where pid = pg_backend_pid()`,
          );
          return z.object({ pid: z.int(), startedAt: z.string() }).parse(rows[0]);
        },
        async stream(role) {
          await here.stream({ user: role, password: subjectPassword });
          const [row] = await here.sql(
            `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startedAt"
             from pg_stat_activity where usename = $1`,
            [role],
          );
          return z.object({ pid: z.int(), startedAt: z.string() }).parse(row);
        },
        // waits until the backend is gone
        close: async ({ pid }) => run(`select pg_terminate_backend(${pid}, 10000)`),
        async permit(need, given) {
          const sql = permitting(need, given, which);
          if (sql !== undefined) await run(sql);
        },
        job: async (name) => Number(await text(`select jobid::text from cron.job where jobname = '${name}'`)),
        async elsewhere(setUp) {
          const server = await (there ??= startServer(which));
          const known = await server.sql(`select 1 from pg_roles where rolname = '${verifier}'`);
          if (known.length > 0) await clear(server, which);
          for (const sql of setUp) await server.sql(sql);
          return server;
        },
        snapshot: async () => `${await text(state)}${which === undefined ? '' : await text(jobsNow)}`,
        stop: () => clear(here, which),
      });
    },
    async stop() {
      await here.stop();
      await (await there)?.stop();
    },
  };
}

/** As it was before the world: no roles of ours, and PUBLIC as it comes. */
async function clear(server: RunningPostgres, which: Subject['at']): Promise<void> {
  if (which === 'pg_cron') await server.sql('delete from cron.job');
  await server.sql(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename ~ '^(jit|crowd)_'`,
  );
  const waiting = await server.sql('select gid as name from pg_prepared_xacts');
  for (const { name } of z.array(z.object({ name: z.string() })).parse(waiting)) {
    await server.sql(`ROLLBACK PREPARED '${name}'`);
  }
  const roles = await server.sql(
    `select rolname as name from pg_roles where rolname ~ '^(jit|crowd)_' or rolname = '${verifier}'`,
  );
  for (const { name } of z.array(z.object({ name: z.string() })).parse(roles)) {
    await server.sql(`DROP OWNED BY ${name}`);
    await server.sql(`DROP ROLE ${name}`);
  }
  const tables = await server.sql(`select relname as name from pg_class where relname ~ '^jit_.*_table$'`);
  for (const { name } of z.array(z.object({ name: z.string() })).parse(tables)) {
    await server.sql(`DROP TABLE ${name}`);
  }
  const open = postgres.checks
    .flatMap(({ needs }) => needs)
    .filter((need) => owned(need, which) === undefined && need !== readRules);
  for (const need of new Set(open)) await server.sql(permitting(need, true, which) ?? '');
}

export const postgresBinding: Binding = {
  connector: postgres,
  variants: Object.keys(subjects),
  fake: fakeWorld,
  // the newest one comes with npm
  real: { server: 'PostgreSQL', found: findDebianPostgres, start: startReal },
};
