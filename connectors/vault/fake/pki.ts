/** A PKI engine with one issuer: it issues, keeps and revokes certificates. */
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Said } from './answer.ts';
import { data, done, errors, instant } from './answer.ts';
import type { Body } from './auth.ts';
import { textAt } from './auth.ts';
import { secondsOf } from './database.ts';
import { certificateOf } from './der.ts';
import { accessorOf, mountData } from './mount.ts';
import { namesIn } from './named.ts';
import type { FakeWorld } from './world.ts';

interface Kept {
  readonly pem: string;
  revokedAt: number | undefined;
}

interface Role {
  readonly ttl: number;
  readonly stored: boolean;
}

export class FakePki {
  readonly #world: FakeWorld;
  readonly #accessor = accessorOf('pki');
  readonly #roles = new Map<string, Role>();
  readonly #kept = new Map<string, Kept>();
  #issuer: { readonly pem: string; readonly key: KeyObject } | undefined;

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  facts(): Record<string, unknown> {
    return mountData('pki', this.#accessor);
  }

  /** Certificates are public: they are read without a token. */
  open(path: string): boolean {
    return path.startsWith('cert/');
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    const [what = '', name = ''] = path.split('/');
    switch (`${method} ${what}`) {
      case 'POST root': {
        const { pem, serial, key } = this.#issue(textAt(body, 'common_name'), 86_400);
        this.#issuer = { pem, key };
        this.#kept.set(serial, { pem, revokedAt: undefined });
        return data({ certificate: pem, serial_number: serial });
      }
      case 'POST roles':
        this.#roles.set(name, { ttl: secondsOf(body['ttl']), stored: body['no_store'] !== true });
        return done;
      case 'DELETE roles':
        this.#roles.delete(name);
        return done;
      case 'LIST certs':
        return namesIn(this.#kept, query);
      case 'POST issue': {
        const role = this.#roles.get(name);
        if (role === undefined) return errors(400, `unknown role: ${name}`);
        const { pem, serial } = this.#issue(textAt(body, 'common_name'), secondsOf(body['ttl']) || role.ttl);
        if (role.stored) this.#kept.set(serial, { pem, revokedAt: undefined });
        return data({ certificate: pem, serial_number: serial, issuing_ca: this.#issuer?.pem });
      }
      case 'POST revoke':
        return this.#revoke(textAt(body, 'serial_number'), textAt(body, 'certificate'));
      case 'GET cert':
        return this.#read(name);
      default:
        return undefined;
    }
  }

  #read(name: string): Said {
    if (name === 'ca') {
      return this.#issuer === undefined
        ? errors(400, 'no default issuer currently configured')
        : data({ certificate: this.#issuer.pem, revocation_time: 0, revocation_time_rfc3339: '' });
    }
    if (!/^[0-9a-f]{2}([:-][0-9a-f]{2})*$/i.test(name)) return errors(404);
    const kept = this.#kept.get(name.toLowerCase().replaceAll('-', ':'));
    if (kept === undefined) return errors(404);
    const { pem, revokedAt } = kept;
    return data({
      certificate: pem,
      revocation_time: revokedAt === undefined ? 0 : Math.floor(revokedAt / 1_000),
      revocation_time_rfc3339: revokedAt === undefined ? '' : instant(revokedAt),
    });
  }

  #revoke(serial: string, pem: string): Said {
    const name = pem === '' ? serial : colons(new X509Certificate(pem).serialNumber);
    const kept = this.#kept.get(name) ?? (pem === '' ? undefined : { pem, revokedAt: undefined });
    if (kept === undefined) return errors(400, `certificate with serial ${serial} not found.`);
    kept.revokedAt ??= this.#world.now();
    this.#kept.set(name, kept);
    return data({ revocation_time: Math.floor(kept.revokedAt / 1_000), state: 'revoked' });
  }

  #issue(
    subject: string,
    ttl: number,
  ): { readonly pem: string; readonly serial: string; readonly key: KeyObject } {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // never a leading zero: the server writes whole bytes, and a parser cuts them
    const hex = `4${randomBytes(20).toString('hex').slice(1)}`;
    const now = this.#world.now();
    const signer = this.#issuer?.key ?? key;
    const from = now - 30_000;
    const issuer = this.#issuer === undefined ? subject : 'root';
    const authority = this.#issuer === undefined ? { authority: true as const } : {};
    const pem = certificateOf({
      ...authority,
      serial: hex,
      issuer,
      subject,
      from,
      until: now + ttl * 1_000,
      key,
      signer,
    });
    return { pem, serial: colons(hex), key };
  }
}

const colons = (hex: string): string => (hex.toLowerCase().match(/../g) ?? []).join(':');
