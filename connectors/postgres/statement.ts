import { z } from '../../src/connector.ts';

/** One question to the server: everything it asks comes back in one row, from one snapshot. */
export interface Statement<R> {
  /** What the tape calls it. */
  readonly name: string;
  /** The permission that it needs beyond a login. */
  readonly needs: string;
  /** Its last parameter is a mark that the answer repeats. */
  readonly text: string;
  readonly row: z.ZodType<R>;
}

/**
 * Wraps a query, so that its answer is one row which says of which server it comes, whether that is
 * a standby, what time it is there, and which question it answers: rows can then neither be cut off
 * unseen, nor come from another server or belong to an earlier question.
 */
export function statement<R>(options: {
  readonly name: string;
  readonly needs: string;
  /** CTEs that come before the query, without `with`. */
  readonly before?: string;
  readonly query: string;
  readonly row: z.ZodType<R>;
}): Statement<R> {
  const { name, needs, before, query, row } = options;
  const parameters = new Set(`${before ?? ''} ${query}`.match(/\$\d+/g));
  const text = `${before === undefined ? '' : `with recursive ${before} `}select
    (select system_identifier from pg_catalog.pg_control_system())::text as instance,
    pg_catalog.pg_is_in_recovery() as standby,
    ${instant('pg_catalog.clock_timestamp()')} as server_at,
    $${parameters.size + 1}::text as mark,
    coalesce((select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(answer)) from (${query}) answer), '[]')::text as answer`;
  return { name, needs, text, row };
}

/** An instant in UTC with microseconds, RFC 3339. */
export function instant(sql: string): string {
  return `pg_catalog.to_char((${sql}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/**
 * When a row of a catalog was last written, where the server keeps that (`track_commit_timestamp`). A
 * number of a transaction that was used twice makes an old row look young, and never a young one old.
 *
 * Source: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-COMMIT-TIMESTAMP
 */
export function committed(xmin: string): string {
  return `case when pg_catalog.current_setting('track_commit_timestamp') = 'on'
      then ${instant(`pg_catalog.pg_xact_commit_timestamp(${xmin})`)} end`;
}

/** The one row of every answer, as text. */
export const envelope = z.strictObject({
  instance: z.string().regex(/^\d+$/),
  standby: z.enum(['t', 'f']),
  server_at: z.string(),
  mark: z.string(),
  answer: z.string(),
});
