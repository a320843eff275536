import { SqlError } from './protocol.ts';

/** One entry of an ACL: who may do what, and hand it on. */
export interface FakeEntry {
  /** 0: PUBLIC. */
  readonly grantee: number;
  readonly privilege: string;
  readonly grantable: boolean;
}

export interface FakeColumn {
  name: string;
  /** Counts from 1. */
  readonly number: number;
  readonly acl: FakeEntry[];
}

export interface FakeObject {
  readonly oid: number;
  /** As the connector calls its classes. */
  readonly class: string;
  space: string | undefined;
  name: string;
  /** Types of arguments, of a function. */
  readonly args: string | undefined;
  /** Nobody owns a parameter. */
  owner: number | undefined;
  /** Undefined until the first GRANT or REVOKE: what the class gives by itself. */
  acl: FakeEntry[] | undefined;
  readonly columns: FakeColumn[];
  /** What it confers, in the server's own words. */
  readonly traits: readonly string[];
  /** When it was prepared, of a transaction. Milliseconds since the epoch. */
  readonly madeAt: number;
  /** When its row was last written. Milliseconds since the epoch. */
  writtenAt: number;
}

/** What a role has said about objects that it will make: of a class, in one schema or in all. */
export interface FakeDefault {
  readonly oid: number;
  readonly role: number;
  space: string | undefined;
  /** `table`, `sequence`, … */
  readonly of: string;
  acl: FakeEntry[];
  writtenAt: number;
}

export type NewObject = Pick<FakeObject, 'class' | 'name'> &
  Partial<Pick<FakeObject, 'oid' | 'space' | 'args' | 'owner' | 'acl' | 'traits' | 'madeAt'>> & {
    readonly columns?: readonly string[];
  };

/** Where a name is looked up. */
export type Named = Pick<FakeObject, 'class' | 'space' | 'name' | 'args'>;

/** What each class gives PUBLIC and its owner. Source: https://www.postgresql.org/docs/current/ddl-priv.html */
const byClass: Readonly<
  Record<string, { readonly everybody: readonly string[]; readonly all: readonly string[] }>
