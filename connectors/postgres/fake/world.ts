import { FakeCron } from './jobs.ts';
import { FakeObjects } from './objects.ts';
import { SqlError } from './protocol.ts';

export interface FakeRole {
  oid: number;
  name: string;
  password: string | undefined;
  login: boolean;
  superuser: boolean;
  createrole: boolean;
  createdb: boolean;
  replication: boolean;
  bypassrls: boolean;
  inherit: boolean;
  /** -1: no limit. */
  connections: number;
  /** Milliseconds since the epoch; Infinity for `infinity`. */
  validUntil: number | undefined;
}

export interface FakeMembership {
  readonly oid: number;
  /** Who granted it. */
  readonly grantor: number;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
  readonly role: number;
  readonly member: number;
  inherit: boolean;
  set: boolean;
  admin: boolean;
}

export interface FakeSession {
  readonly pid: number;
  /** The OID that logged in, for ever; undefined for the server's own processes. */
  readonly roleOid: number | undefined;
  readonly startedAt: number;
  readonly type: string;
  readonly database: string | undefined;
  readonly from: string | undefined;
  /** What `SET ROLE` made of it: seen by nobody else. */
  current: number | undefined;
}

export interface FakeStream {
  readonly does: 'sends' | 'receives';
  readonly name: string;
  readonly slot: string | null;
  readonly state: string;
  readonly address: string;
}

export interface FakeRule {
  readonly type: 'local' | 'host' | 'hostssl';
  readonly databases: readonly string[];
  readonly users: readonly string[];
  readonly method: string;
  readonly error?: string;
}

/** Whatever PUBLIC may do unless it was revoked, and what it may not. */
export type Permission =
  | `SELECT ${(typeof catalogs)[number]}`
  | 'EXECUTE pg_control_system'
  | 'EXECUTE pg_prepared_xact'
  | 'EXECUTE pg_hba_file_rules';

export type RoleChange = Partial<Omit<FakeRole, 'oid'>>;
export type NewRole = Partial<FakeRole> & { readonly in?: readonly string[] };

/** What everybody may read. */
export const catalogs = [
  'pg_roles',
  'pg_auth_members',
  'pg_stat_activity',
  'pg_class',
  'pg_attribute',
  'pg_namespace',
  'pg_database',
  'pg_proc',
  'pg_type',
  'pg_language',
  'pg_tablespace',
  'pg_foreign_server',
  'pg_foreign_data_wrapper',
  'pg_largeobject_metadata',
  'pg_parameter_acl',
  'pg_default_acl',
  'pg_settings',
  'pg_rewrite',
  'pg_trigger',
  'pg_policy',
  'pg_event_trigger',
  'pg_publication',
  'pg_stat_subscription',
  'pg_user_mappings',
  'pg_replication_slots',
  'pg_prepared_xacts',
  'pg_stat_replication',
  'pg_stat_wal_receiver',
  'pg_extension',
] as const;

const readAllSettings = 3374;

const readAllStats = 3375;

