import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Host } from '../connector.ts';
import { headTrouble } from './answer.ts';
import type { Whole } from './answer.ts';
import type { Span } from './deadline.ts';
import { bareHost } from './guard.ts';
import type { Outgoing } from './outgoing.ts';
import type { Trouble } from './trouble.ts';
import { brokeOff, transportTrouble, trouble } from './trouble.ts';

/** Connections to one host. */
export interface Wire {
  /** Sends, and waits until the answer is whole or the span is over. `fresh` takes a new connection. */
  exchange(outgoing: Outgoing, span: Span, fresh: boolean): Promise<Whole | Trouble>;
  close(): void;
}

/** Headers above Node's own 16 KiB are refused by its parser; bodies above `bodyLimit` bytes here, while they come. */
export function createWire(host: Host, bodyLimit: number): Wire {
  const bare = bareHost(host.host);
  const tls = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // an address is no server name (RFC 6066); its certificate is still compared with the address
    ...(isIP(bare) === 0 ? { servername: bare } : {}),
    ...(host.ca === undefined ? {} : { ca: host.ca }),
    // a resumed session would skip the certificate
    maxCachedSessions: 0,
  } as const;
  const secure = host.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  const kept = watchIdle(
    secure ? new HttpsAgent({ ...tls, keepAlive: true }) : new HttpAgent({ keepAlive: true }),
  );
  const single = secure ? new HttpsAgent(tls) : new HttpAgent();

  return {
    exchange: ({ method, path, headers, body }, span, fresh) =>
      new Promise((resolve) => {
        const request = send({
          agent: fresh ? single : kept,
          host: bare,
          port: host.port,
          method,
          path,
          headers,
          insecureHTTPParser: false,
        });
        // settling twice changes nothing: what comes after the first ending has no say
        const end = (ending: Whole | Trouble): void => {
          span.signal.removeEventListener('abort', cut);
          if ('reason' in ending) request.destroy();
          resolve(ending);
        };
        const cut = (): void => end(span.why());
        let begun = false;
        request.on('socket', (socket: Socket) => socket.prependOnceListener('data', () => (begun = true)));
        request.on('error', (error) => {
          const found = transportTrouble(error, begun);
          end(request.reusedSocket && found.short === 'reset' ? { ...found, raced: true } : found);
        });
        request.on('response', (response) => receive(response, host, bodyLimit, end));
        request.on('upgrade', ({ statusCode }, socket) => {
          socket.destroy();
          end(trouble('R-ANSWER', `changed the protocol (${statusCode})`, `${statusCode}`));
        });
        span.signal.addEventListener('abort', cut, { once: true });
        if (span.signal.aborted) cut();
        else request.end(body);
      }),
    close() {
      kept.destroy();
      single.destroy();
    },
  };
}

function receive(
  response: IncomingMessage,
  host: Host,
  bodyLimit: number,
  end: (ending: Whole | Trouble) => void,
): void {
  const head = { status: response.statusCode ?? 0, headers: plainHeaders(response) };
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge = (): void =>
    end(trouble('R-ANSWER', `sent a body larger than ${bodyLimit} bytes`, `${head.status} body too large`));
  response.on('error', (error) => end(response.complete ? transportTrouble(error, true) : brokeOff()));
  response.on('close', () => end(brokeOff()));
  const refused = headTrouble(head, host);
  if (refused !== undefined) return end(refused);
  if (Number(head.headers['content-length'] ?? 0) > bodyLimit) return tooLarge();
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyLimit) return tooLarge();
    chunks.push(chunk);
  });
  response.on('end', () => {
    const whole: Whole = { ...head, body: Buffer.concat(chunks) };
    end(response.complete && framed(whole) ? whole : brokeOff());
  });
}

/** Nothing, ended by nothing but the end of the connection, may be an answer that was cut before its body. */
function framed({ status, headers, body }: Whole): boolean {
  return body.length > 0 || status === 204 || 'content-length' in headers || 'transfer-encoding' in headers;
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/**
 * Bytes on a connection that nobody is asking on would be taken for the answer to the next question:
 * such a connection is closed. Late releases of Node do the same; the older ones drop the bytes.
 */
function watchIdle(agent: HttpAgent): HttpAgent {
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  const close = function (this: Duplex): void {
    this.destroy();
  };
  agent.keepSocketAlive = (socket) => {
    socket.on('data', close);
    return keep(socket);
  };
  agent.reuseSocket = (socket, request) => {
    socket.off('data', close);
    reuse(socket, request);
  };
  return agent;
}
