import type { Found } from '../../../src/connector.ts';
import { role } from '../kinds.ts';
import { firstOid, older } from '../oids.ts';
import type { GrantRow } from '../sources/grants.ts';
import type { RoleRow } from '../sources/roles.ts';
import type { Hunted, Sorted } from './part.ts';

/**
 * Roles that the grant could have made. Who may make roles and is no superuser becomes their
 * administrator, and that row tells whose they are.
 */
export function bornRoles(
  roles: readonly RoleRow[],
  rows: readonly GrantRow[],
  hunted: Hunted,
): readonly Sorted[] {
  const { subject, rights, marker } = hunted;
  const made = new Set(
    rows.filter((one) => one.admin && subject.own.has(one.memberOid)).map(({ roleOid }) => roleOid),
  );
  return roles.map((one): Sorted => {
    if (subject.own.has(one.oid) || hunted.known(role.kind, String(one.oid))) return undefined;
    if (one.oid < firstOid) return { excused: 'built in' };
    if (older(one.oid, marker)) return { excused: 'older by its OID' };
    if (!rights.createsRoles) return { excused: 'a role, and the grant could make none' };
    const thing = describe(one);
    return rights.basis !== 'unknown' && marker !== undefined && made.has(one.oid)
      ? { found: thing }
      : { unexplained: thing };
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
