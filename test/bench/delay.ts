import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** One question and its answer on one connection, milliseconds. */
export interface Call {
  readonly from: number;
  to: number;
}

export interface Delay {
  readonly port: number;
  /** Every call so far: bytes that went in after the last answer, until that answer began to come back. */
  readonly calls: readonly Call[];
  stop(): Promise<void>;
}

/** A way to a server of which every answer is late by so many milliseconds; a pipelined one, once. */
export async function delay(target: number, milliseconds: number): Promise<Delay> {
  const calls: Call[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let open: Call | undefined;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      if (open === undefined) calls.push((open = { from: performance.now(), to: Infinity }));
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      const call = open;
      open = undefined;
      setTimeout(() => {
        if (call !== undefined) call.to = performance.now();
        client.write(bytes);
      }, milliseconds);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => setTimeout(() => client.end(), milliseconds));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the delay has no port');
  return {
    port: address.port,
    calls,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The longest chain of calls of which each began after the one before had ended. */
export function depth(calls: readonly Call[]): number {
  const inOrder = calls.filter((call) => call.to < Infinity).toSorted((a, b) => a.from - b.from);
  const chains: number[] = [];
  for (const [index, call] of inOrder.entries()) {
    let longest = 0;
    for (let before = 0; before < index; before += 1) {
      if ((inOrder[before]?.to ?? Infinity) <= call.from) longest = Math.max(longest, chains[before] ?? 0);
    }
    chains.push(longest + 1);
  }
  return Math.max(0, ...chains);
}
