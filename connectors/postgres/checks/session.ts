import { failed } from '../../../src/connector.ts';
import type { Answer, Check, Lead, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { isVia } from '../config.ts';
import { session as kind } from '../kinds.ts';
import type { SessionRef } from '../kinds.ts';
import { readAllStats, sessions } from '../sources/sessions.ts';
import type { SessionRow } from '../sources/sessions.ts';

export const session: Check<PostgresClient, SessionRef> = {
  id: 'postgres/session',
  title: 'Is the session still open?',
  of: kind,
  claim: 'in-flight',
  decides: true,
  method: 'list',
  needs: [readAllStats],
  docs: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW',
  effects: [],
  // those of a pooler are the server's, and listed there
  at: (point) => !isVia('pgbouncer')(point),
  observe: async ({ ref }, ctx) => listed(await ctx.read(sessions, ref)),
};

/** Open sessions, each as a target of its own; or none, with the controls of the list. */
export function listed(answer: Answer<readonly SessionRow[]>): Observation {
  if (failed(answer)) return answer;
  if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
  const rows = answer.value;
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    reason: 'R-ACTIVE',
    value: `${rows.length} open: ${rows.map(inWords).join('; ')}`,
    leads: rows.map(asLead),
  };
}

export function asLead({ pid, roleOid, startedAt }: SessionRow): Lead {
  return {
    kind: kind.kind,
    ref: { roleOid, pid, ...(startedAt === null ? {} : { startedAt }) },
    relation: 'opened',
    ...(startedAt === null ? {} : { bornAt: startedAt }),
  };
}

function inWords({ pid, type, database, from, startedAt }: SessionRow): string {
  return [
    `pid ${pid}`,
    type ?? [],
    database === null ? [] : `on ${database}`,
    from === null ? [] : `from ${from}`,
    startedAt === null ? [] : `since ${startedAt}`,
  ]
    .flat()
    .join(' ');
}
