import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { askAccessor, c1, makeToken, revokeToken, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const loggedIn = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), entity_id: z.string() }),
});
const wrapInfo = z.object({ wrap_info: z.object({ token: z.string(), accessor: z.string() }) });

const naive = { asks: 'looks the accessor of the token up', says: 'gone' } as const;
const byUse = 'asking OpenBao who one is, with the token';

const carrying = (token: Token, policies: readonly string[], id = 'c1'): Located => ({
  ...c1(token, id),
  ref: { accessor: token.accessor, policies },
});

/** A mount `auth/ci` with a role, which stood long before. */
async function deployRole(world: World): Promise<{ readonly roleId: string }> {
  const { role_id: roleId } = identified.parse(await world.broker('GET', 'auth/ci/role/deploy/role-id')).data;
  return { roleId };
}

async function logInWith(world: World, roleId: string, secret: string): Promise<Token> {
  const answer = await world.call('POST', 'auth/ci/login', { role_id: roleId, secret_id: secret }, '');
  const { client_token: value, accessor } = loggedIn.parse(answer.json).auth;
  return { value, accessor };
}

const found = (relation: string, word: 'live R-ACTIVE' | 'live R-LISTED') => ({
  grant: 'live' as const,
  exit: 1 as const,
  targets: { c1: 'gone' as const, [`hunt:vault-prod/${relation}-1`]: word },
});

