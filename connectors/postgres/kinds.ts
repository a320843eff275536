import * as z from 'zod/mini';
import { instantMs } from '../../src/connector.ts';
import type { Kind, Some } from '../../src/connector.ts';
import { job } from './job.ts';
import { attribute, oid, roleName } from './names.ts';
import { object } from './object.ts';
import { password } from './password.ts';
import { privilege } from './privilege.ts';
import { quoted } from './quoted.ts';
import { standby } from './standby.ts';

/** Object ids count upwards from 16384: the last one is as good as never issued. */
const neverIssued = 4_294_967_295;

const roleRef = z.strictObject({
  name: roleName,
  oid: z.optional(oid),
  /** What the role could do, for the hunt; `[]` for none of them. Without it a role that is gone could do anything. */
  attributes: z.optional(z.array(attribute)),
});
export type RoleRef = z.infer<typeof roleRef>;

/** A login. What it owns, is a member of and has open are targets of their own. */
export const role: Kind<RoleRef> = {
  kind: 'postgres/role',
  title: 'PostgreSQL role',
  role: 'credential',
  ref: roleRef,
  example: { name: 'tombstone-example', oid: neverIssued },
  needed: ['name', 'oid'],
  id: (ref) => ref.oid?.toString(),
  label: (ref) => withOid(ref.name, ref.oid),
  requires: ['authenticates', 'in-flight'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.oid === undefined
      ? `DROP ROLE ${quoted(ref.name)};`
      : `DROP ROLE ${quoted(ref.name)}; ${terminate(`usesysid = ${ref.oid}`)}`,
};

const membershipRef = z.strictObject({
  role: roleName,
  roleOid: z.optional(oid),
  member: roleName,
  memberOid: z.optional(oid),
});
export type MembershipRef = z.infer<typeof membershipRef>;

/** One role's membership in another, whichever of `INHERIT`, `SET` and `ADMIN` it carries. */
export const membership: Kind<MembershipRef> = {
  kind: 'postgres/membership',
  title: 'PostgreSQL role membership',
  role: 'entitlement',
  ref: membershipRef,
  example: {
    role: 'tombstone-example-group',
    roleOid: neverIssued,
    member: 'tombstone-example',
    memberOid: neverIssued - 1,
  },
  needed: ['role', 'roleOid', 'member', 'memberOid'],
  id: ({ roleOid, memberOid }) =>
    roleOid === undefined || memberOid === undefined ? undefined : `${roleOid}/${memberOid}`,
  label: (ref) => `${withOid(ref.member, ref.memberOid)} in ${withOid(ref.role, ref.roleOid)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => `REVOKE ${quoted(ref.role)} FROM ${quoted(ref.member)};`,
};

const sessionRef = z.strictObject({
  roleOid: oid,
  pid: z.optional(z.int().check(z.minimum(1), z.maximum(2_147_483_647))),
  startedAt: z.optional(
    z
      .string()
      .check(
        z.refine((text) => instantMs(text) !== undefined, 'an RFC 3339 instant with a zone: backend_start'),
      ),
  ),
  /** What its role could do, where the record does not name the role itself. */
  attributes: z.optional(z.array(attribute)),
});
export type SessionRef = z.infer<typeof sessionRef>;

/** An open session: it outlives the role that opened it. Without pid and start it means any session of that role. */
export const session: Kind<SessionRef> = {
  kind: 'postgres/session',
  title: 'PostgreSQL session',
  role: 'credential',
  ref: sessionRef,
  example: { roleOid: neverIssued, pid: 2_147_483_647, startedAt: '2001-01-01T00:00:00.000000Z' },
  needed: ['roleOid'],
  id: ({ roleOid, pid, startedAt }) => [roleOid, pid ?? [], startedAt ?? []].flat().join('/'),
  label: ({ roleOid, pid, startedAt }) =>
    [
      pid === undefined ? 'any session' : `pid ${pid}`,
      ` of role oid ${roleOid}`,
      startedAt === undefined ? '' : ` since ${startedAt}`,
    ].join(''),
  requires: ['in-flight'],
  killing: 'in-flight',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ roleOid, pid, startedAt }) =>
    terminate(
      [
        `usesysid = ${roleOid}`,
        pid === undefined ? [] : `pid = ${pid}`,
        // a pid alone may be another session's by now; the record may lack digits of the start
        startedAt === undefined
          ? []
          : `date_trunc('second', backend_start) = date_trunc('second', timestamptz '${startedAt}')`,
      ]
        .flat()
        .join(' AND '),
    ),
};

export const kinds: Some<Kind<unknown>> = [
  role,
  membership,
  session,
  privilege,
  object,
  job,
  password,
  standby,
];

const withOid = (name: string, id: number | undefined) => (id === undefined ? name : `${name} (oid ${id})`);

const terminate = (where: string) => `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${where};`;
