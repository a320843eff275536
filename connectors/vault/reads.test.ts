/** What the connector says of itself is what it does: its reads, its permissions, its kinds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import type { RunningOpenBao } from '../../test/servers/openbao.ts';
import { realServer } from '../../test/servers/require.ts';
import { z } from '../../src/connector.ts';
import type { Asking, Made, Stage } from './asking.fixture.ts';
import {
  asking,
  leasesAt,
  logIn,
  makeToken,
  makeVerifier,
  mountKv,
  revoke,
  writePolicy,
} from './asking.fixture.ts';
import { approleSecretIdRecord } from './checks/approle-secret-id.ts';
import { kvSecretMetadata } from './checks/kv-secret.ts';
import { leaseRecord } from './checks/lease.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildren, tokenChildrenByValue } from './checks/token-children.ts';
import { tokenByValue } from './checks/token-value.ts';
import { vault } from './index.ts';
import { lease, token } from './kinds.ts';
import { startFakeVault } from './vault.fake.ts';

const declared = new Set([
  'read identity/entity/id/*',
  'update auth/+/role/+/secret-id-accessor/lookup',
  'list auth/+/role',
  'read kv/metadata/*',
  'read sys/internal/ui/mounts/*',
  // a sibling where the verifier may list the store; denied by the printed policy
  'list kv/metadata',
  'read auth/token/lookup-self',
  'update auth/token/lookup-accessor',
  'update auth/token/lookup',
  'update sys/capabilities-accessor',
  'update sys/capabilities',
  'list auth/token/accessors',
  'update sys/leases/lookup',
  // a sibling for leases where the verifier may list them; denied by the printed policy
  'list sys/leases/lookup/auth/token/create',
]);

/** Ids in paths, as the policy writes them. */
const plainly = (asked: string): string =>
  asked
    .replace(/(identity\/entity\/id\/|^read kv\/metadata\/|ui\/mounts\/).+$/, '$1*')
    .replace(/auth\/approle\/role(\/ci)?/, (_, role?: string) =>
      role === undefined ? 'auth/+/role' : 'auth/+/role/+',
    );

async function everything(stage: Stage, one: Asking, gone: Made): Promise<void> {
  const ann = await logIn(stage, 'ann');
  const batch = await makeToken(stage, { type: 'batch' }, (await logIn(stage, 'ann', broker)).value);
  await stage.api('DELETE', `identity/entity/id/${ann.entityId}`);
  await one.ask(tokenAccessor, { accessor: ann.accessor });
  await one.ask(tokenByValue, {}, { secret: batch.value });
  const [leaseId = ''] = await leasesAt(stage, 'auth/token/create');
  await one.ask(tokenAccessor, { accessor: gone.accessor });
  await one.ask(tokenByValue, {}, { secret: gone.value });
  await one.ask(tokenChildren, { accessor: gone.accessor });
  await one.ask(tokenChildrenByValue, {}, { secret: gone.value });
  await one.ask(leaseRecord, { leaseId });
  await stage.api('POST', 'sys/auth/approle', { type: 'approle' });
  await mountKv(stage, 'kv');
  await one.ask(kvSecretMetadata, { mount: 'kv', path: 'app/never' });
  await one.ask(approleSecretIdRecord, { mount: 'auth/approle', role: 'ci', accessor: 'never-issued' });
}

const broker = { policies: ['creates'] };

async function prepare(stage: Stage): Promise<{ verifier: Made; gone: Made }> {
  await writePolicy(stage, 'creates', 'path "auth/token/create" { capabilities = ["update"] }');
  const verifier = await makeVerifier(stage);
  const gone = await makeToken(stage, { policies: ['default'], ttl: '1h' });
  await revoke(stage, gone.accessor);
  return { verifier, gone };
}

const found = findOpenBao();
const audited = z.object({
  type: z.string(),
  auth: z.object({ policies: z.array(z.string()).optional() }).optional(),
  request: z.object({ operation: z.string(), path: z.string() }),
});

