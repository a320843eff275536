import { ask } from './ask.ts';
import type { Asking, Outcome } from './ask.ts';
import { openFront } from './front.ts';
import type { Front } from './front.ts';
import { startHttpProxy } from './http-proxy.ts';
import type { HttpProxy } from './http-proxy.ts';
import { must } from './expect.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { Contract, ContractCase, ContractTarget, ContractWorld } from './world.ts';

export interface Scene {
  readonly contract: Contract;
  readonly world: ContractWorld;
  look(target: ContractTarget, asking?: Asking): Promise<Outcome>;
}

/** A case in a world of its own, which goes down with it. */
export function inWorld(
  contract: Contract,
  name: string,
  play: (scene: Scene) => Promise<void>,
): ContractCase {
  return {
    name,
    async run() {
      const world = await contract.open();
      try {
        await play({ contract, world, look: (target, asking) => ask(contract, world, target, asking) });
        const strange = world.unexpected?.() ?? [];
        must(strange.length === 0, `questions that the system does not know: ${strange.join(', ')}`);
      } finally {
        await world.stop();
      }
    },
  };
}

/** The same with a proxy of the connector's own protocol in front: every question goes through it. */
export function behindFront(
  contract: Contract,
  name: string,
  play: (scene: Scene & { readonly front: Front }) => Promise<void>,
): ContractCase {
  return inWorld(contract, name, async (scene) => {
    const front = await openFront(contract, scene.world);
    const look: Scene['look'] = (target, asking) => scene.look(target, { through: front.address, ...asking });
    try {
      await play({ ...scene, look, front });
    } finally {
      await front.stop();
    }
  });
}

export function behindHttp(
  contract: Contract,
  name: string,
  play: (scene: Scene & { readonly proxy: HttpProxy }) => Promise<void>,
): ContractCase {
  return inWorld(contract, name, async (scene) => {
    const proxy = await startHttpProxy(() => scene.world.address);
    const look: Scene['look'] = (target, asking) => scene.look(target, { through: proxy.address, ...asking });
    try {
      await play({ ...scene, look, proxy });
    } finally {
      await proxy.stop();
    }
  });
}

export function behindTcp(
  contract: Contract,
  name: string,
  play: (scene: Scene & { readonly proxy: TcpProxy }) => Promise<void>,
): ContractCase {
  return inWorld(contract, name, async (scene) => {
    const proxy = await startTcpProxy(() => scene.world.address);
    const look: Scene['look'] = (target, asking) => scene.look(target, { through: proxy.address, ...asking });
    try {
      await play({ ...scene, look, proxy });
    } finally {
      await proxy.stop();
    }
  });
}
