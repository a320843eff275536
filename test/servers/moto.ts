/** moto, an emulator of AWS that others wrote: in memory, loopback only, with authentication enforced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

export type FoundMoto = { readonly python: string; readonly program: string } | { readonly missing: string };

interface MotoCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RunningMoto {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly pid: number;
  /** Forgets everything, and enforces authentication again. A user who may do everything is all there is. */
  renew(): Promise<MotoCredentials>;
  /** Whether keys and policies count. */
  enforce(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

const home = join(import.meta.dirname, '..', '..', '.servers', 'moto', 'bin');
const stranger = { accessKeyId: 'AKIAQNZGKIQY56JQ7WML', secretAccessKey: 'never issued' };

/** Looks in what `test/servers/install-moto.sh` made. */
export function findMoto(): FoundMoto {
  const found = { python: join(home, 'python'), program: join(home, 'moto_server') };
  return existsSync(found.python) && existsSync(found.program)
    ? found
    : { missing: 'no moto: run test/servers/install-moto.sh' };
}

export async function startMoto(): Promise<RunningMoto> {
  const found = findMoto();
  if ('missing' in found) throw new Error(found.missing);
  const folder = mkdtempSync(join(tmpdir(), 'tombstone-moto-'));
  const port = await freePort();
  // through its own interpreter, so that the child's pid is the server's
  const server = spawn(found.python, [found.program, '-H', '127.0.0.1', '-p', String(port)], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-4_000);
  };
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  const ended = once(server, 'exit');
  const address = `http://127.0.0.1:${port}`;

  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };

  /** It answers 500 to a body that is no plain text, and leaves the switch where it was. */
  async function post(path: string, body: string): Promise<void> {
    const answer = await fetch(`${address}/moto-api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
    });
    const text = await answer.text();
    if (answer.status !== 200 || !text.includes('"ok"')) {
      throw new Error(`moto ${path}: ${answer.status} ${text}`);
    }
  }

  const settings = (credentials: MotoCredentials) => ({
    endpoint: address,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });

  async function enforce(on: boolean): Promise<void> {
    await post('reset-auth', on ? '0' : 'inf');
    const known = await new STSClient(settings(stranger)).send(new GetCallerIdentityCommand({})).then(
      () => true,
      () => false,
    );
    if (known === on) throw new Error(`moto ${on ? 'lets in a key that was never issued' : 'enforces'}`);
  }

  async function renew(): Promise<MotoCredentials> {
    await enforce(false);
    await post('reset', '');
    const iam = new IAMClient(settings(stranger));
    const UserName = 'administrator';
    await iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    await enforce(true);
    return {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
  }

  const deadline = Date.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`moto did not start: ${said}`);
    }
    const ready = await fetch(`${address}/moto-api/data.json`).then(
      (answer) => answer.status === 200,
      () => false,
    );
    if (ready) break;
    await sleep(50);
  }
  if (server.pid === undefined) throw new Error('moto has no pid');
  return { address, pid: server.pid, renew, enforce, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
