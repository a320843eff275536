import { failed, inconclusive } from '../../../src/connector.ts';
import type { Answer, Check, Context, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { isVia } from '../config.ts';
import { role } from '../kinds.ts';
import type { RoleRef } from '../kinds.ts';
import { object } from '../object.ts';
import { roles } from '../sources/roles.ts';
import { prepared, readDatabases, readPrepared } from '../sources/prepared.ts';
import type { PreparedRow } from '../sources/prepared.ts';
import { readAllStats, sessions } from '../sources/sessions.ts';
import { closedBy, recreated } from './role.ts';
import { listed } from './session.ts';

export const roleSessions: Check<PostgresClient, RoleRef> = {
  id: 'postgres/role-sessions',
  title: 'Has the role a session open, or a transaction prepared?',
  of: role,
  claim: 'in-flight',
  decides: true,
  method: 'list',
  needs: ['SELECT on pg_catalog.pg_roles', readAllStats, readPrepared, readDatabases],
  docs: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW',
  effects: [],
  // those of a pooler are the server's, and listed there
  at: (point) => !isVia('pgbouncer')(point),
  async observe({ ref }, ctx) {
    if (ref.oid !== undefined) return sessionsOf(ref.oid, ref.name, ctx);
    // sessions of a dropped role bear no name any more: without an oid nobody can tell whose they are
    const named = await ctx.read(roles, { name: ref.name });
    if (failed(named)) return named;
    if (named.saw === 'value') return recreated(ref.name, named.value, undefined);
    return inconclusive(
      'R-IDENTITY',
      `no role is named ${ref.name}, and the record gives no oid: a session of it would bear no name`,
      "the role's oid in the record",
    );
  },
};

/**
 * First whether the role may log in, then its sessions, then what they prepared: a list that was made
 * while it could says nothing about the session that it opened a moment later, before it was dropped,
 * and a session that was still open could prepare a transaction and close.
 */
async function sessionsOf(oid: number, name: string, ctx: Context<PostgresClient>): Promise<Observation> {
  const role = await ctx.read(roles, { oid, name });
  const open = listed(await ctx.read(sessions, { roleOid: oid }));
  const waiting = waitingOf(await ctx.read(prepared, { ownerOid: oid }));
  if (open.saw === 'present' && waiting.saw === 'present') {
    const leads = [...(open.leads ?? []), ...(waiting.leads ?? [])];
    return { ...open, value: `${open.value}; ${waiting.value}`, leads };
  }
  if (open.saw === 'present') return open;
  if (waiting.saw === 'present') return waiting;
  if (open.saw !== 'absent') return open;
  if (waiting.saw !== 'absent') return waiting;
  if (failed(role)) return role;
  const itself = role.saw === 'value' ? role.value.find((one) => one.oid === oid) : undefined;
  if (itself !== undefined && closedBy(itself) === undefined && !itself.expired) {
    return inconclusive(
      'R-LAG',
      'none is open, but the role could still log in while they were listed',
      'another run, once the role is gone',
    );
  }
  const [first, ...rest] = open.controls;
  return { saw: 'absent', controls: [first, ...rest, ...waiting.controls, ...(role.controls ?? [])] };
}

/** Prepared transactions, each as a target of its own: no process holds them, and they outlive the role. */
function waitingOf(answer: Answer<readonly PreparedRow[]>): Observation {
  if (failed(answer)) return answer;
  if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
  const rows = answer.value;
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    reason: 'R-ACTIVE',
    value: `${rows.length} prepared: ${rows.map(({ name, database, preparedAt }) => `${name} in ${database} since ${preparedAt}`).join('; ')}`,
    leads: rows.map(({ name, database, preparedAt }) => ({
      kind: object.kind,
      ref: { database, class: 'prepared-transaction', name },
      relation: 'prepared',
      bornAt: preparedAt,
    })),
  };
}
