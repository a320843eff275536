import pg from 'pg';
import { z } from 'zod';
import { startOpenBao } from '../../servers/openbao.ts';
import type { RunningPostgres } from '../../servers/postgres.ts';
import {
  c1,
  dropLogin,
  endGrant,
  giveGrant,
  makeToken,
  revokedNow,
  revokeToken,
  useLogin,
  useToken,
} from '../people.ts';
import type { NaiveAnswer, Scenario } from '../scenario.ts';
import { openTap } from '../tap.ts';
import { policyOf } from '../verifier.ts';
import type { Access, VerifierOptions } from '../verifier.ts';
import { nextSecond, until } from '../wait.ts';
import type { World } from '../world.ts';

/** From where a look is taken, and what must be closed after it. */
export interface View {
  readonly verifier: VerifierOptions;
  close?(): Promise<unknown>;
}

/** The broker forgot one of two tokens; the verifier stands where it cannot see that. */
export function forgotten(view: (world: World) => Promise<View>): Scenario['play'] {
  return async (world) => {
    const { verifier, close } = await view(world);
    const from = new Date();
    const token = await makeToken(world, { policies: ['agent'] });
    return {
      grant: { from, revokedAt: new Date(), credentials: [c1(token)] },
      verifier,
      naive: async () => naiveToken(await world.access(verifier), token.accessor),
      truth: () => useToken(world, token.value),
      mend: async () => void (await revokeToken(world, token.accessor)),
      clean: async () => void (await close?.()),
    };
  };
}

/** The engine left the login; the verifier stands where it cannot see that. */
export function left(view: (world: World) => Promise<View>): Scenario['play'] {
  return async (world) => {
    const grant = await giveGrant(world, { revocation: ['SELECT 1;'] });
    await endGrant(world, grant);
    const { verifier, close } = await view(world);
    return {
      grant: revokedNow(grant),
      verifier,
      naive: async () => naiveLogin(world, await world.access(verifier), grant.issued.user),
      truth: () => useLogin(world, grant.issued),
      mend: () => dropLogin(world, grant.issued.user),
      clean: async () => void (await close?.()),
    };
  };
}

/** Asks from where the verifier stands, for as long as the verifier waits; every "no" is a "gone". */
export async function naiveToken(access: Access, accessor: string): Promise<NaiveAnswer> {
  const answer = await fetch(`${access.vaultAddress}/v1/auth/token/lookup-accessor`, {
    method: 'POST',
    headers: { 'x-vault-token': access.vaultToken, 'content-type': 'application/json' },
    body: JSON.stringify({ accessor }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  return answer?.status === 200 ? 'still there' : 'gone';
}

export async function naiveLogin(world: World, access: Access, user: string): Promise<NaiveAnswer> {
  const { port, username, password } = new URL(access.postgresUrl);
  const asked = naiveRow(world, Number(port), { user: username, password }, user);
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), patience));
  return (await Promise.race([asked, late])) ? 'still there' : 'gone';
}

export async function naiveRow(
  world: World,
  port: number,
  as: { user: string; password: string },
  user: string,
) {
  const client = new pg.Client({ host: world.database.host, port, ssl: false, database: 'postgres', ...as });
  // a naive checker hears no error
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('select 1 from pg_roles where rolname = $1', [user])).rows.length > 0;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Milliseconds that the verifier and the naive checker wait, and how far beyond it the slow wire goes. */
export const patience = 400;
export const timeout = 'PT0.4S';
export const slowness = 1_500;

export const vaultPort = (world: World) => Number(new URL(world.bao.address).port);

export async function slowWire(port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const tap = await openTap(port);
  tap.delay(slowness);
  return tap;
}

/** A port at which nothing listens any more. */
export async function nowhere(port: number): Promise<number> {
  const tap = await openTap(port);
  await tap.stop();
  return tap.port;
}

export const instanceOfPostgres = async (server: RunningPostgres): Promise<string> => {
  const [row] = await server.sql('select system_identifier::text as id from pg_control_system()');
  return z.object({ id: z.string() }).parse(row).id;
};

export const instanceOfVault = async (world: World): Promise<string> =>
  z.object({ cluster_id: z.string() }).parse((await world.call('GET', 'sys/health')).json).cluster_id;

/** Another cluster, in which the verifier has a token of the same rights. */
export async function otherCluster(
  world: World,
): Promise<View & { readonly verifier: { vaultAddress: string } }> {
  const bao = await startOpenBao({ rootToken: world.planted.add(`other-root-${Date.now()}`) });
  await bao.api('POST', 'sys/policies/acl/tombstone', { policy: policyOf('vault') });
  const { json } = await bao.api('POST', 'auth/token/create', {
    policies: ['tombstone'],
    no_default_policy: true,
    ttl: '1h',
  });
  world.planted.harvest(json);
  await nextSecond();
  const vaultToken = z.object({ auth: z.object({ client_token: z.string() }) }).parse(json).auth.client_token;
  return { verifier: { vaultAddress: bao.address, vaultToken }, close: () => bao.stop() };
}

/** A token with the verifier's rights, and what became of it. */
export async function deadToken(world: World, how: 'revoked' | 'expired'): Promise<View> {
  const policy = world.unique('tombstone-dead-');
  await world.broker('POST', `sys/policies/acl/${policy}`, { policy: policyOf('vault') });
  const token = await makeToken(world, {
    policies: [policy],
    no_default_policy: true,
    ttl: how === 'expired' ? '1s' : '1h',
  });
  if (how === 'revoked') await revokeToken(world, token.accessor);
  await until(
    'the token of the verifier ends',
    async () => (await useToken(world, token.value)) === 'refused',
  );
  return { verifier: { vaultToken: token.value } };
}
