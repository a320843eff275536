import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyConnector } from '../../src/connector.ts';
import { contractCases } from '../../src/testing.ts';
import type { ContractWorld } from '../../src/testing.ts';
import { realServer } from '../servers/require.ts';

/** Worlds for every check of one connector, on its living fake and on its real server. */
export interface Binding {
  readonly connector: AnyConnector;
  /** One or several worlds for every check: its id, and perhaps words that tell them apart. */
  readonly variants: readonly string[];
  fake(variant: string): Promise<ContractWorld>;
  /** Missing where nobody can install one. */
  readonly real?: RealPlace;
}

export interface RealPlace {
  readonly server: string;
  /** Where the real server is, or what is `missing`. */
  found(): object;
  start(): Promise<RealServer>;
}

export interface RealServer {
  world(variant: string): Promise<ContractWorld>;
  stop(): Promise<void>;
}

/** The check that a world is for. */
export const checkOf = (variant: string): string => variant.split(' ')[0] ?? '';

/** Every second world, for a file of its own. */
export function half(binding: Binding, which: 'even' | 'odd'): Binding {
  const rest = which === 'even' ? 0 : 1;
  return { ...binding, variants: binding.variants.filter((_, index) => index % 2 === rest) };
}

/** Puts every world of the connector through the suite, fake and real. */
export function bind(binding: Binding): void {
  const { connector, real: place, variants } = binding;
  const casesOf = (variant: string, world: (variant: string) => Promise<ContractWorld>) =>
    contractCases({ connector, check: checkOf(variant), open: () => world(variant) });

  describe.each(variants)('%s, on the living fake', (variant) => {
    test.each(casesOf(variant, binding.fake))('$name', async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    });
  });

  if (place === undefined) return;
  describe.runIf(realServer(place.server, place.found()))(`on the real ${place.server}`, () => {
    let real: RealServer;
    beforeAll(async () => {
      real = await place.start();
    });
    afterAll(() => real.stop());
    describe.each(variants)('%s', (variant) => {
      test.each(casesOf(variant, (one) => real.world(one)))('$name', async ({ run }) => {
        await expect(run()).resolves.toBeUndefined();
      });
    });
  });
}
