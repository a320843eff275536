import { failed, inconclusive, instantMs, z } from '../../../src/connector.ts';
import type { Raw, Source } from '../../../src/connector.ts';
import { auxiliaries } from '../client.ts';
import type { PostgresClient } from '../client.ts';
import { instant, statement } from '../statement.ts';

/** Sessions of a role: all of them, that of one process, or the one that began at an instant. Or one of the server's own processes, as a control. */
export type SessionKey =
  | { readonly roleOid: number; readonly pid?: number | undefined; readonly startedAt?: string | undefined }
  | { readonly process: string };

const row = z.strictObject({
  pid: z.int(),
  roleOid: z.int().nullable(),
  startedAt: z.string().nullable(),
  /** `client backend`, `walsender`, `parallel worker`, …; null where the verifier may not see it. */
  type: z.string().nullable(),
  database: z.string().nullable(),
  from: z.string().nullable(),
  /** Is at least one process without a role visible? Only pg_read_all_stats shows those. */
  sighted: z.boolean(),
});
export type SessionRow = z.infer<typeof row>;

/** The one permission without which sessions of others are half blank. */
export const readAllStats = 'membership in pg_read_all_stats';

const ofRoles = statement({
  name: 'pg_stat_activity by role oid',
  needs: readAllStats,
  query: `select s.pid, s.usesysid::bigint as "roleOid", ${instant('s.backend_start')} as "startedAt",
      s.backend_type as type, s.datname::text as database, pg_catalog.host(s.client_addr) as "from",
      exists (select 1 from pg_catalog.pg_stat_activity o
        where o.usesysid is null and o.backend_type is not null) as sighted
    from pg_catalog.pg_stat_activity s
    where s.pid <> pg_catalog.pg_backend_pid()
      and (s.usesysid = any ($1::pg_catalog.oid[]) or (s.usesysid is null))
    order by s.pid`,
  row,
});

/**
 * Sessions by the OID that logged in. The OID stays when the role is dropped, renamed or left with
 * `SET ROLE`; the name does not. Every type of backend counts: replication streams and parallel
 * workers too. Only the verifier's own backend is left out, by its pid.
 *
 * Source: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
export const sessions: Source<PostgresClient, SessionKey, readonly SessionRow[]> = {
  id: 'postgres/sessions',
  scope: () => 'cluster',
  name(key) {
    if ('process' in key) return key.process;
    const { roleOid, pid, startedAt } = key;
    return `role ${roleOid}${pid === undefined ? '' : ` pid ${pid}`}${startedAt === undefined ? '' : ` since ${startedAt}`}`;
  },
  answers: (rows, key) => rows.length > 0 && rows.every((one) => isAbout(one, key)),
  siblings: () => Promise.resolve(auxiliaries.map((process) => ({ key: { process }, chosen: 'own' }))),
  async some(client, keys, signal) {
    const oids = keys.flatMap((key) => ('process' in key ? [] : [key.roleOid]));
    const answer = await client.ask(ofRoles, [oids], signal);
    if (failed(answer)) return answer;
    if (!answer.rows.some((one) => one.sighted)) {
      return inconclusive(
        'R-PERM',
        "pg_stat_activity does not show the verifier the server's own processes: it hides what belongs to others",
        readAllStats,
      );
    }
    return keys.map((key): Raw<readonly SessionRow[]> => {
      const rows = answer.rows.filter((one) => isAbout(one, key));
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
};

function isAbout(one: SessionRow, key: SessionKey): boolean {
  if ('process' in key) return one.type === key.process && one.roleOid === null;
  return (
    one.roleOid === key.roleOid &&
    (key.pid === undefined || one.pid === key.pid) &&
    (key.startedAt === undefined || sameInstant(one.startedAt, key.startedAt))
  );
}

/** A record may name the start with fewer digits than the server keeps: it is compared with as many as it has. */
export function sameInstant(server: string | null, recorded: string): boolean {
  const digits = /\.(\d+)/.exec(recorded)?.[1]?.length ?? 0;
  const there = micros(server ?? undefined);
  const here = micros(recorded);
  if (there === undefined || here === undefined) return false;
  const unit = 10 ** Math.max(0, 6 - digits);
  // cut off or rounded: both ways of writing it down are met
  return Math.abs(there - here) < unit;
}

/** Microseconds since the epoch: exact, as a number holds them until the year 2255. */
function micros(text: string | undefined): number | undefined {
  const ms = instantMs(text?.replace(/\.\d+/, ''));
  if (text === undefined || ms === undefined) return undefined;
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? '').slice(0, 6).padEnd(6, '0');
  return ms * 1_000 + Number(fraction);
}
