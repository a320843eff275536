import * as z from 'zod/mini';
import type { Kind } from '../../src/connector.ts';
import { roleName } from './names.ts';

const jobRef = z.strictObject({
  /** The database that keeps it: `cron.database_name`, and not the one that it runs in. */
  database: z.string().check(z.minLength(1)),
  jobId: z.int().check(z.minimum(1)),
  name: z.optional(z.string().check(z.minLength(1))),
  /** As whom it runs. */
  username: z.optional(roleName),
});
export type JobRef = z.infer<typeof jobRef>;

/** A job of pg_cron: it runs as a role, by that one's name, whether anybody logs in or not. */
export const job: Kind<JobRef> = {
  kind: 'postgres/job',
  title: 'PostgreSQL job (pg_cron)',
  role: 'entitlement',
  ref: jobRef,
  example: { database: 'postgres', jobId: 9_007_199_254_740_991 },
  needed: ['database', 'jobId'],
  id: ({ database, jobId }) => `${database}/${jobId}`,
  label: ({ database, jobId, name, username }) =>
    [
      `job ${jobId}`,
      name === undefined ? [] : `(${name})`,
      username === undefined ? [] : `of ${username}`,
      `in ${database}`,
    ]
      .flat()
      .join(' '),
  requires: ['in-flight'],
  killing: 'in-flight',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ database, jobId }) => `SELECT cron.unschedule(${jobId}); -- in the database ${database}`,
};
