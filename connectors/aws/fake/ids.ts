/** Ids as AWS mints them: a prefix that tells the kind, and 16 characters that carry the account. */
import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

type Prefix = 'AKIA' | 'ASIA' | 'AIDA' | 'AROA' | 'AGPA' | 'ANPA' | 'AIPA' | 'APKA' | 'ACCA' | 'ASCA';

/**
 * A new id. The first six of its ten bytes hold a set bit, the account in forty bits and seven random
 * ones, which is how ids of the newer format are known to decode.
 */
export function newId(prefix: Prefix, account: string): string {
  const bytes = randomBytes(10);
  const head = (1n << 47n) | (BigInt(account) << 7n) | BigInt((bytes[5] ?? 0) & 0x7f);
  bytes.writeUIntBE(Number(head), 0, 6);
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)] ?? '';
  return prefix + text;
}

/** The account that an id belongs to; undefined where the id has not the form of one. */
export function accountOf(id: string): string | undefined {
  const text = id.slice(4);
  if (!/^[A-Z2-7]{16}$/.test(text)) return undefined;
  let bits = 0n;
  for (const letter of text) bits = (bits << 5n) | BigInt(alphabet.indexOf(letter));
  return ((bits >> 39n) & ((1n << 40n) - 1n)).toString().padStart(12, '0');
}

/** A secret of forty characters, from the alphabet that AWS uses. */
export function newSecret(): string {
  return randomBytes(30).toString('base64');
}
