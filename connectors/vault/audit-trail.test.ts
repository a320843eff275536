/** The audit log as a witness: what no list shows, and every way in which a log witnesses nothing. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observation, Scope } from '../../src/connector.ts';
import { z } from '../../src/connector.ts';
import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import { realServer } from '../../test/servers/require.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, logIn, makeToken, makeVerifier, revoke, writePolicy } from './asking.fixture.ts';
import { auditTrailLook } from './looks/audit-trail.ts';
import { bornTokens } from './looks/born-tokens.ts';
import { startFakeVault } from './vault.fake.ts';

const folder = mkdtempSync(join(tmpdir(), 'tombstone-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stages = [
  {
    name: 'the living fake',
    runs: true,
    async start() {
      const auditFile = join(folder, 'fake.log');
      return { stage: (await startFakeVault({ auditFile })) satisfies Stage as Stage, file: auditFile };
    },
  },
  {
    name: 'the real OpenBao',
    runs: realServer('OpenBao', findOpenBao()),
    async start() {
      const stage = await startOpenBao();
      return { stage: stage satisfies Stage as Stage, file: stage.auditFile };
    },
  },
];

const maker = 'path "*" { capabilities = ["create", "read", "update", "sudo", "list"] }';
const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const wrapInfo = z.object({ wrap_info: z.object({ token: z.string(), accessor: z.string() }) });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`the audit log of ${name}`, () => {
    let stage: Stage;
    let file: string;
    let verifier: Made;
    beforeAll(async () => {
      ({ stage, file } = await start());
      verifier = await makeVerifier(stage);
      await writePolicy(stage, 'maker', maker);
      await stage.api('POST', 'sys/auth/ci', { type: 'approle' });
      await stage.api('POST', 'auth/ci/role/deploy', { token_policies: ['default'] });
    });
    afterAll(() => stage.stop());

    const look = async (
      scope: Partial<Scope>,
      from: string,
      {
        by = verifier.value,
        device = 'main',
        log = file,
      }: { by?: string; device?: string; log?: string } = {},
    ): Promise<Observation> => {
      await using asks = asking(stage.address, by, { auditLog: { device, file: log } });
      return await asks.ask(auditTrailLook, { accounts: [], targets: [], ...scope }, { from });
    };
    const now = () => new Date().toISOString();
    const token = ({ accessor }: { accessor: string }) => ({
      kind: 'vault/token',
      id: accessor,
      ref: { accessor },
    });
    const grant = () => makeToken(stage, { policies: ['maker'], ttl: '1h' });
    const create = (body: object, by: Made, path = 'auth/token/create') =>
      makeBatch(stage, body, by.value, path);
    const leadsOf = ({ leads = [] }: Observation) => leads.map(({ kind, ref }) => ({ kind, ref }));
    const wrapped = async (path: string, by: Made, body: object = {}) => {
      const headers = { 'x-vault-token': by.value, 'x-vault-wrap-ttl': '10m' };
      const answer = await fetch(`${stage.address}/v1/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return wrapInfo.parse(await answer.json()).wrap_info;
    };

    it('shows that nothing was made, by the request that the verifier just made', async () => {
      const from = now();
      const agent = await grant();
      await stage.api('GET', 'auth/token/lookup-self', undefined, agent.value);
      await revoke(stage, agent.accessor);
      const seen = await look({ targets: [token(agent)] }, from);
      expect(seen).toMatchObject({
        saw: 'absent',
        controls: [{ form: 'sighting', when: 'within', of: `a request of ${verifier.accessor}` }],
      });
    });

    it('finds a token, its child, a secret id and a login, and excuses them once they ended', async () => {
      const from = now();
      const agent = await grant();
      const orphan = await makeToken(stage, { policies: ['maker'], no_parent: true }, agent.value);
      const behind = await makeToken(stage, { policies: ['maker'], no_parent: true }, orphan.value);
      const { secret_id, secret_id_accessor: accessor } = issued.parse(
        (await stage.api('POST', 'auth/ci/role/deploy/secret-id', {}, behind.value)).json,
      ).data;
      const { role_id } = identified.parse((await stage.api('GET', 'auth/ci/role/deploy/role-id')).json).data;
      const session = await makeToken(stage, { role_id, secret_id }, '', { path: 'auth/ci/login' });
      const another = await makeToken(stage, { policies: ['maker'], no_parent: true });
      for (const one of [agent, orphan]) await revoke(stage, one.accessor);
      const targets = [token(agent)];
      const seen = await look({ targets }, from);
      expect(leadsOf(seen)).toEqual([
        { kind: 'vault/token', ref: { accessor: behind.accessor } },
        { kind: 'vault/token', ref: { accessor: session.accessor } },
        { kind: 'vault/approle-secret-id', ref: { mount: 'auth/ci', role: 'deploy', accessor } },
      ]);
      expect(seen).toMatchObject({
        saw: 'present',
        excused: expect.objectContaining({ 'token that stands in no list any more': 1 }),
      });
      for (const one of [behind, session]) await revoke(stage, one.accessor);
      await stage.api('POST', 'auth/ci/role/deploy/secret-id-accessor/destroy', {
        secret_id_accessor: accessor,
      });
      expect(await look({ targets }, from)).toMatchObject({
        saw: 'absent',
        excused: expect.objectContaining({
          'token that stands in no list any more': 3,
          'secret id that stands in no list any more': 1,
        }),
      });
      await revoke(stage, another.accessor);
    });

    it('finds what a token of the grant made before the grant began', async () => {
      const agent = await grant();
      const orphan = await makeToken(stage, { policies: ['maker'], no_parent: true }, agent.value);
      await revoke(stage, agent.accessor);
      await sleep(5);
      const seen = await look({ targets: [token(agent)] }, now());
      expect(leadsOf(seen)).toEqual([{ kind: 'vault/token', ref: { accessor: orphan.accessor } }]);
      await revoke(stage, orphan.accessor);
    });

    it('does not let an orphan batch token go until its time is over', async () => {
      const from = now();
      const agent = await grant();
      await create({ type: 'batch', ttl: '3s' }, agent);
      await create({ type: 'batch', ttl: '2s' }, agent, 'auth/token/create-orphan');
      await revoke(stage, agent.accessor);
      const targets = [token(agent)];
      const seen = await look({ targets }, from);
      expect(seen).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-DERIVED',
        detail: expect.stringContaining('orphan batch token'),
        bound: { until: expect.any(String), basis: 'issuer' },
      });
      const until = z.object({ bound: z.object({ until: z.string() }) }).parse(seen).bound.until;
      await sleep(Date.parse(until) - Date.now() + 1_100);
      expect(await look({ targets }, from)).toMatchObject({
        saw: 'absent',
        excused: {
          'batch token whose time is over': 1,
          'batch token, which ends with the token that made it': 1,
        },
      });
    });

    it('follows what was wrapped, and whoever opened it', async () => {
      const from = now();
      const agent = await grant();
      const closed = await wrapped('auth/token/create', agent, { policies: ['default'], no_parent: true });
      const batch = await wrapped('auth/token/create-orphan', agent, { type: 'batch', ttl: '1h' });
      await stage.api('POST', 'sys/wrapping/unwrap', {}, batch.token);
      await revoke(stage, agent.accessor);
      const seen = await look({ targets: [token(agent)] }, from);
      expect(leadsOf(seen)).toContainEqual({
        kind: 'vault/wrapping-token',
        ref: { accessor: closed.accessor },
      });
      expect(leadsOf(seen)).toHaveLength(2);
      expect(seen).toMatchObject({ saw: 'inconclusive', reason: 'R-DERIVED' });
    });

    it('finds what the subject logged in as, and a policy that was written', async () => {
      const from = now();
      const session = await logIn(stage, 'ann', { policies: ['maker'] });
      await stage.api(
        'POST',
        'sys/policies/acl/left-behind',
        { policy: 'path "x" { capabilities = ["read"] }' },
        session.value,
      );
      const seen = await look({ accounts: [session.entityId] }, from);
      expect(leadsOf(seen)).toMatchObject([
        { kind: 'vault/token', ref: { accessor: session.accessor } },
        { kind: 'vault/policy', ref: { name: 'left-behind' } },
      ]);
      await revoke(stage, session.accessor);
      await stage.api('DELETE', 'sys/policies/acl/left-behind');
      expect(await look({ accounts: [session.entityId] }, from)).toMatchObject({
        saw: 'absent',
        excused: { 'policy that does not stand any more': 1, 'token that stands in no list any more': 1 },
      });
    });

    const orphans = 'path "auth/token/create-orphan" { capabilities = ["update"] }';
    const byRole = 'path "auth/token/create/*" { capabilities = ["update"] }';
    const withSudo = 'path "auth/token/create" { capabilities = ["update", "sudo"] }';
    it.each([
      ['create-orphan', orphans, 'could'],
      ['a token role', byRole, 'could'],
      ['create with sudo', withSudo, 'could'],
      ['nobody knows what', undefined, 'may'],
      ['create without sudo', 'path "auth/token/create" { capabilities = ["update"] }', undefined],
    ])('is asked for where the grant had the right to make orphans: %s', async (what, text, how) => {
      if (text !== undefined) await writePolicy(stage, `made-${what.length}`, text);
      await sleep(5);
      const from = now();
      const policies = text === undefined ? {} : { policies: [`made-${what.length}`] };
      const targets = [{ kind: 'vault/token', id: 'revoked', ref: { accessor: 'revoked', ...policies } }];
      const scope = { accounts: [], targets };
      await using without = asking(stage.address, verifier.value);
      const seen = await without.ask(bornTokens, scope, { from });
      await using asks = asking(stage.address, verifier.value, { auditLog: { device: 'main', file } });
      const witnessed = await asks.ask(bornTokens, scope, { from });
      expect(witnessed).not.toMatchObject({ reason: 'R-NOAPI' });
      if (how === undefined) {
        expect(seen).toMatchObject({ saw: 'excluded' });
        return;
      }
      expect(seen).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-NOAPI',
        detail: `the grant ${how} have made an orphan batch token, which stands in no list`,
        needs: expect.stringMatching(
          how === 'may'
            ? /^the audit log of the server \(auditLog in the configuration\), or ref\.policies of the token/
            : /^the audit log of the server \(auditLog in the configuration\)$/,
        ),
      });
      await using blind = asking(stage.address, verifier.value, { auditLog: { device: 'none', file } });
      expect(await blind.ask(bornTokens, scope, { from })).toMatchObject({ reason: 'R-SCOPE' });
    });

    const spoiled: readonly (readonly [string, string, RegExp, (text: string) => string])[] = [
      ['is empty', 'R-CONTROL', /holds no entry/, () => ''],
      [
        'is of another server, or behind',
        'R-CONTROL',
        /another server, or behind; its last entry/,
        (text) => text,
      ],
      ['is XML', 'R-ANSWER', /line 1 .* XML/, () => '<json:object/>\n'],
      ['has a prefix', 'R-ANSWER', /not JSON/, (text) => text.replaceAll(/^/gm, '@cee: ')],
      [
        'has a line that is cut off',
        'R-ANSWER',
        /not JSON, or cut off/,
        (text) => text.replace(/.{20}\n/, '\n'),
      ],
      ['has other lines', 'R-ANSWER', /no entry of an audit device/, (text) => `{"level":"info"}\n${text}`],
    ];
    it.each(spoiled)('says so where the file %s', async (what, reason, detail, spoil) => {
      const from = now();
      const agent = await grant();
      const log = join(folder, `${what.replaceAll(' ', '-')}.log`);
      writeFileSync(log, spoil(readFileSync(file, 'utf8')));
      const seen = await look({ targets: [token(agent)] }, from, { log });
      expect(seen).toMatchObject({ saw: 'inconclusive', reason, detail: expect.stringMatching(detail) });
      await revoke(stage, agent.accessor);
    });

    it('says which device, file or permission is missing', async () => {
      const from = now();
      const targets = [token({ accessor: 'revoked' })];
      expect(await look({ targets }, from, { device: 'none' })).toMatchObject({ reason: 'R-SCOPE' });
      expect(await look({ targets }, from, { log: join(folder, 'none') })).toMatchObject({
        reason: 'R-UNREACHABLE',
      });
      await writePolicy(stage, 'blind', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
      const blind = await makeToken(stage, { policies: ['blind'], no_default_policy: true });
      expect(await look({ targets }, from, { by: blind.value })).toMatchObject({
        reason: 'R-PERM',
        needs: 'update sys/audit-hash/*',
      });
    });

    it('counts every login of a role of the grant, and of others none', async () => {
      const from = now();
      const { role_id } = identified.parse((await stage.api('GET', 'auth/ci/role/deploy/role-id')).json).data;
      const ask = async () =>
        issued.parse((await stage.api('POST', 'auth/ci/role/deploy/secret-id', {})).json).data;
      const { secret_id, secret_id_accessor: accessor } = await ask();
      const session = await makeToken(stage, { role_id, secret_id }, '', { path: 'auth/ci/login' });
      const other = await logIn(stage, 'bob');
      const ref = { mount: 'auth/ci', role: 'deploy', accessor };
      const targets = [{ kind: 'vault/approle-secret-id', id: `auth/ci ${accessor}`, ref }];
      expect(leadsOf(await look({ targets }, from))).toEqual([
        { kind: 'vault/token', ref: { accessor: session.accessor } },
      ]);
      for (const one of [session, other]) await revoke(stage, one.accessor);
      expect(await look({ targets }, from)).toMatchObject({ saw: 'absent' });
    });

    it('says so where a token was made in another namespace', async () => {
      await stage.api('POST', 'sys/namespaces/team-a', {});
      const from = now();
      const agent = await grant();
      await makeToken(stage, { no_parent: true }, agent.value, { namespace: 'team-a' });
      const targets = [token(agent)];
      expect(await look({ targets }, from)).toMatchObject({ saw: 'inconclusive', reason: 'R-SCOPE' });
      await revoke(stage, agent.accessor);
    });

    it('needs a log that reaches back to the birth of each token', async () => {
      const from = now();
      const agent = await grant();
      const { entityId } = await logIn(stage, 'carl');
      truncateSync(file, 0);
      expect(await look({ targets: [token(agent)] }, from)).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-CONTROL',
        detail: expect.stringMatching(
          /begins at .*, does not show how the token .* was made: it begins later/,
        ),
      });
      expect(await look({ accounts: [entityId] }, from)).toMatchObject({
        saw: 'inconclusive',
        detail: expect.stringMatching(/begins at .*, after the grant/),
      });
      await revoke(stage, agent.accessor);
    });
  });
}

describe('what a server cannot be made to do', () => {
  const open = async () => {
    const file = join(folder, `${randomUUID()}.log`);
    const fake = await startFakeVault({ auditFile: file });
    const verifier = await makeVerifier(fake);
    await writePolicy(fake, 'maker', maker);
    const look = async (scope: Partial<Scope>): Promise<Observation> => {
      await using asks = asking(fake.address, verifier.value, { auditLog: { device: 'main', file } });
      const from = new Date(Date.now() - 5_000).toISOString();
      return await asks.ask(auditTrailLook, { accounts: [], targets: [], ...scope }, { from });
    };
    const { audit } = fake.world;
    if (audit === undefined) throw new Error('no device');
    return { fake, file, audit, look, [Symbol.asyncDispose]: () => fake.stop() };
  };
  const named = ({ accessor }: Made) => [{ kind: 'vault/token', id: accessor, ref: { accessor } }];
  const lives = { policies: ['maker'], ttl: '1h' };

  it('a device that does not hash accessors is read as well', async () => {
    await using stage = await open();
    stage.audit.hashesAccessors = false;
    const agent = await makeToken(stage.fake, lives);
    const orphan = await makeToken(stage.fake, { no_parent: true }, agent.value);
    await revoke(stage.fake, agent.accessor);
    expect(await stage.look({ targets: named(agent) })).toMatchObject({
      saw: 'present',
      leads: [{ kind: 'vault/token', ref: { accessor: orphan.accessor } }],
    });
    await revoke(stage.fake, orphan.accessor);
    expect(await stage.look({ targets: named(agent) })).toMatchObject({ saw: 'absent' });
  });

  it('a device that was made anew hashes otherwise: what it told before proves nothing', async () => {
    await using stage = await open();
    const agent = await makeToken(stage.fake, lives);
    await revoke(stage.fake, agent.accessor);
    stage.audit.renew();
    expect(await stage.look({ targets: named(agent) })).toMatchObject({
      saw: 'inconclusive',
      reason: 'R-CONTROL',
      detail: expect.stringContaining('does not show how the token'),
    });
  });

  it('nor does it of a login that no token of the record stands for', async () => {
    await using stage = await open();
    // before all of the window
    const old = { time: '2020-01-01T00:00:00Z', type: 'request', request: { path: 'sys/audit/test' } };
    writeFileSync(stage.file, `${JSON.stringify(old)}\n${readFileSync(stage.file, 'utf8')}`);
    const session = await logIn(stage.fake, 'ann', { policies: ['maker'] });
    stage.audit.renew();
    expect(await stage.look({ accounts: [session.entityId] })).toMatchObject({
      saw: 'inconclusive',
      reason: 'R-CONTROL',
      detail: expect.stringContaining('nothing shows that the device hashed'),
    });
  });

  it('the file of another device of the same server is told by its hashes', async () => {
    await using stage = await open();
    const agent = await makeToken(stage.fake, lives);
    const { audit, look } = stage;
    const note = audit.note.bind(audit);
    // between the answer and its line the device is another one
    audit.note = (...call) => {
      audit.renew();
      note(...call);
    };
    expect(await look({ targets: named(agent) })).toMatchObject({
      saw: 'inconclusive',
      detail: expect.stringContaining('it is the file of another device'),
    });
  });

  it('half a line in the middle is no log', async () => {
    await using stage = await open();
    const agent = await makeToken(stage.fake, lives);
    appendFileSync(stage.file, '{"time":"2026');
    expect(await stage.look({ targets: named(agent) })).toMatchObject({
      saw: 'inconclusive',
      reason: 'R-ANSWER',
    });
  });

  it('the line that is still being written is left out', async () => {
    await using stage = await open();
    const agent = await makeToken(stage.fake, lives);
    await revoke(stage.fake, agent.accessor);
    const { audit } = stage;
    const note = audit.note.bind(audit);
    audit.note = (...call) => {
      note(...call);
      // what comes next ends it
      if (call[1].path === 'sys/audit-hash/main') appendFileSync(stage.file, ' ');
    };
    expect(await stage.look({ targets: named(agent) })).toMatchObject({ saw: 'absent' });
  });

  it('a token that the record names by its value alone may be any that was made since', async () => {
    await using stage = await open();
    const old = { time: '2020-01-01T00:00:00Z', type: 'request', request: { path: 'sys/audit/test' } };
    writeFileSync(stage.file, `${JSON.stringify(old)}\n${readFileSync(stage.file, 'utf8')}`);
    const agent = await makeToken(stage.fake, lives);
    const targets = [{ kind: 'vault/token', ref: {} }];
    expect(await stage.look({ targets })).toMatchObject({ saw: 'absent' });
    const child = await makeToken(stage.fake, { no_parent: true }, agent.value);
    expect(await stage.look({ targets })).toMatchObject({ saw: 'inconclusive', reason: 'R-ORIGIN' });
    await revoke(stage.fake, child.accessor);
    expect(await stage.look({ targets })).toMatchObject({ saw: 'absent' });
  });

  it('a subject of whom nobody knows what it could do may have made an orphan; a capture is of none', async () => {
    await using stage = await open();
    const { entityId } = await logIn(stage.fake, 'ann');
    const verifier = await makeVerifier(stage.fake);
    await using asks = asking(stage.fake.address, verifier.value);
    const scope = { accounts: [entityId], targets: [] };
    const seen = await asks.ask(bornTokens, scope, { from: new Date().toISOString() });
    expect(seen).toMatchObject({ saw: 'inconclusive', reason: 'R-NOAPI' });
    const captured = await asks.ask(bornTokens, scope, { from: new Date(0).toISOString() });
    expect(captured).not.toMatchObject({ reason: 'R-NOAPI' });
    expect(await asks.ask(bornTokens, { accounts: [], targets: [] })).not.toMatchObject({
      reason: 'R-NOAPI',
    });
  });

  it('whoever carries a policy, or the token of a lease, cannot be followed', async () => {
    await using stage = await open();
    const lease = { kind: 'vault/lease', id: 'l', ref: { leaseId: 'auth/token/create/h' } };
    const policy = { kind: 'vault/policy', id: 'p', ref: { name: 'p' } };
    for (const target of [lease, policy]) {
      expect(await stage.look({ targets: [target] })).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-NOAPI',
        needs: 'the accessor of each token of the grant, in the record',
      });
    }
  });
});

/** A batch token has no accessor, which `makeToken` wants. */
async function makeBatch(stage: Stage, body: object, by: string, path: string): Promise<void> {
  const { status, json } = await stage.api('POST', path, body, by);
  if (status !== 200) throw new Error(`${path}: ${JSON.stringify(json)}`);
}
