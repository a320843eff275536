import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Backend } from './fake/backend.ts';
import type { Shared } from './fake/backend.ts';
import { runForBroker } from './fake/broker-sql.ts';
import type { Fault, FaultTime } from './fake/faults.ts';
import type { FakePooler } from './fake/pooler.ts';
import { FakeWorld } from './fake/world.ts';

export { FakeWorld } from './fake/world.ts';
export type { Permission } from './fake/world.ts';
export type { Fault, FaultTime } from './fake/faults.ts';

export interface FakePostgresOptions {
  /** Who it says it is. */
  readonly systemIdentifier?: string;
  /** Milliseconds since the epoch; the machine's clock unless given. */
  readonly now?: () => number;
}

/** A small living PostgreSQL: a world behind the real protocol, on 127.0.0.1. */
export interface FakePostgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly world: FakeWorld;
  readonly superuser: { readonly user: string; readonly password: string };
  url(user: string, password: string, database?: string): string;
  /** Runs statements as a broker's superuser would, without a connection. Throws what the server would answer. */
  run(statements: readonly string[] | string): void;
  /** Ends a session of the world, and its connection if it has one. */
  terminate(pid: number): void;
  /** From now on it misbehaves like this; without a fault it behaves again. */
  fail(fault?: Fault, time?: FaultTime): Promise<void>;
  /** Another port of it, behind which a pooler stands. Ends with the server. */
  pool(pooler?: Partial<FakePooler>): Promise<FakePooler & { readonly port: number }>;
  /** Every statement that came over a connection. */
  readonly asked: readonly string[];
  /** Statements that it did not know: a test ends with none. */
  readonly unexpected: readonly string[];
  stop(): Promise<void>;
}

export async function startFakePostgres(options: FakePostgresOptions = {}): Promise<FakePostgres> {
  const { systemIdentifier = '7400000000000000001', now = Date.now } = options;
  const world = new FakeWorld({ systemIdentifier, now });
  const sockets = new Set<Socket>();
  const fronts: Server[] = [];
  let plan: { fault: Fault; at: 'login' | 'statement'; after: number; times: number } | undefined;

  const shared: Shared = {
    world,
    asked: [],
    unexpected: [],
    backends: new Map(),
    fault(step) {
      if (plan === undefined || plan.at !== step || plan.times <= 0) return undefined;
      if (plan.after > 0) {
        plan.after -= 1;
        return undefined;
      }
      plan.times -= 1;
      return plan.fault;
    },
  };
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
    Backend.serve(socket, shared);
  };
  let server = createServer(accept);
  const listen = (port: number) =>
    new Promise<number>((done, fail) => {
      server.once('error', fail).listen(port, '127.0.0.1', () => {
        const address = server.address();
        if (typeof address === 'object' && address !== null) done(address.port);
        else fail(new Error('no port'));
      });
    });
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  const port = await listen(0);

  return {
    host: '127.0.0.1',
    port,
    world,
    superuser: { user: 'postgres', password: 'only-for-tests' },
    url: (user, password, database = 'postgres') =>
      `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`,
    run(statements) {
      for (const sql of typeof statements === 'string' ? [statements] : statements) {
        if (runForBroker(world, sql) === undefined) throw new Error(`the fake does not know: ${sql}`);
      }
    },
    terminate(pid) {
      shared.backends.get(pid)?.terminate();
      world.closeSession(pid);
    },
    async pool({ users = new Map(), asks = false, connected = new Set<string>() } = {}) {
      const pooler: FakePooler = { users, asks, connected };
      const front = createServer((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        Backend.serve(socket, { ...shared, pooler });
      });
      fronts.push(front);
      const there = await new Promise<number>((done, fail) => {
        front.once('error', fail).listen(0, '127.0.0.1', () => {
          const address = front.address();
          if (typeof address === 'object' && address !== null) done(address.port);
          else fail(new Error('no port'));
        });
      });
      return Object.assign(pooler, { port: there });
    },
    async fail(fault, { at = 'statement', after = 0, times = Infinity } = {}) {
      const refusedBefore = plan?.fault.kind === 'refuse';
      plan = fault === undefined ? undefined : { fault, at, after, times };
      if (fault?.kind === 'refuse') {
        if (!refusedBefore) await close();
      } else if (refusedBefore) {
        server = createServer(accept);
        await listen(port);
      }
    },
    asked: shared.asked,
    unexpected: shared.unexpected,
    async stop() {
      for (const front of fronts) front.close();
      if (plan?.fault.kind !== 'refuse') await close();
    },
  };
}
