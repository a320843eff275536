import { askLease, endGrant, giveGrant, revokedNow, useLogin } from '../people.ts';
import type { Expectation, Scenario } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import {
  forgotten,
  left,
  timeout,
  vaultPort,
  slowWire,
  nowhere,
  instanceOfPostgres,
  instanceOfVault,
  otherCluster,
  deadToken,
} from './views.ts';
import type { View } from './views.ts';

const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
const tokenUnproven = (reason: 'R-UNREACHABLE' | 'R-INSTANCE' | 'R-AUTH'): Expectation => ({
  grant: 'unproven',
  exit: 3,
  targets: { c1: 'gone', c2: `unproven ${reason}` },
});
const loginUnproven = (reason: 'R-UNREACHABLE' | 'R-INSTANCE' | 'R-AUTH'): Expectation => ({
  grant: 'unproven',
  exit: 3,
  targets: { ...goneAll, c3: `unproven ${reason}` },
});
const byToken = 'asking OpenBao who one is, with the token that was left';
const byLogin = 'logging in with the name and the password';

const asksToken = {
  asks: "looks the token's accessor up, and takes no answer for a no",
  says: 'gone',
} as const;
const asksLogin = {
  asks: 'looks the login up in pg_roles, and takes no answer for a no',
  says: 'gone',
} as const;

function aboutToken(
  name: string,
  story: string,
  reason: 'R-UNREACHABLE' | 'R-INSTANCE' | 'R-AUTH',
  view: (world: World) => Promise<View>,
): Scenario {
  return {
    name,
    story,
    naive: asksToken,
    truth: { by: byToken, is: 'works' },
    expected: { ...tokenUnproven(reason), targets: { c1: `unproven ${reason}` } },
    play: forgotten(view),
  };
}

function aboutLogin(
  name: string,
  story: string,
  reason: 'R-UNREACHABLE' | 'R-INSTANCE' | 'R-AUTH',
  view: (world: World) => Promise<View>,
): Scenario {
  return {
    name,
    story,
    naive: asksLogin,
    truth: { by: byLogin, is: 'works' },
    expected: loginUnproven(reason),
    play: left(view),
  };
}

export const servers: readonly Scenario[] = [
  {
    name: 'vault-sealed',
    story: 'The grant ended honestly, and OpenBao is sealed when one looks.',
    naive: { asks: 'looks the lease up, and takes every status but 200 for a no', says: 'gone' },
    truth: { by: byLogin, is: 'refused' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'unproven R-UNREACHABLE', c2: 'unproven R-UNREACHABLE', c3: 'gone' },
    },
    async play(world) {
      const grant = await giveGrant(world);
      await endGrant(world, grant);
      await world.broker('PUT', 'sys/seal');
      return {
        grant: revokedNow(grant),
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await world.bao.unseal();
          await until(
            'OpenBao is active',
            async () => (await world.call('GET', 'sys/health')).status === 200,
          );
        },
      };
    },
  },
  aboutToken('vault-slow', 'OpenBao answers later than anybody waits.', 'R-UNREACHABLE', async (world) => {
    const wire = await slowWire(vaultPort(world));
    return {
      verifier: { vaultAddress: `http://127.0.0.1:${wire.port}`, timeout },
      close: () => wire.stop(),
    };
  }),
  aboutToken(
    'vault-absent',
    'Nothing listens at the address of OpenBao.',
    'R-UNREACHABLE',
    async (world) => ({
      verifier: { vaultAddress: `http://127.0.0.1:${await nowhere(vaultPort(world))}` },
    }),
  ),
  aboutToken(
    'vault-wrong-cluster',
    'The address leads to another OpenBao, in which the verifier may look; the configuration pins the right one.',
    'R-INSTANCE',
    async (world) => {
      const { verifier, close } = await otherCluster(world);
      const vaultInstance = await instanceOfVault(world);
      return { verifier: { ...verifier, vaultInstance }, ...(close === undefined ? {} : { close }) };
    },
  ),
  {
    ...aboutToken(
      'vault-wrong-cluster-unpinned',
      'The same other OpenBao, and the configuration pins none.',
      'R-INSTANCE',
      otherCluster,
    ),
    // in the other cluster there is no policy of that name, so nothing tells what the grant could do
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-NOAPI' },
      says: 'instance not pinned: vault-prod',
    },
  },
  aboutToken('verifier-token-expired', "The verifier's token is over.", 'R-AUTH', (world) =>
    deadToken(world, 'expired'),
  ),
  aboutToken('verifier-token-revoked', "The verifier's token was revoked.", 'R-AUTH', (world) =>
    deadToken(world, 'revoked'),
  ),
  aboutLogin(
    'postgres-slow',
    'PostgreSQL answers later than anybody waits.',
    'R-UNREACHABLE',
    async (world) => {
      const wire = await slowWire(world.database.port);
      return { verifier: { postgresPort: wire.port, timeout }, close: () => wire.stop() };
    },
  ),
  aboutLogin(
    'postgres-absent',
    'Nothing listens at the address of PostgreSQL.',
    'R-UNREACHABLE',
    async (world) => ({
      verifier: { postgresPort: await nowhere(world.database.port) },
    }),
  ),
  aboutLogin(
    'postgres-wrong-server',
    'The address leads to another PostgreSQL, in which the verifier may look; the configuration pins the right one.',
    'R-INSTANCE',
    async (world) => ({
      verifier: {
        postgresPort: world.other.port,
        postgresInstance: await instanceOfPostgres(world.database),
      },
    }),
  ),
  {
    ...aboutLogin(
      'postgres-wrong-server-unpinned',
      'The same other PostgreSQL, and the configuration pins none.',
      'R-INSTANCE',
      (world) => Promise.resolve({ verifier: { postgresPort: world.other.port } }),
    ),
    expected: {
      grant: 'gone',
      exit: 0,
      targets: goneAll,
      says: 'instance not pinned: vault-prod, billing-db',
    },
    limit: 'Nothing but the pin knows which server was meant. The report says that none is pinned.',
  },
  aboutLogin('verifier-password-wrong', "The verifier's own password is not taken.", 'R-AUTH', () =>
    Promise.resolve({ verifier: { postgresPassword: 'not-the-password' } }),
  ),
];
