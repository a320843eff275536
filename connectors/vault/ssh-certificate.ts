import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** What a certificate in OpenSSH's format says of itself. */
export interface SshCertificate {
  readonly serial: bigint;
  readonly keyId: string;
  /** Seconds since the epoch. */
  readonly validBefore: bigint;
  /** The key that signed it, as it stands in `authorized_keys`: base64. */
  readonly authority: string;
  /** Is it really signed by that key? */
  readonly genuine: boolean;
}

/** How many fields the key itself takes. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519-cert-v01@openssh.com': 1,
  'ssh-rsa-cert-v01@openssh.com': 2,
  'ecdsa-sha2-nistp256-cert-v01@openssh.com': 2,
  'ecdsa-sha2-nistp384-cert-v01@openssh.com': 2,
  'ecdsa-sha2-nistp521-cert-v01@openssh.com': 2,
  'sk-ssh-ed25519-cert-v01@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com': 3,
};

/**
 * Reads a line like `ssh-ed25519-cert-v01@openssh.com AAAA…`; undefined where it is none, or one that
 * ends before its fields or after them.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.certkeys
 */
export function parseSshCertificate(line: string): SshCertificate | undefined {
  const [type = '', text = ''] = line.trim().split(/\s+/);
  const bytes = Buffer.from(text, 'base64');
  const fields = keyFields[type];
  if (fields === undefined || bytes.toString('base64') !== text) return undefined;
  try {
    const wire = new Wire(bytes);
    if (wire.string().toString() !== type) return undefined;
    // the nonce, then the key
    for (let skipped = 0; skipped <= fields; skipped += 1) wire.string();
    const serial = wire.long();
    wire.number();
    const keyId = wire.string().toString();
    wire.string();
    wire.long();
    const validBefore = wire.long();
    // critical options, extensions, reserved
    for (let skipped = 0; skipped < 3; skipped += 1) wire.string();
    const authority = wire.string();
    const body = bytes.subarray(0, wire.at);
    const signature = wire.string();
    if (wire.at !== bytes.length) return undefined;
    const genuine = signed(body, new Wire(signature), new Wire(authority));
    return { serial, keyId, validBefore, authority: authority.toString('base64'), genuine };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function signed(body: Buffer, signature: Wire, authority: Wire): boolean {
  const algorithm = signature.string().toString();
  const value = signature.string();
  const type = authority.string().toString();
  switch (algorithm) {
    case 'ssh-ed25519': {
      if (type !== 'ssh-ed25519') return false;
      const key = imported({ kty: 'OKP', crv: 'Ed25519', x: base64url(authority.string()) });
      return key !== undefined && verify(null, body, key, value);
    }
    case 'rsa-sha2-256':
    case 'rsa-sha2-512': {
      if (type !== 'ssh-rsa') return false;
      const [e, n] = [authority.string(), authority.string()];
      const key = imported({ kty: 'RSA', e: base64url(plain(e)), n: base64url(plain(n)) });
      return key !== undefined && verify(algorithm.replace('rsa-sha2-', 'sha'), body, key, value);
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return type === algorithm && signedOnCurve(body, algorithm, value, authority);
    default:
      return false;
  }
}

const curves: Readonly<Record<string, { crv: string; size: number; hash: string }>> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', size: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { crv: 'P-384', size: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { crv: 'P-521', size: 66, hash: 'sha512' },
};

function signedOnCurve(body: Buffer, algorithm: string, value: Buffer, authority: Wire): boolean {
  const curve = curves[algorithm];
  if (curve === undefined) return false;
  const { crv, size, hash } = curve;
  authority.string();
  const point = authority.string();
  if (point[0] !== 4 || point.length !== 1 + 2 * size) return false;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  const key = imported({ kty: 'EC', crv, x: base64url(x), y: base64url(y) });
  const pair = new Wire(value);
  const [r, s] = [plain(pair.string()), plain(pair.string())];
  if (key === undefined || r.length > size || s.length > size) return false;
  const padded = (one: Buffer): Buffer => Buffer.concat([Buffer.alloc(size - one.length), one]);
  const dsaEncoding = 'ieee-p1363';
  return verify(hash, body, { key, dsaEncoding }, Buffer.concat([padded(r), padded(s)]));
}

/** undefined where the numbers are no key. */
function imported(key: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return undefined;
  }
}

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

/** A number without the zeros before it. */
function plain(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
}

/** Reads the fields of SSH's wire format in order; a RangeError where they end too early. */
class Wire {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    const value = this.#bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  long(): bigint {
    const value = this.#bytes.readBigUInt64BE(this.at);
    this.at += 8;
    return value;
  }

  string(): Buffer {
    const end = this.number() + this.at;
    if (end > this.#bytes.length) throw new RangeError('the field ends after its bytes');
    const value = this.#bytes.subarray(this.at, end);
    this.at = end;
    return value;
  }
}
