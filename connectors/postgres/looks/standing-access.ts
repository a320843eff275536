import type { Found, Scope } from '../../../src/connector.ts';
import { membership } from '../kinds.ts';
import { object } from '../object.ts';
import { readObject, shown } from '../objects.ts';
import { privilege } from '../privilege.ts';
import { climb } from '../rights.ts';
import type { GrantRow } from '../sources/grants.ts';
import type { HeldRow } from '../sources/held.ts';
import type { RoleRow } from '../sources/roles.ts';
import { asFound } from './given-memberships.ts';
import type { Hunted, Sorted } from './part.ts';

/** What the grant gave, as far as other access can reach it. */
export interface Given {
  readonly groups: ReadonlySet<number>;
  /** Objects by their name, a column by its table's. */
  readonly objects: ReadonlySet<string>;
  readonly oids: ReadonlySet<number>;
  /** Does the record name nothing here? Then any access may be what it gave. */
  readonly nothing: boolean;
}

export function givenBy({ targets }: Scope): Given {
  const groups = new Set<number>();
  const objects = new Set<string>();
  const oids = new Set<number>();
  for (const { kind, ref } of targets) {
    if (kind === membership.kind) {
      const { roleOid } = membership.ref.parse(ref);
      if (roleOid !== undefined) groups.add(roleOid);
    } else if (kind === privilege.kind) {
      const { object: text, objectOid } = privilege.ref.parse(ref);
      const named = readObject(text);
      if (typeof named !== 'string') objects.add(whole(named));
      if (objectOid !== undefined) oids.add(objectOid);
    } else if (kind === object.kind) {
      const { oid } = object.ref.parse(ref);
      if (oid !== undefined) oids.add(oid);
    }
  }
  return { groups, objects, oids, nothing: targets.length === 0 };
}

type Named = {
  readonly class: string;
  readonly space?: string | undefined | null;
  readonly name: string | null;
};
const relations = ['table', 'column', 'sequence'];
const whole = ({ class: of, space, name }: Named) =>
  JSON.stringify([relations.includes(of) ? 'table' : of, space ?? null, name]);

const reachesObject = (rows: readonly HeldRow[], { objects, oids }: Given) =>
  rows.some((one) => objects.has(whole(one)) || (one.oid !== null && oids.has(one.oid)));

const unknownOrigin: Sorted = { excused: 'origin unknown, reaches nothing that the grant gave' };

/** Roles with rights on every object. Source: https://www.postgresql.org/docs/current/predefined-roles.html */
const everyObject: readonly number[] = [4569, 4570, 4571, 6181, 6182, 6337];

/** Does a role lead to what the grant gave, by whatever it leads to? */
export function reaching(
  given: Given,
  rows: readonly GrantRow[],
  roles: readonly RoleRow[],
  heldBy: ReadonlyMap<number, readonly HeldRow[]>,
): (role: number) => boolean {
  const superusers = new Set(roles.filter((one) => one.superuser).map(({ oid }) => oid));
  return (role) =>
    given.nothing ||
    [...climb(new Set([role]), rows).keys()].some(
      (oid) =>
        given.groups.has(oid) ||
        superusers.has(oid) ||
        (given.objects.size > 0 && everyObject.includes(oid)) ||
        reachesObject(heldBy.get(oid) ?? [], given),
    );
}

/** Groups that an account of the subject is in beside those of the record. */
export function otherMemberships(
  account: number,
  rows: readonly GrantRow[],
  reaches: (role: number) => boolean,
  { known, before }: Pick<Hunted, 'known' | 'before'>,
): readonly Sorted[] {
  return rows
    .filter(({ memberOid }) => memberOid === account)
    .map((one): Sorted => {
      const thing = asFound(one, 'is a member');
      if (known(membership.kind, thing.id)) return undefined;
      const isBefore = before(one.at);
      if (isBefore === true) return { excused: 'written before the grant' };
      if (isBefore === false) return { found: thing };
      return reaches(one.roleOid) ? { unexplained: thing } : unknownOrigin;
    });
}

/** What an account of the subject owns or was given by name. The server keeps no instant of that. */
export function otherRights(
  rows: readonly HeldRow[],
  given: Given,
  name: string,
  targets: Scope['targets'],
): readonly Sorted[] {
  return rows.flatMap((one): Sorted[] => {
    const thing = asThing(one, name, recorded(one, targets));
    if (thing === undefined) return [];
    return [given.nothing || reachesObject([one], given) ? { unexplained: thing } : unknownOrigin];
  });
}

/** Privileges of this holder on this object that are targets of their own. */
function recorded(one: HeldRow, targets: Scope['targets']): readonly string[] {
  return targets.flatMap(({ kind, ref }) => {
    if (kind !== privilege.kind) return [];
    const said = privilege.ref.parse(ref);
    const named = readObject(said.object);
    const same =
      said.granteeOid === one.holder && typeof named !== 'string' && shown(named) === shown(objectOf(one));
    return same ? said.privileges : [];
  });
}

const objectOf = ({ class: of, space, name, part }: HeldRow) => ({
  class: of,
  space: space ?? undefined,
  name: name ?? '',
  part: part ?? undefined,
});

function asThing(one: HeldRow, grantee: string, without: readonly string[]): Found | undefined {
  const called = shown(objectOf(one));
  const privileges = one.owns ? ownership(one) : one.privileges.filter((right) => !without.includes(right));
  if (privileges.length === 0) return undefined;
  const ref = privilege.ref.parse({
    granteeOid: one.holder,
    grantee,
    object: called,
    ...(one.oid === null || one.class === 'default' ? {} : { objectOid: one.oid }),
    privileges,
  });
  return {
    kind: privilege.kind,
    ref,
    id: privilege.id(ref) ?? '',
    label: one.owns ? `${grantee} owns ${called}` : privilege.label(ref),
    standing: one.owns ? 'owner' : privileges.toSorted().join(', '),
    relation: one.owns ? 'owns' : 'may use',
  };
}

/** An owner can give itself every right: one that each class knows stands for it. */
function ownership({ class: of }: HeldRow): readonly string[] {
  const by: Readonly<Record<string, string>> = {
    table: 'SELECT',
    schema: 'USAGE',
    database: 'CONNECT',
    function: 'EXECUTE',
    'large-object': 'SELECT',
    tablespace: 'CREATE',
    'foreign-server': 'USAGE',
    'foreign-data-wrapper': 'USAGE',
    language: 'USAGE',
    type: 'USAGE',
  };
  const right = by[of];
  return right === undefined ? [] : [right];
}
