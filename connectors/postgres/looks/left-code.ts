import type { Found } from '../../../src/connector.ts';
import { object, unnumbered } from '../object.ts';
import type { LeftClass } from '../object.ts';
import { firstOid } from '../oids.ts';
import type { CodeRow } from '../sources/code-query.ts';
import type { Hunted, Sorted } from './part.ts';

/**
 * Code and standing rights that the grant made or could have changed. Their OID tells nothing: all of
 * them can be changed in place, and keep it.
 */
export function leftCode(rows: readonly CodeRow[], hunted: Hunted): readonly Sorted[] {
  const { subject, rights } = hunted;
  return rows.map((one): Sorted => {
    if (one.oid !== null && one.oid < firstOid) return { excused: 'built in' };
    const thing = describe(one);
    if (hunted.known(object.kind, thing.id)) return undefined;
    if (one.class === 'replication-slot') {
      return rights.makesSlots
        ? { unexplained: thing }
        : { excused: 'a slot, and the grant could make none' };
    }
    const before = undated.has(one.class) ? undefined : hunted.before(one.at);
    if (before === true) return { excused: 'written before the grant' };
    const own = one.makers.some((oid) => subject.own.has(oid));
    if (!own && !rights.anything && !one.makers.some((oid) => rights.acts(oid))) {
      return { excused: 'of an owner that the grant could not act as' };
    }
    const given = one.makers.length === 1 && one.makers.some((oid) => subject.logins.has(oid));
    return given || (own && before === false) ? { found: thing } : { unexplained: thing };
  });
}

/** Everybody sees that they stand, and nobody when they were written: no instant means nothing here. */
const undated: ReadonlySet<LeftClass> = new Set(['subscription', 'user-mapping', 'replication-slot']);

function describe({ class: of, oid, name, database, owner, traits, callers }: CodeRow): Found {
  const ref = { database, class: of, ...(unnumbered.has(of) ? { name } : { oid: oid ?? 0, name }) };
  return {
    kind: object.kind,
    ref,
    id: object.id(ref) ?? '',
    label: object.label(ref),
    standing: [owner ?? [], ...traits, callers.length === 0 ? [] : `called by ${callers.join(' ')}`]
      .flat()
      .join(', '),
    relation: 'left behind',
  };
}
