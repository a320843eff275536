import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange } from '../model/evidence.ts';
import { furtherOff } from '../model/time.ts';

/** Everything that went out in one run and what came back, in the order in which the answers were whole. */
export interface Tape {
  readonly exchanges: readonly Exchange[];
  /** Numbers the exchange: `x1`, `x2`, … */
  add(exchange: Omit<Exchange, 'id'>): Exchange;
  /**
   * Runs `work` and tells which exchanges it caused, also where several works run side by side, and
   * of their server times the one that is furthest from ours: one old answer among several makes the
   * whole read old. A work inside a work counts for both.
   */
  during<T>(work: () => Promise<T>): Promise<{ value: T; exchanges: readonly string[]; told?: Told }>;
}

/** What a server said the time was, and what it was here while the server was asked. */
export interface Told {
  readonly at: string;
  readonly serverAt: string;
}

interface Scope {
  readonly caused: Exchange[];
  readonly around: Scope | undefined;
}

export function createTape(): Tape {
  const exchanges: Exchange[] = [];
  const scopes = new AsyncLocalStorage<Scope>();
  return {
    exchanges,
    add(exchange) {
      const added: Exchange = { id: `x${exchanges.length + 1}`, ...exchange };
      exchanges.push(added);
      for (let scope = scopes.getStore(); scope !== undefined; scope = scope.around) scope.caused.push(added);
      return added;
    },
    async during(work) {
      const scope: Scope = { caused: [], around: scopes.getStore() };
      const value = await scopes.run(scope, work);
      const caused = [...scope.caused];
      const told = worstClock(caused);
      return {
        value,
        exchanges: caused.map((exchange) => exchange.id),
        ...(told === undefined ? {} : { told }),
      };
    },
  };
}

/** Answers that tell no time say nothing of the clock. */
function worstClock(exchanges: readonly Exchange[]): Told | undefined {
  const told = exchanges.flatMap(toldBy);
  return told.length === 0 ? undefined : told.reduce(furtherOff);
}

/** The server looked at its clock between question and answer: the nearest instant in between is fair. */
function toldBy({ at, took, serverAt }: Exchange): readonly Told[] {
  if (serverAt === undefined) return [];
  const asked = Date.parse(at);
  const said = Date.parse(serverAt);
  const between = Number.isNaN(said) ? asked : Math.min(Math.max(said, asked), asked + took);
  return [{ at: new Date(between).toISOString(), serverAt }];
}
