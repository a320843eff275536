import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a copied data directory a system identifier of its own, as `initdb` would have: without it
 * two servers from one template would be the same instance, and a test about the wrong server
 * could not fail. The number stands first in `global/pg_control`, whose last field is a CRC-32C over
 * all before it, and in the first page header of every WAL segment (`XLogLongPageHeaderData`).
 * Source: src/include/catalog/pg_control.h and src/include/access/xlog_internal.h of PostgreSQL.
 */
export function giveOwnIdentifier(data: string): void {
  const seconds = BigInt(Math.floor(Date.now() / 1000));
  const identifier = (seconds << 32n) | BigInt(randomBytes(4).readUInt32LE());

  const controlFile = join(data, 'global', 'pg_control');
  const control = readFileSync(controlFile);
  const crcAt = crcOffset(control);
  control.writeBigUInt64LE(identifier, 0);
  control.writeUInt32LE(crc32c(control.subarray(0, crcAt)), crcAt);
  writeFileSync(controlFile, control);

  for (const name of readdirSync(join(data, 'pg_wal')).filter((file) => /^[0-9A-F]{24}$/.test(file))) {
    const segmentFile = join(data, 'pg_wal', name);
    const segment = readFileSync(segmentFile);
    segment.writeBigUInt64LE(identifier, 24);
    writeFileSync(segmentFile, segment);
  }
}

/** The CRC's place differs between versions: it is where the sum of all before it stands. */
function crcOffset(control: Buffer): number {
  for (let at = 200; at < 512; at += 4) {
    if (control.readUInt32LE(at) === crc32c(control.subarray(0, at))) return at;
  }
  throw new Error('pg_control has no checksum where one is expected');
}

const table = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
