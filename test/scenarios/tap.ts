import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** What stands between a client and its server: a wire that can be slow, or cut. */
export interface Tap {
  readonly port: number;
  /** `through`: as if it were not there. `cut`: every connection is closed, new ones too. */
  set(mode: 'through' | 'cut'): void;
  /** Milliseconds that the server's answers are held back, from now on. */
  delay(ms: number): void;
  /** Connections that were closed because the wire was cut. */
  refused(): number;
  /** What clients have sent, as Latin-1: only for protocols in clear text. */
  sent(): string;
  stop(): Promise<void>;
}

/** A TCP proxy on loopback to a port on loopback. */
export async function openTap(port: number): Promise<Tap> {
  let mode: 'through' | 'cut' = 'through';
  let held = 0;
  let refused = 0;
  let sent = '';
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (mode === 'cut') {
      refused += 1;
      return void client.destroy();
    }
    const upstream = connect(port, '127.0.0.1');
    const both = [client, upstream] as const;
    const end = () => both.forEach((socket) => void socket.destroy());
    for (const socket of both) {
      open.add(socket);
      // whichever side breaks, the other one learns it by being closed
      socket.on('error', end);
      socket.once('close', () => {
        open.delete(socket);
        end();
      });
    }
    client.on('data', (bytes: Buffer) => {
      sent = (sent + bytes.toString('latin1')).slice(-100_000);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (held === 0) client.write(bytes);
      else setTimeout(() => client.destroyed || client.write(bytes), held).unref();
    });
  });
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('the tap has no port'));
    });
  });
  const cut = () => open.forEach((socket) => void socket.destroy());
  return {
    port: bound,
    set(next) {
      mode = next;
      if (mode === 'cut') cut();
    },
    delay(ms) {
      held = ms;
    },
    refused: () => refused,
    sent: () => sent,
    stop() {
      cut();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
