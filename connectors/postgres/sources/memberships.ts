import { failed, z } from '../../../src/connector.ts';
import type { Raw, Sibling, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { statement } from '../statement.ts';

/** Who is a member of what: by OID where the record gives it, else by name. */
export interface MembershipKey {
  readonly role: string;
  readonly roleOid?: number | undefined;
  readonly member: string;
  readonly memberOid?: number | undefined;
}

const row = z.strictObject({
  /** Which pair this row is about: the recorded OIDs, or those that bear the names today. */
  pair: z.enum(['recorded', 'named']),
  roleOid: z.int(),
  role: z.string().nullable(),
  memberOid: z.int(),
  member: z.string().nullable(),
  /** The role that the member is directly in: `role` itself, or the first of a longer way. */
  via: z.string().nullable(),
  direct: z.boolean(),
  inherit: z.boolean(),
  set: z.boolean(),
  admin: z.boolean(),
});
export type MembershipRow = z.infer<typeof row>;

/**
 * Ways up from each member. An option counts as the server counts it: `SET` leads on to any option
 * of the next hop, `INHERIT` only to what is inherited further; `ADMIN` lets the member grant itself
 * the rest. Before version 16 a membership could always be set, and the member's own attribute said
 * whether it inherits: there the columns are missing, which the JSON form of the row bears.
 * `union` keeps one row for each (way's first hop, role reached), so that the walk ends.
 */
const ways = `asked as (
    select a.n, a.role_name, a.member_name,
      coalesce(a.role_oid, r.oid) as role_oid, coalesce(a.member_oid, m.oid) as member_oid,
      r.oid as role_now, m.oid as member_now
    from unnest($1::text[], $2::pg_catalog.oid[], $3::text[], $4::pg_catalog.oid[])
      with ordinality as a (role_name, role_oid, member_name, member_oid, n)
    left join pg_catalog.pg_roles r on r.rolname::text = a.role_name
    left join pg_catalog.pg_roles m on m.rolname::text = a.member_name
  ),
  pairs as (
    select n, 'recorded' as pair, role_oid, member_oid from asked
      where role_oid is not null and member_oid is not null
    union all
    select n, 'named', role_now, member_now from asked
      where role_now is not null and member_now is not null
        and (role_now, member_now) is distinct from (role_oid, member_oid)
  ),
  edges as (
    select m.roleid, m.member, m.admin_option as admin,
      coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true) as set,
      coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit, false) as inherit
    from pg_catalog.pg_auth_members m left join pg_catalog.pg_roles r on r.oid = m.member
  ),
  climb as (
    select p.n, p.pair, p.role_oid, p.member_oid, e.roleid as via, e.roleid as at, true as direct,
      e.set or e.admin as may_set, e.inherit, e.set, e.admin
    from pairs p join edges e on e.member = p.member_oid
    union
    select c.n, c.pair, c.role_oid, c.member_oid, c.via, e.roleid, false,
      (c.may_set and e.set) or ((c.may_set or c.inherit) and e.admin),
      e.inherit, c.may_set and e.set, (c.may_set or c.inherit) and e.admin
    from climb c join edges e on e.member = c.at
    where c.at <> c.role_oid
      and ((c.may_set and (e.set or e.admin or e.inherit)) or (c.inherit and (e.inherit or e.admin)))
  )`;

const between = statement({
  name: 'pg_auth_members between two roles',
  needs: 'SELECT on pg_catalog.pg_auth_members',
  before: ways,
  query: `select c.pair, c.role_oid::bigint as "roleOid", r.rolname::text as role,
      c.member_oid::bigint as "memberOid", m.rolname::text as member, v.rolname::text as via,
      c.direct, pg_catalog.bool_or(c.inherit) as inherit, pg_catalog.bool_or(c.set) as set,
      pg_catalog.bool_or(c.admin) as admin
    from climb c
    left join pg_catalog.pg_roles r on r.oid = c.role_oid
    left join pg_catalog.pg_roles m on m.oid = c.member_oid
    left join pg_catalog.pg_roles v on v.oid = c.via
    where c.at = c.role_oid
    group by 1, 2, 3, 4, 5, 6, 7
    order by c.direct desc, 4, 2, 6`,
  row,
});

/**
 * Memberships of the whole cluster, with every longer way between the two roles. `'nothing'`: no
 * row of `pg_auth_members`, and no way over other roles, joins them, neither the recorded OIDs nor
 * the bearers of the names. Everybody may read that catalog.
 *
 * Source: https://www.postgresql.org/docs/current/catalog-pg-auth-members.html
 */
export const memberships: Source<PostgresClient, MembershipKey, readonly MembershipRow[]> = {
  id: 'postgres/memberships',
  scope: () => 'cluster',
  name: ({ role, roleOid, member, memberOid }) =>
    JSON.stringify([named(member, memberOid), 'in', named(role, roleOid)].join(' ')),
  answers: (rows, key) => rows.length > 0 && rows.every((one) => isAbout(one, key)),
  siblings: () => Promise.resolve(builtIn),
  async some(client, keys, signal) {
    const columns = [
      keys.map(({ role }) => role),
      keys.map(({ roleOid }) => roleOid ?? null),
      keys.map(({ member }) => member),
      keys.map(({ memberOid }) => memberOid ?? null),
    ];
    const answer = await client.ask(between, columns, signal);
    if (failed(answer)) return answer;
    return keys.map((key): Raw<readonly MembershipRow[]> => {
      const rows = answer.rows.filter((one) => isAbout(one, key));
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
};

/** Granted by initdb between roles of fixed OIDs, since version 10. */
const builtIn: readonly Sibling<MembershipKey>[] = [
  { role: 'pg_read_all_settings', roleOid: 3374, member: 'pg_monitor', memberOid: 3373 },
  { role: 'pg_read_all_stats', roleOid: 3375, member: 'pg_monitor', memberOid: 3373 },
  { role: 'pg_stat_scan_tables', roleOid: 3377, member: 'pg_monitor', memberOid: 3373 },
].map((key) => ({ key, chosen: 'own' }));

const named = (name: string, oid: number | undefined) => (oid === undefined ? name : `${name} (oid ${oid})`);

function isAbout(one: MembershipRow, key: MembershipKey): boolean {
  if (one.pair === 'named') return one.role === key.role && one.member === key.member;
  const isRole = key.roleOid === undefined ? one.role === key.role : one.roleOid === key.roleOid;
  const isMember = key.memberOid === undefined ? one.member === key.member : one.memberOid === key.memberOid;
  return isRole && isMember;
}
