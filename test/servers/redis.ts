/** The real Redis for tests: in memory, loopback only, with an aclfile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextReply, Refusal, written } from '../../connectors/redis/reply.ts';
import type { Reply } from '../../connectors/redis/reply.ts';

export type FoundRedis =
  { readonly binary: string; readonly libraries: string } | { readonly missing: string };

/** A connection for set-ups and for whoever uses the credential: not the client under test. */
export interface RedisConnection {
  /** The reply, whatever it is. @throws Error where the connection is over. */
  ask(...command: readonly string[]): Promise<Reply>;
  close(): void;
  /** Says goodbye, and returns once the server no longer lists the connection. */
  quit(): Promise<void>;
}

export interface RunningRedis {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly pid: number;
  /** A command of the administrator. Throws for an error reply. */
  run(...command: readonly string[]): Promise<Reply>;
  /** A connection that has authenticated, or a `Refusal`'s text as an Error. Without a name: nobody's. */
  open(user?: string, password?: string): Promise<RedisConnection>;
  /** Ends the process and starts it again on the same port: memory is lost, the aclfile is read. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const home = join(import.meta.dirname, '..', '..', '.servers', 'redis');
const administrator = { user: 'administrator', password: 'administrator-of-the-test' } as const;

/** Looks in what `test/servers/install-redis.sh` made, then on the PATH. */
export function findRedis(): FoundRedis {
  const own = join(home, 'usr', 'bin', 'redis-server');
  if (existsSync(own)) {
    const lib = join(home, 'usr', 'lib');
    return {
      binary: own,
      libraries: readdirSync(lib)
        .map((name) => join(lib, name))
        .join(':'),
    };
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const binary = join(folder, 'redis-server');
    if (folder !== '' && existsSync(binary)) return { binary, libraries: '' };
  }
  return { missing: 'no Redis: run test/servers/install-redis.sh, or put `redis-server` on the PATH' };
}

/** @param rules of the user `default`; closed where not given, as no server comes. */
export async function startRedis(
  options: { readonly default?: string; readonly replicaOf?: number } = {},
): Promise<RunningRedis> {
  const found = findRedis();
  if ('missing' in found) throw new Error(found.missing);
  const folder = mkdtempSync(join(tmpdir(), 'tombstone-redis-'));
  const aclFile = join(folder, 'users.acl');
  writeFileSync(
    aclFile,
    [
      `user default ${options.default ?? 'off -@all'}`,
      `user ${administrator.user} on >${administrator.password} ~* &* +@all`,
      '',
    ].join('\n'),
  );
  const port = await freePort();
  const start = () => {
    const server = spawn(
      found.binary,
      [
        ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--aclfile', aclFile],
        ['--save', '', '--appendonly', 'no'],
        options.replicaOf === undefined
          ? []
          : [
              ['--replicaof', `127.0.0.1 ${options.replicaOf}`],
              ['--masteruser', administrator.user, '--masterauth', administrator.password],
            ].flat(),
      ].flat(),
      { env: { LD_LIBRARY_PATH: found.libraries }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    const keep = (chunk: Buffer): void => void (said = (said + chunk.toString('utf8')).slice(-4_000));
    server.stdout.on('data', keep);
    server.stderr.on('data', keep);
    return { server, ended: once(server, 'exit'), said: () => said };
  };
  let running = start();
  let admin: RedisConnection | undefined;
  const open: RunningRedis['open'] = async (user, password = '') => {
    const connection = await openConnection(port);
    if (user === undefined) return connection;
    const entered = await connection.ask('AUTH', user, password);
    if (entered === 'OK') return connection;
    connection.close();
    throw new Error(entered instanceof Refusal ? entered.text : 'no word of AUTH');
  };
  const halt = async () => {
    admin?.close();
    admin = undefined;
    if (running.server.exitCode === null && running.server.signalCode === null)
      running.server.kill('SIGTERM');
    await running.ended;
  };
  const ready = async () => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      if (running.server.exitCode !== null || Date.now() > deadline) {
        await halt();
        throw new Error(`Redis did not start: ${running.said()}`);
      }
      try {
        admin = await open(administrator.user, administrator.password);
        return;
      } catch {
        // not listening yet, or still loading
        await sleep(20);
      }
    }
  };
  await ready();
  const { pid } = running.server;
  if (pid === undefined) throw new Error('Redis has no pid');
  return {
    host: '127.0.0.1',
    port,
    pid,
    async run(...command) {
      admin ??= await open(administrator.user, administrator.password);
      const reply = await admin.ask(...command);
      // it closes the connections of all users but `default`, also of those that it leaves as they were
      if (command.join(' ') === 'ACL LOAD') {
        admin.close();
        admin = undefined;
      }
      if (reply instanceof Refusal) throw new Error(`${command.join(' ')}: ${reply.text}`);
      return reply;
    },
    open,
    async restart() {
      await halt();
      running = start();
      await ready();
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openConnection(port: number): Promise<RedisConnection> {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  let held: Buffer = Buffer.alloc(0);
  const waiting: { resolve(reply: Reply): void; reject(error: Error): void }[] = [];
  const end = (): void => {
    for (const one of waiting.splice(0)) one.reject(new Error('the connection is over'));
  };
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let next = nextReply(held); next !== undefined; next = nextReply(held)) {
      held = held.subarray(next.end);
      waiting.shift()?.resolve(next.reply);
    }
  });
  socket.on('close', end);
  // 'close' follows, and tells whoever waits
  socket.on('error', () => socket.destroy());
  return {
    ask: (...command) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection is over'));
        waiting.push({ resolve, reject });
        socket.write(written(command));
      }),
    close: () => void socket.destroy(),
    async quit() {
      if (socket.destroyed) return;
      const closed = once(socket, 'close');
      socket.end(written(['QUIT']));
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  if (typeof bound !== 'object' || bound === null) throw new Error('no free port on loopback');
  return bound.port;
}
