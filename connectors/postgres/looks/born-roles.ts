import type { Found } from '../../../src/connector.ts';
import { role } from '../kinds.ts';
import { firstOid, older } from '../oids.ts';
import type { GrantRow } from '../sources/grants.ts';
import type { RoleRow } from '../sources/roles.ts';
import type { Hunted, Sorted } from './part.ts';

/** What would tell of a login that a broker made. */
export const wouldAsk =
  "the broker's audit log: name in the record what it made for this subject, and ask again when the others have ended";

/**
 * Roles that the grant could have made, or that a broker could have made for it. Who may make roles and
 * is no superuser becomes their administrator, and that row tells whose they are.
 */
export function bornRoles(
  roles: readonly RoleRow[],
  rows: readonly GrantRow[],
  hunted: Hunted,
): readonly Sorted[] {
  const { subject, rights, marker, issued } = hunted;
  const made = new Set(
    rows.filter((one) => one.admin && subject.own.has(one.memberOid)).map(({ roleOid }) => roleOid),
  );
  return roles.map((one): Sorted => {
    if (subject.own.has(one.oid) || hunted.known(role.kind, String(one.oid))) return undefined;
    if (one.oid < firstOid) return { excused: 'built in' };
    const [thing, before] = [describe(one), older(one.oid, marker)];
    if (rights.createsRoles && !before) {
      return rights.basis !== 'unknown' && marker !== undefined && made.has(one.oid)
        ? { found: thing }
        : { unexplained: thing };
    }
    // the record may name the second of two logins, so the order of the OIDs excuses neither
    const says = issued.says(one);
    if (says === 'may be the grant’s') return { unexplained: thing, needs: wouldAsk };
    if (before) return { excused: 'older by its OID' };
    return { excused: says ?? 'a role, and the grant could make none' };
  });
}

function describe({ name, oid, ...one }: RoleRow): Found {
  const can = (['login', 'superuser', 'createrole', 'createdb', 'replication', 'bypassrls'] as const).filter(
    (attribute) => one[attribute],
  );
  return {
    kind: role.kind,
    ref: { name, oid },
    id: String(oid),
    label: role.label({ name, oid }),
    standing: can.join(' '),
    relation: 'made a role',
  };
}
