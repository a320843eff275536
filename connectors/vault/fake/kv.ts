/** KV stores of both versions. */
import type { Said } from './answer.ts';
import { data, done, errors, instant } from './answer.ts';
import type { Body } from './auth.ts';
import { accessorOf, mountData } from './mount.ts';
import type { FakeWorld } from './world.ts';

interface Version {
  readonly data: unknown;
  readonly createdAt: number;
  deletedAt: number | undefined;
  destroyed: boolean;
}

interface Secret {
  readonly createdAt: number;
  updatedAt: number;
  readonly versions: Map<number, Version>;
  newest: number;
}

export class FakeKv {
  readonly #world: FakeWorld;
  readonly #version: '1' | '2';
  readonly #accessor = accessorOf('kv');
  readonly #secrets = new Map<string, Secret>();

  constructor(world: FakeWorld, version: '1' | '2') {
    this.#world = world;
    this.#version = version;
  }

  /** What the mount says of itself, but for its path. */
  facts(): Record<string, unknown> {
    return mountData('kv', this.#accessor, this.#version === '2' ? { version: '2' } : {});
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    if (this.#version === '1') return method === 'GET' ? errors(404) : undefined;
    const [, what, rest = ''] = /^(data|metadata|undelete|destroy)(?:\/(.*))?$/.exec(path) ?? [];
    if (what === 'metadata') return this.#metadata(method, rest, query);
    if (rest === '' || what === undefined) return undefined;
    const secret = this.#secrets.get(rest);
    if (what === 'data') return this.#data(method, rest, body, secret);
    if (method !== 'POST') return undefined;
    for (const number of numbersAt(body)) {
      const version = secret?.versions.get(number);
      if (version === undefined) continue;
      if (what === 'destroy') version.destroyed = true;
      else if (!version.destroyed) version.deletedAt = undefined;
    }
    return done;
  }

  #metadata(method: string, path: string, query: URLSearchParams): Said | undefined {
    const secret = this.#secrets.get(path);
    switch (method) {
      case 'GET':
        return secret === undefined ? errors(404) : data(secretData(secret));
      case 'DELETE':
        this.#secrets.delete(path);
        return done;
      case 'LIST': {
        const folder = path === '' ? '' : `${path}/`;
        const names = [...this.#secrets.keys()]
          .filter((name) => name.startsWith(folder))
          .map((name) => name.slice(folder.length).replace(/\/.*$/, '/'));
        const after = query.get('after') ?? '';
        const keys = [...new Set(names)].toSorted().filter((name) => name > after);
        return keys.length === 0 ? errors(404) : data({ keys });
      }
      default:
        return undefined;
    }
  }

  #data(method: string, path: string, body: Body, secret: Secret | undefined): Said | undefined {
    const now = this.#world.now();
    const last = secret?.versions.get(secret.newest);
    switch (method) {
      case 'GET': {
        if (secret === undefined || last === undefined) return errors(404);
        const metadata = { ...versionData(last), custom_metadata: null, version: secret.newest };
        if (!last.destroyed && !over(last, now)) return data({ data: last.data, metadata });
        return { ...data({ data: null, metadata }), status: 404 };
      }
      case 'POST': {
        if (!('data' in body)) return errors(400, 'no data provided');
        const kept = secret ?? { createdAt: now, updatedAt: now, versions: new Map(), newest: 0 };
        const version: Version = {
          data: body['data'],
          createdAt: now,
          deletedAt: undefined,
          destroyed: false,
        };
        kept.newest += 1;
        kept.updatedAt = now;
        kept.versions.set(kept.newest, version);
        this.#secrets.set(path, kept);
        return data({ ...versionData(version), custom_metadata: null, version: kept.newest });
      }
      case 'DELETE':
        if (last !== undefined) last.deletedAt = now;
        return done;
      default:
        return undefined;
    }
  }
}

const over = ({ deletedAt }: Version, now: number) => deletedAt !== undefined && deletedAt <= now;

const versionData = (one: Version): Record<string, unknown> => ({
  created_time: instant(one.createdAt),
  deletion_time: one.deletedAt === undefined ? '' : instant(one.deletedAt),
  destroyed: one.destroyed,
});

function secretData(secret: Secret): Record<string, unknown> {
  return {
    cas_required: false,
    created_time: instant(secret.createdAt),
    current_metadata_version: 0,
    current_version: secret.newest,
    custom_metadata: null,
    delete_version_after: '0s',
    max_versions: 0,
    metadata_cas_required: false,
    oldest_version: 0,
    updated_time: instant(secret.updatedAt),
    versions: Object.fromEntries([...secret.versions].map(([number, one]) => [number, versionData(one)])),
  };
}

function numbersAt(body: Body): readonly number[] {
  const value = body['versions'];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
}
