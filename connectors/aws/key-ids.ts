import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account that an id of a key carries: 40 bits behind the first of its ten bytes in base32. Ids that
 * were made before about 2019 carry none, so only a match says something.
 * Source: https://hackingthe.cloud/aws/enumeration/get-account-id-from-keys/, verified on ids of AWS there.
 */
export function accountIn(accessKeyId: string): string | undefined {
  const coded = /^A(?:KIA|SIA)([A-Z2-7]{16})$/.exec(accessKeyId)?.[1];
  if (coded === undefined) return undefined;
  let bits = 0n;
  for (const character of coded.slice(0, 10)) bits = (bits << 5n) | BigInt(alphabet.indexOf(character));
  // 50 bits were read, the first 48 of them are meant
  return String(((bits >> 2n) & 0x7fffffffff80n) >> 7n).padStart(12, '0');
}

/** A well-formed id of this account that was never issued: ten random characters of 32. */
export function neverIssued(account: string): string {
  const [last = 0, ...rest] = randomBytes(9);
  let bits = (1n << 47n) | (BigInt(account) << 7n) | BigInt(last & 0x7f);
  for (const byte of rest.slice(0, 4)) bits = (bits << 8n) | BigInt(byte);
  let coded = '';
  for (let shift = 75n; shift >= 0n; shift -= 5n) coded += alphabet[Number((bits >> shift) & 31n)];
  return `AKIA${coded}`;
}
