import { freeParameters } from './objects.ts';
import type { FakeColumn, FakeEntry, FakeObject } from './objects.ts';
import type { FakeWorld } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/** One question, as the statement's parameter holds it. */
interface Asked {
  readonly asked: string;
  readonly grantee: number;
  readonly granteeName: string | null;
  readonly class: string;
  readonly space: string | null;
  readonly name: string;
  readonly part: string | null;
  readonly oid: number | null;
  readonly wanted: readonly string[];
}

/** An object, or one column of a table, as something that rights can be held on. */
interface Thing {
  readonly object: FakeObject;
  readonly column: FakeColumn | undefined;
}
type Match = 'recorded' | 'recreated' | 'overload' | 'elsewhere';

/** A right as it stands in the world, whoever has it. */
interface Right {
  readonly way: string;
  readonly level: string;
  readonly holder: number;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** A role whose rights another can have, and how it comes to it. */
interface Reached {
  readonly role: number;
  readonly via: number | undefined;
  readonly maySet: boolean;
  readonly inherit: boolean;
}

/** Who holds the privileges that are asked about: role by role, object by object. */
export function privileges(world: FakeWorld, parameter: string | null | undefined): Row[] {
  const questions: readonly Asked[] = JSON.parse(parameter ?? '[]');
  return questions.flatMap((asked) => {
    const named = world.roles.find((one) => one.name === asked.granteeName && one.oid !== asked.grantee);
    const pairs = [['recorded', asked.grantee] as const, ...(named ? [['named', named.oid] as const] : [])];
    return pairs.flatMap(([pair, grantee]) =>
      waysOf(world, asked, grantee).map((row) => ({ asked: asked.asked, pair, grantee, ...row })),
    );
  });
}

function waysOf(world: FakeWorld, asked: Asked, grantee: number): Row[] {
  const nameOf = (oid: number | undefined) => world.roles.find((one) => one.oid === oid)?.name ?? null;
  const roles = reach(world, grantee);
  const { matches, known } = matched(world, asked);
  const rows: Row[] = [];
  const say = (match: Match, thing: Thing | undefined, right: Right, via: number | undefined) => {
    rows.push({
      match,
      class: asked.class,
      oid: thing === undefined || asked.class === 'parameter' ? null : thing.object.oid,
      space: thing?.object.space ?? null,
      name: thing?.object.name ?? null,
      part: thing?.column?.name ?? thing?.object.args ?? null,
      privilege: right.privilege,
      way: right.way,
      level: right.level,
      holder: right.holder === 0 ? 'PUBLIC' : right.holder === grantee ? null : nameOf(right.holder),
      via: nameOf(via),
      grantable: right.grantable,
    });
  };
  for (const [match, thing] of matches) {
    const rights = rightsOn(world, asked, match, thing).filter((one) => asked.wanted.includes(one.privilege));
    for (const right of rights) {
      for (const { role, via } of roles) {
        if (role === right.holder && (match !== 'elsewhere' || role === grantee))
          say(match, thing, right, via);
      }
      const stands = world.roles.some((one) => one.oid === grantee);
      if (right.holder === 0 && stands && counts(asked, match, right)) say(match, thing, right, undefined);
    }
  }
  const open = asked.oid === null || matches.some(([match]) => match === 'overload');
  const reachable = known.length > 0 ? known : open ? [undefined] : [];
  for (const target of reachable) {
    const [match, thing] = target ?? ['elsewhere' as const, undefined];
    for (const { role, via, maySet } of roles) {
      const superuser = maySet && world.isSuperuser(role);
      for (const privilege of asked.wanted) {
        const right = { level: 'itself', holder: role, privilege };
        if (superuser) say(match, thing, { ...right, way: 'superuser', grantable: true }, via);
        if (allows(role, asked.class === 'default' ? (asked.part ?? '') : asked.class, privilege))
          say(match, thing, { ...right, way: 'predefined', grantable: false }, via);
      }
    }
  }
  return rows.toSorted((a, b) => Number(b['way'] === 'entry') - Number(a['way'] === 'entry'));
}

/** Does a right of another role count on such an object? */
function counts(asked: Asked, match: Match, { level, way }: Right): boolean {
  if (match !== 'overload') return match !== 'elsewhere';
  return asked.class === 'function' || level === 'table' || way === 'owner';
}

/** The recorded object, and those that might be it. */
function matched(world: FakeWorld, asked: Asked) {
  const things = thingsOf(world, asked);
  const known = things.flatMap((thing): (readonly [Match, Thing])[] => {
    const { object, column } = thing;
    const part = column?.name ?? object.args ?? null;
    const byName =
      object.name === asked.name && (object.space ?? null) === asked.space && part === asked.part;
    const sameColumn = column === undefined || column.name === asked.part;
    const sameDefault =
      asked.class !== 'default' || (object.args === asked.part && (object.space ?? null) === asked.space);
    const byOid = object.oid === asked.oid && sameColumn && sameDefault;
    if (!byName && !byOid) return [];
    return [[asked.oid === null || object.oid === asked.oid ? 'recorded' : 'recreated', thing]];
  });
  const searched =
    (asked.oid === null || asked.class === 'column' || asked.class === 'default') &&
    asked.class !== 'parameter' &&
    asked.class !== 'large-object';
  const others = (searched ? things : []).flatMap((thing): (readonly [Match, Thing])[] => {
    if (asked.oid !== null && thing.object.oid !== asked.oid) return [];
    if (known.some(([, one]) => !older(world, thing, one))) return [];
    const { space, name, oid } = thing.object;
    const sameName = name === asked.name && (space ?? null) === asked.space;
    const sameTable = oid === asked.oid || (asked.oid === null && sameName);
    const overload =
      (asked.class === 'function' && sameName) ||
      (asked.class === 'column' && sameTable && known.length === 0);
    return [[overload ? 'overload' : 'elsewhere', thing]];
  });
  return { known, matches: [...known, ...others] };
}

function thingsOf(world: FakeWorld, asked: Asked): Thing[] {
  const { all } = world.objects;
  if (asked.class === 'column') {
    return all
      .filter((one) => one.class === 'table')
      .flatMap((object) => object.columns.map((column) => ({ object, column })));
  }
  if (asked.class === 'default') return defaultThings(world, asked);
  const called = asked.class === 'table' ? ['table', 'sequence'] : [asked.class];
  const things = all.filter((one) => called.includes(one.class));
  if (asked.class === 'parameter' && !things.some((one) => one.name === asked.name)) {
    things.push({
      oid: 0,
      class: 'parameter',
      space: undefined,
      name: asked.name,
      args: undefined,
      owner: undefined,
      acl: undefined,
      columns: [],
      traits: [],
      madeAt: 0,
      writtenAt: 0,
    });
  }
  return things.map((object) => ({ object, column: undefined }));
}

/** Defaults of a role, as objects that bear its name and its OID: those that are said, and those that are asked about. */
function defaultThings(world: FakeWorld, asked: Asked): Thing[] {
  const of = asked.part ?? '';
  const schema = world.objects.all.find((one) => one.class === 'schema' && one.name === asked.space);
  const meant = asked.space === null || schema !== undefined;
  const places = [
    ...world.objects.defaults.filter((one) => one.of === of).map(({ role, space }) => ({ role, space })),
    ...world.roles
      .filter((one) => meant && (one.name === asked.name || one.oid === asked.oid))
      .map(({ oid }) => ({ role: oid, space: asked.space ?? undefined })),
  ];
  return [...new Map(places.map((one) => [JSON.stringify([one.role, one.space]), one])).values()].map(
    ({ role, space }) => ({
      object: {
        oid: role,
        class: 'default',
        space,
        name: world.roles.find((one) => one.oid === role)?.name ?? '',
        args: of,
        owner: role,
        acl: [...world.objects.defaultsOf(role, of, space)],
        columns: [],
        traits: [],
        madeAt: 0,
        writtenAt: 0,
      },
      column: undefined,
    }),
  );
}

function older(world: FakeWorld, a: Thing, b: Thing): boolean {
  const place = ({ object, column }: Thing): number =>
    object.class === 'default'
      ? (world.objects.all.find((one) => one.class === 'schema' && one.name === object.space)?.oid ?? 0)
      : (column?.number ?? 0);
  return a.object.oid < b.object.oid || (a.object.oid === b.object.oid && place(a) < place(b));
}

function rightsOn(world: FakeWorld, asked: Asked, match: Match, { object, column }: Thing): Right[] {
  const entry = (level: string) => (one: FakeEntry) => ({ ...one, way: 'entry', level, holder: one.grantee });
  const own = column === undefined ? world.objects.entriesOf(object) : column.acl;
  const elsewhere = match === 'elsewhere';
  const rights: Right[] = [
    ...own.map(entry('itself')),
    ...(column === undefined || elsewhere ? [] : world.objects.entriesOf(object).map(entry('table'))),
    ...(asked.class === 'table' ? object.columns.flatMap(({ acl }) => acl.map(entry('column'))) : []),
    ...(object.class === 'default' && !elsewhere ? otherDefaults(world, object, entry) : []),
  ].filter((one) => one.holder !== object.owner);
  if (object.owner !== undefined && !(object.class === 'default' && elsewhere)) {
    const owned = { way: 'owner', level: 'itself', holder: object.owner, grantable: true };
    rights.push(...asked.wanted.map((privilege) => ({ ...owned, privilege })));
  }
  if (object.class === 'parameter' && freeParameters.has(object.name)) {
    rights.push({ way: 'setting', level: 'itself', holder: 0, privilege: 'SET', grantable: false });
  }
  return rights;
}

/** What is said for every schema counts in one; what is said for one is left where all were meant. */
function otherDefaults(
  world: FakeWorld,
  { oid, space, args: of = '' }: FakeObject,
  entry: (level: string) => (one: FakeEntry) => Right,
): Right[] {
  const { objects } = world;
  if (space !== undefined) return objects.defaultsOf(oid, of, undefined).map(entry('every-schema'));
  return objects.defaults
    .filter((one) => one.role === oid && one.of === of && one.space !== undefined)
    .flatMap(({ acl }) => acl.map(entry('one-schema')));
}

/** Source: https://www.postgresql.org/docs/current/predefined-roles.html */
function allows(role: number, of: string, privilege: string): boolean {
  const relation = ['table', 'column', 'sequence'].includes(of);
  if (role === 6181)
    return (relation && privilege === 'SELECT') || (of === 'schema' && privilege === 'USAGE');
  if (role === 6182) {
    const writes = of === 'sequence' ? ['UPDATE'] : ['INSERT', 'UPDATE', 'DELETE'];
    return (relation && writes.includes(privilege)) || (of === 'schema' && privilege === 'USAGE');
  }
  return role === 6337 && of === 'table' && privilege === 'MAINTAIN';
}

/** The role itself and every other whose rights it can have: inherited, by SET ROLE, or granted to itself. */
function reach(world: FakeWorld, from: number): readonly Reached[] {
  const found: Reached[] = [];
  const seen = new Set<string>();
  const visit = (at: Reached): void => {
    const state = JSON.stringify([at.role, at.via, at.maySet, at.inherit]);
    if (seen.has(state)) return;
    seen.add(state);
    found.push(at);
    for (const edge of world.memberships.filter((one) => one.member === at.role)) {
      const grantsItself = edge.admin && (at.maySet || at.inherit);
      const sets = (at.maySet && edge.set) || grantsItself;
      const inherits = edge.inherit && (at.maySet || at.inherit);
      if (!sets && !inherits) continue;
      visit({ role: edge.role, via: at.via ?? edge.role, maySet: sets, inherit: edge.inherit });
    }
    // whoever owns the database is a member of pg_database_owner, and no row says so
    const database = world.objects.all.find((one) => one.class === 'database' && one.name === 'postgres');
    if (database?.owner === at.role && (at.maySet || at.inherit)) {
      visit({ role: 6171, via: at.via ?? 6171, maySet: at.maySet, inherit: true });
    }
  };
  visit({ role: from, via: undefined, maySet: true, inherit: true });
  return found;
}
