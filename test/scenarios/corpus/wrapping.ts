import { z } from 'zod';
import { askAccessor, c1 as c1Of, makeToken, revokeToken, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { Played, Scenario, Truth } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';

const wrapInfo = z.object({
  wrap_info: z.object({ token: z.string(), accessor: z.string(), wrapped_accessor: z.string() }),
});
const claimed = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });

interface Given {
  readonly from: Date;
  /** Who made the wrapped token, and is revoked at once. */
  readonly deliverer: Token;
  readonly wrap: Token;
  /** Accessor of the token inside. */
  readonly inside: string;
}

/** A deliverer wraps a token for the agent; then its own token is revoked. */
async function give(world: World): Promise<Given> {
  const from = new Date();
  const deliverer = await makeToken(world, { policies: ['agent', 'orphan-maker'] });
  const answer = await fetch(`${world.bao.address}/v1/auth/token/create-orphan`, {
    method: 'POST',
    headers: { 'x-vault-token': deliverer.value, 'x-vault-wrap-ttl': '30m' },
    body: JSON.stringify({ ttl: '1h', policies: ['agent'] }),
  });
  const { token, accessor, wrapped_accessor: inside } = wrapInfo.parse(await answer.json()).wrap_info;
  await revokeToken(world, deliverer.accessor);
  return { from, deliverer, wrap: { value: world.planted.add(token), accessor }, inside };
}

/** Whether something waits, asked as anybody may: without a token, and without claiming it. */
async function useWrap(world: World, { wrap }: Given): Promise<Truth> {
  const { status, text } = await world.call('POST', 'sys/wrapping/lookup', { token: wrap.value }, '');
  if (status === 200) return 'works';
  if (status === 400) return 'refused';
  throw new Error(`wrapping lookup: ${status} ${text}`);
}

const recorded = ({ from, wrap, inside }: Given): Played['grant'] => {
  const c1: Located = {
    id: 'c1',
    kind: 'vault/wrapping-token',
    system: 'vault-prod',
    ref: { accessor: wrap.accessor },
  };
  const c2: Located = { ...c1Of({ value: '', accessor: inside }, 'c2'), derivedFrom: 'c1' };
  return { from, revokedAt: new Date(), credentials: [c1, c2] };
};

export const wraps: readonly Scenario[] = [
  {
    name: 'wrap-unclaimed',
    story:
      'A token was delivered wrapped and never claimed; the deliverer was revoked, the wrapping token waits.',
    naive: { asks: "looks the deliverer's accessor up", says: 'gone' },
    truth: { by: 'asking whether the wrapping token has something in it', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE', c2: 'live R-ACTIVE' } },
    async play(world) {
      const given = await give(world);
      return {
        grant: recorded(given),
        naive: () => askAccessor(world, given.deliverer.accessor),
        truth: () => useWrap(world, given),
        async mend() {
          await revokeToken(world, given.wrap.accessor);
          await revokeToken(world, given.inside);
        },
      };
    },
  },
  {
    name: 'wrap-claimed',
    story: 'The agent claimed what was wrapped: the wrapping token is gone, and what was inside lives.',
    naive: { asks: "looks the wrapping token's accessor up", says: 'gone' },
    truth: { by: 'asking OpenBao who one is, with the token that was inside', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    async play(world) {
      const given = await give(world);
      const answer = await world.call('POST', 'sys/wrapping/unwrap', {}, given.wrap.value);
      const { client_token: value } = claimed.parse(answer.json).auth;
      // a token that is used up is revoked in the background
      const gone = async () => (await askAccessor(world, given.wrap.accessor)) === 'gone';
      await until('the wrapping token ends', gone);
      return {
        grant: recorded(given),
        naive: () => askAccessor(world, given.wrap.accessor),
        truth: () => useToken(world, value),
        mend: async () => void (await revokeToken(world, given.inside)),
      };
    },
  },
];
