import type { AnyConnector } from '../connector.ts';
import { must } from './expect.ts';
import { startHttpProxy } from './http-proxy.ts';
import type { HttpSpoiler } from './http-proxy.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { Address, Asked, Contract, ContractWorld } from './world.ts';

/** A proxy of either protocol, for cases that say the same of both. */
export interface Front {
  readonly address: Address;
  readonly asked: readonly Asked[];
  readonly fired: number;
  /** Passes everything through. */
  pass(): void;
  /** Never answers what `when` picks; `then` runs as it comes. */
  hang(when: (asked: Asked) => boolean, then?: () => void): void;
  /** Answers what `when` picks with an error that repeats what was asked, and these texts. */
  echo(when: (asked: Asked) => boolean, form: EchoForm, texts: readonly string[]): void;
  /** From the question after the `after`th on, another instance answers. */
  move(to: Address, after: number): void;
  stop(): Promise<void>;
}

export const speaks = (connector: AnyConnector): 'http' | 'tcp' =>
  connector.reads.length === 0 ? 'tcp' : 'http';

/** How servers repeat what they were sent. `bytes` is a socket protocol's own. */
export type EchoForm = (typeof httpEchoes)[number] | 'bytes';
export const httpEchoes = [
  'errors 400',
  'message 403',
  'error 500',
  'html 200',
  'json 200',
  'location 302',
] as const;

export function echoForms(connector: AnyConnector): readonly EchoForm[] {
  return speaks(connector) === 'http' ? httpEchoes : ['bytes'];
}

export function openFront({ connector }: Contract, world: ContractWorld): Promise<Front> {
  return speaks(connector) === 'http' ? httpFront(world) : tcpFront(world);
}

async function httpFront(world: ContractWorld): Promise<Front> {
  let moved: { readonly to: Address; readonly after: number } | undefined;
  let went = 0;
  const proxy = await startHttpProxy(({ number }) => {
    if (moved === undefined || number <= moved.after) return world.address;
    went += 1;
    return moved.to;
  });
  return {
    address: proxy.address,
    get asked() {
      return proxy.exchanges;
    },
    get fired() {
      return moved === undefined ? proxy.fired : went;
    },
    pass: () => proxy.begin(),
    hang(when, then = () => {}) {
      // never ended: the proxy closes it when it stops
      proxy.begin((asked) => (when(asked) ? then : undefined));
    },
    echo(when, form, texts) {
      proxy.begin((asked) => (when(asked) ? echo(form, texts) : undefined));
    },
    move(to, after) {
      moved = { to, after };
      went = 0;
      proxy.begin();
    },
    stop: () => proxy.stop(),
  };
}

function echo(form: EchoForm, texts: readonly string[]): HttpSpoiler {
  return (request, response, _genuine, asked) => {
    const text = [`${asked.method} ${asked.path}`, ...request.rawHeaders, asked.body, ...texts].join(' ');
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    switch (form) {
      case 'errors 400':
        return json(400, { errors: [text] });
      case 'message 403':
        return json(403, { message: text });
      case 'error 500':
        return json(500, { error: text });
      case 'json 200':
        return json(200, { data: { id: text, value: text }, text });
      case 'html 200':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${text}</p>`);
      case 'location 302': {
        const location = `http://elsewhere.invalid/${encodeURIComponent(text)}`;
        return void response.writeHead(302, { location }).end();
      }
      case 'bytes':
        return void response.socket?.end(text);
    }
  };
}

async function tcpFront(world: ContractWorld): Promise<Front> {
  let at = world.address;
  const proxy = await startTcpProxy(() => at);
  return {
    address: proxy.address,
    get asked() {
      return proxy.turns.filter((turn) => turn.answered.length > 0);
    },
    get fired() {
      return proxy.fired;
    },
    pass: () => proxy.begin(),
    hang(when, then = () => {}) {
      proxy.begin((asked) => (when(asked) ? then : undefined));
    },
    echo(when, _form, texts) {
      must(world.errorAnswer !== undefined, 'a socket protocol needs errorAnswer in its world');
      const answer = world.errorAnswer;
      proxy.begin((asked) =>
        when(asked) ? (client) => void client.write(answer([asked.body, ...texts].join(' '))) : undefined,
      );
    },
    move(to, after) {
      at = world.address;
      proxy.begin((asked) =>
        asked.number === after
          ? (client, answer) => {
              at = to;
              // a connection stays with the server that took it: only a new one meets the other
              client.end(answer);
            }
          : undefined,
      );
    },
    stop: () => proxy.stop(),
  };
}
