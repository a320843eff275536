import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Answer, Check, Context, Controls, Observation, Secret } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { isVia } from '../config.ts';
import type { LoginAnswer } from '../login.ts';
import { password as kind } from '../password.ts';
import type { PasswordRef } from '../password.ts';
import { logins } from '../sources/logins.ts';
import { passwordRoles } from '../sources/password-roles.ts';
import type { RoleRow } from '../sources/roles.ts';
import { readAllStats, sessions } from '../sources/sessions.ts';
import { closedBy } from './role.ts';
import { asLead } from './session.ts';

export const password: Check<PostgresClient, PasswordRef> = {
  id: 'postgres/password',
  title: 'Is the password still taken?',
  of: kind,
  claim: 'authenticates',
  decides: true,
  method: 'probe',
  needs: [
    'EXECUTE on function pg_catalog.pg_control_system()',
    'SELECT on pg_catalog.pg_roles',
    readAllStats,
  ],
  docs: 'https://www.postgresql.org/docs/current/auth-password.html',
  effects: [
    'Each round logs in at each point: twice or three times as the verifier, once as the role with the value, once as the role with a password that was never issued.',
    'A refused login stands in the log of the server or the pooler, and counts for extensions that lock a role out.',
    'Where the value is taken, a session of the role begins and ends at once; a pooler may open a connection as the role, and keep it.',
  ],
  async observe({ ref, secret }, ctx) {
    if (secret === undefined) return unpresented(ref, ctx);
    const role = await ctx.read(passwordRoles, { oid: ref.roleOid, name: ref.name, presented: true });
    if (failed(role)) return role;
    const rows = role.saw === 'value' ? role.value : [];
    // a role that was renamed keeps its password; a pooler may know the old name still
    const names = [...new Set([ref.name, ...rows.map(({ name }) => name)])];
    const tries = await Promise.all(names.map((name) => present(name, secret, rows, ctx)));
    const worst = tries.toSorted((one, other) => rank(one) - rank(other))[0];
    if (worst === undefined) return inconclusive('R-CHECK', 'there was no name to log in with');
    const oid = ref.roleOid ?? rows.find(({ name }) => name === ref.name)?.oid;
    return isOver(worst) ? outlasting(worst, role.controls, oid, ctx) : worst;
  },
};

type Over = Extract<Observation, { saw: 'refused' | 'denies' | 'absent' }>;
const isOver = (one: Observation): one is Over =>
  one.saw === 'refused' || one.saw === 'denies' || one.saw === 'absent';

/** Milliseconds by which the clock that dates the end may differ from the server's. */
const clocks = 120_000;

/**
 * A new password ends no session: those that began while the old one was out are targets of their own.
 * Read after the refusal, for until then it could open one.
 */
async function outlasting(
  over: Over,
  role: Controls | undefined,
  oid: number | undefined,
  { read, window }: Context<PostgresClient>,
): Promise<Observation> {
  const [first, ...rest] = over.controls;
  const controls: Controls = [first, ...rest, ...(role ?? [])];
  // those of a pooler are the server's, and listed there
  if (isVia('pgbouncer')(first.stamp.point)) return { ...over, controls };
  if (oid === undefined) {
    const needs = 'roleOid in the record';
    return inconclusive('R-IDENTITY', 'its sessions are known by the oid of the role', needs);
  }
  const answer = await read(sessions, { roleOid: oid });
  if (failed(answer)) return answer;
  const from = instantMs(window.from) ?? -Infinity;
  const to = (instantMs(window.revokedAt ?? window.to) ?? Infinity) + clocks;
  const during = (answer.saw === 'value' ? answer.value : []).filter(({ startedAt }) => {
    const began = instantMs(startedAt ?? undefined);
    return began === undefined || (began >= from && began <= to);
  });
  const all: Controls = [...controls, ...(answer.controls ?? [])];
  return { ...over, controls: all, leads: during.map(asLead) };
}

const worstFirst = ['accepted', 'present', 'inconclusive', 'denies', 'refused'];
const rank = ({ saw }: Observation) => worstFirst.indexOf(saw);

/** The value was not handed over: only that the role is gone ends every password of it, and only at the server. */
async function unpresented(ref: PasswordRef, ctx: Context<PostgresClient>): Promise<Observation> {
  const role = await ctx.read(passwordRoles, { oid: ref.roleOid, name: ref.name, presented: false });
  if (failed(role)) return role;
  if (role.saw === 'nothing') {
    return outlasting({ saw: 'absent', controls: role.controls }, undefined, ref.roleOid, ctx);
  }
  return inconclusive(
    'R-NOAPI',
    `the role ${ref.name} stands, and no catalog tells which password it takes`,
    'its value as a secret reference in the record, and --probe',
  );
}

/** The square: the verifier in and in again, a stranger out, and the value. */
async function present(
  user: string,
  value: Secret,
  rows: readonly RoleRow[],
  ctx: Context<PostgresClient>,
): Promise<Observation> {
  const [tried, stranger] = await Promise.all([
    ctx.read(logins, { as: 'subject', user, value }),
    ctx.read(logins, { as: 'stranger', user }),
  ]);
  if (failed(tried)) return tried;
  const role = rows.find(({ name }) => name === user);
  if (tried.saw === 'value') return taken(tried, stranger, role, user);
  if (failed(stranger)) return stranger;
  const controls: Controls = [...tried.controls, ...(stranger.controls ?? [])];
  if (stranger.saw === 'value') {
    return inconclusive(
      'R-CONTROL',
      `${user} gets in with a password that was never issued, and not with this one`,
    );
  }
  return mayHide(role, isVia('pgbouncer')(tried.stamp.point))
    ? { saw: 'denies', liftedBy: 'others', controls }
    : { saw: 'refused', controls };
}

/**
 * Does the refusal say nothing about the password? After `VALID UNTIL` the server refuses every one alike.
 * For `NOLOGIN` it looks at the password first, and a pooler's `auth_query` may leave the whole role out.
 */
function mayHide(role: RoleRow | undefined, pooled: boolean): boolean {
  return role !== undefined && (role.expired || (pooled && closedBy(role) !== undefined));
}

function taken(
  tried: Extract<Answer<LoginAnswer>, { saw: 'value' }>,
  stranger: Answer<LoginAnswer>,
  role: RoleRow | undefined,
  user: string,
): Observation {
  if (failed(stranger)) return stranger;
  const { outcome, by } = tried.value;
  if (stranger.saw === 'value') {
    return outcome === 'accepted' && tried.controls !== undefined
      ? { saw: 'accepted', as: 'anyone', controls: tried.controls }
      : inconclusive('R-CONTROL', `${user} is answered alike with a password that was never issued: ${by}`);
  }
  // the server looks at both only after the password; whoever lifts them lets it in again
  if (outcome === 'blocked' && (role === undefined || closedBy(role) !== undefined)) {
    return { saw: 'denies', liftedBy: 'others', controls: stranger.controls };
  }
  const value =
    outcome === 'accepted'
      ? `${user} logs in with it`
      : `it is the password of ${user}, kept out here by ${by}`;
  return { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-ACTIVE', value };
}
