import { isIPv4 } from 'node:net';
import type { AllowedRead, Host, HttpRequest } from '../connector.ts';

const methods: readonly string[] = ['GET', 'POST', 'LIST'] satisfies readonly HttpRequest['method'][];

/** Set by the transport itself, or able to turn a read into something else on the way. */
const keptHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]);

export type Guard = (request: HttpRequest) => string | undefined;

/** Says why a request may not leave, or undefined when it is a declared read with a sound path. */
export function createGuard(reads: readonly AllowedRead[]): Guard {
  // a pattern that its author forgot to anchor must not let through what only contains it
  const whole = reads.map(({ method, path, operation }) => ({
    method,
    path: wholly(path),
    operation: operation === undefined ? undefined : wholly(operation),
  }));
  return ({ method, path, headers, body, text }) => {
    if (!methods.includes(method)) return 'the method is not one that reads';
    const unsound = unsoundPath(path);
    if (unsound !== undefined) return unsound;
    const [bare, query] = split(path);
    if (/(?:^|&)_method=/i.test(query)) return 'its query asks for another method';
    const named = whole.filter((read) => read.method === method && read.path.test(bare));
    if (named.length === 0) return `${method} on this path is not a declared read`;
    if (method !== 'POST' && (body !== undefined || (text ?? '') !== '')) return `${method} carries a body`;
    if (body !== undefined && text !== undefined) return 'it carries two bodies';
    const operation = operationOf(text, headers ?? {});
    if (typeof operation !== 'string' && operation !== undefined) return operation.unfit;
    const meant = (read: (typeof whole)[number]) =>
      operation === undefined ? read.operation === undefined : read.operation?.test(operation) === true;
    if (!named.some(meant)) return `${operation ?? 'a request without an operation'} is not a declared read`;
    const kept = Object.keys(headers ?? {}).find((name) => keptHeaders.has(name.toLowerCase()));
    return kept === undefined ? undefined : `the header ${kept} belongs to the transport`;
  };
}

const wholly = ({ source, flags }: RegExp) => new RegExp(`^(?:${source})$`, flags.replace(/[gmy]/g, ''));

/** What an API with one path for everything is asked to do: the name must be the only one in the request. */
function operationOf(
  text: string | undefined,
  headers: NonNullable<HttpRequest['headers']>,
): string | { readonly unfit: string } | undefined {
  const targets = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'x-amz-target');
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const form = typeof type === 'string' && /^application\/x-www-form-urlencoded\b/.test(type);
  const actions = text === undefined || !form ? [] : new URLSearchParams(text).getAll('Action');
  const [first, ...others] = [...targets.map(([, value]) => value), ...actions];
  if (others.length > 0) return { unfit: 'it names two operations' };
  if (first !== undefined && typeof first !== 'string') return { unfit: 'its operation is a secret' };
  if (first === undefined && (text ?? '') !== '') return { unfit: 'its text names no operation' };
  return first;
}

function split(path: string): [string, string] {
  const at = path.indexOf('?');
  return at === -1 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}

function unsoundPath(path: string): string | undefined {
  if (!path.startsWith('/')) return 'its path is not absolute';
  if (!/^[\x21-\x7e]+$/.test(path)) return 'its path holds characters that must be percent-encoded';
  if (/[#\\]/.test(path)) return 'its path holds a fragment or a backslash';
  const [bare] = split(path);
  // an empty part is an id that was empty: the server would answer about something else
  if (bare.includes('//')) return 'its path holds an empty part';
  const decoded = decodedWholly(bare);
  if (decoded === undefined) return 'its path holds a broken percent-encoding';
  if (decoded.split(/[/\\]/).some((part) => /^\.{1,2}(?:;|$)/.test(part))) return 'its path climbs with dots';
  return undefined;
}

/** Gateways decode once, some servers once more. */
function decodedWholly(text: string): string | undefined {
  let decoded = text;
  for (let turn = 0; turn < 3; turn++) {
    // only a broken encoding of the path as it was given is refused: later turns may meet a lone % of an id
    const next = decodedOnce(decoded);
    if (next === undefined) return turn === 0 ? undefined : decoded;
    decoded = next;
  }
  return decoded;
}

function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** `host` without the brackets that URLs put around IPv6 addresses. */
export function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** Does plain http to this host leave the machine without anybody having allowed it? */
export function leavesInPlain({ protocol, host, allowInsecure }: Host): boolean {
  if (protocol !== 'http:' || allowInsecure) return false;
  const bare = bareHost(host).toLowerCase();
  const loopback = bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
  return !loopback;
}
