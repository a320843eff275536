import { createServer as createHttp } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import type { Host } from '../../src/connector.ts';
import { openDoor } from '../../src/door/door.ts';
import type { DoorOptions, OpenDoor } from '../../src/door/door.ts';
import { createRedactor } from '../../src/door/redact.ts';
import type { Redactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import type { Tape } from '../../src/door/tape.ts';

/** A server on a free port of loopback that goes down with the block that opened it. */
export interface Played extends AsyncDisposable {
  readonly host: Host;
  readonly port: number;
  /** How many connections have come. */
  connections(): number;
}

async function play(server: Server, protocol: Host['protocol'], stop: () => void): Promise<Played> {
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: { protocol, host: '127.0.0.1', port, allowInsecure: false },
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function playHttp(respond: RequestListener): Promise<Played> {
  const server = createHttp(respond);
  return play(server, 'http:', () => server.closeAllConnections());
}

/** `name` is a certificate of `fixtures/`. */
export function playHttps(name: string, respond: RequestListener): Promise<Played> {
  const server = createHttps({ cert: fixture(`${name}.pem`), key: fixture(`${name}.key.pem`) }, respond);
  return play(server, 'https:', () => server.closeAllConnections());
}

/** Speaks bytes: `talk` gets every connection. */
export function playTcp(
  talk: (socket: Socket) => void,
  protocol: Host['protocol'] = 'http:',
): Promise<Played> {
  const open = new Set<Socket>();
  const server = createTcp((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    talk(socket);
  });
  return play(server, protocol, () => open.forEach((socket) => socket.destroy()));
}

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

export interface TestDoor extends OpenDoor, AsyncDisposable {
  readonly tape: Tape;
  readonly redactor: Redactor;
}

export const never = new AbortController().signal;

/** A door that lets every read through and is quick to give up where a test needs it. */
export function open(
  host: Host,
  options: Partial<DoorOptions> & { readonly timeoutMs?: number } = {},
): TestDoor {
  const tape = createTape();
  const redactor = createRedactor();
  const { timeoutMs = 10_000, ...rest } = options;
  const door = openDoor({
    system: 'vault-prod',
    point: 'direct',
    host,
    reads: [
      { method: 'GET', path: /\/.*/ },
      { method: 'POST', path: /\/.*/ },
      { method: 'LIST', path: /\/.*/ },
    ],
    limits: { requestsPerSecond: 1_000, concurrency: 8, timeoutMs },
    now: Date.now,
    tape,
    redactor,
    ...rest,
  });
  return { ...door, tape, redactor, [Symbol.asyncDispose]: () => door.close() };
}
