import type { Outcome } from '../ask.ts';
import { must, mustBeOver, mustFire, mustNotBeOver } from '../expect.ts';
import { send } from '../http-proxy.ts';
import type { HttpExchange, HttpProxy, HttpSpoiler, ProxiedAnswer } from '../http-proxy.ts';
import { behindHttp } from '../scene.ts';
import type { Asked, Contract, ContractCase, ContractTarget, ContractWorld } from '../world.ts';

const hourAgo = (): string => new Date(Date.now() - 3_600_000).toUTCString();

/** Something between us and the system that remembers answers and gives them to the wrong question. */
export function cacheCases(contract: Contract): readonly ContractCase[] {
  return [
    behindHttp(contract, 'a cache that answers by address alone, from its first answer on', async (scene) => {
      const { world, look, proxy } = scene;
      const target = await world.create();
      const other = await world.create();
      await world.end(other);
      const blunt = withoutSighting(await look(other));
      for (const state of ['living', 'ended'] as const) {
        if (state === 'ended') await world.end(target);
        const asked = await cleanly(() => look(target), proxy);
        if (blunt || !shared(asked, world, target)) continue;
        const remembered = new Map<string, ProxiedAnswer>();
        proxy.begin((one) => replayFirst(one, remembered));
        mustNotBeOver(await look(target), `${state}, behind that cache`);
        mustFire(remembered.size, 'remembering');
      }
    }),
    behindHttp(contract, 'a cache that holds the absence of another', async ({ world, look, proxy }) => {
      const gone = await world.create();
      await world.end(gone);
      const answers = await ownAnswers(() => look(gone), proxy, world, gone);
      if (withoutSighting(await look(gone))) return;
      const target = await world.create();
      const asked = (await cleanly(() => look(target), proxy)).filter((one) => world.asks(one, target));
      for (const { answer, body, ...of } of answers) {
        const address = addressOf(of);
        // where an address names whom it is about, or both ask the very same, nothing can be mixed up
        const mixed = asked.some((one) => addressOf(one) === address && one.body !== body);
        if (!mixed || answer === undefined) continue;
        const replay: HttpSpoiler = (_request, response) => send(response, answer);
        proxy.begin((one) => (addressOf(one) === address ? replay : undefined));
        mustNotBeOver(await look(target), `living, ${address} out of that cache`);
        mustFire(proxy.fired, `the cache for ${address}`);
      }
    }),
    behindHttp(contract, 'an hour-old absence in the place of the answer', async ({ world, look, proxy }) => {
      const gone = await world.create();
      await world.end(gone);
      const answers = await ownAnswers(() => look(gone), proxy, world, gone);
      const target = await world.create();
      for (const age of ['by its date', 'by its age'] as const) {
        for (const { answer: genuine } of answers) {
          if (genuine === undefined) continue;
          const { status, headers, body } = genuine;
          const old = age === 'by its date' ? { date: hourAgo() } : { age: '3600' };
          const answer = { status, headers: { ...headers, ...old }, body };
          proxy.begin((one) =>
            world.asks(one, target) ? (_request, response) => send(response, answer) : undefined,
          );
          const outcome = await look(target);
          must(
            outcome.verdict.verdict !== 'gone',
            `living, an old answer ${age}: must not be judged gone`,
            outcome,
          );
          mustFire(proxy.fired, 'the old answer');
        }
      }
      await world.end(target);
      proxy.begin();
      mustBeOver(await look(target), 'ended, nothing cached');
    }),
  ];
}

/**
 * Where the control of an absence is the absence of another, an answer that says "absent" to every
 * question cannot be told from the truth: only something alive, sighted by the same read, can tell.
 */
function withoutSighting({ observation }: Outcome): boolean {
  return (
    'controls' in observation &&
    observation.controls !== undefined &&
    observation.controls.every(({ form }) => form === 'distinct-absence')
  );
}

async function cleanly(look: () => Promise<unknown>, proxy: HttpProxy): Promise<readonly HttpExchange[]> {
  proxy.begin();
  await look();
  return proxy.exchanges;
}

/** What is asked about this target, with the system's own answers. */
async function ownAnswers(
  look: () => Promise<unknown>,
  proxy: HttpProxy,
  world: ContractWorld,
  target: ContractTarget,
): Promise<readonly HttpExchange[]> {
  const asked = (await cleanly(look, proxy)).filter((one) => world.asks(one, target));
  must(asked.length > 0, 'nothing was asked about the target: does "asks" know its own read?');
  return asked;
}

/** What a cache goes by that looks neither at the body nor at who asks. */
const addressOf = ({ method, path }: Pick<Asked, 'method' | 'path'>): string => `${method} ${path}`;

/** Does the read of the target share its address with another question before it? */
function shared(asked: readonly HttpExchange[], world: ContractWorld, target: ContractTarget): boolean {
  return asked.some(
    (one) =>
      world.asks(one, target) &&
      asked.some(
        (other) =>
          other.number < one.number && addressOf(other) === addressOf(one) && !world.asks(other, target),
      ),
  );
}

function replayFirst(asked: Asked, remembered: Map<string, ProxiedAnswer>): HttpSpoiler | undefined {
  const address = addressOf(asked);
  const before = remembered.get(address);
  if (before !== undefined) return (_request, response) => send(response, before);
  return async (_request, response, genuine) => {
    const answer = await genuine();
    remembered.set(address, remembered.get(address) ?? answer);
    send(response, answer);
  };
}
