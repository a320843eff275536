/**
 * The state behind the fake: namespaces, tokens, leases and what time does to them. Shares nothing with
 * the client; its answers are held against a real OpenBao in vault.test.ts.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { FakeAudit } from './audit.ts';

export interface FakeNamespace {
  /** '' is the root namespace. */
  readonly path: string;
  readonly id: string;
  readonly uuid: string;
}

export interface FakeToken {
  readonly value: string;
  /** '' for batch tokens. */
  readonly accessor: string;
  readonly namespace: FakeNamespace;
  readonly policies: readonly string[];
  readonly type: 'service' | 'batch';
  /** Value of the parent; undefined for orphans. */
  parent: string | undefined;
  readonly path: string;
  readonly displayName: string;
  readonly entityId: string;
  /** What the way to log in says of it. */
  readonly meta: Readonly<Record<string, string>> | null;
  readonly createdAt: number;
  /** Seconds; 0 never ends. */
  readonly ttl: number;
  readonly period: number;
  expiresAt: number | undefined;
  numUses: number;
  readonly renewable: boolean;
}

export interface FakeLease {
  readonly id: string;
  readonly namespace: FakeNamespace;
  readonly path: string;
  readonly issuedAt: number;
  expiresAt: number | undefined;
  renewable: boolean;
  /** Set once the server has given up. */
  revokeError: string | undefined;
  /** Since when its revocation has failed, and the last error. */
  failing: { readonly since: number; readonly error: string } | undefined;
  /** Value of the token that it was made with. */
  readonly owner: string;
  /** Ends what stands behind it in the other system. */
  readonly end: () => Promise<void>;
}

interface FakeAlias {
  readonly id: string;
  readonly mount: string;
  readonly mountAccessor: string;
  readonly type: string;
  readonly name: string;
  /** Ids of the entities that it belonged to before they were merged. */
  readonly from: readonly string[];
  readonly createdAt: number;
}

export interface FakeEntity {
  readonly id: string;
  readonly name: string;
  readonly namespace: FakeNamespace;
  readonly createdAt: number;
  disabled: boolean;
  policies: readonly string[];
  readonly aliases: FakeAlias[];
  /** Ids of those that were merged into it. */
  readonly merged: string[];
}

export interface FakeGroup {
  readonly id: string;
  readonly name: string;
  readonly namespace: FakeNamespace;
  readonly external: boolean;
  readonly createdAt: number;
  /** Ids of entities. */
  members: readonly string[];
  /** Ids of the groups in it. */
  groups: readonly string[];
  policies: readonly string[];
}

interface PolicyDates {
  readonly modifiedAt: number;
  readonly version: number;
  readonly expiresAt: number | undefined;
}

export interface NewToken {
  readonly namespace?: string;
  readonly policies?: readonly string[];
  readonly type?: 'service' | 'batch';
  /** Value of the parent; without it the token is an orphan. */
  readonly parent?: string;
  readonly path?: string;
  readonly displayName?: string;
  /** Of an entity; one that is not known is made. */
  readonly entityId?: string;
  readonly meta?: Readonly<Record<string, string>>;
  /** Seconds; 0 never ends. */
  readonly ttl?: number;
  readonly period?: number;
  readonly numUses?: number;
  readonly renewable?: boolean;
  /** Instead of a random one. */
  readonly value?: string;
}

/** A server gives up on a lease after six tries, ten minutes or so. */
const patience = 600_000;

export const random = (length: number): string => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length] ?? 'A').join('');
};

export class FakeWorld {
  readonly clusterId: string;
  readonly root: FakeNamespace = { path: '', id: 'root', uuid: randomUUID() };
  readonly namespaces = new Map<string, FakeNamespace>([['', this.root]]);
  readonly tokens = new Map<string, FakeToken>();
  readonly leases = new Map<string, FakeLease>();
  /** `<namespace>/<name>` → text. */
  readonly policies = new Map<string, string>();
  readonly policyDates = new Map<string, PolicyDates>();
  readonly entities = new Map<string, FakeEntity>();
  readonly groups = new Map<string, FakeGroup>();
  /** What lies behind a wrapping token, by its value. */
  readonly wrapped = new Map<string, unknown>();
  state: 'active' | 'standby' | 'performance-standby' | 'dr-secondary' | 'sealed' | 'uninitialised' =
    'active';
  /** Its file audit device, where it has one. */
  audit: FakeAudit | undefined;
  /** Entries of the list of accessors that the server cannot read: they are left out with a warning. */
  readonly unreadable = new Set<string>();
  /** Does the list of accessors page, as later servers may? */
  paging = false;
  #ahead = 0;

