/** Looks at the whole: what is found, what is excused and by which relation, what nothing explains. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../src/connector.ts';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, logIn, makeToken, makeVerifier, revoke, wrap, writePolicy } from './asking.fixture.ts';
import type { Scope } from '../../src/connector.ts';
import { vault } from './index.ts';
import { accountAccess } from './looks/account-access.ts';
import { bornDefinitions } from './looks/born-definitions.ts';
import { bornIdentities } from './looks/born-identities.ts';
import { bornSecretIds } from './looks/born-secret-ids.ts';
import { bornTokens } from './looks/born-tokens.ts';
import { bornWraps } from './looks/born-wraps.ts';
import { stuckLeases } from './looks/stuck-leases.ts';
import { stages } from './stages.fixture.ts';

const looks = [
  accountAccess,
  bornTokens,
  bornWraps,
  bornSecretIds,
  bornIdentities,
  bornDefinitions,
  stuckLeases,
];

const texts = {
  // makes secret ids of one role, and entities
  minter: 'path "auth/ci/role/deploy/secret-id" { capabilities = ["update"] }',
  reader: 'path "kv/*" { capabilities = ["read"] }\npath "auth/token/create" { capabilities = ["update"] }',
  admin: 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }',
  lessee: 'path "database/creds/*" { capabilities = ["read"] }',
  narrow: 'path "sys/policies/acl/jit-*" { capabilities = ["create", "update"] }',
};

const lessee = { policies: ['lessee'], ttl: '1h' };
const issued = z.object({
  data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }),
});
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const named = z.object({ data: z.object({ id: z.string() }) });
const leased = z.object({ wrap_info: z.object({ accessor: z.string() }) });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`looks on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      for (const [policy, text] of Object.entries(texts)) await writePolicy(stage, policy, text);
      await stage.api('POST', 'sys/auth/ci', { type: 'approle' });
      await stage.api('POST', 'auth/ci/role/deploy', { token_policies: ['reader'] });
      await stage.api('POST', 'auth/ci/role/other', { token_policies: ['reader'] });
      await logIn(stage, 'before');
    });
    afterAll(() => stage.stop());

    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await stage.api(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer.json;
    };
    const look = async (
      which: (typeof looks)[number],
      scope: Partial<Scope>,
      from: string,
      by = verifier.value,
    ): Promise<Observation> => {
      await using asks = asking(stage.address, by);
      return await asks.ask(which, { accounts: [], targets: [], ...scope }, { from });
    };
    const now = () => new Date().toISOString();
    const token = ({ accessor }: { accessor: string }, ...policies: string[]) => ({
      kind: 'vault/token',
      id: accessor,
      ref: { accessor, ...(policies.length === 0 ? {} : { policies }) },
    });
    const grantOf = (...policies: string[]): Partial<Scope> => ({
      targets: [token({ accessor: 'a-token-that-was-revoked' }, ...policies)],
    });
    const secretIdOf = async (role: string) =>
      issued.parse(await call('POST', `auth/ci/role/${role}/secret-id`, {})).data;
    const logInAs = async (role: string): Promise<Made> => {
      const { role_id } = identified.parse(await call('GET', `auth/ci/role/${role}/role-id`)).data;
      const { secret_id } = await secretIdOf(role);
      return makeToken(stage, { role_id, secret_id }, '', { path: 'auth/ci/login' });
    };
    /** But for the policy of the one who looks. */
    const others = ({ leads = [] }: Observation) =>
      leads.filter(({ ref }) => !z.object({ name: z.literal('half') }).safeParse(ref).success);
    const leadsOf = ({ leads = [] }: Observation) => leads.map(({ ref }) => ref);

    it('take the text in the record for what a policy said that is gone', async () => {
      const from = now();
      const holder = token({ accessor: 'ended' }, 'per-grant');
      const policy = (text?: string) => ({
        kind: 'vault/policy',
        id: 'per-grant',
        ref: { name: 'per-grant', ...(text === undefined ? {} : { text }) },
      });
      const seen = (text?: string) => look(bornIdentities, { targets: [holder, policy(text)] }, from);
      expect(await seen(texts.reader)).toMatchObject({ saw: 'excluded', basis: 'declared' });
      expect((await seen(texts.admin)).saw).not.toBe('excluded');
      expect((await seen('not a policy {')).saw).not.toBe('excluded');
      expect((await seen()).saw).not.toBe('excluded');
    });

    it('tokens: rights that exclude a login need no list', async () => {
      const seen = await look(bornTokens, grantOf('reader'), now());
      expect(seen).toMatchObject({ saw: 'excluded', basis: 'declared' });
    });

    it('tokens: what a role logged in is found, and all else is excused by its relation', async () => {
      const from = now();
      const { secret_id_accessor: accessor } = await secretIdOf('deploy');
      const mine = await logInAs('deploy');
      const other = await logInAs('other');
      await logIn(stage, 'somebody');
      const orphan = await makeToken(stage, { policies: ['admin'], no_parent: true });
      await makeToken(stage, { policies: ['admin'] });
      await wrap(stage);
      const target = {
        kind: 'vault/approle-secret-id',
        id: `auth/ci ${accessor}`,
        ref: { mount: 'auth/ci', role: 'deploy', accessor },
      };
      const seen = await look(bornTokens, { targets: [target] }, from);
      expect(seen).toMatchObject({
        saw: 'present',
        excused: {
          'carries a policy that the grant could not give': expect.any(Number),
          'child of another token, and ends with it': expect.any(Number),
          'created before the grant': expect.any(Number),
          'logged in by itself, where the grant could make no way to log in': 2,
          'wrapping token: hunted by itself': 1,
        },
      });
      expect(leadsOf(seen)).toEqual([{ accessor: mine.accessor }]);
      await revoke(stage, mine.accessor);
      expect(await look(bornTokens, { targets: [target] }, from)).toMatchObject({ saw: 'absent' });
      for (const one of [other, orphan]) await revoke(stage, one.accessor);
    });

    it('tokens: another session of the subject is found, and one of before the grant is not', async () => {
      const early = await logIn(stage, 'ann');
      await sleep(5);
      const from = now();
      const late = await logIn(stage, 'ann');
      const accounts = [late.entityId];
      expect(early.entityId).toBe(late.entityId);
      const seen = await look(bornTokens, { accounts, ...grantOf('reader') }, from);
      expect(leadsOf(seen)).toEqual([{ accessor: late.accessor }]);
      const swept = await look(accountAccess, { accounts }, from);
      expect(swept).toMatchObject({
        saw: 'present',
        excused: expect.objectContaining({ 'created before the grant': expect.any(Number) }),
      });
      expect(leadsOf(swept)).toEqual([{ accessor: late.accessor }]);
      for (const one of [early, late]) await revoke(stage, one.accessor);
      expect(await look(accountAccess, { accounts }, from)).toMatchObject({ saw: 'absent' });
    });

    it('tokens: where the rights are not known, a login that nothing attributes is unproven', async () => {
      const from = now();
      const other = await logIn(stage, 'stranger');
      const scope = { targets: [token({ accessor: 'a-token-that-was-revoked' })] };
      const seen = await look(bornTokens, scope, from);
      expect(seen).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-ORIGIN',
        needs: expect.stringMatching(/^ref\.policies of the token a-token-that-was-revoked in the record/),
      });
      // by whom it acts it is another's
      const accounts = ['00000000-0000-0000-0000-000000000000'];
      expect(await look(bornTokens, { ...scope, accounts }, from)).toMatchObject({
        excused: expect.objectContaining({ 'logged in as another entity': 1 }),
      });
      await revoke(stage, other.accessor);
    });

    it('wraps: what the grant could have asked for is found, the rest has another path', async () => {
      const from = now();
      const answer = await fetch(`${stage.address}/v1/auth/ci/role/deploy/secret-id`, {
        method: 'POST',
        headers: { 'x-vault-token': stage.rootToken, 'x-vault-wrap-ttl': '10m' },
        body: '{}',
      });
      const { accessor } = leased.parse(await answer.json()).wrap_info;
      const brought = await wrap(stage);
      const seen = await look(bornWraps, grantOf('minter'), from);
      expect(seen).toMatchObject({ excused: { 'holds what its maker brought': 1 } });
      expect(leadsOf(seen)).toEqual([{ accessor }]);
      // by the word of the record alone
      expect(await look(bornWraps, grantOf('reader'), from)).toMatchObject({
        saw: 'excluded',
        basis: 'declared',
        excused: { 'wraps what the grant had no right to ask for': 1, 'holds what its maker brought': 1 },
      });
      expect(await look(bornWraps, grantOf('minter'), now())).toMatchObject({
        saw: 'absent',
        excused: { 'created before the grant': expect.any(Number) },
      });
      for (const one of [accessor, brought.accessor]) await revoke(stage, one);
    });

    it('secret ids: one of a role that the grant could make them for is found', async () => {
      const early = await secretIdOf('deploy');
      await sleep(5);
      const from = now();
      const { secret_id_accessor: accessor } = await secretIdOf('deploy');
      await secretIdOf('other');
      const seen = await look(bornSecretIds, grantOf('minter'), from);
      expect(seen).toMatchObject({
        saw: 'present',
        excused: {
          'created before the grant': expect.any(Number),
          'role that the grant had no right to make a secret id for': 1,
        },
      });
      expect(leadsOf(seen)).toEqual([{ mount: 'auth/ci', role: 'deploy', accessor }]);
      expect(await look(bornSecretIds, grantOf('reader'), from)).toMatchObject({ saw: 'excluded' });
      for (const one of [early.secret_id_accessor, accessor]) {
        await call('POST', 'auth/ci/role/deploy/secret-id-accessor/destroy', { secret_id_accessor: one });
      }
      expect(await look(bornSecretIds, grantOf('minter'), from)).toMatchObject({ saw: 'excluded' });
    });

    it('secret ids: forty of a role are all seen, in whatever order', async () => {
      const from = now();
      for (let count = 0; count < 40; count += 1) await secretIdOf('deploy');
      const seen = await look(bornSecretIds, grantOf('minter'), from);
      expect(leadsOf(seen)).toHaveLength(40);
    });

    it.runIf(name === 'the real OpenBao')('secret ids: a list that a policy caps is not whole', async () => {
      const text = vault.policy(vault.checks.flatMap((check) => check.needs));
      const list = 'path "auth/+/role/+/secret-id/" {\n';
      expect(text).toContain(list);
      await writePolicy(stage, 'capped', text.replace(list, `${list}  pagination_limit = 4\n`));
      const capped = await makeToken(stage, { policies: ['capped'], no_default_policy: true });
      const seen = await look(bornSecretIds, grantOf('minter'), now(), capped.value);
      expect(seen).toMatchObject({ reason: 'R-PARTIAL' });
      await revoke(stage, capped.accessor);
    });

    it('tokens: who could make a secret id of a role could log in as it', async () => {
      const from = now();
      const mine = await logInAs('deploy');
      const seen = await look(bornTokens, grantOf('minter'), from);
      expect(leadsOf(seen)).toEqual([{ accessor: mine.accessor }]);
      await revoke(stage, mine.accessor);
    });

    it('identities: an entity that confers something is found, one of a login is not', async () => {
      const from = now();
      const person = await logIn(stage, 'newcomer');
      const body = { name: 'backdoor', policies: ['admin'] };
      const { id } = named.parse(await call('POST', 'identity/entity', body)).data;
      const group = { name: 'ring', policies: ['admin'], member_entity_ids: [person.entityId] };
      const { id: groupId } = named.parse(await call('POST', 'identity/group', group)).data;
      const seen = await look(bornIdentities, grantOf('admin'), from);
      expect(leadsOf(seen)).toEqual(
        expect.arrayContaining([
          { id, name: 'backdoor' },
          { groupId, entityId: person.entityId },
        ]),
      );
      expect(await look(bornIdentities, grantOf('reader'), from)).toMatchObject({ saw: 'excluded' });
      const swept = await look(accountAccess, { accounts: [person.entityId] }, from);
      expect(swept).toMatchObject({
        reason: 'R-ORIGIN',
        detail: expect.stringContaining('in the group ring'),
      });
      await call('DELETE', `identity/group/id/${groupId}`);
      await call('DELETE', `identity/entity/id/${id}`);
      await revoke(stage, person.accessor);
      expect(await look(bornIdentities, grantOf('admin'), from)).toMatchObject({
        saw: 'absent',
        excused: expect.objectContaining({ 'entity that confers nothing': expect.any(Number) }),
      });
    });

    it('definitions: a policy of a name that the grant could write is found, a user needs a baseline', async () => {
      const from = now();
      await writePolicy(stage, 'jit-backdoor', texts.admin);
      await writePolicy(stage, 'by-others', texts.admin);
      const seen = await look(bornDefinitions, grantOf('narrow'), from);
      expect(leadsOf(seen)).toMatchObject([{ name: 'jit-backdoor', sha256: expect.any(String) }]);
      expect(seen).toMatchObject({
        excused: { 'policy that the grant had no right to write': expect.any(Number) },
      });
      await call('DELETE', 'sys/policies/acl/jit-backdoor');
      expect(await look(bornDefinitions, grantOf('narrow'), from)).toMatchObject({ saw: 'excluded' });
      expect(await look(bornDefinitions, grantOf('reader'), from)).toMatchObject({ saw: 'excluded' });
      const all = await look(bornDefinitions, grantOf('admin'), from);
      expect(all).toMatchObject({ reason: 'R-ORIGIN', needs: expect.stringMatching(/baseline/) });
    });

    // the real server needs a database behind it: test/contract/vault-looks.ts has one
    it.runIf(name === 'the living fake')('leases: one that cannot be revoked is found', async () => {
      const from = now();
      await call('POST', 'sys/mounts/database', { type: 'database' });
      await call('POST', 'database/config/billing', { connection_url: 'postgresql://nowhere' });
      await call('POST', 'database/roles/ro', { db_name: 'billing' });
      const [gone, stays] = [await makeToken(stage, lessee), await makeToken(stage, lessee)];
      const creds = ({ value }: Made) => stage.api('GET', 'database/creds/ro', undefined, value);
      const { lease_id: leaseId } = z.object({ lease_id: z.string() }).parse((await creds(gone)).json);
      await creds(stays);
      await call('DELETE', 'database/config/billing');
      await revoke(stage, gone.accessor);
      const seen = await look(stuckLeases, grantOf('lessee'), from);
      expect(leadsOf(seen)).toEqual([{ leaseId }]);
      expect(seen).toMatchObject({ excused: { 'lease of a token that stands, and ends with it': 1 } });
      expect(await look(stuckLeases, grantOf('lessee'), now())).toMatchObject({
        excused: { 'created before the grant': 2 },
      });
      await call('DELETE', 'sys/mounts/database');
    });

    it('a policy that was changed since the grant began excludes nothing', async () => {
      const from = now();
      await writePolicy(stage, 'edited', texts.reader);
      const other = await logIn(stage, 'passer-by');
      const seen = await look(bornTokens, grantOf('edited'), from);
      expect(seen).toMatchObject({
        reason: 'R-ORIGIN',
        needs: expect.stringMatching(/^what the policy edited said while the grant ran/),
      });
      await revoke(stage, other.accessor);
      expect(await look(stuckLeases, grantOf('edited'), from)).toMatchObject({ saw: 'absent' });
    });

    it.each(looks)('$id: without a permission it says so, or sees the same', async (which) => {
      const from = now();
      const person = await logIn(stage, 'blinded');
      const scope = {
        accounts: [person.entityId],
        targets: [
          token({ accessor: 'a-token-that-was-revoked' }, 'admin'),
          { kind: 'vault/auth-role', id: 'auth/ci/deploy', ref: { mount: 'auth/ci', name: 'deploy' } },
        ],
      };
      const whole = await look(which, scope, from);
      const told: string[] = [];
      for (const need of which.needs) {
        const left = vault.checks.flatMap((check) => check.needs).filter((one) => one !== need);
        await writePolicy(stage, 'half', vault.policy(left));
        const half = await makeToken(stage, { policies: ['half'], no_default_policy: true, no_parent: true });
        const seen = await look(which, scope, from, half.value);
        if (seen.saw === 'inconclusive' && seen.reason === 'R-PERM') told.push(seen.needs ?? '');
        else expect([need, seen.saw, others(seen)]).toEqual([need, whole.saw, others(whole)]);
        await revoke(stage, half.accessor);
      }
      await revoke(stage, person.accessor);
      expect(told.length).toBeGreaterThan(2);
      expect(which.needs).toEqual(expect.arrayContaining(told));
    });
  });
}
