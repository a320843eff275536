import { isUtf8 } from 'node:buffer';
import type { Host, HttpAnswer } from '../connector.ts';
import { parseJson } from './json.ts';
import type { Parsed } from './json.ts';
import type { Trouble } from './trouble.ts';
import { trouble } from './trouble.ts';

/** An answer's status and headers. */
export interface Head {
  readonly status: number;
  /** Lower-cased; a repeated header as Node joins it. Cookies are left out: nobody here keeps a session. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole answer, not yet understood. */
export interface Whole extends Head {
  readonly body: Buffer;
}

/** What the status and the headers alone make impossible to answer; undefined where the body has a say. */
export function headTrouble({ status, headers }: Head, host: Host): Trouble | undefined {
  if (status >= 300 && status < 400) {
    const target = redirectTarget(headers['location'], host);
    return trouble(
      'R-REDIRECT',
      `redirects (${status}) ${target}, which is not followed`,
      `${status} ${target}`,
    );
  }
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity')
    return trouble(
      'R-ANSWER',
      `sent a body encoded as ${encoding}, which was not asked for`,
      `${status} ${encoding}`,
    );
  const age = Number(headers['age'] ?? 0);
  if (age > 0) return trouble('R-STALE', `sent an answer from a cache, ${age} s old`, `${status} cached`);
  return undefined;
}

/** Only the host: the rest of a sign-in address holds state that is nobody's business. */
function redirectTarget(location: string | undefined, host: Host): string {
  if (location === undefined) return 'without a target';
  const here = `${host.protocol}//${host.host.includes(':') && !host.host.startsWith('[') ? `[${host.host}]` : host.host}:${host.port}`;
  const there = URL.canParse(location, here) ? new URL(location, here).host : '';
  return there === '' ? 'to an address without a host' : `to ${there}`;
}

/**
 * The answer, or why its body is none.
 * @param asText whoever asks reads the body himself: XML is one, too.
 */
export function understand({ status, headers, body }: Whole, asText = false): HttpAnswer | Trouble {
  const serverAt = httpDate(headers['date']);
  const answer = (json: unknown): HttpAnswer => ({
    saw: 'answer',
    status,
    headers,
    json: asText ? undefined : json,
    ...(asText ? { text: body.toString('utf8') } : {}),
    ...(serverAt === undefined ? {} : { serverAt: new Date(serverAt).toISOString() }),
  });
  if (status === 407) return trouble('R-UNREACHABLE', 'a proxy wants a credential: 407', '407');
  if (body.length === 0 && status < 500 && status !== 429) return answer(undefined);
  const parsed = parsedBody(headers['content-type'], body, asText);
  if ('value' in parsed) return answer(parsed.value);
  const said = body.length === 0 ? `${status} without a body` : `${status} with ${parsed.unfit}`;
  const short = `${status}`;
  if (status === 429) return trouble('R-RATE', `asked to slow down: ${said}`, short);
  if (status >= 500) return trouble('R-UNREACHABLE', `cannot answer: ${said}`, short);
  return trouble('R-ANSWER', `sent ${said} where ${asText ? 'JSON or XML' : 'JSON'} was expected`, short);
}

function parsedBody(type: string | undefined, body: Buffer, asText: boolean): Parsed {
  if (isJson(type) || (asText && /^application\/x-amz-json-1\.[01]$/.test(mediaType(type))))
    return parseJson(body);
  if (!asText || !/^(?:text|application)\/xml$/.test(mediaType(type))) return { unfit: otherType(type) };
  return isUtf8(body) ? { value: undefined } : { unfit: 'XML that is not UTF-8' };
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isJson(contentType: string | undefined): boolean {
  return /^(?:application\/json|[\w.-]+\/[\w.-]+\+json)$/.test(mediaType(contentType));
}

function otherType(contentType: string | undefined): string {
  const type = mediaType(contentType);
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'HTML';
  return type === '' ? 'a body of no stated type' : type.slice(0, 60);
}

/** Milliseconds of an HTTP date in the one form that servers must send (RFC 9110, 5.6.7). */
function httpDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text))
    return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Milliseconds for which the answer asks for a pause (RFC 9110, 10.2.3): seconds, or a date by the server's own clock. */
export function pauseAsked({ status, headers }: Head, now: number): number {
  const wait = headers['retry-after'];
  if (wait === undefined || (status !== 429 && status !== 503 && status !== 403)) return 0;
  if (/^\d{1,9}$/.test(wait)) return Number(wait) * 1_000;
  const until = httpDate(wait);
  return until === undefined ? 0 : Math.max(0, until - (httpDate(headers['date']) ?? now));
}

/** The code by which an answer in text names its error: its words may repeat what was signed. */
export function errorCode(text: string): string {
  return (
    /<Code>([\w.-]{1,80})<\/Code>|"(?:__type|code)":"(?:[\w.-]+#)?([\w.-]{1,80})"/
      .exec(text)
      ?.slice(1)
      .join('') ?? ''
  );
}

/** What an answer says of itself in words: for the tape, where a status alone says too little. */
export function sayings(json: unknown): string {
  if (typeof json !== 'object' || json === null) return '';
  if ('errors' in json && Array.isArray(json.errors))
    return json.errors.map((one: unknown) => saying(one)).join('; ');
  if ('message' in json && typeof json.message === 'string') return json.message;
  return 'error' in json && typeof json.error === 'string' ? json.error : '';
}

function saying(error: unknown): string {
  if (typeof error === 'string') return error;
  return typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    typeof error.message === 'string'
    ? error.message
    : '';
}