/** A cluster: roles, memberships, sessions, rules and a clock. What anybody may see follows from it. */
export class FakeWorld {
  readonly roles: FakeRole[] = [];
  readonly memberships: FakeMembership[] = [];
  readonly sessions: FakeSession[] = [];
  readonly objects: FakeObjects;
  readonly cron = new FakeCron();
  rules: FakeRule[] = [
    { type: 'local', databases: ['all'], users: ['all'], method: 'scram-sha-256' },
    { type: 'host', databases: ['all'], users: ['all'], method: 'scram-sha-256' },
    { type: 'host', databases: ['replication'], users: ['all'], method: 'scram-sha-256' },
  ];
  databases = ['postgres', 'app'];
  systemIdentifier: string;
  inRecovery = false;
  /** Who takes its log, and whose it takes. */
  readonly streams: FakeStream[] = [];
  /** Milliseconds since the epoch. */
  now: () => number;
  /** `track_commit_timestamp` */
  keepsInstants = true;
  /** Who holds a permission by a grant of its own; `public` for everybody. */
  readonly #granted = new Map<Permission, Set<number | 'public'>>([
    ...catalogs.map((name) => [`SELECT ${name}` as const, new Set<number | 'public'>(['public'])] as const),
    ['EXECUTE pg_control_system', new Set(['public'])],
    ['EXECUTE pg_prepared_xact', new Set(['public'])],
    ['EXECUTE pg_hba_file_rules', new Set()],
  ]);
  #nextOid = 16_384;
  #nextPid = 4_000;

  constructor(options: { systemIdentifier: string; now: () => number }) {
    this.systemIdentifier = options.systemIdentifier;
    this.now = options.now;
    this.objects = new FakeObjects(
      () => this.#nextOid++,
      () => this.now(),
    );
    this.createRole('postgres', {
      oid: 10,
      superuser: true,
      createrole: true,
      createdb: true,
      replication: true,
      bypassrls: true,
      login: true,
      password: 'only-for-tests',
    });
    for (const [name, oid] of builtIn) this.createRole(name, { oid });
    for (const role of ['pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables']) {
      this.grant(role, 'pg_monitor');
    }
    for (const type of ['checkpointer', 'background writer', 'walwriter', 'autovacuum launcher']) {
      this.#addSession({ roleOid: undefined, type });
    }
    this.#addSession({ roleOid: 10, type: 'logical replication launcher' });
  }

  role(name: string): FakeRole {
    const found = this.roles.find((one) => one.name === name);
    if (found === undefined) throw new SqlError('42704', `role "${name}" does not exist`, 'get_role_oid');
    return found;
  }

  createRole(name: string, options: NewRole = {}): FakeRole {
    if (this.roles.some((one) => one.name === name)) {
      throw new SqlError('42710', `role "${name}" already exists`, 'CreateRole');
    }
    const { in: groups = [], ...given } = options;
    const role: FakeRole = {
      oid: this.#nextOid++,
      name,
      password: undefined,
      login: false,
      superuser: false,
      createrole: false,
      createdb: false,
      replication: false,
      bypassrls: false,
      inherit: true,
      connections: -1,
      validUntil: undefined,
      ...given,
    };
    this.roles.push(role);
    for (const group of groups) this.grant(group, name);
    return role;
  }

  dropRole(name: string): void {
    const { oid } = this.role(name);
    const held = this.objects.heldBy(oid);
    if (held !== undefined) {
      throw new SqlError(
        '2BP01',
        `role "${name}" cannot be dropped because some objects depend on it: ${held}`,
        'DropRole',
      );
    }
    remove(this.roles, (one) => one.oid === oid);
    remove(this.memberships, (one) => one.role === oid || one.member === oid);
    for (const holders of this.#granted.values()) holders.delete(oid);
  }

  alterRole(name: string, change: RoleChange): void {
    Object.assign(this.role(name), change);
  }

  grant(
    role: string,
    member: string,
    options: Partial<Pick<FakeMembership, 'inherit' | 'set' | 'admin' | 'grantor'>> = {},
  ): void {
    const pair = { role: this.role(role).oid, member: this.role(member).oid };
    const before = this.memberships.find((one) => one.role === pair.role && one.member === pair.member);
    remove(this.memberships, (one) => one === before);
    this.memberships.push({
      ...pair,
      oid: before?.oid ?? (pair.role < 16_384 && pair.member < 16_384 ? 10_308 : this.#nextOid++),
      grantor: 10,
      writtenAt: this.now(),
      inherit: this.role(member).inherit,
      set: true,
      admin: false,
      ...options,
    });
  }

  revoke(role: string, member: string): void {
    const pair = { role: this.role(role).oid, member: this.role(member).oid };
    remove(this.memberships, (one) => one.role === pair.role && one.member === pair.member);
  }

  /** @param role a role's name, or `public` for everybody. */
  permit(permission: Permission, role: string): void {
    this.#granted.get(permission)?.add(role === 'public' ? role : this.role(role).oid);
  }

  deny(permission: Permission, role: string): void {
    this.#granted.get(permission)?.delete(role === 'public' ? role : this.role(role).oid);
  }

  may(oid: number, permission: Permission): boolean {
    const holders = this.#granted.get(permission);
    return (
      this.isSuperuser(oid) ||
      holders?.has('public') === true ||
      [...this.privilegesOf(oid)].some((one) => holders?.has(one))
    );
  }

  /** Does it see what sessions of other roles do? */
  readsAllStats(oid: number): boolean {
    return this.isSuperuser(oid) || this.privilegesOf(oid).has(readAllStats);
  }

  /** Does it see settings that are not for everybody? */
  readsAllSettings(oid: number): boolean {
    return this.isSuperuser(oid) || this.privilegesOf(oid).has(readAllSettings);
  }

  isSuperuser(oid: number): boolean {
    return this.roles.some((one) => one.oid === oid && one.superuser);
  }

  /** The role itself and all whose rights it inherits. */
  privilegesOf(oid: number): Set<number> {
    return closure(oid, (at) =>
      this.memberships.filter((one) => one.member === at && one.inherit).map((one) => one.role),
    );
  }

  /** The role itself and all that it is in, whichever the options. */
  groupsOf(oid: number): Set<number> {
    return closure(oid, (at) => this.memberships.filter((one) => one.member === at).map((one) => one.role));
  }

  /** The rule by which a login is decided: the first that fits. */
  ruleFor(role: FakeRole, database: string): FakeRule | undefined {
    return this.rules.find(
      (rule) =>
        rule.error === undefined &&
        rule.type !== 'local' &&
        rule.databases.some((name) => name === 'all' || name === database) &&
        rule.users.some((user) => this.isNamed(role, user)),
    );
  }

  /** `all`, a name, `+group` or `/pattern`, as in `pg_hba.conf`. */
  isNamed(role: FakeRole, user: string): boolean {
    if (user === 'all' || user === role.name) return true;
    if (user.startsWith('/')) return new RegExp(user.slice(1)).test(role.name);
    if (!user.startsWith('+')) return false;
    const group = this.roles.find((one) => one.name === user.slice(1));
    return group !== undefined && this.groupsOf(role.oid).has(group.oid);
  }

  openSession(
    name: string,
    options: { database?: string; type?: string; startedAt?: number } = {},
  ): FakeSession {
    const { database = 'postgres', type = 'client backend', startedAt } = options;
    return this.#addSession({ roleOid: this.role(name).oid, type, database, from: '127.0.0.1', startedAt });
  }

  setRole(pid: number, name: string): void {
    const session = this.sessions.find((one) => one.pid === pid);
    if (session !== undefined) session.current = this.role(name).oid;
  }

  closeSession(pid: number): void {
    remove(this.sessions, (one) => one.pid === pid);
  }

  #addSession(given: {
    roleOid: number | undefined;
    type: string;
    database?: string | undefined;
    from?: string | undefined;
    startedAt?: number | undefined;
  }): FakeSession {
    const { roleOid, type, database, from, startedAt = this.now() } = given;
    const session = { pid: this.#nextPid++, roleOid, startedAt, type, database, from, current: undefined };
    this.sessions.push(session);
    return session;
  }
}

/** Made by initdb, under OIDs that are the same everywhere. */
const builtIn = [
  ['pg_monitor', 3373],
  ['pg_read_all_settings', readAllSettings],
  ['pg_read_all_stats', readAllStats],
  ['pg_stat_scan_tables', 3377],
  ['pg_signal_backend', 4200],
  ['pg_read_server_files', 4569],
  ['pg_write_server_files', 4570],
  ['pg_execute_server_program', 4571],
  ['pg_create_subscription', 6304],
  ['pg_database_owner', 6171],
  ['pg_read_all_data', 6181],
  ['pg_write_all_data', 6182],
  ['pg_maintain', 6337],
] as const;

function closure(from: number, next: (at: number) => readonly number[]): Set<number> {
  const reached = new Set([from]);
  for (const at of reached) for (const one of next(at)) reached.add(one);
  return reached;
}

function remove<T>(list: T[], gone: (one: T) => boolean): void {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const one = list[at];
    if (one !== undefined && gone(one)) list.splice(at, 1);
  }
}
