import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { c1, revokeToken, useAny, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { NaiveAnswer, Played, Scenario, Truth } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';

const loggedIn = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
const mounted = z.object({ data: z.object({ accessor: z.string() }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const issued = z.object({ data: z.object({ secret_id: z.string() }) });

/** A way to log in that the broker made for the task, and a token that was made by it. */
interface Given {
  readonly from: Date;
  readonly mount: string;
  /** Of the role or user. */
  readonly path: string;
  readonly ref: Readonly<Record<string, string>>;
  readonly token: Token;
  logIn(mount?: string): ReturnType<World['call']>;
}

async function tokenBy(answer: ReturnType<World['call']>): Promise<Token> {
  const { client_token: value, accessor } = loggedIn.parse((await answer).json).auth;
  return { value, accessor };
}

async function giveUser(world: World): Promise<Given> {
  const from = new Date();
  const mount = `auth/${world.unique('people')}`;
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.broker('POST', `sys/${mount}`, { type: 'userpass' });
  await world.broker('POST', `${mount}/users/agent`, { password, token_policies: ['agent'] });
  const logIn = (at = mount) => world.call('POST', `${at}/login/agent`, { password }, '');
  const token = await tokenBy(logIn());
  return { from, mount, path: `${mount}/users/agent`, ref: { mount, name: 'agent' }, token, logIn };
}

async function giveRole(world: World): Promise<Given> {
  const from = new Date();
  const mount = `auth/${world.unique('approle')}`;
  const path = `${mount}/role/agent`;
  await world.broker('POST', `sys/${mount}`, { type: 'approle' });
  await world.broker('POST', path, { token_policies: ['agent'] });
  const { role_id: roleId } = identified.parse(await world.broker('GET', `${path}/role-id`)).data;
  const { secret_id: secret } = issued.parse(await world.broker('POST', `${path}/secret-id`, {})).data;
  world.planted.add(secret);
  const logIn = () => world.call('POST', `${mount}/login`, { role_id: roleId, secret_id: secret }, '');
  const token = await tokenBy(logIn());
  return { from, mount, path, ref: { mount, name: 'agent', roleId }, token, logIn };
}

const located = ({ ref }: Given): Located => ({
  id: 'c1',
  kind: 'vault/auth-role',
  system: 'vault-prod',
  ref: { ...ref, policies: ['agent'] },
});

const revoked = (given: Given, ...others: readonly Located[]): Played['grant'] => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [located(given), ...others],
});

const tokenOf = ({ token }: Given): Located => ({ ...c1(token, 'c2'), derivedFrom: 'c1' });

async function askPath({ call }: World, { path }: Given): Promise<NaiveAnswer> {
  return (await call('GET', path)).status === 200 ? 'still there' : 'gone';
}

async function useLogin(given: Pick<Given, 'logIn'>): Promise<Truth> {
  const { status, text } = await given.logIn();
  if (status === 200) return 'works';
  if (status === 400) return 'refused';
  throw new Error(`login: ${status} ${text}`);
}

const byBoth = 'logging in, and asking OpenBao who one is with the token of before';
const [users, roles, roleIds] = ['read auth/+/users/+', 'read auth/+/role/+', 'read auth/+/role/+/role-id'];

export const authRoles: readonly Scenario[] = [
  {
    name: 'userpass-user-deleted',
    story: 'The broker deleted the user with its password; the token of its last login works on.',
    naive: { asks: 'reads the user', says: 'gone' },
    truth: { by: byBoth, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    blinded: {
      without: users,
      expected: {
        grant: 'live',
        exit: 1,
        targets: { c1: 'unproven R-PERM', c2: 'live R-ACTIVE' },
        needs: users,
      },
    },
    async play(world) {
      const given = await giveUser(world);
      await world.broker('DELETE', given.path);
      return {
        grant: revoked(given, tokenOf(given)),
        naive: () => askPath(world, given),
        truth: () => useAny(useToken(world, given.token.value), useLogin(given)),
        mend: async () => void (await revokeToken(world, given.token.accessor)),
      };
    },
  },
  {
    name: 'userpass-user-left',
    story: 'The broker revoked the token, and forgot the user: the next login makes another one.',
    naive: { asks: "looks the token's accessor up", says: 'gone' },
    truth: { by: 'logging in with the password', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED', c2: 'gone' } },
    async play(world) {
      const given = await giveUser(world);
      await revokeToken(world, given.token.accessor);
      return {
        grant: revoked(given, tokenOf(given)),
        naive: async () => {
          const { accessor } = given.token;
          const { status } = await world.call('POST', 'auth/token/lookup-accessor', { accessor });
          return status === 200 ? 'still there' : 'gone';
        },
        truth: () => useLogin(given),
        async mend() {
          await world.broker('DELETE', given.path);
          // what the truth logged in with
          await world.broker('POST', `sys/leases/revoke-prefix/${given.mount}/login`);
        },
        clean: async () => void (await world.broker('DELETE', `sys/${given.mount}`)),
      };
    },
  },
  {
    name: 'approle-deleted-token-lives',
    story: 'The broker deleted the role; the token that was made by it works until its time is over.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by: byBoth, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    blinded: {
      without: roles,
      expected: {
        grant: 'live',
        exit: 1,
        targets: { c1: 'unproven R-PERM', c2: 'live R-ACTIVE' },
        needs: roles,
      },
    },
    async play(world) {
      const given = await giveRole(world);
      await world.broker('DELETE', given.path);
      return {
        grant: revoked(given, tokenOf(given)),
        naive: () => askPath(world, given),
        truth: () => useAny(useToken(world, given.token.value), useLogin(given)),
        mend: async () => void (await revokeToken(world, given.token.accessor)),
      };
    },
  },
  {
    name: 'approle-made-anew',
    story: 'The role was deleted honestly, and somebody made another one of the same name.',
    naive: { asks: 'reads the role', says: 'still there' },
    truth: { by: 'logging in with role id and secret id', is: 'refused' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-IDENTITY' } },
    blinded: {
      without: roleIds,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: roleIds },
    },
    async play(world) {
      const given = await giveRole(world);
      await revokeToken(world, given.token.accessor);
      await world.broker('DELETE', given.path);
      await world.broker('POST', given.path, { token_policies: ['agent'] });
      return {
        grant: revoked(given),
        naive: () => askPath(world, given),
        truth: () => useLogin(given),
        mend: async () => void (await world.broker('DELETE', given.path)),
      };
    },
  },
  {
    name: 'auth-mount-moved',
    story: 'The mount was moved with its user, and a new one made at its old path: there the user is not.',
    naive: { asks: 'reads the user where it was', says: 'gone' },
    truth: { by: 'logging in at the path to which the mount was moved', is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-IDENTITY' } },
    async play(world) {
      const given = await giveUser(world);
      await revokeToken(world, given.token.accessor);
      const answer = await world.broker('GET', `sys/internal/ui/mounts/${given.mount}`);
      const mountAccessor = mounted.parse(answer).data.accessor;
      const to = `${given.mount}-moved`;
      await world.broker('POST', 'sys/remount', { from: given.mount, to });
      const path = `${to}/users/agent`;
      await until('the mount is moved', async () => (await world.call('GET', path)).status === 200);
      await world.broker('POST', `sys/${given.mount}`, { type: 'userpass' });
      const at = (mount: string): Given => ({ ...given, ref: { mount, mountAccessor, name: 'agent' } });
      return {
        grant: revoked(at(given.mount)),
        naive: () => askPath(world, given),
        truth: () => useLogin({ logIn: () => given.logIn(to) }),
        async mend() {
          await world.broker('DELETE', path);
          // what the truth logged in with
          await world.broker('POST', `sys/leases/revoke-prefix/${to}/login`);
        },
        amended: () => revoked(at(to)),
      };
    },
  },
];
