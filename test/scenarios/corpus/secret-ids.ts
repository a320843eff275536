import { z } from 'zod';
import { c1, revokeToken, useAny, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { NaiveAnswer, Scenario, Truth } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const named = z.object({ data: z.object({ role_id: z.string() }) });
const loggedIn = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
const expiring = z.object({ data: z.object({ expiration_time: z.string() }) });

interface Given {
  readonly from: Date;
  readonly mount: string;
  readonly role: string;
  readonly roleId: string;
  readonly secret: string;
  readonly accessor: string;
}

/** The broker gives the agent a secret id of a role. */
async function give(world: World, body: object = {}): Promise<Given> {
  const mount = `auth/${world.unique('approle')}`;
  const role = `${mount}/role/agent`;
  await world.broker('POST', `sys/${mount}`, { type: 'approle' });
  await world.broker('POST', role, { token_policies: ['agent'] });
  const { role_id: roleId } = named.parse(await world.broker('GET', `${role}/role-id`)).data;
  const from = new Date();
  const answer = await world.broker('POST', `${role}/secret-id`, body);
  const { secret_id: secret, secret_id_accessor: accessor } = issued.parse(answer).data;
  world.planted.add(secret);
  return { from, mount, role, roleId, secret, accessor };
}

const logIn = (world: World, { mount, roleId, secret }: Given) =>
  world.call('POST', `${mount}/login`, { role_id: roleId, secret_id: secret }, '');

async function tokenOf(world: World, given: Given): Promise<Token> {
  const { client_token: value, accessor } = loggedIn.parse((await logIn(world, given)).json).auth;
  return { value, accessor };
}

async function useSecret(world: World, given: Given): Promise<Truth> {
  const { status, text, json } = await logIn(world, given);
  if (status === 200) {
    // who only tries it leaves nothing behind
    await revokeToken(world, loggedIn.parse(json).auth.accessor);
    return 'works';
  }
  if (status === 400) return 'refused';
  throw new Error(`login: ${status} ${text}`);
}

const destroy = ({ broker }: World, { role, accessor }: Given) =>
  broker('POST', `${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });

const lookUp = ({ call }: World, { role, accessor }: Given) =>
  call('POST', `${role}/secret-id-accessor/lookup`, { secret_id_accessor: accessor });

async function askSecret(world: World, given: Given): Promise<NaiveAnswer> {
  return (await lookUp(world, given)).status === 200 ? 'still there' : 'gone';
}

async function askRole({ call }: World, { role }: Given): Promise<NaiveAnswer> {
  return (await call('GET', role)).status === 200 ? 'still there' : 'gone';
}

/** The index of accessors loses what stands under no role: the server does it by itself, now and then. */
async function tidy(world: World, given: Given): Promise<void> {
  await world.broker('POST', `${given.mount}/tidy/secret-id`, {});
  const other = `${given.mount}/role/other/secret-id-accessor/lookup`;
  await until('the mount is tidied', async () => {
    const { status } = await world.call('POST', other, { secret_id_accessor: given.accessor });
    return status === 404;
  });
}

const secretId = ({ mount, accessor }: Given): Located => ({
  id: 'c1',
  kind: 'vault/approle-secret-id',
  system: 'vault-prod',
  // the policy lets its tokens make orphans of any policies: the record says that there are no others
  ref: { mount, role: 'agent', accessor, policies: ['agent'] },
});

const byLogin = 'logging in with role id and secret id';
const list = 'list auth/+/role/';
const lookup = 'update auth/+/role/+/secret-id-accessor/lookup';

export const secretIds: readonly Scenario[] = [
  {
    name: 'secret-id-destroyed-token-lives',
    story: 'The broker destroyed the secret id; the token that was made with it renews on.',
    naive: { asks: 'looks the secret id up by its accessor', says: 'gone' },
    truth: { by: 'asking OpenBao who one is, with the token', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    async play(world) {
      const given = await give(world);
      const token = await tokenOf(world, given);
      await destroy(world, given);
      return {
        grant: {
          from: given.from,
          revokedAt: new Date(),
          credentials: [secretId(given), { ...c1(token, 'c2'), derivedFrom: 'c1' }],
        },
        naive: () => askSecret(world, given),
        truth: () => useAny(useToken(world, token.value), useSecret(world, given)),
        mend: async () => void (await revokeToken(world, token.accessor)),
      };
    },
  },
  {
    name: 'secret-id-destroyed-token-undeclared',
    story: 'The same, and the record names the secret id alone.',
    naive: { asks: 'looks the secret id up by its accessor', says: 'gone' },
    truth: { by: 'asking OpenBao who one is, with the token', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'hunt:vault-prod/logged-in-by-the-same-role-1': 'live R-ACTIVE' },
    },
    async play(world) {
      const given = await give(world);
      const token = await tokenOf(world, given);
      await destroy(world, given);
      return {
        grant: { from: given.from, revokedAt: new Date(), credentials: [secretId(given)] },
        naive: () => askSecret(world, given),
        truth: () => useToken(world, token.value),
        mend: async () => void (await revokeToken(world, token.accessor)),
      };
    },
  },
  {
    name: 'secret-id-over-and-taken',
    story: 'The time of the secret id is over: until the mount is tidied, logins with it succeed.',
    naive: { asks: 'whether its expiration_time is past', says: 'gone' },
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED' } },
    blinded: {
      without: lookup,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: lookup },
    },
    async play(world) {
      const given = await give(world, { ttl: '1s' });
      const past = async () => {
        const { data } = expiring.parse((await lookUp(world, given)).json);
        return new Date(data.expiration_time) < new Date();
      };
      await until('its time is over', past);
      return {
        grant: { from: given.from, revokedAt: new Date(), credentials: [secretId(given)] },
        naive: async () => ((await past()) ? 'gone' : 'still there'),
        truth: () => useSecret(world, given),
        mend: async () => void (await destroy(world, given)),
      };
    },
  },
  {
    name: 'approle-deleted',
    story: 'The broker deleted the role, and every secret id with it. No other role of the mount knows it.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by: byLogin, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone' } },
    blinded: {
      without: list,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: list },
    },
    async play(world) {
      const given = await give(world);
      await world.broker('DELETE', given.role);
      return {
        grant: { from: given.from, revokedAt: new Date(), credentials: [secretId(given)] },
        naive: () => askRole(world, given),
        truth: () => useSecret(world, given),
      };
    },
  },
  {
    name: 'approle-deleted-not-tidied',
    story:
      'The role was deleted and another one is there: it knows the accessor and not the secret id (204), which may be its own or a third one’s.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by: byLogin, is: 'refused' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-ANSWER' } },
    async play(world) {
      const given = await give(world);
      await world.broker('POST', `${given.mount}/role/other`, {});
      await world.broker('DELETE', given.role);
      return {
        grant: { from: given.from, revokedAt: new Date(), credentials: [secretId(given)] },
        naive: () => askRole(world, given),
        truth: () => useSecret(world, given),
        mend: () => tidy(world, given),
      };
    },
  },
];
