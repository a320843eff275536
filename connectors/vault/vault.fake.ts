/**
 * A small living OpenBao on loopback: for tests, and for the demo where no `bao` is installed. It has a
 * world, principals whose sight follows from policies, and faults. A request that it does not know is
 * kept in `unexpected`, so that a test can fail on it.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FakeAudit } from './fake/audit.ts';
import type { FakeDatabase } from './fake/database.ts';
import type { Call } from './fake/routes.ts';
import { createRouter } from './fake/routes.ts';
import { FakeWorld } from './fake/world.ts';

export type { FakeToken } from './fake/world.ts';

/** One request as it came in. The token is named by its accessor, never by its value. */
interface Logged {
  readonly method: string;
  readonly path: string;
  readonly namespace: string;
  readonly accessor: string;
  readonly status: number;
}

/** What a fault may look at. */
interface Incoming {
  readonly method: string;
  /** Below `/v1/`, without the query. */
  readonly path: string;
  readonly namespace: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeVault {
  readonly address: string;
  readonly rootToken: string;
  readonly world: FakeWorld;
  readonly log: readonly Logged[];
  readonly unexpected: readonly string[];
  /** For every request that matches: answer in its place, or never. Returns the way to take it out again. */
  fault(
    match: (request: Incoming) => boolean,
    behaviour: (request: IncomingMessage, response: ServerResponse) => void,
  ): () => void;
  /** Any call, as anyone: for set-ups. */
  api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    namespace?: string,
  ): Promise<{ readonly status: number; readonly json: unknown }>;
  stop(): Promise<void>;
}

export interface FakeVaultOptions {
  readonly rootToken?: string;
  readonly clusterId?: string;
  readonly database?: FakeDatabase;
  /** The file of an audit device `main`: it has one where this is given. */
  readonly auditFile?: string;
}

export async function startFakeVault(options: FakeVaultOptions = {}): Promise<FakeVault> {
  const world = new FakeWorld(options.clusterId);
  const rootToken = options.rootToken ?? 'root-token-of-the-fake';
  if (options.auditFile !== undefined) world.audit = new FakeAudit('main', options.auditFile);
  world.createToken({ value: rootToken, policies: ['root'], ttl: 0 });
  const route = createRouter(world, options.database);
  const log: Logged[] = [];
  const unexpected: string[] = [];
  const faults = new Set<{
    match: (request: Incoming) => boolean;
    behaviour: (request: IncomingMessage, response: ServerResponse) => void;
  }>();
  // one request after the other: a state that changes under a request would be a race of the fake's own
  let turn: Promise<unknown> = Promise.resolve();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await callOf(request);
    if (typeof call === 'string') return send(response, 400, { errors: [call] });
    const fault = [...faults].find((one) => one.match(call));
    if (fault !== undefined) {
      note(call, 0);
      return fault.behaviour(request, response);
    }
    const answered = turn.then(async () => {
      const caller = world.find(call.token);
      const said = await route(call);
      const audited = said !== 'unknown' && call.path !== 'sys/health' && world.state === 'active';
      if (audited) world.audit?.note(world, call, caller, said);
      return said;
    });
    turn = answered.catch(() => undefined);
    const answer = await answered;
    if (answer === 'unknown') {
      const text = `the fake knows no ${call.method} ${call.path}`;
      unexpected.push(text);
      note(call, 404);
      return send(response, 404, { errors: [text] });
    }
    note(call, answer.status);
    send(response, answer.status, answer.body);
  }

  function note({ method, path, namespace, token }: Call, status: number): void {
    log.push({ method, path, namespace, accessor: world.find(token)?.accessor ?? '', status });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const text = `the fake broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      unexpected.push(text);
      send(response, 500, { errors: [text] });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the fake has no port');
  const address = `http://127.0.0.1:${bound.port}`;

  return {
    address,
    rootToken,
    world,
    log,
    unexpected,
    fault(match, behaviour) {
      const fault = { match, behaviour };
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    async api(method, path, body, token = rootToken, namespace) {
      // Node's own server does not know the verb LIST: the API's other way to say it
      const asList = method === 'LIST';
      const query = asList ? `${path.includes('?') ? '&' : '?'}list=true` : '';
      const answer = await fetch(`${address}/v1/${path}${query}`, {
        method: asList ? 'GET' : method,
        headers: {
          'x-vault-token': token,
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const json: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: answer.status, json };
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

async function callOf(request: IncomingMessage): Promise<Call | string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://fake');
  const body = text === '' ? {} : parsed(text);
  if (body === undefined) return 'failed to decode JSON input';
  const asList = request.method === 'GET' && url.searchParams.get('list') === 'true';
  return {
    method: asList ? 'LIST' : request.method === 'PUT' ? 'POST' : (request.method ?? 'GET'),
    path: decodeURIComponent(url.pathname.replace(/^\/v1\//, '')).replace(/\/$/, ''),
    query: url.searchParams,
    token: header(request, 'x-vault-token'),
    wrapTtl: header(request, 'x-vault-wrap-ttl'),
    namespace: header(request, 'x-vault-namespace').replace(/^\/+|\/+$/g, ''),
    body,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.setHeader('cache-control', 'no-store');
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.writeHead(status).end(`${JSON.stringify(body)}\n`);
}
