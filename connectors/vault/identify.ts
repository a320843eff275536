import type { Failure, HttpAnswer, Identity } from '../../src/connector.ts';
import { failed, inconclusive, unlisted, z } from '../../src/connector.ts';
import type { Endpoint, TokenFacts, VaultClient } from './client.ts';
import { ask, tokenFacts } from './client.ts';

/** https://openbao.org/api-docs/system/health/ */
const health = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  standby: z.boolean(),
  performance_standby: z.boolean().optional(),
  /** Seconds since the epoch. */
  server_time_utc: z.number().int().positive(),
  cluster_id: z.string().optional(),
});

const lookupSelf: Endpoint<TokenFacts> = {
  method: 'GET',
  path: 'auth/token/lookup-self',
  needs: 'read auth/token/lookup-self',
  data: tokenFacts,
};

/** Which cluster answers, by whose clock, and whom it takes the verifier for. */
export async function identify(client: VaultClient, signal: AbortSignal): Promise<Identity | Failure> {
  const unusable = unusableToken(client);
  if (unusable !== undefined) return unusable;
  // health wants no token and no namespace: what need not be sent is not sent
  const [server, own] = await Promise.all([
    client.door.http({ method: 'GET', path: '/v1/sys/health' }, signal),
    ask(client, lookupSelf, {}, signal),
  ]);
  if (failed(server)) return server;
  const cluster = clusterOf(server);
  if (failed(cluster)) return cluster;
  if (own === 'nothing') return inconclusive('R-CHECK', 'lookup-self has no word for absent');
  if (failed(own)) return own;
  if (own.value.num_uses !== 0) {
    return inconclusive(
      'R-AUTH',
      "the verifier's token has a limited number of uses: every question would spend one",
      'a token without num_uses',
    );
  }
  client.own = own.value;
  return { ...cluster, principal: principalOf(own.value) };
}

function unusableToken({ token }: VaultClient): Failure | undefined {
  const value = token.filled ? token.reveal() : '';
  if (/^[\x21-\x7e]+$/.test(value)) return undefined;
  const why = value === '' ? 'is empty' : 'holds white space or characters that no token has (a line end?)';
  return inconclusive('R-AUTH', `the verifier's token (${token.reference}) ${why}`);
}

function clusterOf(answer: HttpAnswer): { instance: string; serverAt: string } | Failure {
  const parsed = health.safeParse(answer.json);
  if (!parsed.success) return unlisted(answer, 'not the body of sys/health');
  const { initialized, sealed, standby, performance_standby, server_time_utc, cluster_id } = parsed.data;
  const { status } = answer;
  if (!initialized) return inconclusive('R-UNREACHABLE', `the server is not initialised: ${status}`);
  if (sealed) return inconclusive('R-UNREACHABLE', `the server is sealed: ${status}`);
  if (standby || performance_standby === true || status === 472) {
    const what = status === 472 ? 'a disaster recovery secondary' : 'a standby';
    return inconclusive(
      'R-INSTANCE',
      `${what} answers (${status}): what it says may lag behind the active node`,
      'the address of the active node',
    );
  }
  if (status !== 200) return unlisted(answer, 'of sys/health');
  if (cluster_id === undefined || cluster_id === '') {
    return inconclusive('R-INSTANCE', 'sys/health names no cluster_id: the server does not say who it is');
  }
  return { instance: cluster_id, serverAt: new Date(server_time_utc * 1_000).toISOString() };
}

function principalOf(own: TokenFacts): string {
  return own.accessor === ''
    ? `${own.type} token ${own.display_name}, created ${own.creation_time}`
    : `token ${own.accessor}`;
}
