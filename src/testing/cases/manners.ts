import { failed } from '../../model/observation.ts';
import { checkOf } from '../ask.ts';
import { must, mustBeOpen, mustFire, mustSee } from '../expect.ts';
import { speaks } from '../front.ts';
import { behindFront } from '../scene.ts';
import type { Contract, ContractCase } from '../world.ts';

/** Milliseconds in which a run that was called off must have ended: far above what it takes. */
const soon = 10_000;

/** A guest that only reads, and leaves when asked. */
export function mannersCases(contract: Contract): readonly ContractCase[] {
  const check = checkOf(contract);
  return [
    behindFront(contract, 'asking changes nothing, and only declared reads leave', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      for (const state of ['living', 'ended'] as const) {
        if (state === 'ended') await world.end(target);
        const before = await world.snapshot();
        front.pass();
        await look(target);
        await look(target);
        const after = await world.snapshot();
        must(front.asked.length > 0, 'nothing was asked');
        must(
          before === after || check.effects.length > 0,
          `${state}: the world changed while it was asked, and "effects" says nothing of it`,
        );
        if (speaks(contract.connector) === 'tcp') continue;
        const { reads } = contract.connector;
        const strange = front.asked.find(({ method, path: whole }) => {
          const [path = '', query = ''] = whole.split('?');
          const list = method === 'GET' && /(?:^|&)list=true(?:&|$)/.test(query);
          return !reads.some(
            (read) => (read.method === method || (read.method === 'LIST' && list)) && read.path.test(path),
          );
        });
        must(strange === undefined, `${strange?.method} ${strange?.path} is no declared read`);
      }
    }),
    behindFront(contract, 'a run that is called off ends at once, and says so', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      front.pass();
      mustSee(await look(target), 'living');
      const count = front.asked.length;
      await world.end(target);
      for (let number = 1; number <= count; number += 1) {
        const called = new AbortController();
        front.hang(
          (asked) => asked.number >= number,
          () => called.abort(),
        );
        const outcome = await within(look(target, { signal: called.signal, timeoutMs: 6 * soon }));
        // what ended may take fewer questions than what lives
        if (front.fired === 0 && number > 1) break;
        mustFire(front.fired, `hanging from answer ${number} on`);
        mustBeOpen(outcome, `called off at answer ${number}`, ['R-UNREACHABLE']);
      }
    }),
    behindFront(contract, 'a run that is called off before it begins asks nothing', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      const outcome = await within(look(target, { signal: AbortSignal.abort() }));
      must(failed(outcome.observation), 'called off before it began: must be inconclusive', outcome);
      must(front.asked.length === 0, 'called off before it began: nothing may be asked');
    }),
    behindFront(contract, 'a server that never answers is given up', async ({ world, look, front }) => {
      const target = await world.create();
      front.hang(() => true);
      mustBeOpen(await within(look(target, { timeoutMs: 100 })), 'no answer at all', ['R-UNREACHABLE']);
      mustFire(front.fired, 'silence');
    }),
  ];
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not ended ${soon} ms after it was called off`)), soon);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
