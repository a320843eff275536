import { asObject, calledBy, opensToAll } from './left-objects.ts';
import type { FakeObject } from './objects.ts';
import type { FakeWorld } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

const nameOf = (world: FakeWorld, oid: number | undefined) =>
  world.roles.find((one) => one.oid === oid)?.name ?? null;
/** Only a server that keeps instants tells one; what initdb made has none. */
const instant = (world: FakeWorld, oid: number, ms: number) =>
  world.keepsInstants && oid >= 16_384 ? new Date(ms).toISOString().replace('Z', '000Z') : null;

/** Every row of `pg_auth_members`. */
export function membershipRows(world: FakeWorld): Row[] {
  return world.memberships.map(({ oid, role, member, grantor, inherit, set, admin, writtenAt }) => ({
    oid,
    roleOid: role,
    role: nameOf(world, role),
    memberOid: member,
    member: nameOf(world, member),
    grantorOid: grantor,
    inherit,
    set,
    admin,
    at: instant(world, oid, writtenAt),
  }));
}

const acting = [
  'function',
  'rule',
  'trigger',
  'policy',
  'default-privileges',
  'event-trigger',
  'publication',
  'subscription',
  'user-mapping',
  'replication-slot',
  'prepared-transaction',
];
/** Their catalogs show no row to everybody: views over them do, and those have no instant. */
const undated = ['subscription', 'user-mapping', 'replication-slot'];

/** Code and rights that act by themselves, and the one built-in function that stands everywhere. */
export function codeRows(world: FakeWorld): Row[] {
  const { all, defaults } = world.objects;
  return [...all, ...defaults.map((one) => asObject(world, one))]
    .filter((one) => isCode(one) || one.name === 'pg_control_system')
    .map((one) => ({
      class: one.class,
      oid: isNumbered(one) ? one.oid : null,
      name: calledBy(one),
      database: 'postgres',
      owner: nameOf(world, one.owner),
      makers: [...new Set(makersOf(world, one))].toSorted((a, b) => a - b),
      callers: one.class === 'function' ? callersOf(world, one) : [],
      traits: [...one.traits, ...(opensToAll(world, one) ? ['EXECUTE by PUBLIC'] : [])],
      at: whenWritten(world, one),
    }));
}

const isNumbered = ({ class: of }: FakeObject) => of !== 'replication-slot' && of !== 'prepared-transaction';

function whenWritten(world: FakeWorld, one: FakeObject): string | null {
  if (one.class === 'prepared-transaction') return new Date(one.madeAt).toISOString().replace('Z', '000Z');
  return undated.includes(one.class) ? null : instant(world, one.oid, one.writtenAt);
}

function isCode({ class: of, oid, traits }: FakeObject): boolean {
  if (of === 'function') return oid >= 16_384 && traits.includes('SECURITY DEFINER');
  return of === 'table' ? traits.includes('a view') : acting.includes(of) && oid >= 16_384;
}

const callersOf = (world: FakeWorld, one: FakeObject) =>
  world.objects
    .entriesOf(one)
    .map(({ grantee }) => grantee)
    .toSorted((a, b) => a - b);

function makersOf(world: FakeWorld, { class: of, owner, name }: FakeObject): number[] {
  const own = owner === undefined || nameOf(world, owner) === null ? [] : [owner];
  if (of === 'subscription') return [6304];
  const on = / on (?:server |public\.)(.+)$/.exec(name)?.[1];
  if (of === 'user-mapping') {
    const server = world.objects.all.find((one) => one.class === 'foreign-server' && one.name === on);
    return [...own, ...(server?.owner === undefined ? [] : [server.owner])];
  }
  if (of !== 'trigger') return own;
  const table = world.objects.all.find((one) => one.class === 'table' && one.name === on);
  const entries = table?.acl?.filter(({ privilege }) => privilege === 'TRIGGER') ?? [];
  return [...own, ...entries.map(({ grantee }) => grantee)];
}

/** What these roles own, and what they were given by name. */
export function heldRows(world: FakeWorld, holders: readonly number[]): Row[] {
  const things = world.objects.all.filter(({ class: of }) => held.includes(of));
  return holders.flatMap((holder) => [
    ...futureRows(world, holder),
    ...things.flatMap((one) => rowsOf(one, holder)),
  ]);
}

function rowsOf(
  { oid, class: of, space, name, args, owner, acl, columns }: FakeObject,
  holder: number,
): Row[] {
  const base = { holder, class: of === 'sequence' ? 'table' : of, oid, space: space ?? null, name };
  if (owner === holder) return [{ ...base, part: args ?? null, owns: true, privileges: [] }];
  const given = [
    { part: args ?? null, rights: rightsOf(acl, holder) },
    ...columns.map((one) => ({ part: one.name, rights: rightsOf(one.acl, holder), class: 'column' })),
  ];
  return given
    .filter(({ rights }) => rights.length > 0)
    .map(({ rights, ...one }) => ({ ...base, ...one, owns: false, privileges: rights }));
}

const rightsOf = (acl: FakeObject['acl'], holder: number) =>
  [
    ...new Set((acl ?? []).filter(({ grantee }) => grantee === holder).map(({ privilege }) => privilege)),
  ].toSorted();

/** Of what others have said about objects that they will make. */
function futureRows(world: FakeWorld, holder: number): Row[] {
  return world.objects.defaults
    .filter(({ role }) => role !== holder)
    .flatMap(({ role, space = null, of, acl }): Row[] => {
      const privileges = rightsOf(acl, holder);
      const row = {
        holder,
        class: 'default',
        oid: role,
        space,
        name: nameOf(world, role),
        part: of,
        owns: false,
      };
      return privileges.length === 0 ? [] : [{ ...row, privileges }];
    });
}

const held = [
  'table',
  'sequence',
  'schema',
  'database',
  'function',
  'large-object',
  'tablespace',
  'foreign-server',
  'foreign-data-wrapper',
  'language',
  'type',
];

/** Entries of ACLs by who gave them: here that is always the owner. Everybody's where no givers are named. */
export function handedRows(world: FakeWorld, givers: readonly number[] | undefined): Row[] {
  return world.objects.all
    .filter(({ class: of }) => held.includes(of))
    .flatMap((one): Row[] => {
      const { oid, class: of, space, name, args, owner = 10, acl, columns, writtenAt } = one;
      const asked = oid >= 16_384 && (givers === undefined || givers.includes(owner));
      if (!asked && name !== 'pg_ls_logdir') return [];
      const at = of === 'large-object' ? null : instant(world, oid, writtenAt);
      const base = { grantor: owner, oid, space: space ?? null, name, at };
      const table = of === 'sequence' ? 'table' : of;
      return [
        ...granted(acl, owner).map((given) => ({ ...base, ...given, class: table, part: args ?? null })),
        ...columns.flatMap((column) =>
          granted(column.acl, owner).map((given) => ({
            ...base,
            ...given,
            class: 'column',
            part: column.name,
          })),
        ),
      ].map((row) => ({ ...row, granteeName: nameOf(world, row.grantee) ?? 'PUBLIC' }));
    })
    .toSorted((a, b) => (String(a['class']) < String(b['class']) ? -1 : 1));
}

/** Whom an ACL names beside its owner, and with what. */
function granted(acl: FakeObject['acl'], owner: number) {
  const grantees = [...new Set((acl ?? []).map(({ grantee }) => grantee))].filter((one) => one !== owner);
  return grantees.map((grantee) => ({ grantee, privileges: rightsOf(acl, grantee) }));
}
