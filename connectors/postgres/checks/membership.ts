import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Edge } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { membership as kind } from '../kinds.ts';
import type { MembershipRef } from '../kinds.ts';
import { memberships } from '../sources/memberships.ts';
import type { MembershipRow } from '../sources/memberships.ts';

export const membership: Check<PostgresClient, MembershipRef> = {
  id: 'postgres/membership',
  title: 'Is the role still a member, on any way?',
  of: kind,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: ['SELECT on pg_catalog.pg_auth_members', 'SELECT on pg_catalog.pg_roles'],
  docs: 'https://www.postgresql.org/docs/current/catalog-pg-auth-members.html',
  effects: [],
  async observe({ ref }, ctx) {
    const answer = await ctx.read(memberships, ref);
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
    const recorded = answer.value.filter((one) => one.pair === 'recorded');
    const useful = recorded.filter((one) => one.inherit || one.set || one.admin);
    const direct = useful.find((one) => one.direct);
    if (direct !== undefined) {
      return {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: 'R-ACTIVE',
        value: `member with ${options(direct)}`,
        standing: `member of ${direct.roleOid} with ${options(direct)}`,
        edges: edges(ref),
      };
    }
    const [other] = useful;
    if (other !== undefined) {
      return {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: 'R-STANDING',
        value: `no direct membership, but one by way of ${other.via} (${options(other)})`,
        standing: `member of ${other.roleOid} by way of ${other.via} with ${options(other)}`,
        edges: edges(ref),
      };
    }
    const [idle] = recorded;
    if (idle !== undefined) {
      return {
        saw: 'present',
        state: 'disabled',
        revivedBy: 'others',
        reason: 'R-DISABLED',
        value: 'member without INHERIT, SET and ADMIN: it gives nothing until an option is switched on',
      };
    }
    return sameNames(ref, answer.value);
  },
};

/** Whoever may use the member's role has what the other may do. */
function edges({ member, memberOid, role, roleOid }: MembershipRef): readonly Edge[] {
  const node = (name: string, oid: number) => ({
    kind: 'postgres/role',
    id: String(oid),
    label: `role ${name}`,
  });
  return memberOid === undefined || roleOid === undefined
    ? []
    : [{ from: [node(member, memberOid)], to: node(role, roleOid), relation: 'is a member of' }];
}

/** A membership between the names, but not between the recorded ids. */
function sameNames(ref: MembershipRef, rows: readonly MembershipRow[]) {
  const [row] = rows;
  const now = row === undefined ? '' : ` (oid ${row.memberOid} in oid ${row.roleOid})`;
  return inconclusive(
    'R-IDENTITY',
    `the recorded membership is not there, but ${ref.member} is a member of ${ref.role} under other ids${now}: a new object of the same name`,
    'who granted it, and whether the subject may use the new role',
  );
}

function options({ inherit, set, admin }: MembershipRow): string {
  const given = [inherit ? 'INHERIT' : [], set ? 'SET' : [], admin ? 'ADMIN' : []].flat().join(', ');
  return admin && !inherit && !set ? `${given}: it can grant itself the rest` : given;
}
