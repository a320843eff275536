import { failed, z } from '../../../src/connector.ts';
import type { Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { committed, statement } from '../statement.ts';

/** One row of `pg_auth_members`, by the OIDs of both roles and of who granted it. */
export interface GrantKey {
  readonly roleOid: number;
  readonly memberOid: number;
}

const row = z.strictObject({
  /** Since version 16. */
  oid: z.int().nullable(),
  roleOid: z.int(),
  role: z.string().nullable(),
  memberOid: z.int(),
  member: z.string().nullable(),
  /** Before version 16 it may be the OID of a role that is gone. */
  grantorOid: z.int(),
  inherit: z.boolean(),
  set: z.boolean(),
  admin: z.boolean(),
  /** When the row was last written; null where the server keeps no such instants, or no longer. */
  at: z.string().nullable(),
});
export type GrantRow = z.infer<typeof row>;

const every = statement({
  name: 'pg_auth_members, all of them',
  needs: 'SELECT on pg_catalog.pg_auth_members',
  query: `select (pg_catalog.to_jsonb(m) ->> 'oid')::bigint as oid,
      m.roleid::bigint as "roleOid", r.rolname::text as role,
      m.member::bigint as "memberOid", u.rolname::text as member, m.grantor::bigint as "grantorOid",
      coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, u.rolinherit, false) as inherit,
      coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true) as set,
      m.admin_option as admin, ${committed('m.xmin')} as at
    from pg_catalog.pg_auth_members m
    left join pg_catalog.pg_roles r on r.oid = m.roleid
    left join pg_catalog.pg_roles u on u.oid = m.member
    order by m.roleid, m.member, m.grantor`,
  row,
});

/**
 * Who was put into which role by whom: the rows themselves, without the ways that they make. The
 * control is a row that initdb makes between roles of fixed OIDs, in the very answer.
 *
 * Source: https://www.postgresql.org/docs/current/catalog-pg-auth-members.html
 */
export const grants: Source<PostgresClient, GrantKey, GrantRow> = {
  id: 'postgres/membership-rows',
  scope: () => 'cluster',
  name: ({ roleOid, memberOid }) => `oid ${memberOid} in oid ${roleOid}`,
  answers: (one, key) => one.roleOid === key.roleOid && one.memberOid === key.memberOid,
  siblings: () => Promise.resolve([{ key: { roleOid: 3375, memberOid: 3373 }, chosen: 'own' }]),
  order: 'snapshot',
  async *all(client, _scope, signal) {
    const answer = await client.ask(every, [], signal);
    yield failed(answer) ? answer : { items: answer.rows, last: true };
  },
};
