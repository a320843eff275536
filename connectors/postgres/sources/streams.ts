import { failed, inconclusive, z } from '../../../src/connector.ts';
import type { Source } from '../../../src/connector.ts';
import { auxiliaries } from '../client.ts';
import type { PostgresClient } from '../client.ts';
import { statement } from '../statement.ts';
import { readAllStats } from './sessions.ts';

const row = z.strictObject({
  /** `sends` the log to somebody, `receives` it as a standby; or one of the server's own processes, as a control. */
  does: z.enum(['sends', 'receives', 'itself']),
  /** Of the process; the application name of a stream. */
  name: z.string().nullable(),
  slot: z.string().nullable(),
  /** `streaming`, `catchup`, `startup`, `backup`, …; null where the verifier may not see it. */
  state: z.string().nullable(),
  /** To or from where. */
  address: z.string().nullable(),
});

export interface Stream extends z.infer<typeof row> {
  /** The name in the configuration that accounts for it. */
  readonly as: string | undefined;
  /** The name under which the very point that was asked should receive. */
  readonly expected: string | undefined;
}

export const readStreams = [
  'SELECT on pg_catalog.pg_stat_replication',
  'SELECT on pg_catalog.pg_replication_slots',
  'SELECT on pg_catalog.pg_stat_wal_receiver',
] as const;

const everyStream = statement({
  name: 'pg_stat_replication and pg_stat_wal_receiver',
  needs: readStreams[0],
  query: `select 'sends' as does, r.application_name::text as name, l.slot_name::text as slot, r.state::text as state,
      pg_catalog.host(r.client_addr) as address
    from pg_catalog.pg_stat_replication r
      left join pg_catalog.pg_replication_slots l on l.active_pid = r.pid
    where l.slot_type is distinct from 'logical'
    union all
    select 'receives', coalesce(
        pg_catalog.substring(w.conninfo, '(?:^| )application_name=([^ '']+)'),
        pg_catalog.substring(w.conninfo, '(?:^| )fallback_application_name=([^ '']+)')),
      w.slot_name::text, w.status::text, w.sender_host::text
    from pg_catalog.pg_stat_wal_receiver w
    union all
    select 'itself', s.backend_type::text, null, null, null
    from pg_catalog.pg_stat_activity s where s.usesysid is null and s.backend_type is not null`,
  row,
});

/**
 * Who takes the log of this server, and whose it takes. Logical streams are left out: nobody logs in at
 * their end by a role of this cluster.
 *
 * Source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 */
export const streams: Source<PostgresClient, string, Stream> = {
  id: 'postgres/streams',
  scope: () => 'cluster',
  name: (process) => process,
  answers: (stream, process) => stream.does === 'itself' && stream.name === process,
  siblings: () => Promise.resolve(auxiliaries.map((key) => ({ key, chosen: 'own' }))),
  order: 'snapshot',
  async *all(client, _scope, signal) {
    const answer = await client.ask(everyStream, [], signal);
    if (failed(answer)) {
      yield answer;
      return;
    }
    if (!answer.rows.some(({ does }) => does === 'itself')) {
      yield inconclusive(
        'R-PERM',
        "pg_stat_activity does not show the verifier the server's own processes: it hides what belongs to others",
        readAllStats,
      );
      return;
    }
    const items = answer.rows.map((one): Stream => {
      const as = client.standbys.find((name) => name === one.slot || name === one.name);
      return { ...one, as, expected: client.name };
    });
    yield { items, last: true };
  },
};
