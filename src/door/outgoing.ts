import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpRequest } from '../connector.ts';
import { Secret } from '../model/secret.ts';
import type { Redactor } from './redact.ts';

/** A request as it goes into the socket: its secrets are revealed, so it is never kept, printed or thrown. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Secret by their name, even where a connector wrote a plain string. */
const telling = /^(?:cookie|.*(?:auth|token|secret|password|api-?key).*)$/i;
const deepest = 64;

/** The request with its secrets in it, or why it cannot be written: never with a value in the text. */
export function writeOut(request: HttpRequest, redactor: Redactor): Outgoing | { readonly unfit: string } {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    // an intermediary that remembers answers must ask again
    'cache-control': 'no-cache',
    'user-agent': 'tombstone',
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value instanceof Secret && !value.filled) return { unfit: unresolved(value) };
    const text = value instanceof Secret ? value.reveal() : value;
    if (value instanceof Secret || telling.test(name)) keep(text, redactor);
    if (!carries(name, text))
      return {
        unfit: `the value for the header ${JSON.stringify(name)} holds characters that a header cannot carry`,
      };
    headers[name.toLowerCase()] = text;
  }
  const written = request.text === undefined ? writeBody(request.body, redactor) : { text: request.text };
  if ('unfit' in written) return written;
  if (written.text !== undefined) {
    headers['content-type'] ??= 'application/json';
    headers['content-length'] = String(Buffer.byteLength(written.text));
  }
  return {
    // LIST is Vault's verb; every server of its family takes `?list=true` instead, and no proxy chokes on it
    method: request.method === 'POST' ? 'POST' : 'GET',
    path: request.method === 'LIST' ? withList(request.path) : request.path,
    headers,
    body: written.text,
  };
}

function withList(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}list=true`;
}

/** `Bearer X` and `Basic base64(user:X)` must not hide X from the redactor. */
function keep(text: string, redactor: Redactor): void {
  redactor.add(text);
  const rest = /^([A-Za-z-]+) +(\S.*)$/.exec(text);
  const scheme = rest?.[1]?.toLowerCase();
  const credential = rest?.[2];
  if (credential === undefined) return;
  redactor.add(credential);
  if (scheme !== 'basic') return;
  const pair = Buffer.from(credential, 'base64').toString();
  const colon = pair.indexOf(':');
  if (colon !== -1) redactor.add(pair.slice(colon + 1));
}

function carries(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch (error) {
    // Node's own verdict on header text: ERR_INVALID_HTTP_TOKEN, ERR_INVALID_CHAR, ERR_HTTP_INVALID_HEADER_VALUE
    if (error instanceof TypeError) return false;
    throw error;
  }
}

type Written = { readonly text: string | undefined } | { readonly unfit: string };

function writeBody(body: unknown, redactor: Redactor): Written {
  if (body === undefined) return { text: undefined };
  let unfit: string | undefined;
  // Secret prints [redacted] by itself, so it is opened on the way
  const open = (value: unknown, depth: number): unknown => {
    if (value instanceof Secret) {
      if (!value.filled) {
        unfit = unresolved(value);
        return null;
      }
      redactor.add(value.reveal());
      return value.reveal();
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (depth < deepest && Array.isArray(value)) return value.map((item: unknown) => open(item, depth + 1));
    if (depth < deepest && isPlain(value))
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [key, open(item, depth + 1)]),
      );
    unfit = 'its body is not plain data';
    return null;
  };
  const text = JSON.stringify(open(body, 0));
  return unfit === undefined ? { text } : { unfit };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unresolved(secret: Secret): string {
  return `the reference ${secret.reference} was not resolved`;
}