  constructor(clusterId: string = randomUUID()) {
    this.clusterId = clusterId;
  }

  /** It has been up for an hour. */
  readonly startedAt = Date.now() - 3_600_000;

  now(): number {
    return Date.now() + this.#ahead;
  }

  createNamespace(path: string): FakeNamespace {
    const namespace = { path, id: random(6), uuid: randomUUID() };
    this.namespaces.set(path, namespace);
    return namespace;
  }

  createToken(wanted: NewToken = {}): FakeToken {
    const namespace = this.namespaces.get(wanted.namespace ?? '') ?? this.root;
    const type = wanted.type ?? 'service';
    const ending = namespace.path === '' ? '' : `.${namespace.id}`;
    const ttl = wanted.ttl ?? 2_764_800;
    const createdAt = this.now();
    const token: FakeToken = {
      value: wanted.value ?? `${type === 'batch' ? `b.${random(150)}` : `s.${random(24)}`}${ending}`,
      accessor: type === 'batch' ? '' : `${random(24)}${ending}`,
      namespace,
      policies: wanted.policies ?? ['default'],
      type,
      parent: wanted.parent,
      path: wanted.path ?? 'auth/token/create',
      displayName: wanted.displayName ?? 'token',
      entityId: wanted.entityId ?? '',
      meta: wanted.meta ?? null,
      createdAt,
      ttl: wanted.period ?? ttl,
      period: wanted.period ?? 0,
      expiresAt: (wanted.period ?? ttl) === 0 ? undefined : createdAt + (wanted.period ?? ttl) * 1_000,
      numUses: wanted.numUses ?? 0,
      renewable: wanted.renewable ?? (type === 'service' && (wanted.period ?? ttl) !== 0),
    };
    this.tokens.set(token.value, token);
    const { entityId } = token;
    if (wanted.entityId !== undefined && entityId !== '' && this.entityOf(entityId) === undefined) {
      this.createEntity(namespace, `entity_${random(8)}`, entityId);
    }
    return token;
  }

  createEntity(namespace: FakeNamespace, name: string, id?: string): FakeEntity {
    const ending = namespace.path === '' ? '' : `.${namespace.id}`;
    const entity: FakeEntity = {
      id: id ?? `${randomUUID()}${ending}`,
      name,
      namespace,
      createdAt: this.now(),
      disabled: false,
      policies: [],
      aliases: [],
      merged: [],
    };
    this.entities.set(entity.id, entity);
    return entity;
  }

  /** The text of a policy, until its time is over. */
  policyOf(key: string): string | undefined {
    const { expiresAt = Infinity } = this.policyDates.get(key) ?? {};
    return expiresAt <= this.now() ? undefined : this.policies.get(key);
  }

  /** Groups that the entity is in, and those that these are in. */
  groupsOf(id: string): { readonly direct: readonly FakeGroup[]; readonly inherited: readonly FakeGroup[] } {
    const all = [...this.groups.values()];
    const direct = all.filter((one) => one.members.includes(id));
    const found = new Set(direct);
    for (const group of found) {
      for (const parent of all) if (parent.groups.includes(group.id)) found.add(parent);
    }
    return { direct, inherited: [...found].filter((one) => !direct.includes(one)) };
  }

  /** What the token may by whom it acts for, beside its own policies. */
  policiesOf({ policies, entityId }: FakeToken): readonly string[] {
    const entity = entityId === '' ? undefined : this.entityOf(entityId);
    if (entity === undefined) return policies;
    const { direct, inherited } = this.groupsOf(entity.id);
    return [...policies, ...entity.policies, ...[...direct, ...inherited].flatMap((one) => one.policies)];
  }

  /** The entity that acts under this id: its own, or the one that it was merged into. */
  entityOf(id: string): FakeEntity | undefined {
    return this.entities.get(id) ?? [...this.entities.values()].find((one) => one.merged.includes(id));
  }

  /** Whoever logs in under this name: made at the first login. */
  entityOfAlias(namespace: FakeNamespace, alias: Omit<FakeAlias, 'id' | 'from' | 'createdAt'>): FakeEntity {
    const known = [...this.entities.values()].find((one) =>
      one.aliases.some(
        ({ mountAccessor, name }) => mountAccessor === alias.mountAccessor && name === alias.name,
      ),
    );
    if (known !== undefined) return known;
    const entity = this.createEntity(namespace, `entity_${random(8).toLowerCase()}.${namespace.id}`);
    entity.aliases.push({ ...alias, id: randomUUID(), from: [], createdAt: this.now() });
    return entity;
  }

