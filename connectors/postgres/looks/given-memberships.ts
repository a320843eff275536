import type { Found } from '../../../src/connector.ts';
import { membership } from '../kinds.ts';
import { firstOid, older } from '../oids.ts';
import type { GrantRow } from '../sources/grants.ts';
import type { Hunted, Sorted } from './part.ts';

/** Memberships that the grant gave, or could have given. The server keeps who granted each. */
export function givenMemberships(rows: readonly GrantRow[], hunted: Hunted): readonly Sorted[] {
  const { subject, rights, marker } = hunted;
  return rows.map((one): Sorted => {
    const thing = asFound(one, 'gave a membership');
    if (hunted.known(membership.kind, thing.id)) return undefined;
    if (Math.max(one.roleOid, one.memberOid, one.oid ?? 0) < firstOid) return { excused: 'built in' };
    const before = hunted.before(one.at);
    if (before === true) return { excused: 'written before the grant' };
    if (older(one.oid, marker)) return { excused: 'older by its OID' };
    const own = subject.own.has(one.grantorOid);
    if (subject.logins.has(one.grantorOid) || (own && before === false)) return { found: thing };
    if (!own && !rights.acts(one.grantorOid)) {
      return { excused: 'given by a role that the grant could not act as' };
    }
    return { unexplained: thing };
  });
}

/** A row of `pg_auth_members` as a target. */
export function asFound(one: GrantRow, relation: string): Found {
  const ref = {
    role: one.role ?? `oid ${one.roleOid}`,
    roleOid: one.roleOid,
    member: one.member ?? `oid ${one.memberOid}`,
    memberOid: one.memberOid,
  };
  const options = [one.inherit ? 'INHERIT' : [], one.set ? 'SET' : [], one.admin ? 'ADMIN' : []].flat();
  return {
    kind: membership.kind,
    ref,
    id: `${one.roleOid}/${one.memberOid}`,
    label: membership.label(ref),
    standing: options.join(' '),
    relation,
  };
}
