/** What a service is made of. */
import type { Account } from './account.ts';
import type { Shape } from './answer.ts';
import type { Caller } from './caller.ts';
import type { Input } from './input.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

export interface Call {
  readonly world: World;
  readonly account: Account;
  /** Of the account: for a read what its replica shows, for a write what is so. */
  readonly state: State;
  readonly caller: Caller;
  readonly action: string;
  readonly input: Input;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What an operation is authorised on. */
export interface Target {
  readonly arn: string;
  /** As the message of a refusal calls it: `user jit`. */
  readonly called: string;
}

export interface Operation {
  readonly writes: boolean;
  /** Undefined where everybody may, or where the operation asks for itself. */
  readonly on: ((call: Call) => Target) | undefined;
  readonly run: (call: Call) => Shape | undefined;
}

export type Operations = Readonly<Record<string, Operation>>;

export interface Service {
  /** As in the credential scope, and before the colon of its actions. */
  readonly name: string;
  readonly protocol: 'query' | 'json';
  /** Of the XML namespace, or what stands before the dot in `X-Amz-Target`. */
  readonly space: string;
  readonly version: string;
  readonly operations: Operations;
  /** Its own word for `Throttling`. */
  readonly throttled?: string;
}

export function read(on: Operation['on'], run: Operation['run']): Operation {
  return { writes: false, on, run };
}

export function write(on: Operation['on'], run: Operation['run']): Operation {
  return { writes: true, on, run };
}
