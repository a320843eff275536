import type { Scope } from '../../src/connector.ts';
import { membership, role, session } from './kinds.ts';
import type { Attribute } from './names.ts';
import { firstOid } from './oids.ts';
import { password } from './password.ts';
import { privilege } from './privilege.ts';
import type { CodeRow } from './sources/code-query.ts';
import type { GrantRow } from './sources/grants.ts';
import type { RoleRow } from './sources/roles.ts';

/** Who the subject is here, and what the record says that it could do. */
export interface Subject {
  /** Roles that the record calls its own: logins of the grant, accounts, members, grantees. */
  readonly own: ReadonlySet<number>;
  /** Those of them that the record names as logins that were given, and not as accounts that the subject has anyway. */
  readonly logins: ReadonlySet<number>;
  readonly names: ReadonlyMap<number, string>;
  readonly attributes: ReadonlyMap<number, readonly Attribute[]>;
  /** Memberships that the record names. */
  readonly joined: readonly { readonly roleOid: number; readonly memberOid: number }[];
  /** Does the record name one that nobody can look up: by its name alone? */
  readonly nameless: boolean;
}

export function subjectOf({ accounts, targets }: Scope, roles: readonly RoleRow[]): Subject {
  const byName = (name: string) => roles.find((one) => one.name === name)?.oid;
  const own = new Set(accounts.map(Number).filter((one) => Number.isSafeInteger(one) && one > 0));
  const logins = new Set<number>();
  const names = new Map(roles.map((one) => [one.oid, one.name] as const));
  const attributes = new Map<number, readonly Attribute[]>();
  const joined: { roleOid: number; memberOid: number }[] = [];
  let nameless = own.size < new Set(accounts).size;
  for (const { kind, ref } of targets) {
    if (kind === role.kind) {
      const { name, oid: id = byName(name), attributes: said } = role.ref.parse(ref);
      // who is gone and has no oid still has a name, and perhaps words about its rights
      const oid = id ?? (said === undefined ? undefined : -1 - names.size);
      if (oid === undefined) nameless = true;
      else {
        own.add(oid);
        names.set(oid, names.get(oid) ?? name);
        if (oid >= firstOid && !accounts.includes(String(oid))) logins.add(oid);
        if (said !== undefined) attributes.set(oid, said);
      }
    } else if (kind === membership.kind) {
      const said = membership.ref.parse(ref);
      const [roleOid, memberOid] = [said.roleOid ?? byName(said.role), said.memberOid ?? byName(said.member)];
      if (memberOid !== undefined) own.add(memberOid);
      if (roleOid === undefined || memberOid === undefined) nameless = true;
      else joined.push({ roleOid, memberOid });
    } else if (kind === password.kind) {
      const { name, roleOid = byName(name), attributes: said } = password.ref.parse(ref);
      if (roleOid === undefined) nameless = true;
      else own.add(roleOid);
      if (roleOid !== undefined && said !== undefined) attributes.set(roleOid, said);
    } else if (kind === privilege.kind) own.add(privilege.ref.parse(ref).granteeOid);
    else if (kind === session.kind) {
      const { roleOid, attributes: said } = session.ref.parse(ref);
      own.add(roleOid);
      if (said !== undefined) attributes.set(roleOid, said);
    }
  }
  return { own, logins, names, attributes, joined, nameless };
}

/** What the grant could do in this cluster. Where nobody knows it: everything. */
export interface Rights {
  /** Every role that it acted as stands, or the record says what it was, or neither. */
  readonly basis: 'proven' | 'declared' | 'unknown';
  readonly why: string;
  /** The function that opens everything to everybody who may call it, and whom it acts as. */
  readonly door?: string;
  /** Anything, as anybody. */
  readonly anything: boolean;
  readonly createsRoles: boolean;
  readonly makesSlots: boolean;
  /** Roles whose rights it could use, where it could not do anything. */
  readonly reached: readonly number[];
  /** Could it use the rights of this role? */
  acts(oid: number): boolean;
}

/** They lead to the operating system's user of the server. Source: https://www.postgresql.org/docs/current/predefined-roles.html */
const asSuperuser: ReadonlySet<number> = new Set([4569, 4570, 4571]);
/** PUBLIC, and the owner of whichever database: no row says who that is. */
const everybody = [0, 6171];

/**
 * The subject's roles and all that they lead to: what they inherit, what `SET ROLE` makes of them, what
 * they can grant themselves, and functions that do for everybody what their owner may.
 */
