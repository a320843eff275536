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
  during<T>(work: () => Promise<T>): Promise<{ value: T; exchanges: readonly string[]; serverAt?: string }>;
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
      const serverAt = worstClock(caused);
      return {
        value,
        exchanges: caused.map((exchange) => exchange.id),
        ...(serverAt === undefined ? {} : { serverAt }),
      };
    },
  };
}

/** Answers that tell no time say nothing of the clock. */
function worstClock(exchanges: readonly Exchange[]): string | undefined {
  const dated = exchanges.filter(({ serverAt }) => serverAt !== undefined);
  return dated.length === 0 ? undefined : dated.reduce(furtherOff).serverAt;
}
