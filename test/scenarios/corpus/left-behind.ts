import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Login } from '../../servers/postgres.ts';
import { askRows, c3, oidOf } from '../people.ts';
import type { Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';

/** Something that the agent made over a role that it could become, and that its own login never owned. */
interface Left {
  readonly name: string;
  readonly story: string;
  readonly by: string;
  readonly class: string;
  /** The catalog that the blinded twin may not read. */
  readonly blind: string;
  /** Its OID; what has none is known by `$thing`. */
  readonly oid?: string;
  /** `$thing`: a name of this story's own; `$jit`: the agent's login; `$user`: the ordinary one. */
  readonly made: readonly string[];
  /** Rows of the last statement say that it works. It is rolled back. */
  readonly use: readonly string[];
  /** An ordinary login uses it, not an administrator. */
  readonly stranger?: true;
  /** What an administrator does in good faith, before it is used. */
  readonly before?: readonly string[];
  readonly mend: readonly string[];
}

const things: readonly Left[] = [
  {
    name: 'object-definer-function',
    story:
      'The agent wrote a SECURITY DEFINER function; REASSIGN OWNED gave it to the administrator, and the login was dropped.',
    by: 'calling the function as a login without any right to the table',
    class: 'function',
    blind: 'pg_proc',
    oid: "select '$thing()'::regprocedure::oid::int as oid",
    made: [
      'CREATE TABLE $thing_ledger (line text)',
      "INSERT INTO $thing_ledger VALUES ('secret')",
      "CREATE FUNCTION $thing() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'select line from public.$thing_ledger'",
      'ALTER FUNCTION $thing() OWNER TO $jit',
      'REASSIGN OWNED BY $jit TO postgres',
    ],
    stranger: true,
    use: ['SELECT $thing()'],
    mend: ['DROP FUNCTION $thing()'],
  },
  {
    name: 'object-rule',
    story: 'A rule copies every line that anybody writes into a table of the agent.',
    by: 'writing a line, and finding its copy',
    class: 'rule',
    blind: 'pg_rewrite',
    oid: "select oid::int as oid from pg_rewrite where rulename = '$thing'",
    made: [
      'CREATE TABLE $thing (line text)',
      'CREATE TABLE $thing_copy (line text)',
      'CREATE RULE $thing AS ON INSERT TO $thing DO ALSO INSERT INTO $thing_copy VALUES (new.line)',
    ],
    use: ["INSERT INTO $thing VALUES ('a')", 'SELECT line FROM $thing_copy'],
    mend: ['DROP RULE $thing ON $thing'],
  },
  {
    name: 'object-trigger',
    story: 'A trigger of the agent copies every line that anybody writes.',
    by: 'writing a line, and finding its copy',
    class: 'trigger',
    blind: 'pg_trigger',
    oid: "select oid::int as oid from pg_trigger where tgname = '$thing'",
    made: [
      'CREATE TABLE $thing (line text)',
      'CREATE TABLE $thing_copy (line text)',
      "CREATE FUNCTION $thing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'begin insert into public.$thing_copy values (new.line); return new; end'",
      'CREATE TRIGGER $thing AFTER INSERT ON $thing FOR EACH ROW EXECUTE FUNCTION $thing()',
    ],
    use: ["INSERT INTO $thing VALUES ('a')", 'SELECT line FROM $thing_copy'],
    // the function acts as its owner, and whoever may call it can hang it on a table of its own
    mend: ['DROP TRIGGER $thing ON $thing', 'DROP FUNCTION $thing()'],
  },
  {
    name: 'object-policy',
    story: 'Row security hid every line from everybody; a policy of the agent shows them all.',
    by: 'reading the lines as a login that no policy of the table was for',
    class: 'policy',
    blind: 'pg_policy',
    oid: "select oid::int as oid from pg_policy where polname = '$thing'",
    made: [
      'CREATE TABLE $thing (line text)',
      "INSERT INTO $thing VALUES ('secret')",
      'GRANT SELECT ON $thing TO $user',
      'ALTER TABLE $thing ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY $thing ON $thing FOR SELECT USING (true)',
    ],
    stranger: true,
    use: ['SELECT line FROM $thing'],
    mend: ['DROP POLICY $thing ON $thing'],
  },
  {
    name: 'object-default-privileges',
    story:
      "The agent changed the administrator's default privileges: each table that is made from now on can be read by another login.",
    by: 'reading a table that an administrator has made since, as that login',
    class: 'default-privileges',
    blind: 'pg_default_acl',
    oid: "select d.oid::int as oid from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace where n.nspname = '$thing'",
    made: [
      'CREATE SCHEMA $thing',
      'GRANT USAGE ON SCHEMA $thing TO $user',
      'ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing GRANT SELECT ON TABLES TO $user',
    ],
    stranger: true,
    before: [
      'DROP TABLE IF EXISTS $thing.tomorrow',
      "CREATE TABLE $thing.tomorrow AS SELECT 'secret' AS line",
    ],
    use: ['SELECT line FROM $thing.tomorrow'],
    mend: ['ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA $thing REVOKE SELECT ON TABLES FROM $user'],
  },
  {
    name: 'object-event-trigger',
    story: 'An event trigger runs code of the agent whenever an administrator comments on a table.',
    by: 'commenting on a table, and finding what the code wrote',
    class: 'event-trigger',
    blind: 'pg_event_trigger',
    oid: "select oid::int as oid from pg_event_trigger where evtname = '$thing'",
    made: [
      'CREATE TABLE $thing (line text)',
      "CREATE FUNCTION $thing() RETURNS event_trigger LANGUAGE plpgsql AS 'begin insert into public.$thing values (tg_tag); end'",
      "CREATE EVENT TRIGGER $thing ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION $thing()",
    ],
    use: ["COMMENT ON TABLE $thing IS 'looked at'", 'SELECT line FROM $thing'],
    mend: ['DROP EVENT TRIGGER $thing'],
  },
  {
    name: 'object-publication',
    story: 'A publication offers the ledger to whoever may open a replication stream.',
    by: 'asking which tables it publishes',
    class: 'publication',
    blind: 'pg_publication',
    oid: "select oid::int as oid from pg_publication where pubname = '$thing'",
    made: ['CREATE PUBLICATION $thing FOR TABLE public.ledger'],
    use: ["SELECT tablename FROM pg_publication_tables WHERE pubname = '$thing'"],
    mend: ['DROP PUBLICATION $thing'],
  },
  {
    name: 'object-subscription',
    story: 'A subscription keeps the address and the password of another server.',
    by: 'reading the connection that it keeps, as an administrator',
    class: 'subscription',
    blind: 'pg_stat_subscription',
    oid: "select oid::int as oid from pg_subscription where subname = '$thing'",
    made: [
      "CREATE SUBSCRIPTION $thing CONNECTION 'host=127.0.0.1 dbname=elsewhere' PUBLICATION p WITH (connect = false, slot_name = none)",
    ],
    use: ["SELECT subconninfo FROM pg_subscription WHERE subname = '$thing'"],
    mend: ['DROP SUBSCRIPTION $thing'],
  },
  {
    name: 'object-user-mapping',
    story: 'A user mapping lets everybody use a foreign server with a login that it keeps.',
    by: 'reading the options that it keeps, as an administrator',
    class: 'user-mapping',
    blind: 'pg_user_mappings',
    oid: "select umid::int as oid from pg_user_mappings where srvname = '$thing'",
    made: [
      'CREATE FOREIGN DATA WRAPPER $thing_wrapper',
      'CREATE SERVER $thing FOREIGN DATA WRAPPER $thing_wrapper',
      "CREATE USER MAPPING FOR PUBLIC SERVER $thing OPTIONS (user 'batch')",
    ],
    use: ["SELECT umoptions FROM pg_user_mappings WHERE srvname = '$thing'"],
    mend: ['DROP USER MAPPING FOR PUBLIC SERVER $thing'],
  },
  {
    name: 'object-replication-slot',
    story: 'A replication slot keeps every change for a stream that the agent would open.',
    by: 'asking whether the server keeps changes for it',
    class: 'replication-slot',
    blind: 'pg_replication_slots',
    made: ["SELECT pg_create_physical_replication_slot('$thing', true)"],
    use: [
      "SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = '$thing' AND restart_lsn IS NOT NULL",
    ],
    mend: ["SELECT pg_drop_replication_slot('$thing')"],
  },
  {
    name: 'object-prepared-transaction',
    story: 'The agent prepared a transaction: its writes wait, and its locks hold, until somebody ends it.',
    by: 'asking who holds the lock on the table',
    class: 'prepared-transaction',
    blind: 'pg_prepared_xacts',
    made: [
      'CREATE TABLE $thing (line text)',
      'BEGIN',
      "INSERT INTO $thing VALUES ('later')",
      "PREPARE TRANSACTION '$thing'",
    ],
    use: ["SELECT 1 FROM pg_locks WHERE pid IS NULL AND relation = '$thing'::regclass"],
    mend: ["ROLLBACK PREPARED '$thing'"],
  },
];

interface Stage {
  readonly oid: number;
  readonly thing: string;
  readonly stranger: Login;
  fill(text: string): string;
}

/** The agent's login, which is dropped before anybody looks, and another login. */
async function stage(world: World): Promise<Stage> {
  const [jit, user, thing] = [world.unique('alice_'), world.unique('bob_'), world.unique('left_')];
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.database.sql(`CREATE ROLE ${jit} LOGIN`);
  await world.database.sql(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  const words: Readonly<Record<string, string>> = { jit, thing, user };
  const fill = (text: string) =>
    text.replace(/\$(jit|thing|user)/g, (whole, word: string) => words[word] ?? whole);
  return { oid: await oidOf(world, jit), thing, stranger: { user, password }, fill };
}

async function run({ database }: World, { fill }: Stage, statements: readonly string[]): Promise<void> {
  const client = await database.session();
  try {
    for (const one of statements) await client.query(fill(one));
  } finally {
    await client.end();
  }
}

/** 42501: insufficient privilege; 42883: no such function. Nothing of it stays. */
async function use(world: World, on: Stage, { use: statements, stranger, before }: Left): Promise<Truth> {
  const { database } = world;
  if (before !== undefined) await run(world, on, before);
  const client = await database.session(stranger ? on.stranger : undefined);
  try {
    await client.query('BEGIN');
    let rows = 0;
    for (const one of statements) rows = (await client.query(on.fill(one))).rows.length;
    await client.query('ROLLBACK');
    return rows > 0 ? 'works' : 'refused';
  } catch (error) {
    if (['42501', '42883'].includes(z.object({ code: z.string() }).parse(error).code)) return 'refused';
    throw error;
  } finally {
    await client.end();
  }
}

function told(left: Left): Scenario {
  const lacking = `SELECT on pg_catalog.${left.blind}`;
  return {
    name: left.name,
    story: left.story,
    naive: { asks: "looks for objects of the login's oid in pg_shdepend", says: 'gone' },
    truth: { by: left.by, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED' } },
    blinded: {
      without: lacking,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', e1: 'unproven R-PERM' },
        needs: lacking,
      },
    },
    async play(world) {
      const [from, on] = [new Date(), await stage(world)];
      await run(world, on, left.made);
      await run(world, on, ['DROP ROLE $jit']);
      const found = left.oid === undefined ? [] : await world.database.sql(on.fill(left.oid));
      const { derivedFrom: _, ...login } = c3({ user: on.fill('$jit'), oid: on.oid });
      const c1 = { ...login, id: 'c1' };
      const e1 = {
        id: 'e1',
        kind: 'postgres/object',
        system: 'billing-db',
        ref: {
          database: 'postgres',
          class: left.class,
          ...(left.oid === undefined ? { name: on.thing } : { oid: found[0]?.['oid'] }),
        },
      };
      return {
        grant: { from, revokedAt: new Date(), credentials: [c1], entitlements: [e1] },
        naive: () =>
          askRows(
            world,
            "select 1 from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = $1",
            [on.oid],
          ),
        truth: () => use(world, on, left),
        mend: () => run(world, on, left.mend),
      };
    },
  };
}

/** What acts on when its maker is gone. */
export const leftBehind: readonly Scenario[] = things.map(told);
