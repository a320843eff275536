import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reason } from '../model/reason.ts';

/** What a server may do instead of answering, and what may be concluded from it. */
export interface Behaviour {
  readonly name: string;
  /** What the door and then `unlisted` make of it; `live` and `dead` are the two that prove something. */
  readonly reason: Reason | 'live' | 'dead';
  readonly respond: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A determinate answer of the API that is played. */
export interface Determinate {
  readonly status: number;
  readonly json: unknown;
}

/** Where the redirects point, on the server itself: a client that follows them asks for one of these. */
export const traps = { page: '/trap/sign-in', refusal: '/trap/refused' } as const;

const signIn = '<!doctype html><title>Sign in</title><form><input name="user"><input type="password"></form>';

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function html(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
}

function redirect(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { location }).end();
}

/** 25 behaviours, of which 23 prove nothing. `live` and `dead` are the answers of the check that is tried. */
export function behaviours(live: Determinate, dead: Determinate): readonly Behaviour[] {
  const both = { live, dead };
  const determinate = (name: string, which: 'live' | 'dead'): Behaviour => ({
    name,
    reason: which,
    respond: (_, response) => json(response, both[which].status, both[which].json),
  });
  const inconclusive = (
    name: string,
    reason: Reason,
    respond: (response: ServerResponse, request: IncomingMessage) => void,
  ): Behaviour => ({
    name,
    reason,
    respond(request, response) {
      // only a client that follows redirects comes here
      if (request.url?.startsWith(traps.page) === true) return html(response, 200, signIn);
      if (request.url?.startsWith(traps.refusal) === true) return json(response, 401, dead.json);
      return respond(response, request);
    },
  });
  return [
    determinate('live-200-json', 'live'),
    determinate('dead-401-json', 'dead'),
    inconclusive('403-ratelimit', 'R-RATE', (response) =>
      json(
        response,
        403,
        { message: 'API rate limit exceeded' },
        { 'x-ratelimit-remaining': '0', 'retry-after': '60' },
      ),
    ),
    inconclusive('403-ip-allowlist', 'R-PERM', (response) =>
      json(response, 403, { message: 'The organisation has an IP allow list, and yours is not on it' }),
    ),
    inconclusive('403-waf-html', 'R-ANSWER', (response) =>
      html(response, 403, '<h1>Access denied</h1><p>Ray ID: 8c1f00d</p>'),
    ),
    inconclusive('429', 'R-RATE', (response) =>
      json(response, 429, { message: 'Too many requests' }, { 'retry-after': '60' }),
    ),
    inconclusive('500', 'R-UNREACHABLE', (response) => json(response, 500, { message: 'Internal error' })),
    inconclusive('503', 'R-UNREACHABLE', (response) =>
      json(response, 503, { message: 'Unavailable' }, { 'retry-after': '60' }),
    ),
    inconclusive('502-html', 'R-UNREACHABLE', (response) => html(response, 502, '<h1>Bad gateway</h1>')),
    inconclusive('407-proxy', 'R-UNREACHABLE', (response) =>
      html(response, 407, '<h1>Proxy</h1>', { 'proxy-authenticate': 'Basic realm="proxy"' }),
    ),
    inconclusive('404', 'R-ANSWER', (response) => json(response, 404, { message: 'Not Found' })),
    inconclusive('401-corp-proxy', 'R-ANSWER', (response) =>
      html(response, 401, '<h1>Corporate gateway: sign in</h1>', { 'www-authenticate': 'Negotiate, Basic' }),
    ),
    inconclusive('200-html-login', 'R-ANSWER', (response) => html(response, 200, signIn)),
    inconclusive('200-empty', 'R-ANSWER', (response) =>
      response.writeHead(200, { 'content-length': '0' }).end(),
    ),
    inconclusive('204', 'R-ANSWER', (response) => response.writeHead(204).end()),
    inconclusive('200-bad-json', 'R-ANSWER', (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"login":"ali'),
    ),
    inconclusive('200-json-error-ratelimited', 'R-ANSWER', (response) =>
      json(response, 200, { ok: false, error: 'ratelimited' }),
    ),
    inconclusive('200-json-error-revoked', 'R-ANSWER', (response) =>
      json(response, 200, { ok: false, error: 'token_revoked' }),
    ),
    inconclusive('301-to-200-html', 'R-REDIRECT', (response) => redirect(response, 301, traps.page)),
    inconclusive('302-to-200-html', 'R-REDIRECT', (response) => redirect(response, 302, traps.page)),
    inconclusive('301-to-401', 'R-REDIRECT', (response) => redirect(response, 301, traps.refusal)),
    inconclusive('302-no-follow-loop', 'R-REDIRECT', (response, request) =>
      redirect(response, 302, request.url ?? '/'),
    ),
    // never ended: whoever stops the server closes it
    inconclusive('timeout', 'R-UNREACHABLE', (response) =>
      response.on('error', (error) => response.destroy(error)),
    ),
    inconclusive('reset', 'R-UNREACHABLE', (_, request) => request.socket.resetAndDestroy()),
    inconclusive('truncated', 'R-PARTIAL', (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"login":"alice"', () => response.destroy());
    }),
  ];
}
