import fc from 'fast-check';
import { startFakePostgres } from '../../connectors/postgres/postgres.fake.ts';
import type { FakePostgres } from '../../connectors/postgres/postgres.fake.ts';
import { startFakeVault } from '../../connectors/vault/vault.fake.ts';
import type { FakeToken, FakeVault } from '../../connectors/vault/vault.fake.ts';
import type { AnyConnector } from '../../src/connector.ts';
import { Secret } from '../../src/connector.ts';
import type { Configuration } from '../../src/model/config.ts';
import type { CredentialRecord, EntitlementRecord, GrantRecord } from '../../src/model/grant.ts';
import type { VerdictWord } from '../../src/model/report.ts';
import { builtIn } from '../../src/registry.ts';

/** What became of each thing that the grant gave. The verdict beside it is the world's, not the tool's. */
export const fates = {
  token: {
    revoked: 'gone',
    standing: 'live',
    'revoked, orphan left': 'gone',
    'standing, child made': 'live',
  },
  batch: { 'parent ended': 'gone', orphan: 'live' },
  lease: {
    revoked: 'gone',
    standing: 'live',
    retrying: 'live',
    irrevocable: 'live',
    'revoked, nobody named': 'unproven',
  },
  role: {
    dropped: 'gone',
    standing: 'live',
    nologin: 'dormant',
    'no connections': 'dormant',
    expired: 'dormant',
    renamed: 'live',
    'dropped, session open': 'gone',
    'dropped, made again': 'unproven',
    'no oid in the record': 'unproven',
  },
  membership: { revoked: 'gone', direct: 'live', nested: 'live', 'without options': 'dormant' },
  session: { closed: 'gone', open: 'live', 'open as another role': 'live' },
} as const satisfies Record<string, Record<string, VerdictWord>>;

export type Thing = {
  [K in keyof typeof fates]: { kind: K; fate: keyof (typeof fates)[K] & string };
}[keyof typeof fates];

const thing = fc.oneof(
  ...Object.entries(fates).map(([kind, of]) =>
    fc.constantFrom(...Object.keys(of)).map((fate) => ({ kind, fate }) as Thing),
  ),
);

