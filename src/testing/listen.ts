import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { Address } from './world.ts';

/** Listens on a free port of loopback. */
export function listen(server: Server): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      const at = server.address();
      if (typeof at === 'object' && at !== null) resolve({ host: '127.0.0.1', port: at.port });
      else reject(new Error('the server says no port'));
    });
  });
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<Address> {
  const server = createServer();
  const address = await listen(server);
  await new Promise((done) => server.close(done));
  return address;
}