> = {
  table: {
    everybody: [],
    all: ['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  },
  sequence: { everybody: [], all: ['USAGE', 'SELECT', 'UPDATE'] },
  schema: { everybody: [], all: ['USAGE', 'CREATE'] },
  database: { everybody: ['CONNECT', 'TEMPORARY'], all: ['CREATE', 'CONNECT', 'TEMPORARY'] },
  function: { everybody: ['EXECUTE'], all: ['EXECUTE'] },
  'large-object': { everybody: [], all: ['SELECT', 'UPDATE'] },
  parameter: { everybody: [], all: ['SET', 'ALTER SYSTEM'] },
  tablespace: { everybody: [], all: ['CREATE'] },
  'foreign-server': { everybody: [], all: ['USAGE'] },
  'foreign-data-wrapper': { everybody: [], all: ['USAGE'] },
  language: { everybody: ['USAGE'], all: ['USAGE'] },
  type: { everybody: ['USAGE'], all: ['USAGE'] },
};

/** Parameters that every role may set for itself: a grant to do so gives nothing. */
export const freeParameters: ReadonlySet<string> = new Set(['work_mem', 'search_path', 'role']);

/** Objects of one cluster with one database, with their owners and ACLs. */
export class FakeObjects {
  readonly all: FakeObject[] = [];
  /** A row stands only as long as it says something. */
  readonly defaults: FakeDefault[] = [];
  readonly #nextOid: () => number;
  readonly #now: () => number;

  constructor(nextOid: () => number, now: () => number) {
    this.#nextOid = nextOid;
    this.#now = now;
    const made = (given: NewObject) => Object.assign(this.add({ owner: 10, ...given }), { writtenAt: 0 });
    made({ class: 'table', space: 'pg_catalog', name: 'pg_class', oid: 1259, columns: ['oid', 'relname'] });
    made({ class: 'schema', name: 'pg_catalog', oid: 11 });
    made({ class: 'schema', name: 'public', oid: 2200, owner: 6171 });
    made({ class: 'function', space: 'pg_catalog', name: 'pg_control_system', args: '', oid: 3442 });
    made({ class: 'function', space: 'pg_catalog', name: 'pg_ls_logdir', args: '', oid: 3353 });
    made({ class: 'type', space: 'pg_catalog', name: 'int4', oid: 23 });
    made({ class: 'language', name: 'internal', oid: 12 });
    made({ class: 'tablespace', name: 'pg_default', oid: 1663 });
    made({ class: 'database', name: 'postgres', oid: 5 });
    made({ class: 'database', name: 'app', oid: 16_383 });
    this.grant({ class: 'schema', space: undefined, name: 'public', args: undefined }, [
      { grantee: 0, privilege: 'USAGE', grantable: false },
    ]);
    this.grant({ class: 'function', space: 'pg_catalog', name: 'pg_ls_logdir', args: '' }, [
      { grantee: 3373, privilege: 'EXECUTE', grantable: false },
    ]);
  }

  add({ columns = [], ...given }: NewObject): FakeObject {
    const object: FakeObject = {
      oid: given.oid ?? this.#nextOid(),
      class: given.class,
      space: given.space,
      name: given.name,
      args: given.args,
      owner: given.owner,
      acl: given.acl,
      traits: given.traits ?? [],
      madeAt: given.madeAt ?? 0,
      writtenAt: this.#now(),
      columns: columns.map((name, at) => ({ name, number: at + 1, acl: [] })),
    };
    if (this.#find(object) !== undefined) {
      throw new SqlError('42710', `${object.class} "${object.name}" already exists`);
    }
    this.all.push(object);
    return object;
  }

  get(named: Named): FakeObject {
    const found = this.#find(named);
    if (found !== undefined) return found;
    // a parameter has no row until somebody is given a right to it
    if (named.class === 'parameter') return this.add({ ...named, owner: undefined });
    throw new SqlError('42704', `${named.class} "${named.name}" does not exist`);
  }

  rename(named: Named, to: string): void {
    const object = this.get(named);
    const before = object.name;
    object.writtenAt = this.#now();
    object.name = to;
    if (object.class !== 'schema') return;
    for (const one of [...this.all, ...this.defaults]) if (one.space === before) one.space = to;
  }

  drop(named: Named): void {
    const object = this.get(named);
    this.all.splice(this.all.indexOf(object), 1);
    if (object.class !== 'schema') return;
    const left = this.defaults.filter(({ space }) => space !== object.name);
    this.defaults.splice(0, this.defaults.length, ...left);
  }

  /** Entries of the object, or of one of its columns. */
  grant(named: Named, entries: readonly FakeEntry[], column?: string): void {
    const acl = this.#aclOf(named, column);
    for (const entry of entries) {
      const before = acl.findIndex((one) => same(one, entry));
      if (before === -1) acl.push(entry);
      else acl[before] = { ...entry, grantable: entry.grantable || acl[before]?.grantable === true };
    }
  }

  revoke(named: Named, entries: readonly Omit<FakeEntry, 'grantable'>[], column?: string): void {
    const acl = this.#aclOf(named, column);
    const left = acl.filter((one) => !entries.some((entry) => same(one, entry)));
    acl.splice(0, acl.length, ...left);
    if (column !== undefined) return;
    // with a right to a table those to its columns go
    for (const one of this.get(named).columns) {
      const kept = one.acl.filter((held) => !entries.some((entry) => same(held, entry)));
      one.acl.splice(0, one.acl.length, ...kept);
    }
  }

  /** What an object says of itself where nobody has said anything. */
  entriesOf(object: FakeObject): readonly FakeEntry[] {
    if (object.acl !== undefined) return object.acl;
    return builtIn(object.class, object.owner ?? 10);
  }

  /** What a role's future objects of a class give, in every schema or by what is said for one alone. */
  defaultsOf(role: number, of: string, space: string | undefined): readonly FakeEntry[] {
    const said = this.defaults.find((one) => one.role === role && one.of === of && one.space === space);
    return said?.acl ?? (space === undefined ? builtIn(of, role) : []);
  }

  /** `ALTER DEFAULT PRIVILEGES`: what is as it comes has no row. */
  changeDefaults(
    role: number,
    of: string,
    space: string | undefined,
    change: (acl: FakeEntry[]) => FakeEntry[],
  ) {
    const before = this.defaults.find((one) => one.role === role && one.of === of && one.space === space);
    const acl = change([...this.defaultsOf(role, of, space)]);
    const comes = space === undefined ? builtIn(of, role) : [];
    const plain = acl.length === comes.length && acl.every((one) => comes.some((other) => same(one, other)));
    if (before !== undefined) Object.assign(before, { acl, writtenAt: this.#now() });
    else if (!plain) {
      this.defaults.push({ oid: this.#nextOid(), role, of, space, acl, writtenAt: this.#now() });
    }
    if (before !== undefined && plain) this.defaults.splice(this.defaults.indexOf(before), 1);
  }

  /** Takes from a role whatever it was given, and drops what it owns. */
  dropOwned(role: number): void {
    const left = this.all.filter((one) => one.owner !== role || waits(one));
    this.all.splice(0, this.all.length, ...left);
    const said = this.defaults.map((one) => ({ ...one, owner: one.role }));
    for (const { owner, of, space } of said) {
      this.changeDefaults(owner, of, space, (acl) =>
        owner === role
          ? [...(space === undefined ? builtIn(of, role) : [])]
          : acl.filter(({ grantee }) => grantee !== role),
      );
    }
    for (const object of left) {
      object.acl = object.acl?.filter((one) => one.grantee !== role);
      for (const column of object.columns) {
        const kept = column.acl.filter((one) => one.grantee !== role);
        column.acl.splice(0, column.acl.length, ...kept);
      }
    }
  }

  /** What keeps a role from being dropped. */
  heldBy(role: number): string | undefined {
    const found = this.all.find(
      (one) =>
        (one.owner === role && !waits(one)) ||
        [...(one.acl ?? []), ...one.columns.flatMap(({ acl }) => acl)].some(
          ({ grantee }) => grantee === role,
        ),
    );
    if (found !== undefined) return `${found.class} ${found.name}`;
    const said = this.defaults.find(
      (one) => one.role === role || one.acl.some(({ grantee }) => grantee === role),
    );
    return said === undefined ? undefined : `default privileges on new ${said.of}s`;
  }

  #find({ class: of, space, name, args }: Named): FakeObject | undefined {
    return this.all.find(
      (one) => one.class === of && one.space === space && one.name === name && one.args === args,
    );
  }

  #aclOf(named: Named, column: string | undefined): FakeEntry[] {
    const object = this.get(named);
    object.writtenAt = this.#now();
    if (column === undefined) {
      object.acl ??= [...this.entriesOf(object)];
      return object.acl;
    }
    const found = object.columns.find((one) => one.name === column);
    if (found === undefined) {
      throw new SqlError('42703', `column "${column}" of relation "${object.name}" does not exist`);
    }
    return found.acl;
  }
}

const same = (a: Omit<FakeEntry, 'grantable'>, b: Omit<FakeEntry, 'grantable'>) =>
  a.grantee === b.grantee && a.privilege === b.privilege;

/** A prepared transaction keeps nobody from dropping its role. */
const waits = ({ class: of }: FakeObject) => of === 'prepared-transaction';

/** What the class gives by itself. */
function builtIn(of: string, owner: number): readonly FakeEntry[] {
  const { everybody = [], all = [] } = byClass[of] ?? {};
  const entry = (grantee: number) => (privilege: string) => ({ grantee, privilege, grantable: false });
  return [...everybody.map(entry(0)), ...all.map(entry(owner))];
}
