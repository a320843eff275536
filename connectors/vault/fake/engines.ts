/** What the engines that are mounted have in common, and those that keep things under names. */
import type { Said } from './answer.ts';
import type { Body } from './auth.ts';
import { FakeKv } from './kv.ts';
import { FakePki } from './pki.ts';
import { FakeSsh } from './ssh.ts';
import { FakeTransit } from './transit.ts';
import type { FakeWorld } from './world.ts';

export interface FakeEngine {
  /** What the mount says of itself, but for where it is mounted. */
  facts(): Record<string, unknown>;
  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined;
  /** Paths that take no token. */
  open?(path: string): boolean;
}

/** The engine of this type, or undefined where the fake has none. */
export function engineOf(world: FakeWorld, body: Body): FakeEngine | undefined {
  const { type, options } = body;
  const second = typeof options === 'object' && options !== null && 'version' in options;
  switch (type) {
    case 'kv':
      return new FakeKv(world, second ? '2' : '1');
    case 'transit':
      return new FakeTransit(world);
    case 'pki':
      return new FakePki(world);
    case 'ssh':
      return new FakeSsh(world);
    default:
      return undefined;
  }
}
