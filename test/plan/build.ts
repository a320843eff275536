import { z } from 'zod';
import type { AnyConnector, Kind } from '../../src/connector.ts';
import type { GrantRecord } from '../../src/model/grant.ts';
import type { Planning } from '../../src/plan/target.ts';
import { dossier } from '../judge/build.ts';

const token: Kind<unknown> = {
  kind: 'vault/token',
  title: 'token',
  role: 'credential',
  ref: z.strictObject({ accessor: z.string().optional() }),
  example: {},
  needed: ['accessor'],
  id: (ref) => z.object({ accessor: z.string().optional() }).parse(ref).accessor,
  label: (ref) => JSON.stringify(ref),
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: () => 'revoke it',
};

const check = (id: string, method: 'lookup' | 'introspect' | 'probe') => ({
  id,
  title: id,
  of: token,
  claim: 'authenticates' as const,
  decides: true,
  method,
  needs: ['read'] as const,
  docs: 'https://example.test/',
  effects: [],
  applies: ({ hasSecret }: { hasSecret: boolean }) => method === 'lookup' || hasSecret,
  observe: () => Promise.reject(new Error('not asked here')),
});

export const vault: AnyConnector = {
  apiVersion: 1,
  id: 'vault',
  title: 'vault',
  config: z.unknown(),
  points: () => ['a', 'b'],
  host: () => ({ protocol: 'http:', host: '127.0.0.1', port: 1, allowInsecure: false }),
  reads: [],
  connect: () => ({}),
  close: () => Promise.resolve(),
  identify: () => Promise.reject(new Error('not asked here')),
  kinds: [token],
  checks: [
    check('vault/lookup', 'lookup'),
    check('vault/introspect', 'introspect'),
    check('vault/probe', 'probe'),
  ],
  without: { sweep: 'a token is all there is', hunt: 'no token makes another' },
  policy: () => '',
};

const limits = { requestsPerSecond: 1, concurrency: 1, timeoutMs: 1 };
export const planning: Planning = {
  configuration: {
    systems: new Map([
      ['prod', { name: 'prod', connector: 'vault', config: {}, limits }],
      ['db', { name: 'db', connector: 'postgres', config: {}, limits }],
    ]),
  },
  connector: (id) => (id === 'vault' ? { connector: vault, origin: 'builtin' } : undefined),
  policy: dossier().policy,
  now: '2026-11-22T09:05:00Z',
};

export function grant(over: Partial<GrantRecord> = {}): GrantRecord {
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'g1', labels: {} },
    subject: {
      kind: 'agent',
      id: 'bot',
      accounts: [
        { system: 'prod', id: 'entity-1' },
        { system: 'db', id: '7' },
      ],
    },
    approvals: [],
    validity: { from: '2026-11-22T08:00:00Z', until: '2026-11-22T10:00:00Z' },
    revocation: { at: '2026-11-22T09:00:00Z' },
    systems: [{ system: 'prod', required: true }],
    credentials: [{ id: 'c1', kind: 'vault/token', system: 'prod', ref: { accessor: 'a1' } }],
    entitlements: [],
    placements: [],
    source: { file: 'g.yaml', directory: '/' },
    ...over,
  };
}
