/** Transit keys: their names and versions. Nothing is ever encrypted here. */
import type { Said } from './answer.ts';
import { data, done, errors } from './answer.ts';
import type { Body } from './auth.ts';
import { accessorOf, mountData } from './mount.ts';
import { namesIn } from './named.ts';
import type { FakeWorld } from './world.ts';

interface Key {
  /** Seconds since the epoch, by version. */
  readonly versions: Map<number, number>;
  newest: number;
  minDecryption: number;
  minEncryption: number;
  minAvailable: number;
  softDeleted: boolean;
  deletable: boolean;
}

export class FakeTransit {
  readonly #world: FakeWorld;
  readonly #accessor = accessorOf('transit');
  readonly #keys = new Map<string, Key>();

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  facts(): Record<string, unknown> {
    return mountData('transit', this.#accessor);
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    const [folder, name = '', what = ''] = path.split('/');
    if (folder !== 'keys') return undefined;
    if (name === '') return method === 'LIST' ? namesIn(this.#keys, query) : undefined;
    const key = this.#keys.get(name);
    if (method === 'POST' && what === '') return data(keyData(name, key ?? this.#make(name)));
    if (key === undefined) return method === 'GET' ? errors(404) : undefined;
    switch (`${method} ${what}`) {
      case 'GET ':
        break;
      case 'POST rotate':
        key.newest += 1;
        key.versions.set(key.newest, this.#now());
        break;
      case 'POST config':
        key.minDecryption = numberAt(body, 'min_decryption_version') ?? key.minDecryption;
        key.minEncryption = numberAt(body, 'min_encryption_version') ?? key.minEncryption;
        if (typeof body['deletion_allowed'] === 'boolean') key.deletable = body['deletion_allowed'];
        break;
      case 'POST trim':
        key.minAvailable = numberAt(body, 'min_available_version') ?? key.minAvailable;
        break;
      case 'DELETE soft-delete':
      case 'POST soft-delete-restore':
        key.softDeleted = method === 'DELETE';
        break;
      case 'DELETE ':
        if (!key.deletable) return errors(400, 'error deleting key: deletion is not allowed for this key');
        this.#keys.delete(name);
        return done;
      default:
        return undefined;
    }
    return data(keyData(name, key));
  }

  #now(): number {
    return Math.floor(this.#world.now() / 1_000);
  }

  #make(name: string): Key {
    const key: Key = {
      versions: new Map([[1, this.#now()]]),
      newest: 1,
      minDecryption: 1,
      minEncryption: 0,
      minAvailable: 0,
      softDeleted: false,
      deletable: false,
    };
    this.#keys.set(name, key);
    return key;
  }
}

function keyData(name: string, key: Key): Record<string, unknown> {
  const versions = [...key.versions].filter(([version]) => version >= key.minDecryption);
  return {
    allow_plaintext_backup: false,
    auto_rotate_period: 0,
    deletion_allowed: key.deletable,
    derived: false,
    exportable: false,
    imported_key: false,
    keys: Object.fromEntries(versions),
    latest_version: key.newest,
    min_available_version: key.minAvailable,
    min_decryption_version: key.minDecryption,
    min_encryption_version: key.minEncryption,
    name,
    soft_deleted: key.softDeleted,
    supports_decryption: true,
    supports_derivation: true,
    supports_encryption: true,
    supports_signing: false,
    type: 'aes256-gcm96',
  };
}

function numberAt(body: Body, field: string): number | undefined {
  const value = body[field];
  return typeof value === 'number' ? value : undefined;
}
