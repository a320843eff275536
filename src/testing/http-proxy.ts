import { Agent, createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './listen.ts';
import type { Address, Asked } from './world.ts';

/** An answer as it goes back. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpExchange extends Asked {
  readonly headers: IncomingMessage['headers'];
  readonly spoilt: boolean;
  /** The system's own answer, where it was asked. */
  answer?: ProxiedAnswer;
}

/** Answers in the system's place. `genuine` asks the system after all. */
export type HttpSpoiler = (
  request: IncomingMessage,
  response: ServerResponse,
  genuine: () => Promise<ProxiedAnswer>,
  asked: Asked,
) => void | Promise<void>;

export interface HttpProxy {
  readonly address: Address;
  /** Everything that was asked since `begin`, in the order in which it came. */
  readonly exchanges: readonly HttpExchange[];
  /** How often an answer was spoilt since `begin`. */
  readonly fired: number;
  /** Forgets what was asked, and from now on spoils what `rule` gives a spoiler for. */
  begin(rule?: (asked: Asked) => HttpSpoiler | undefined): void;
  stop(): Promise<void>;
}

/**
 * Stands on loopback in front of a system that speaks plain HTTP: passes through, writes down, and
 * spoils what it is told to. Every answer closes its connection, so that each question is one of its own.
 * @param upstream asked anew for every question: the system may change in between.
 */
export async function startHttpProxy(
  upstream: (asked: Asked) => Address | Promise<Address>,
): Promise<HttpProxy> {
  let exchanges: HttpExchange[] = [];
  let fired = 0;
  let rule: (asked: Asked) => HttpSpoiler | undefined = () => undefined;
  let run = 0;
  const agent = new Agent({ keepAlive: true });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const of = run;
    const body = await read(request);
    // a question of a run that has given up is none of this one's: its client may be gone already
    await new Promise((resolve) => setImmediate(resolve));
    const { destroyed, readableEnded } = request.socket;
    if (of !== run || destroyed || readableEnded) return void response.destroy();
    const asked: Asked = {
      number: exchanges.length + 1,
      method: request.method ?? '',
      path: request.url ?? '',
      body: body.toString('latin1'),
    };
    const spoiler = rule(asked);
    const exchange: HttpExchange = { ...asked, headers: request.headers, spoilt: spoiler !== undefined };
    exchanges.push(exchange);
    response.shouldKeepAlive = false;
    const genuine = async (): Promise<ProxiedAnswer> => {
      exchange.answer ??= await forward(await upstream(asked), agent, request, body);
      return exchange.answer;
    };
    if (spoiler === undefined) return send(response, await genuine());
    fired += 1;
    return spoiler(request, response, genuine, asked);
  }

  const server = createServer((request, response) => {
    // a client that gives up in between is part of the game
    handle(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  const address = await listen(server);
  return {
    address,
    get exchanges() {
      return exchanges;
    },
    get fired() {
      return fired;
    },
    begin(next = () => undefined) {
      run += 1;
      exchanges = [];
      fired = 0;
      rule = next;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, { status, headers, body }: ProxiedAnswer): void {
  response.writeHead(status, headers).end(body);
}

function forward(to: Address, agent: Agent, from: IncomingMessage, body: Buffer): Promise<ProxiedAnswer> {
  return new Promise((resolve, reject) => {
    // the name it was asked by stays: it may be part of a signature
    const headers = { ...from.headers, connection: 'keep-alive' };
    const { method, url: path } = from;
    const out = httpRequest({ ...to, method, path, headers, agent }, (answer) => {
      read(answer).then((whole) => {
        const kept = Object.entries(answer.headers).filter(([name]) => !ofConnection.has(name));
        resolve({
          status: answer.statusCode ?? 0,
          headers: {
            ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
            ...(answer.statusCode === 204 ? {} : { 'content-length': String(whole.length) }),
          },
          body: whole,
        });
      }, reject);
    });
    out.on('error', reject);
    out.end(body);
  });
}

const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

async function read(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray());
}