describe.runIf(realServer('OpenBao', found))('the audit log of the real OpenBao', () => {
  let bao: RunningOpenBao;
  beforeAll(async () => {
    bao = await startOpenBao();
  });
  afterAll(() => bao.stop());

  it('holds nothing of the verifier but declared reads', async () => {
    const { verifier, gone } = await prepare(bao);
    await using one = asking(bao.address, verifier.value);
    await everything(bao, one, gone);
    const asked = bao
      .auditLog()
      .map((line) => audited.parse(JSON.parse(line)))
      .filter(({ type, auth }) => type === 'request' && auth?.policies?.includes('tombstone') === true)
      .map(({ request }) => plainly(`${request.operation} ${request.path.replace(/\/$/, '')}`));
    expect(new Set(asked)).toEqual(declared);
  });
});

describe('the fake', () => {
  it('logs nothing of the verifier but declared reads', async () => {
    const stage = await startFakeVault();
    const { verifier, gone } = await prepare(stage);
    await using one = asking(stage.address, verifier.value);
    await everything(stage, one, gone);
    const words: Readonly<Record<string, string>> = { GET: 'read', POST: 'update', LIST: 'list' };
    const asked = stage.log
      .filter(({ accessor }) => accessor === verifier.accessor)
      .map(({ method, path }) => plainly(`${words[method] ?? method} ${path}`));
    expect(new Set(asked)).toEqual(declared);
    expect(stage.unexpected).toEqual([]);
    await stage.stop();
  });
});

describe('the connector', () => {
  it('prints the policy that its checks need', () => {
    expect(vault.policy(['update auth/token/lookup', 'list,sudo a/b', 'read a/b', 'list,sudo a/b'])).toMatch(
      /^# .*\n\npath "a\/b" \{\n {2}capabilities = \["list", "read", "sudo"\]\n\}\n\npath "auth\/token\/lookup" \{\n {2}capabilities = \["update"\]\n\}\n$/s,
    );
  });

  it.each([
    [{}, undefined],
    [{ accessor: 'abc' }, 'abc'],
    [{ sha256: 'a'.repeat(64) }, `sha256:${'a'.repeat(64)}`],
  ])('takes the immutable id of a token from %o', (ref, id) => {
    expect(token.id(token.ref.parse(ref))).toBe(id);
  });

  it.each([{ accessor: 'a b' }, { accessor: '' }, { token: 's.abc' }, { sha256: 'short' }, { policies: [] }])(
    'refuses the locator %o',
    (ref) => {
      expect(token.ref.safeParse(ref).success).toBe(false);
    },
  );

  it.each([{ leaseId: 'database/creds/r/' }, { leaseId: '/x' }, { id: 'x' }])(
    'refuses the lease %o',
    (ref) => {
      expect(lease.ref.safeParse(ref).success).toBe(false);
    },
  );

  it('knows which leases stand for a principal elsewhere', () => {
    expect(lease.mints({ leaseId: 'database/creds/r/x' })).toBe('elsewhere');
    expect(lease.mints({ leaseId: 'auth/token/create/hx' })).toBe(false);
    expect(lease.mints({})).toBe('elsewhere');
  });

  it('says how to end each in words for a shell', () => {
    expect(token.fix({ accessor: 'abc', namespace: '/team a/' })).toBe(
      "bao token revoke -namespace='team a' -accessor abc",
    );
    expect(lease.fix({ leaseId: "db/creds/o'r/x" })).toBe("bao lease revoke -sync 'db/creds/o'\\''r/x'");
    expect(token.fix({})).toContain('batch token cannot be revoked');
  });

  it.each([
    'https://bao.example.com:8200/v1',
    'https://user:pw@bao.example.com',
    'https://bao.example.com/?x=1',
    'bao.example.com:8200',
    'ftp://bao.example.com',
  ])('refuses the address %s', (address) => {
    expect(vault.config.safeParse({ address, token: 'env:T' }).success).toBe(false);
  });

  it.each([
    ['https://bao.example.com', 443],
    ['http://127.0.0.1', 80],
    ['https://bao.example.com:8200', 8_200],
  ])('reaches %s at port %i and nowhere else', (address, port) => {
    const config = vault.config.parse({ address, token: 'env:T' });
    expect(vault.host(config, 'direct')).toMatchObject({ port, host: new URL(address).hostname });
  });
});
