/**
 * Reads RESP2, the protocol of Redis, one whole reply at a time. Anything that is not in its grammar
 * is an answer that nobody defined.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import type { Reason } from '../../src/connector.ts';

/** An error reply: `NOPERM …`. Its words are the server's, and may repeat what it was sent. */
export class Refusal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Reply = string | number | null | Refusal | readonly Reply[];

/** There was no answer, or none that the protocol defines. The message repeats nothing that came. */
export class Broken extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.name = 'Broken';
    this.reason = reason;
  }
}

/** Bytes of one reply, and how deep lists may lie in each other: far above what is asked for here. */
export const largest = 16 * 1024 * 1024;
const deepest = 8;
const longestLine = 64 * 1024;

/**
 * Reads the reply that begins at `from`.
 *
 * @returns undefined while it has not all arrived.
 * @throws Broken for what is no RESP2.
 */
export function nextReply(
  bytes: Buffer,
  from = 0,
  depth = 0,
): { readonly reply: Reply; readonly end: number } | undefined {
  if (from >= bytes.length) return undefined;
  const type = String.fromCharCode(bytes[from] ?? 0);
  if (!'+-:$*'.includes(type) || depth > deepest) throw new Broken('R-ANSWER', 'not a Redis server');
  const stop = bytes.indexOf('\r\n', from);
  if (stop === -1) {
    if (bytes.length - from > longestLine) throw new Broken('R-ANSWER', 'a line that does not end');
    return undefined;
  }
  const line = bytes.toString('utf8', from + 1, stop);
  const end = stop + 2;
  if (type === '+') return { reply: line, end };
  if (type === '-') return { reply: new Refusal(line), end };
  const number = wholeNumber(line);
  if (type === ':') return { reply: number, end };
  if (number === -1) return { reply: null, end };
  if (number < 0 || number > largest) throw new Broken('R-ANSWER', 'a length that cannot be');
  return type === '$' ? bulk(bytes, end, number) : list(bytes, end, number, depth);
}

function bulk(bytes: Buffer, from: number, length: number) {
  const stop = from + length;
  if (bytes.length < stop + 2) return undefined;
  if (bytes.toString('latin1', stop, stop + 2) !== '\r\n')
    throw new Broken('R-ANSWER', 'a text of another length than it says');
  return { reply: bytes.toString('utf8', from, stop), end: stop + 2 };
}

function list(bytes: Buffer, from: number, length: number, depth: number) {
  const items: Reply[] = [];
  let at = from;
  while (items.length < length) {
    const next = nextReply(bytes, at, depth + 1);
    if (next === undefined) return undefined;
    items.push(next.reply);
    at = next.end;
  }
  return { reply: items, end: at };
}

function wholeNumber(line: string): number {
  const number = Number(line);
  if (!/^[+-]?\d+$/.test(line) || !Number.isSafeInteger(number))
    throw new Broken('R-ANSWER', 'a number that is none');
  return number;
}

/** A command as the server takes it: a list of texts. */
export function written(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join('')}`;
}