export const hunts: readonly Scenario[] = [
  {
    name: 'backdoor-secret-id',
    story: 'The agent could make secret ids of a role, made itself one, and kept it when its token ended.',
    naive,
    truth: { by: 'logging in with the role id and the secret id', is: 'works' },
    expected: found('made-in-window', 'live R-LISTED'),
    blinded: {
      without: 'list auth/+/role/+/secret-id/',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-PERM' },
        needs: 'list auth/+/role/+/secret-id/',
      },
    },
    async play(world) {
      const { roleId } = await deployRole(world);
      const from = new Date();
      const agent = await makeToken(world, { policies: ['ci-minter'] });
      const answer = await world.call('POST', 'auth/ci/role/deploy/secret-id', {}, agent.value);
      const { secret_id: secret, secret_id_accessor: accessor } = issued.parse(answer.json).data;
      world.planted.add(secret);
      await revokeToken(world, agent.accessor);
      const destroy = { secret_id_accessor: accessor };
      return {
        grant: { from, revokedAt: new Date(), credentials: [carrying(agent, ['ci-minter'])] },
        naive: () => askAccessor(world, agent.accessor),
        async truth() {
          const body = { role_id: roleId, secret_id: secret };
          const { status, json } = await world.call('POST', 'auth/ci/login', body, '');
          if (status !== 200) return 'refused';
          // who only tries it leaves nothing behind
          await revokeToken(world, loggedIn.parse(json).auth.accessor);
          return 'works';
        },
        mend: async () => {
          await world.broker('POST', 'auth/ci/role/deploy/secret-id-accessor/destroy', destroy);
        },
      };
    },
  },
  {
    name: 'backdoor-login-stays',
    story: 'The same, and the agent logged in with it; the secret id was destroyed, the login stays.',
    naive,
    truth: { by: byUse, is: 'works' },
    expected: found('logged-in-where-the-grant-could', 'live R-ACTIVE'),
    async play(world) {
      const { roleId } = await deployRole(world);
      const from = new Date();
      const agent = await makeToken(world, { policies: ['ci-minter'] });
      const answer = await world.call('POST', 'auth/ci/role/deploy/secret-id', {}, agent.value);
      const { secret_id: secret, secret_id_accessor: accessor } = issued.parse(answer.json).data;
      world.planted.add(secret);
      const backdoor = await logInWith(world, roleId, secret);
      const destroy = { secret_id_accessor: accessor };
      await world.broker('POST', 'auth/ci/role/deploy/secret-id-accessor/destroy', destroy);
      await revokeToken(world, agent.accessor);
      return {
        grant: { from, revokedAt: new Date(), credentials: [carrying(agent, ['ci-minter'])] },
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useToken(world, backdoor.value),
        mend: async () => void (await revokeToken(world, backdoor.accessor)),
      };
    },
  },
  {
    name: 'second-session-of-the-subject',
    story: 'The subject logged in twice; the record names one of the sessions, and the subject itself.',
    naive,
    truth: { by: byUse, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'sweep:vault-prod/token-of-the-subject-1': 'live R-ACTIVE' },
    },
    async play(world) {
      const mount = world.unique('people');
      const password = world.planted.add(randomBytes(12).toString('hex'));
      await world.broker('POST', `sys/auth/${mount}`, { type: 'userpass' });
      await world.broker('POST', `auth/${mount}/users/agent`, { password });
      const logIn = async () => {
        const answer = await world.call('POST', `auth/${mount}/login/agent`, { password }, '');
        return loggedIn.parse(answer.json).auth;
      };
      const from = new Date();
      const first = { ...(await logIn()), value: '' };
      const { client_token: value, accessor } = await logIn();
      await revokeToken(world, first.accessor);
      return {
        grant: {
          from,
          revokedAt: new Date(),
          credentials: [carrying(first, ['default'])],
          entities: [first.entity_id],
        },
        naive: () => askAccessor(world, first.accessor),
        truth: () => useToken(world, value),
        mend: async () => void (await revokeToken(world, accessor)),
      };
    },
  },
  {
    name: 'wrapped-and-unclaimed',
    story: 'The agent had a secret id wrapped, and kept the wrapping token: nobody claimed it yet.',
    naive,
    truth: { by: 'asking what the wrapping token holds', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'gone',
        'hunt:vault-prod/wrapped-in-window-1': 'live R-ACTIVE',
        'hunt:vault-prod/made-in-window-1': 'live R-LISTED',
      },
    },
    async play(world) {
      const from = new Date();
      const agent = await makeToken(world, { policies: ['ci-minter'] });
      const path = 'auth/ci/role/deploy/secret-id';
      const headers = { 'x-vault-token': agent.value, 'x-vault-wrap-ttl': '30m' };
      const answer = await fetch(`${world.bao.address}/v1/${path}`, { method: 'POST', headers, body: '{}' });
      const { token, accessor } = wrapInfo.parse(await answer.json()).wrap_info;
      world.planted.add(token);
      await revokeToken(world, agent.accessor);
      return {
        grant: { from, revokedAt: new Date(), credentials: [carrying(agent, ['ci-minter'])] },
        naive: () => askAccessor(world, agent.accessor),
        async truth() {
          const { status } = await world.call('POST', 'sys/wrapping/lookup', { token });
          return status === 200 ? 'works' : 'refused';
        },
        async mend() {
          await revokeToken(world, accessor);
          for (const one of await secretIds(world)) {
            await world.broker('POST', `${path}-accessor/destroy`, { secret_id_accessor: one });
          }
        },
      };
    },
  },
  {
    name: 'policy-written-in-window',
    story: 'The agent could write policies of some names, and wrote one that stands when its token is gone.',
    naive,
    truth: { by: 'reading with a token that names the policy', is: 'works' },
    expected: found('written-in-window', 'live R-LISTED'),
    blinded: {
      without: 'list sys/policies/acl/',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-PERM' },
        needs: 'list sys/policies/acl/',
      },
    },
    async play(world) {
      const from = new Date();
      const agent = await makeToken(world, { policies: ['policy-writer'] });
      const policy = 'path "sys/mounts" { capabilities = ["read"] }';
      await world.call('POST', 'sys/policies/acl/jit-backdoor', { policy }, agent.value);
      await revokeToken(world, agent.accessor);
      // somebody's token has carried the name for long
      const holder = await makeToken(world, { policies: ['jit-backdoor'] });
      return {
        grant: { from, revokedAt: new Date(), credentials: [carrying(agent, ['policy-writer'])] },
        naive: () => askAccessor(world, agent.accessor),
        async truth() {
          const { status } = await world.call('GET', 'sys/mounts', undefined, holder.value);
          return status === 200 ? 'works' : 'refused';
        },
        mend: async () => void (await world.broker('DELETE', 'sys/policies/acl/jit-backdoor')),
        clean: async () => void (await revokeToken(world, holder.accessor)),
      };
    },
  },
];

const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });

async function secretIds({ call }: World): Promise<readonly string[]> {
  const { status, json } = await call('LIST', 'auth/ci/role/deploy/secret-id');
  return status === 404 ? [] : listed.parse(json).data.keys;
}
