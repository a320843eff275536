/** Bodies as OpenBao 2.6.1 sends them. */
import { randomUUID } from 'node:crypto';
import type { FakeLease, FakeToken, FakeWorld } from './world.ts';

export interface Said {
  readonly status: number;
  /** undefined: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const data = (inner: unknown, warnings: readonly string[] = [], auth: unknown = null): Said => ({
  status: 200,
  body: {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: inner,
    wrap_info: null,
    warnings: warnings.length === 0 ? null : warnings,
    auth,
  },
});
/** Some endpoints say it twice: in `data`, and beside it. */
export function twice(inner: Readonly<Record<string, unknown>>): Said {
  const { status, body } = data(inner);
  return { status, body: Object.assign({}, inner, body) };
}
export const done: Said = { status: 204 };
export const errors = (status: number, ...texts: readonly string[]): Said => ({
  status,
  body: { errors: texts },
});
export const wrapped = (status: number, text: string): Said =>
  errors(status, `1 error occurred:\n\t* ${text}\n\n`);

export const instant = (at: number): string => new Date(at).toISOString().replace(/Z$/, '000000Z');
const seconds = (ms: number): number => Math.floor(ms / 1_000);

export function tokenData(world: FakeWorld, token: FakeToken): Record<string, unknown> {
  return {
    accessor: token.accessor,
    creation_time: seconds(token.createdAt),
    creation_ttl: token.ttl,
    display_name: token.displayName,
    entity_id: token.entityId,
    expire_time: token.expiresAt === undefined ? null : instant(token.expiresAt),
    explicit_max_ttl: 0,
    id: token.value,
    issue_time: instant(token.createdAt),
    meta: token.meta,
    ...(token.namespace.path === '' ? {} : { namespace_path: `${token.namespace.path}/` }),
    num_uses: token.numUses,
    orphan: token.parent === undefined,
    path: token.path,
    ...(token.period === 0 ? {} : { period: token.period }),
    policies: token.policies,
    renewable: token.renewable,
    ttl: token.expiresAt === undefined ? 0 : seconds(token.expiresAt - world.now()),
    type: token.type,
  };
}

export function leaseData(world: FakeWorld, lease: FakeLease): Record<string, unknown> {
  return {
    expire_time: lease.expiresAt === undefined ? null : instant(lease.expiresAt),
    id: lease.id,
    issue_time: instant(lease.issuedAt),
    last_renewal: null,
    ...(lease.namespace.path === '' ? {} : { namespace_path: `${lease.namespace.path}/` }),
    path: lease.path,
    renewable: lease.renewable,
    ...(lease.revokeError === undefined ? {} : { revoke_error: lease.revokeError }),
    ttl: lease.expiresAt === undefined ? 0 : leftOf(lease, world.now()),
  };
}

function leftOf(lease: FakeLease, now: number): number {
  const left = seconds((lease.expiresAt ?? now) - now);
  // while it is tried again the server shows no time left; what has gone over counts once it gave up
  return lease.revokeError === undefined ? Math.max(0, left) : left;
}

export function authData(token: FakeToken): Record<string, unknown> {
  return {
    client_token: token.value,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.meta,
    lease_duration: token.ttl,
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: token.type,
    orphan: token.parent === undefined,
    mfa_requirement: null,
    num_uses: token.numUses,
  };
}

export function health(world: FakeWorld): Said {
  const { state } = world;
  const body = {
    initialized: state !== 'uninitialised',
    sealed: state === 'sealed' || state === 'uninitialised',
    standby: state !== 'active' && state !== 'dr-secondary',
    ...(state === 'performance-standby' ? { performance_standby: true } : {}),
    replication_performance_mode: state === 'active' ? 'disabled' : 'unknown',
    replication_dr_mode: state === 'dr-secondary' ? 'secondary' : 'disabled',
    server_time_utc: seconds(world.now()),
    version: '2.6.1',
    ...(state === 'sealed' || state === 'uninitialised'
      ? {}
      : { cluster_name: 'vault-cluster-fake', cluster_id: world.clusterId }),
  };
  const statuses = {
    active: 200,
    standby: 429,
    'performance-standby': 473,
    'dr-secondary': 472,
    sealed: 503,
    uninitialised: 501,
  } as const;
  return { status: statuses[state], body };
}
