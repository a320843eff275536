/** Just enough DER for certificates that a parser takes. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey, sign } from 'node:crypto';

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));

function integer(hex: string): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  return tlv(0x02, (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

const commonName = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));

const time = (at: number): Buffer =>
  tlv(
    0x17,
    Buffer.from(
      new Date(at)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  );

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

const yes = tlv(0x01, Buffer.from([0xff]));
const basicConstraints = tlv(0xa3, sequence(sequence(oid('551d13'), yes, tlv(0x04, sequence(yes)))));

/** A certificate in PEM. `serial` is hex of whole bytes. */
export function certificateOf(facts: {
  readonly serial: string;
  readonly issuer: string;
  readonly subject: string;
  readonly from: number;
  readonly until: number;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  /** Of an issuer, who may sign others. */
  readonly authority?: true;
}): string {
  const body = sequence(
    tlv(0xa0, integer('02')),
    integer(facts.serial),
    ecdsaWithSha256,
    commonName(facts.issuer),
    sequence(time(facts.from), time(facts.until)),
    commonName(facts.subject),
    createPublicKey(facts.key).export({ type: 'spki', format: 'der' }),
    ...(facts.authority === true ? [basicConstraints] : []),
  );
  const signature = sign('sha256', body, facts.signer);
  const whole = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}
