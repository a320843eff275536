import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Context, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { role as kind } from '../kinds.ts';
import type { RoleRef } from '../kinds.ts';
import { loginRules, readRules } from '../sources/login-rules.ts';
import { roles } from '../sources/roles.ts';
import type { RoleRow } from '../sources/roles.ts';

/** Methods that look at `VALID UNTIL`, for it belongs to the password: all others let an expired role in. */
const passwordMethods: readonly (string | null)[] = ['password', 'md5', 'scram-sha-256'];

export const role: Check<PostgresClient, RoleRef> = {
  id: 'postgres/role',
  title: 'Does the role stand, and may it log in?',
  of: kind,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['EXECUTE on function pg_catalog.pg_control_system()', 'SELECT on pg_catalog.pg_roles', readRules],
  docs: 'https://www.postgresql.org/docs/current/view-pg-roles.html',
  effects: [],
  async observe({ ref }, ctx) {
    const answer = await ctx.read(roles, { oid: ref.oid, name: ref.name });
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
    const same = answer.value.find((one) => ref.oid === undefined || one.oid === ref.oid);
    if (same === undefined) return recreated(ref.name, answer.value, ref.oid);
    return describe(same, ref, ctx);
  },
};

/** Neither still there nor gone: the name stands, under an id that is not the recorded one. */
export function recreated(
  name: string,
  rows: readonly { oid: number }[],
  recorded: number | undefined,
): Observation {
  const found = rows.map((one) => one.oid).join(', ');
  return inconclusive(
    'R-IDENTITY',
    recorded === undefined
      ? `a role named ${name} stands as oid ${found}, and the record gives no oid: it may be another one`
      : `no role has oid ${recorded}, but one named ${name} stands as oid ${found}: a new object of the same name`,
    'who created the role of that name, and whether the subject knows its password',
  );
}

async function describe(row: RoleRow, ref: RoleRef, ctx: Context<PostgresClient>): Promise<Observation> {
  const who = `oid ${row.oid}${row.name === ref.name ? '' : `, renamed to ${row.name}`}`;
  const active = (value: string): Observation => ({
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    value,
    reason: 'R-ACTIVE',
  });
  const disabled = (value: string): Observation => ({
    saw: 'present',
    state: 'disabled',
    revivedBy: 'others',
    value,
    reason: 'R-DISABLED',
  });
  const closed = closedBy(row);
  if (closed !== undefined) return disabled(`${who}: ${closed}, the password is kept`);
  if (!row.expired) return active(`${who}: LOGIN${row.until === null ? '' : `, VALID UNTIL ${row.until}`}`);

  const rules = await ctx.read(loginRules, { oid: row.oid, name: row.name });
  if (failed(rules)) return rules;
  const past = `${who}: VALID UNTIL ${row.until} is past`;
  if (rules.saw === 'nothing') return disabled(`${past}, and no line of pg_hba.conf lets it in`);
  const open = rules.value.find(
    ({ method, databases }) =>
      method !== 'reject' &&
      !passwordMethods.includes(method) &&
      // lines for replication alone are of no use to a role without it
      (row.replication || row.superuser || databases?.some((name) => name !== 'replication') !== false),
  );
  return open === undefined
    ? disabled(`${past}, and every line of pg_hba.conf for it wants the password`)
    : active(
        `${past}, but line ${open.line} of pg_hba.conf lets it in by "${open.method}", which does not look at it`,
      );
}

/** What keeps every new login of the role out, whichever way it comes. */
export function closedBy(row: RoleRow): string | undefined {
  if (!row.login) return 'NOLOGIN';
  // replication connections are not counted: such a role logs in all the same
  return row.connections === 0 && !row.superuser && !row.replication ? 'CONNECTION LIMIT 0' : undefined;
}
