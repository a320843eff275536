import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** The server's side of the protocol, version 3: https://www.postgresql.org/docs/current/protocol.html */

export interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly severity?: 'ERROR' | 'FATAL';
  readonly routine?: string;
}

export class SqlError extends Error {
  readonly code: string;
  readonly routine: string | undefined;

  constructor(code: string, message: string, routine?: string) {
    super(message);
    this.code = code;
    this.routine = routine;
  }
}

export function message(code: string, ...parts: readonly (Buffer | string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(`${part}\0`) : typeof part === 'number' ? int32(part) : part,
    ),
  );
  return Buffer.concat([Buffer.from(code, 'latin1'), int32(body.length + 4), body]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export const ready = () => message('Z', Buffer.from('I'));

export function errorMessage({ code, message: text, severity = 'ERROR', routine }: ServerError): Buffer {
  const field = (name: string, value: string) => Buffer.from(`${name}${value}\0`);
  return message(
    'E',
    field('S', severity),
    field('V', severity),
    field('C', code),
    field('M', text),
    ...(routine === undefined ? [] : [field('R', routine)]),
    Buffer.from([0]),
  );
}

/** Every value goes out as text; null is null. */
export type Rows = readonly Readonly<Record<string, string | null>>[];

export function description(columns: readonly string[]): Buffer {
  const field = (name: string) =>
    Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
  return message('T', int16(columns.length), ...columns.map(field));
}

export function dataRow(columns: readonly string[], row: Rows[number]): Buffer {
  const value = (text: string | null | undefined) => {
    if (text === null || text === undefined) return int32(-1);
    const bytes = Buffer.from(text);
    return Buffer.concat([int32(bytes.length), bytes]);
  };
  return message('D', int16(columns.length), ...columns.map((name) => value(row[name])));
}

export const complete = (tag: string) => message('C', tag);

/** Reads messages of a client: the first has no code. */
export class ClientMessages {
  #held: Buffer = Buffer.alloc(0);
  #started = false;

  *take(chunk: Buffer): Generator<{ readonly code: string; readonly body: Buffer }> {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#held.length < head + 4) return;
      const end = head + this.#held.readUInt32BE(head);
      if (this.#held.length < end) return;
      const code = this.#started ? this.#held.toString('latin1', 0, 1) : '';
      const body = this.#held.subarray(head + 4, end);
      this.#held = this.#held.subarray(end);
      yield { code, body };
    }
  }

  startupIsOver(): void {
    this.#started = true;
  }
}

/** The strings of a body, each ended by a zero. */
export function strings(body: Buffer): string[] {
  return body.toString('utf8').split('\0').slice(0, -1);
}

// ── SCRAM-SHA-256, RFC 5802 and 7677 ────────────────────────────────────────────────────────────

const iterations = 4_096;

/** One exchange, which ends with the server's proof, or without one where the password is wrong. */
export class Scram {
  readonly #password: string | undefined;
  readonly #salt = randomBytes(16);
  readonly #nonce = randomBytes(18).toString('base64');
  #clientFirst = '';
  #serverFirst = '';

  /** @param password undefined where no login can succeed: the exchange then looks the same. */
  constructor(password: string | undefined) {
    this.#password = password;
  }

  challenge(clientFirst: string): string {
    this.#clientFirst = clientFirst.replace(/^[^,]*,[^,]*,/, '');
    const nonce = `${attribute(this.#clientFirst, 'r')}${this.#nonce}`;
    this.#serverFirst = `r=${nonce},s=${this.#salt.toString('base64')},i=${iterations}`;
    return this.#serverFirst;
  }

  /** The server's proof; undefined where the client's does not hold. */
  verify(clientFinal: string): string | undefined {
    if (this.#password === undefined) return undefined;
    const salted = pbkdf2Sync(this.#password.normalize('NFKC'), this.#salt, iterations, 32, 'sha256');
    const without = clientFinal.replace(/,p=[^,]*$/, '');
    const signed = `${this.#clientFirst},${this.#serverFirst},${without}`;
    const clientKey = hmac(salted, 'Client Key');
    const stored = createHash('sha256').update(clientKey).digest();
    const signature = hmac(stored, signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
    if (!proof.equals(Buffer.from(attribute(clientFinal, 'p'), 'base64'))) return undefined;
    return `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`;
  }
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function attribute(text: string, name: string): string {
  const found = text.split(',').find((part) => part.startsWith(`${name}=`));
  return found?.slice(2) ?? '';
}
