/** An SSH engine that signs user certificates with one Ed25519 key. Nothing of them is kept. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Said } from './answer.ts';
import { data, done, errors } from './answer.ts';
import type { Body } from './auth.ts';
import { textAt } from './auth.ts';
import { secondsOf } from './database.ts';
import { accessorOf, mountData } from './mount.ts';
import { namesIn } from './named.ts';
import type { FakeWorld } from './world.ts';

const type = 'ssh-ed25519-cert-v01@openssh.com';

export class FakeSsh {
  readonly #world: FakeWorld;
  readonly #accessor = accessorOf('ssh');
  readonly #roles = new Map<string, { readonly ttl: number }>();
  #signer: SshSigner | undefined;

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  facts(): Record<string, unknown> {
    return mountData('ssh', this.#accessor);
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    const [what = '', name = ''] = path.split('/');
    const role = this.#roles.get(name);
    switch (`${method} ${what}`) {
      case 'POST config':
        this.#signer = brought(body) ?? keys();
        return this.#authority();
      case 'GET config':
        return this.#authority();
      case 'POST roles':
        this.#roles.set(name, { ttl: secondsOf(body['ttl']) });
        return done;
      case 'DELETE roles':
        this.#roles.delete(name);
        return done;
      case 'GET roles':
        return role === undefined ? errors(404) : data({ key_type: 'ca', ttl: role.ttl });
      case 'LIST roles':
        return namesIn(this.#roles, query);
      case 'POST issue':
        return role === undefined
          ? errors(400, `unknown role: ${name}`)
          : this.#issue(secondsOf(textAt(body, 'ttl')) || role.ttl);
      default:
        return undefined;
    }
  }

  #authority(): Said {
    return this.#signer === undefined
      ? errors(400, 'no default issuer currently configured')
      : data({ public_key: `ssh-ed25519 ${this.#signer.blob.toString('base64')}\n` });
  }

  #issue(ttl: number): Said {
    if (this.#signer === undefined) return errors(400, 'no default issuer currently configured');
    const serial = randomBytes(8);
    const until = Math.floor(this.#world.now() / 1_000) + ttl;
    return data({
      serial_number: serial.toString('hex'),
      signed_key: `${certify({ serial, until, signer: this.#signer })}\n`,
    });
  }
}

/** A key that signs, and its public half as SSH writes it. */
export interface SshSigner {
  readonly key: KeyObject;
  readonly blob: Buffer;
}

/** A certificate for some key. `until` in seconds since the epoch. */
export function certify(wanted: {
  readonly serial: Buffer;
  readonly until: number;
  readonly signer: SshSigner;
  /** The Ed25519 public key that is certified, 32 bytes; some key where it does not matter. */
  readonly holder?: Buffer;
}): string {
  const { serial, until, signer, holder = keys().blob.subarray(-32) } = wanted;
  const body = Buffer.concat([
    text(type),
    text(randomBytes(32)),
    text(holder),
    serial,
    number(1, 4),
    text('vault-fake'),
    text(text('deploy')),
    number(until - 86_400, 8),
    number(until, 8),
    text(''),
    text(''),
    text(''),
    text(signer.blob),
  ]);
  const signature = Buffer.concat([text('ssh-ed25519'), text(sign(null, body, signer.key))]);
  return `${type} ${Buffer.concat([body, text(signature)]).toString('base64')}`;
}

/** The key that the operator brings, in place of one that the engine makes. */
function brought(body: Body): SshSigner | undefined {
  const [pem, line] = [textAt(body, 'private_key'), textAt(body, 'public_key')];
  const [, blob = ''] = line.split(' ');
  return pem === '' ? undefined : { key: createPrivateKey(pem), blob: Buffer.from(blob, 'base64') };
}

/** An Ed25519 key. */
export function keys(): SshSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { key: privateKey, blob: Buffer.concat([text('ssh-ed25519'), text(raw)]) };
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length, 4), bytes]);
}

function number(value: number, size: 4 | 8): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes.subarray(8 - size);
}
