/** Roles and users of auth mounts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { authRole } from './checks/auth-role.ts';
import { vault } from './index.ts';
import type { AuthRoleRef } from './kinds/auth-role.ts';
import { authRole as kind } from './kinds/auth-role.ts';
import { stages } from './stages.fixture.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const absent = { saw: 'absent', controls: [{ form: 'distinct-absence' }, { form: 'distinct-absence' }] };
const identified = z.object({ data: z.object({ role_id: z.string() }) });

const shapes: readonly { type: string; path: string; body: object }[] = [
  { type: 'approle', path: 'role', body: { token_policies: ['ci'] } },
  { type: 'userpass', path: 'users', body: { password: 'pw', token_policies: ['ci'] } },
  {
    type: 'jwt',
    path: 'role',
    body: { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['bao'], token_policies: ['ci'] },
  },
  {
    type: 'kubernetes',
    path: 'role',
    body: {
      bound_service_account_names: ['ci'],
      bound_service_account_namespaces: ['ci'],
      token_policies: ['ci'],
    },
  },
];

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`roles of auth mounts on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      for (const type of ['approle', 'userpass', 'jwt', 'kubernetes', 'cert', 'ldap']) {
        await stage.api('POST', `sys/auth/${type}`, { type });
      }
    });
    afterAll(() => stage.stop());

    const look = async (ref: AuthRoleRef, by = verifier.value) => {
      await using asks = asking(stage.address, by);
      return await asks.ask(authRole, ref);
    };

    it.each(shapes)('stands at $type, and is absent once it was removed', async ({ type, path, body }) => {
      const mount = `auth/${type}`;
      await stage.api('POST', `${mount}/${path}/ci`, body);
      expect(await look({ mount, name: 'ci' })).toMatchObject({
        ...live,
        value: `stands at ${mount}/ (${type}), policies [ci]`,
      });
      await stage.api('DELETE', `${mount}/${path}/ci`);
      expect(await look({ mount, name: 'ci' })).toMatchObject(absent);
    });

    it('is another one under the same name where its role_id is another', async () => {
      const role = 'auth/approle/role/named';
      const make = async () => {
        await stage.api('POST', role, {});
        return identified.parse((await stage.api('GET', `${role}/role-id`)).json).data.role_id;
      };
      const ref = { mount: 'auth/approle', name: 'named', roleId: await make() };
      expect(await look(ref)).toMatchObject(live);
      await stage.api('DELETE', role);
      expect(await look(ref)).toMatchObject(absent);
      const again = await make();
      expect(again).not.toBe(ref.roleId);
      expect(await look(ref)).toMatchObject({ saw: 'inconclusive', reason: 'R-IDENTITY' });
      expect(await look({ mount: ref.mount, name: ref.name })).toMatchObject(live);
      expect(await look({ ...ref, roleId: again })).toMatchObject(live);
    });

    it('is not absent where its mount was moved, and another made in its place', async () => {
      await stage.api('POST', 'sys/auth/moves', { type: 'approle' });
      const answer = await stage.api('GET', 'sys/internal/ui/mounts/auth/moves');
      const { accessor } = z.object({ data: z.object({ accessor: z.string() }) }).parse(answer.json).data;
      const ref = { mount: 'auth/moves', mountAccessor: accessor, name: 'ci' };
      await stage.api('POST', 'auth/moves/role/ci', {});
      expect(await look(ref)).toMatchObject(live);
      await stage.api('DELETE', 'sys/auth/moves');
      await stage.api('POST', 'sys/auth/moves', { type: 'approle' });
      expect(await look(ref)).toMatchObject({
        reason: 'R-IDENTITY',
        detail: expect.stringContaining('another one'),
      });
      expect(await look({ mount: ref.mount, name: ref.name })).toMatchObject(absent);
    });

    it('has no role_id elsewhere', async () => {
      await stage.api('POST', 'auth/userpass/users/ann', { password: 'pw' });
      expect(await look({ mount: 'auth/userpass', name: 'ann', roleId: 'x' })).toMatchObject({
        reason: 'R-IDENTITY',
      });
    });

    it.each(['cert', 'ldap'])('is unproven at %s, which does not go by names', async (type) => {
      expect(await look({ mount: `auth/${type}`, name: 'ci' })).toMatchObject({
        reason: 'R-NOAPI',
        detail: expect.stringContaining(`auth/${type}/ is ${type}`),
      });
    });

    it('is unproven where nothing is mounted, or no more', async () => {
      const nothing = { reason: 'R-SCOPE', detail: expect.stringContaining('nothing is mounted') };
      expect(await look({ mount: 'auth/nowhere', name: 'ci' })).toMatchObject(nothing);
      await stage.api('POST', 'sys/auth/once', { type: 'approle' });
      await stage.api('POST', 'auth/once/role/ci', {});
      expect(await look({ mount: 'auth/once', name: 'ci' })).toMatchObject(live);
      await stage.api('DELETE', 'sys/auth/once');
      expect(await look({ mount: 'auth/once', name: 'ci' })).toMatchObject(nothing);
    });

    it.each([
      ['read auth/+/role/+', 'auth/approle'],
      ['read auth/+/role/+/role-id', 'auth/approle'],
      ['read auth/+/users/+', 'auth/userpass'],
    ])('is unproven without "%s"', async (need, mount) => {
      await stage.api('POST', 'auth/approle/role/kept', {});
      const policy = `less ${need.replace(/\W/g, '-')}`.replace(' ', '-');
      await writePolicy(stage, policy, vault.policy(authRole.needs.filter((one) => one !== need)));
      const less = await makeToken(stage, { policies: [policy], no_default_policy: true });
      expect(
        await look({ mount, name: 'kept', ...(mount === 'auth/approle' ? { roleId: 'x' } : {}) }, less.value),
      ).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-PERM',
        needs: need,
      });
    });
  });
}

describe('the locator of a role', () => {
  it('is its mount and name, with the role_id where there is one', () => {
    expect(kind.id({ mount: 'auth/approle', name: 'ci' })).toBe('auth/approle/ci');
    expect(kind.id({ mount: 'auth/approle', name: 'ci', roleId: 'r' })).toBe('auth/approle/ci?role_id=r');
    expect(kind.fix({ mount: 'auth/approle', name: 'ci' })).toContain('bao delete auth/approle/role/ci');
    expect(kind.ref.safeParse({ mount: 'approle', name: 'ci' }).success).toBe(false);
  });
});
