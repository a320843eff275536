/**
 * What a PostgreSQL server may say to this client, as a closed table. The driver trusts the lengths
 * and terminators of what it reads: a message that breaks them would end the process or never end
 * its loop. So every message is checked whole before the driver sees it, and anything else is an
 * answer that nobody defined.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** Bytes of one message; a whole answer of this client is far smaller. */
export const largestFrame = 16 * 1024 * 1024;

export class BadFrame extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'BadFrame';
  }
}

type Grammar = (body: Buffer) => boolean;

const empty: Grammar = (body) => body.length === 0;

const grammar: Readonly<Record<string, Grammar>> = {
  R: authentication,
  K: (body) => body.length === 8,
  S: (body) => strings(body) === 2,
  E: fields,
  N: fields,
  Z: (body) => body.length === 1 && 'ITE'.includes(body.toString('latin1')),
  T: rowDescription,
  D: dataRow,
  C: (body) => strings(body) === 1,
  I: empty,
  n: empty,
  '1': empty,
  '2': empty,
  '3': empty,
};

/**
 * Cuts the first whole message off `bytes`.
 *
 * @returns undefined while it has not all arrived.
 * @throws BadFrame for anything that is not in the table.
 */
export function nextFrame(bytes: Buffer): Buffer | undefined {
  if (bytes.length === 0) return undefined;
  const code = bytes.toString('latin1', 0, 1);
  const check = Object.hasOwn(grammar, code) ? grammar[code] : undefined;
  if (check === undefined) {
    throw new BadFrame(`not a PostgreSQL server: a message begins with 0x${bytes.toString('hex', 0, 1)}`);
  }
  if (bytes.length < 5) return undefined;
  const length = bytes.readUInt32BE(1);
  if (length < 4 || length > largestFrame) {
    throw new BadFrame(`not a PostgreSQL server: a message "${code}" of ${length} bytes`);
  }
  if (bytes.length < 1 + length) return undefined;
  const frame = bytes.subarray(0, 1 + length);
  if (!check(frame.subarray(5))) throw new BadFrame(`a message "${code}" is not whole`);
  return frame;
}

/** Does the server ask for the password in clear text? */
export function wantsClearText(frame: Buffer): boolean {
  return frame[0] === 0x52 && frame.readUInt32BE(5) === 3;
}

/** Does what it asks depend on the password: the text, its MD5, the proof of SCRAM? */
export function asksForProof(frame: Buffer): boolean {
  return frame[0] === 0x52 && [3, 5, 11].includes(frame.readUInt32BE(5));
}

function authentication(body: Buffer): boolean {
  if (body.length < 4) return false;
  switch (body.readUInt32BE(0)) {
    case 0:
    case 3:
      return body.length === 4;
    case 5:
      return body.length === 8;
    case 10: // a list of names, ended by an empty one
      return body.length >= 5 && body.subarray(4).at(-1) === 0 && (body.length === 5 || body.at(-2) === 0);
    case 11:
    case 12:
      return true;
    default:
      return false;
  }
}

/** How many zero-ended strings make up the body; -1 where the last one does not end. */
function strings(body: Buffer): number {
  if (body.length === 0 || body.at(-1) !== 0) return -1;
  return body.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
}

/** One byte and a string for each field, then a zero. */
function fields(body: Buffer): boolean {
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end === -1) return false;
    at = end + 1;
  }
  return at === body.length - 1;
}

function rowDescription(body: Buffer): boolean {
  if (body.length < 2) return false;
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    const end = body.indexOf(0, at);
    if (end === -1) return false;
    at = end + 1 + 18;
  }
  return at === body.length;
}

function dataRow(body: Buffer): boolean {
  if (body.length < 2) return false;
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    if (at + 4 > body.length) return false;
    const length = body.readInt32BE(at);
    if (length < -1) return false;
    at += 4 + Math.max(length, 0);
  }
  return at === body.length;
}