  /** Is the token taken? Not while its entity is disabled, and not without the entity that it names. */
  usable({ entityId, numUses }: FakeToken): boolean {
    return numUses >= 0 && (entityId === '' || this.entityOf(entityId)?.disabled === false);
  }

  /** A lease that nothing stands behind, unless `end` says what. */
  issueLease(wanted: {
    readonly path: string;
    readonly owner: FakeToken;
    readonly namespace?: FakeNamespace;
    readonly ttl?: number;
    readonly end?: () => Promise<void>;
  }): FakeLease {
    const namespace = wanted.namespace ?? wanted.owner.namespace;
    const issuedAt = this.now();
    const lease: FakeLease = {
      id: `${wanted.path}/${random(24)}${namespace.path === '' ? '' : `.${namespace.id}`}`,
      namespace,
      path: wanted.path,
      issuedAt,
      expiresAt: issuedAt + (wanted.ttl ?? 3_600) * 1_000,
      renewable: true,
      revokeError: undefined,
      failing: undefined,
      owner: wanted.owner.value,
      end: wanted.end ?? (() => Promise.resolve()),
    };
    this.leases.set(lease.id, lease);
    return lease;
  }

  /** Living by the rules of a look-up: batch tokens end with their parent, all end with their time. */
  find(value: string): FakeToken | undefined {
    const token = this.tokens.get(value);
    if (token === undefined) return undefined;
    if (token.type === 'batch' && token.parent !== undefined && !this.tokens.has(token.parent))
      return undefined;
    return token;
  }

  byAccessor(accessor: string): FakeToken | undefined {
    if (accessor === '') return undefined;
    return [...this.tokens.values()].find((token) => token.accessor === accessor);
  }

  /** Ends a token, its children and their leases; orphans and their leases stay. */
  async revokeToken(token: FakeToken): Promise<void> {
    for (const child of [...this.tokens.values()].filter((one) => one.parent === token.value)) {
      await this.revokeToken(child);
    }
    await this.#remove(token);
  }

  /** Ends a token and leaves its children without a parent. Batch children have none to fall back on. */
  async revokeOrphan(token: FakeToken): Promise<void> {
    for (const child of this.tokens.values()) {
      if (child.parent === token.value && child.type === 'service') child.parent = undefined;
    }
    await this.#remove(token);
  }

  async #remove(token: FakeToken): Promise<void> {
    this.tokens.delete(token.value);
    for (const lease of [...this.leases.values()].filter((one) => one.owner === token.value)) {
      await this.expireLease(lease);
    }
  }

  /** At once and aloud: an error leaves the lease as it was. */
  async revokeLease(lease: FakeLease): Promise<void> {
    await lease.end();
    this.leases.delete(lease.id);
  }

  /** In the background: an error leaves a record without time that is tried again. */
  async expireLease(lease: FakeLease): Promise<void> {
    try {
      await this.revokeLease(lease);
    } catch (error) {
      const now = this.now();
      lease.failing ??= { since: now, error: textOf(error) };
      lease.expiresAt = Math.min(lease.expiresAt ?? now, now);
      lease.renewable = false;
      if (now - lease.failing.since >= patience) lease.revokeError = `out of retries: ${textOf(error)}`;
    }
  }

  /** Lets time go by: what is due ends, what failed is tried again. */
  async tick(seconds: number): Promise<void> {
    this.#ahead += seconds * 1_000;
    await this.settle();
  }

  /** Ends what is due. */
  async settle(): Promise<void> {
    const due = (at: number | undefined): boolean => at !== undefined && at <= this.now();
    for (const token of [...this.tokens.values()].filter((one) => due(one.expiresAt))) {
      if (this.tokens.has(token.value)) await this.revokeToken(token);
    }
    for (const lease of [...this.leases.values()].filter((one) => due(one.expiresAt))) {
      if (lease.revokeError === undefined) await this.expireLease(lease);
    }
  }

  /** Everything that a read must not change, in one comparable text. */
  snapshot(): string {
    return JSON.stringify([
      [...this.tokens.values()],
      [...this.leases.values()],
      [...this.policies],
      [...this.entities.values()],
      [...this.groups.values()],
      [...this.namespaces],
    ]);
  }
}

/** The server's own words for an error of PostgreSQL. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string'
    ? `ERROR: ${error.message} (SQLSTATE ${error.code})`
    : error.message;
}
