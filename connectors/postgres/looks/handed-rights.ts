import type { Found } from '../../../src/connector.ts';
import { shown } from '../objects.ts';
import { privilege } from '../privilege.ts';
import type { HandedRow } from '../sources/handed.ts';
import type { Hunted, Sorted } from './part.ts';

/**
 * Rights on objects that the grant gave others, or could have given: the entry names who gave it, and
 * that is the owner where a superuser or a member of the owner did.
 */
export function handedRights(rows: readonly HandedRow[], hunted: Hunted): readonly Sorted[] {
  const { subject } = hunted;
  return rows.map((one): Sorted => {
    if (hunted.known(privilege.kind, `${one.oid}/${one.grantee}/${one.privileges.join(',')}`))
      return undefined;
    // the table of large objects is asked for no instants
    const before = one.class === 'large-object' ? undefined : hunted.before(one.at);
    if (before === true) return { excused: 'written before the grant' };
    const thing = describe(one);
    const own = subject.own.has(one.grantor);
    const given = subject.logins.has(one.grantor) || (own && before === false);
    // everybody is nobody's login: no check can ask about it
    return given && one.grantee !== 0 ? { found: thing } : { unexplained: thing };
  });
}

function describe({ grantee, granteeName, oid, privileges, class: of, space, name, part }: HandedRow): Found {
  const object = { class: of, space: space ?? undefined, name, part: part ?? undefined };
  const called = shown(object);
  const ref = { granteeOid: grantee, grantee: granteeName, object: called, objectOid: oid, privileges };
  return {
    kind: privilege.kind,
    ref,
    id: `${oid}/${part === null || of !== 'column' ? '' : `${part}/`}${grantee}/${privileges.join(',')}`,
    label: `${privileges.join(', ')} on ${called} for ${granteeName}`,
    standing: privileges.join(', '),
    relation: 'gave a right',
  };
}
