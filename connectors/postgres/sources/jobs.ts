import { failed, inconclusive, z } from '../../../src/connector.ts';
import type { Failure, Raw, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { statement } from '../statement.ts';

/** Which database keeps the jobs is a setting that not everybody may see. */
const readSettings = 'membership in pg_read_all_settings';
const enterSchema = 'USAGE on schema cron';
/** Row security shows everybody else the own jobs alone, members of `pg_read_all_data` too. */
const seeAll = 'a policy FOR SELECT USING (true) on cron.job';

/** What is needed to see the jobs of others; of the last two nothing, where there is no pg_cron. */
export const jobNeeds = [
  readSettings,
  'SELECT on pg_catalog.pg_extension',
  'SELECT on pg_catalog.pg_policy',
  'SELECT on pg_catalog.pg_roles',
  enterSchema,
  seeAll,
] as const;

const whereKept = statement({
  name: 'where pg_cron keeps its jobs',
  needs: readSettings,
  // a setting of a library that is not loaded is null, and nothing runs then
  query: `select pg_catalog.current_setting('cron.database_name', true) as keeper,
      exists (select from pg_catalog.pg_extension e where e.extname = 'pg_cron') as installed`,
  row: z.strictObject({ keeper: z.string().min(1).nullable(), installed: z.boolean() }),
});

const jobRow = z.strictObject({
  id: z.int(),
  name: z.string().nullable(),
  /** As whom it runs; the extension keeps the name alone. */
  username: z.string(),
  /** Where it runs. */
  database: z.string(),
  active: z.boolean(),
  /** SHA-256 of when, where and what: both can be changed in place. */
  does: z.string(),
  /** Of the role that bears the name now; null where none does. */
  roleOid: z.int().nullable(),
  login: z.boolean().nullable(),
});
const answerRow = z.strictObject({ whole: z.boolean(), jobs: z.array(jobRow) });

/** The table, and in the same answer whether row security lets this login see all of it. */
const everyJob = statement({
  name: 'jobs of pg_cron',
  needs: enterSchema,
  query: `select (not pg_catalog.row_security_active('cron.job') or (
        exists (select from pg_catalog.pg_policy p where p.polrelid = 'cron.job'::pg_catalog.regclass
          and p.polpermissive and p.polcmd in ('r', '*')
          and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
          and exists (select from pg_catalog.unnest(p.polroles) as g (oid)
            where g.oid = 0 or pg_catalog.pg_has_role(g.oid, 'USAGE')))
        and not exists (select from pg_catalog.pg_policy p where p.polrelid = 'cron.job'::pg_catalog.regclass
          and not p.polpermissive and p.polcmd in ('r', '*'))
      )) as whole,
      coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', j.jobid, 'name', j.jobname,
          'username', j.username, 'database', j.database, 'active', j.active,
          'does', pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
            j.schedule, j.nodename, j.nodeport, j.command)::text, 'UTF8')), 'hex'),
          'roleOid', r.oid::bigint, 'login', r.rolcanlogin) order by j.jobid)
        from cron.job j left join pg_catalog.pg_roles r on r.rolname = j.username), '[]') as jobs`,
  row: answerRow,
});

/** Of the server: which database keeps the jobs, or null where nothing of the kind runs. */
export interface Keeper {
  readonly keeper: string | null;
}
export type JobRow = z.infer<typeof jobRow> & Keeper;
/** Where jobs are kept stands in every answer, and is its control. */
export type JobEntry = JobRow | Keeper;

/** A job by the database that keeps it and its id, or where they are kept. */
export type JobKey = { readonly database: string; readonly jobId: number } | 'keeper';

/**
 * All jobs of pg_cron. `'nothing'`: the table holds none of that id, seen whole; or no pg_cron is loaded,
 * or none is installed in the database that the server names. Where that is another database than the
 * configured one the same verifier asks there, and it must be the same server.
 *
 * Source: https://github.com/citusdata/pg_cron#readme
 */
export const jobs: Source<PostgresClient, JobKey, JobEntry> = {
  id: 'postgres/jobs',
  scope: () => 'cluster',
  name: (key) => (key === 'keeper' ? 'where jobs are kept' : `job ${key.jobId} in ${key.database}`),
  answers: (one, key) =>
    key === 'keeper' || ('id' in one && one.id === key.jobId && one.keeper === key.database),
  siblings: () => Promise.resolve([{ key: 'keeper', chosen: 'own' }]),
  async some(client, keys, signal) {
    const entries = await readJobs(client, signal);
    if (failed(entries)) return entries;
    const [first] = entries;
    return keys.map((key): Raw<JobEntry> => {
      if (key === 'keeper') return { value: first };
      if (first.keeper !== null && first.keeper !== key.database) {
        return inconclusive(
          'R-SCOPE',
          `the job was kept in the database ${key.database}, and pg_cron keeps its jobs in ${first.keeper} now`,
          `cron.database_name = '${key.database}', or the job looked for there by hand`,
        );
      }
      const found = entries.find((one) => jobs.answers(one, key));
      return found === undefined ? 'nothing' : { value: found };
    });
  },
  order: 'snapshot',
  async *all(client, _scope, signal) {
    const entries = await readJobs(client, signal);
    yield failed(entries) ? entries : { items: entries, last: true };
  },
};

async function readJobs(
  client: PostgresClient,
  signal: AbortSignal,
): Promise<readonly [Keeper, ...JobEntry[]] | Failure> {
  const kept = await client.ask(whereKept, [], signal);
  if (failed(kept)) return kept;
  const [{ keeper: named, installed } = { keeper: null, installed: false }, ...more] = kept.rows;
  if (kept.rows.length !== 1 || more.length > 0) return oddly(kept.rows.length);
  // left behind by a library that is not loaded any more: they run as soon as it is
  const keeper = named ?? (installed ? client.database : null);
  if (keeper === null) return [{ keeper }];
  const there = keeper === client.database ? client : client.inDatabase(keeper);
  if (there !== client) {
    const again = await there.ask(whereKept, [], signal);
    if (failed(again)) return again;
    if (again.instance !== kept.instance) return elsewhere(keeper, kept.instance, again.instance);
    if (again.rows.length !== 1) return oddly(again.rows.length);
    if (again.rows[0]?.installed !== true) return [{ keeper }];
  } else if (!installed) return [{ keeper }];

  const answer = await there.ask(everyJob, [], signal);
  if (failed(answer)) return answer;
  if (answer.instance !== kept.instance) return elsewhere(keeper, kept.instance, answer.instance);
  const [table] = answer.rows;
  if (table === undefined || answer.rows.length !== 1) return oddly(answer.rows.length);
  if (!table.whole) {
    return inconclusive(
      'R-PERM',
      `row security hides the jobs of others in cron.job of the database ${keeper}`,
      seeAll,
    );
  }
  return [{ keeper }, ...table.jobs.map((one) => ({ ...one, keeper }))];
}

const oddly = (rows: number) => inconclusive('R-ANSWER', `the server said ${rows} times where jobs are kept`);

const elsewhere = (database: string, one: string, other: string) =>
  inconclusive(
    'R-INSTANCE',
    `the database ${database} was of another server: system identifier ${one}, then ${other}`,
  );