/** A grant of some things, in a world with so many others. */
export const worlds = fc.record({
  things: fc.array(thing, { minLength: 1, maxLength: 4 }),
  crowd: fc.nat(2),
});
export const cleanWorlds = fc.record({
  things: fc.array(
    fc.oneof(
      ...Object.entries(fates).map(([kind, of]) =>
        fc
          .constantFrom(
            ...Object.entries(of).filter(
              ([fate, word]) => word === 'gone' && !/orphan left|session open/.test(fate),
            ),
          )
          .map(([fate]) => ({ kind, fate }) as Thing),
      ),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  crowd: fc.nat(20),
});

/** What each declared target is, and how many other ways in were left to be found. */
export interface Truth {
  readonly targets: ReadonlyMap<string, VerdictWord>;
  readonly leftBehind: number;
}

export interface World {
  readonly vault: FakeVault;
  readonly postgres: FakePostgres;
  readonly grant: GrantRecord;
  readonly configuration: Configuration;
  readonly truth: Truth;
  readonly verifier: FakeToken;
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

interface Building {
  readonly vault: FakeVault;
  readonly postgres: FakePostgres;
  readonly credentials: CredentialRecord[];
  readonly entitlements: EntitlementRecord[];
  readonly targets: Map<string, VerdictWord>;
  readonly secrets: string[];
  leftBehind: number;
}

/** @param timeoutMs of one request: short where a fault may hang */
export async function build(
  { things, crowd }: { things: readonly Thing[]; crowd: number },
  timeoutMs = 5_000,
): Promise<World> {
  const postgres = await startFakePostgres();
  const vault = await startFakeVault();
  const building: Building = {
    vault,
    postgres,
    credentials: [],
    entitlements: [],
    targets: new Map(),
    secrets: [],
    leftBehind: 0,
  };
  // long before the grant, as policies are
  vault.world.policies.set('/agent', 'path "kv/*" { capabilities = ["read"] }');
  vault.world.policyDates.set('/agent', { modifiedAt: 0, version: 1, expiresAt: undefined });
  vault.world.entities.set('entity-1', {
    id: 'entity-1',
    name: 'bot',
    namespace: vault.world.root,
    createdAt: 0,
    disabled: false,
    policies: ['agent'],
    aliases: [],
    merged: [],
  });
  surround(building, crowd);
  for (const [index, one] of things.entries()) await add(building, one, index);
  surround(building, crowd);

  const verifier = vault.world.createToken({ policies: ['verifier'], ttl: 3_600 });
  const url = postgres.url('tombstone_verifier', 'verifier-password');
  await permit(vault, postgres);
  building.secrets.push(verifier.value, 'verifier-password');
  const { credentials, entitlements } = building;
  return {
    vault,
    postgres,
    verifier,
    secrets: building.secrets,
    truth: { targets: building.targets, leftBehind: building.leftBehind },
    configuration: configured(
      { address: vault.address, token: new Secret('env:T', verifier.value) },
      { url: new Secret('env:U', url) },
      timeoutMs,
    ),
    grant: recordOf(credentials, entitlements),
    async stop() {
      await vault.stop();
      await postgres.stop();
    },
  };
}

/** Others, before and after: nothing of theirs is the subject's. */
function surround({ vault, postgres }: Building, crowd: number): void {
  for (let index = 0; index < crowd; index += 1) {
    const name = `other_${postgres.world.roles.length}`;
    postgres.world.createRole(name, { login: true });
    postgres.world.openSession(name);
    const login = vault.world.createToken({ path: 'auth/approle/login', policies: ['other'] });
    vault.world.createToken({ parent: login.value, policies: ['other'] });
    vault.world.createToken({ entityId: 'another-entity', policies: ['agent'] });
    vault.world.issueLease({ path: 'database/creds/other', owner: login });
  }
}

type Adding = Building & { readonly id: string; readonly name: string };

async function add(building: Building, { kind, fate }: Thing, index: number): Promise<void> {
  const id = `t${index}`;
  const adding = { ...building, id, name: `jit_${index}` };
  building.targets.set(id, (fates[kind] as Record<string, VerdictWord>)[fate] ?? 'unproven');
  building.leftBehind += /orphan left|session open/.test(fate) ? 1 : 0;
  await adders[kind](adding, fate);
}

const agent = { policies: ['agent', 'default'], entityId: 'entity-1', path: 'auth/approle/login' };

const adders: Record<Thing['kind'], (adding: Adding, fate: string) => Promise<void>> = {
  async token({ vault: { world }, credentials, secrets, id }, fate) {
    const token = world.createToken(agent);
    secrets.push(token.value);
    const ref = { accessor: token.accessor, policies: ['agent'], entityId: 'entity-1' };
    credentials.push({ id, kind: 'vault/token', system: 'vault', ref });
    if (fate.includes('child'))
      world.createToken({ parent: token.value, policies: ['agent'], entityId: 'entity-1' });
    if (fate.includes('orphan')) world.createToken({ policies: ['agent'], entityId: 'entity-1' });
    if (fate.startsWith('revoked')) await world.revokeToken(token);
  },
  async batch({ vault: { world }, credentials, secrets, id }, fate) {
    const parent = world.createToken(agent);
    const token = world.createToken({
      ...agent,
      type: 'batch',
      ...(fate === 'orphan' ? {} : { parent: parent.value }),
    });
    secrets.push(token.value);
    const sha256 = await digest(token.value);
    const secret = new Secret(`env:TOMBSTONE_SUBJECT_${id}`, token.value);
    credentials.push({
      id,
      kind: 'vault/token',
      system: 'vault',
      ref: { sha256, policies: ['agent'] },
      secret,
    });
    await world.revokeToken(parent);
  },
  async lease({ vault: { world }, postgres, credentials, id, name }, fate) {
    // handed out by the broker: the subject never had the token that asked for it
    const fails = fate === 'retrying' || fate === 'irrevocable';
    const end = () => (fails ? Promise.reject(new Error('cannot be dropped')) : Promise.resolve());
    const lease = world.issueLease({
      path: 'database/creds/readonly',
      owner: world.createToken({ policies: ['broker'] }),
      end,
    });
    credentials.push({ id, kind: 'vault/lease', system: 'vault', ref: { leaseId: lease.id } });
    if (fate !== 'standing') await world.expireLease(lease);
    if (fate === 'irrevocable') lease.revokeError = 'out of retries';
    if (fate.includes('nobody')) return;
    // the role behind it is a target of its own, with a fate of its own: here it is gone
    const issued = `v-token-${name}-9FkAvRXbAZQUSv8qZu0c-${Math.floor(postgres.world.now() / 1000)}`;
    const { oid } = postgres.world.createRole(issued, { login: true });
    postgres.world.dropRole(issued);
    const ref = { name: issued, oid, attributes: [] };
    credentials.push({ id: `${id}-role`, kind: 'postgres/role', system: 'db', ref, derivedFrom: id });
  },
  async role({ postgres: { world }, credentials, id, name }, fate) {
    const { oid } = world.createRole(name, { login: true, password: 'x' });
    const ref = { name, ...(fate === 'no oid in the record' ? {} : { oid }), attributes: [] };
    credentials.push({ id, kind: 'postgres/role', system: 'db', ref });
    if (fate.includes('session')) world.openSession(name);
    if (fate.startsWith('dropped') || fate.startsWith('no oid')) world.dropRole(name);
    if (fate.endsWith('again')) world.createRole(name, { login: true });
    if (fate === 'nologin') world.alterRole(name, { login: false });
    if (fate === 'no connections') world.alterRole(name, { connections: 0 });
    if (fate === 'expired') world.alterRole(name, { validUntil: Date.parse('2001-01-01T00:00:00Z') });
    if (fate === 'renamed') world.alterRole(name, { name: `${name}_new` });
  },
  async membership({ postgres: { world }, entitlements, id, name }, fate) {
    const group = world.createRole(`${name}_group`);
    const member = world.createRole(`${name}_member`, { login: true });
    const options = fate === 'without options' ? { inherit: false, set: false, admin: false } : {};
    world.grant(group.name, member.name, options);
    if (fate === 'nested') {
      world.createRole(`${name}_between`);
      world.grant(group.name, `${name}_between`);
      world.grant(`${name}_between`, member.name);
    }
    if (fate === 'revoked' || fate === 'nested') world.revoke(group.name, member.name);
    const ref = { role: group.name, roleOid: group.oid, member: member.name, memberOid: member.oid };
    entitlements.push({ id, kind: 'postgres/membership', system: 'db', ref });
  },
  async session({ postgres: { world }, credentials, id, name }, fate) {
    const { oid } = world.createRole(name, { login: true });
    const { pid, startedAt } = world.openSession(name);
    if (fate === 'open as another role') world.setRole(pid, 'pg_monitor');
    if (fate === 'closed') world.closeSession(pid);
    world.dropRole(name);
    const ref = { roleOid: oid, pid, startedAt: new Date(startedAt).toISOString(), attributes: [] };
    credentials.push({ id, kind: 'postgres/session', system: 'db', ref });
  },
};

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Buffer.from(bytes).toString('hex');
}

export function policyOf(id: string): string {
  const connector = builtIn().get(id);
  return connector?.policy(connector.checks.flatMap((check) => check.needs)) ?? '';
}

async function permit(vault: FakeVault, postgres: FakePostgres): Promise<void> {
  await vault.api('POST', 'sys/policies/acl/verifier', { policy: policyOf('vault') });
  postgres.world.createRole('tombstone_verifier', {
    login: true,
    password: 'verifier-password',
    in: ['pg_read_all_stats'],
  });
  postgres.world.permit('EXECUTE pg_hba_file_rules', 'tombstone_verifier');
}

export function configured(vault: object, db: object, timeoutMs: number): Configuration {
  const limits = { requestsPerSecond: 100_000, concurrency: 8, timeoutMs };
  const parsed = (id: string, fields: object) => {
    const connector: AnyConnector | undefined = builtIn().get(id);
    if (connector === undefined) throw new Error(`no connector ${id}`);
    // secrets are given filled: the schema would make empty ones of their references
    const bare = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        value instanceof Secret ? value.reference : (value as unknown),
      ]),
    );
    return { ...(connector.config.parse(bare) as object), ...fields };
  };
  return {
    file: 'tombstone.yaml',
    directory: '/',
    connectors: [],
    policy: {
      failOn: 'unproven',
      allowDormant: false,
      maxEvidenceAge: 'PT15M',
      maxClockSkew: 'PT2M',
      secrets: 'issuer',
      assumedRights: 'accept',
    },
    systems: new Map([
      ['vault', { name: 'vault', connector: 'vault', config: parsed('vault', vault), limits }],
      ['db', { name: 'db', connector: 'postgres', config: parsed('postgres', db), limits }],
    ]),
  };
}

function recordOf(
  credentials: readonly CredentialRecord[],
  entitlements: readonly EntitlementRecord[],
): GrantRecord {
  const now = Date.now();
  const used = new Set([...credentials, ...entitlements].map((one) => one.system));
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'g1', labels: {} },
    subject: { kind: 'agent', id: 'bot', accounts: [{ system: 'vault', id: 'entity-1' }] },
    approvals: [],
    validity: { from: new Date(now - 600_000).toISOString(), until: new Date(now + 600_000).toISOString() },
    revocation: { at: new Date(now).toISOString() },
    systems: [...used].map((system) => ({ system, required: true })),
    credentials,
    entitlements,
    placements: [],
    source: { file: 'g.yaml', directory: '/' },
  };
}