export function rightsOf(
  subject: Subject,
  roles: readonly RoleRow[],
  rows: readonly GrantRow[],
  code: readonly CodeRow[],
): Rights {
  const standing = new Map(roles.map((one) => [one.oid, one] as const));
  const reached = climb(subject.own, [...rows, ...subject.joined.map(withAll)]);
  const acting = [...reached].filter(([, sets]) => sets).map(([oid]) => oid);
  const gone = [...reached.keys()].filter((oid) => !standing.has(oid));
  const silent = gone.filter((oid) => !subject.attributes.has(oid));
  if (subject.own.size === 0 || subject.nameless || silent.length > 0) return unknown(subject, silent);

  const has = (attribute: Attribute, field: (one: RoleRow) => boolean) =>
    acting.some((oid) => {
      const now = standing.get(oid);
      return (now !== undefined && field(now)) || subject.attributes.get(oid)?.includes(attribute) === true;
    });
  const acts = (oid: number) => reached.has(oid) || everybody.includes(oid);
  const strong = (oid: number | undefined) =>
    oid !== undefined &&
    [...climb(new Set([oid]), rows)].some(
      ([at, sets]) => asSuperuser.has(at) || (sets && isStrong(standing.get(at))),
    );
  const door = code.find(
    (one) =>
      one.traits.includes('SECURITY DEFINER') &&
      one.callers.some(acts) &&
      !one.makers.some((oid) => reached.has(oid)) &&
      one.makers.some(strong),
  );
  const superuser = has('SUPERUSER', (one) => one.superuser);
  const makesRoles = has('CREATEROLE', (one) => one.createrole);
  // before version 16 it could grant itself any role but a superuser
  const before16 = rows.some(({ oid }) => oid === null);
  const opened = [...reached.keys()].some((oid) => asSuperuser.has(oid)) || (before16 && makesRoles);
  const anything = superuser || opened || door !== undefined;
  const createsRoles = anything || makesRoles;
  const makesSlots = anything || has('REPLICATION', (one) => one.replication);
  const who = [...subject.own]
    .map((oid) => `${subject.names.get(oid) ?? 'a role'}${oid < 0 ? '' : ` (oid ${oid})`}`)
    .join(', ');
  const had = [createsRoles ? 'CREATEROLE' : [], makesSlots ? 'REPLICATION' : []].flat().join(' and ');
  const through = door === undefined ? undefined : `${door.name}, which acts as ${door.owner ?? 'its owner'}`;
  const could = anything
    ? `could do anything${through === undefined ? '' : ` by calling ${through}`}`
    : `had ${had === '' ? 'none of SUPERUSER, CREATEROLE and REPLICATION' : had}, by itself or by a role that it was in`;
  return {
    basis: gone.length === 0 ? 'proven' : 'declared',
    why: `${gone.length === 0 ? '' : 'as the record says, '}${who} ${could}`,
    ...(through === undefined || superuser || opened ? {} : { door: through }),
    anything,
    createsRoles,
    makesSlots,
    reached: anything ? [] : [...reached.keys()],
    acts: (oid) => anything || acts(oid),
  };
}

const isStrong = (one: RoleRow | undefined) => one !== undefined && (one.superuser || one.createrole);
/** A membership that is gone may have carried every option. */
const withAll = (pair: { readonly roleOid: number; readonly memberOid: number }) => ({
  ...pair,
  inherit: true,
  set: true,
  admin: true,
});

function unknown({ own, nameless }: Subject, silent: readonly number[]): Rights {
  const who =
    silent.length > 0
      ? `nothing says what ${silent.map((oid) => `oid ${oid}`).join(', ')} could do`
      : nameless
        ? 'the record names a role without its oid'
        : 'the record names no role of the subject here';
  return {
    basis: 'unknown',
    why: own.size === 0 ? 'the record names no role of the subject here' : who,
    anything: true,
    createsRoles: true,
    makesSlots: true,
    reached: [],
    acts: () => true,
  };
}

type Hop = Pick<GrantRow, 'roleOid' | 'memberOid' | 'inherit' | 'set' | 'admin'>;

/**
 * Roles whose rights these can use, and whether they can become them. As the server counts: `SET` leads
 * on from a role that can be become, `INHERIT` from any, and `ADMIN` lets a member grant itself the rest.
 */
export function climb(from: ReadonlySet<number>, rows: readonly Hop[]): Map<number, boolean> {
  const reached = new Map([...from].map((oid): [number, boolean] => [oid, true]));
  const next = Map.groupBy(rows, ({ memberOid }) => memberOid);
  const queue = [...from];
  for (const at of queue) {
    for (const { roleOid, inherit, set, admin } of next.get(at) ?? []) {
      const sets = admin || (set && reached.get(at) === true);
      const before = reached.get(roleOid);
      if ((!sets && !inherit) || before === true || before === sets) continue;
      reached.set(roleOid, sets);
      queue.push(roleOid);
    }
  }
  return reached;
}
