/** AppRole: roles, secret ids, and the index of their accessors that a tidy cleans. */
import { createHash, randomUUID } from 'node:crypto';
import type { Said } from './answer.ts';
import { authData, data, done, errors, instant, wrapped } from './answer.ts';
import type { Body, FakeAuth } from './auth.ts';
import { listAt, textAt, tokenSettings } from './auth.ts';
import { secondsOf } from './database.ts';
import type { FakeNamespace, FakeWorld } from './world.ts';
import { random } from './world.ts';

interface SecretId {
  readonly value: string;
  readonly accessor: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  uses: number;
}

interface Role {
  readonly name: string;
  readonly id: string;
  readonly local: boolean;
  readonly policies: readonly string[];
  readonly secondsOfSecretIds: number;
}

export class FakeApprole implements FakeAuth {
  readonly type = 'approle';
  readonly accessor = `auth_approle_${random(8).toLowerCase()}`;
  readonly #world: FakeWorld;
  readonly #mount: string;
  readonly #place: FakeNamespace;
  readonly #roles = new Map<string, Role>();
  readonly #secretIds = new Map<string, SecretId>();
  /** Accessor → is its role local? Outlives the secret ids of a role that was deleted. */
  readonly #index = new Map<string, boolean>();

  constructor(world: FakeWorld, mount: string, place: FakeNamespace) {
    this.#world = world;
    this.#mount = mount;
    this.#place = place;
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    if (method === 'POST' && path === 'login') return this.#login(body);
    if (method === 'POST' && path === 'tidy/secret-id') return this.#tidy();
    if (method === 'LIST' && path === 'role') {
      const after = query.get('after') ?? '';
      const keys = [...this.#roles.keys()].toSorted().filter((name) => name > after);
      return keys.length === 0 ? errors(404) : data({ keys });
    }
    const [, name = '', rest] = /^role\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (name === '') return undefined;
    return rest === undefined
      ? this.#role(method, name.toLowerCase(), body)
      : this.#below(method, name.toLowerCase(), rest, body, query);
  }

  #role(method: string, name: string, body: Body): Said | undefined {
    const role = this.#roles.get(name);
    switch (method) {
      case 'GET':
        return role === undefined ? errors(404) : data(roleData(role));
      case 'POST':
        this.#roles.set(name, {
          name,
          id: role?.id ?? randomUUID(),
          local: role?.local ?? body['local_secret_ids'] === true,
          policies: listAt(body, 'token_policies'),
          secondsOfSecretIds: secondsOf(body['secret_id_ttl']),
        });
        return done;
      case 'DELETE':
        for (const one of [...this.#secretIds.values()].filter((each) => each.role.name === name)) {
          this.#secretIds.delete(one.accessor);
        }
        this.#roles.delete(name);
        return done;
      default:
        return undefined;
    }
  }

  #below(method: string, name: string, rest: string, body: Body, query: URLSearchParams): Said | undefined {
    const role = this.#roles.get(name);
    const accessor = textAt(body, 'secret_id_accessor');
    const missing = `role ${JSON.stringify(name)} does not exist`;
    switch (`${method} ${rest}`) {
      case 'LIST secret-id':
        if (role === undefined) return errors(400, missing);
        return this.#accessorsOf(role, query);
      case 'GET role-id':
        return role === undefined ? errors(404) : data({ role_id: role.id });
      case 'POST secret-id':
        return role === undefined ? wrapped(500, missing) : this.#issue(role, body);
      case 'POST secret-id-accessor/lookup':
        if (accessor === '') return errors(400, 'missing secret_id_accessor');
        if (role === undefined) return wrapped(500, missing);
        return this.#lookUp(role, accessor);
      case 'POST secret-id-accessor/destroy':
        if (role === undefined) return wrapped(500, missing);
        if (this.#index.get(accessor) !== role.local) return wrapped(500, notFound(accessor));
        this.#remove(accessor);
        return done;
      default:
        return undefined;
    }
  }

  /** In the order of their hashes, and `after` is compared with those. */
  #accessorsOf(role: Role, query: URLSearchParams): Said {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const keys = [...this.#secretIds.values()]
      .filter((one) => one.role.name === role.name)
      .map((one) => [hash(one.accessor), one.accessor] as const)
      .filter(([hashed]) => hashed > (query.get('after') ?? ''))
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return keys.length === 0 ? errors(404) : data({ keys: keys.map(([, accessor]) => accessor) });
  }

  #issue(role: Role, body: Body): Said {
    const ttl = 'ttl' in body ? secondsOf(body['ttl']) : role.secondsOfSecretIds;
    const uses = typeof body['num_uses'] === 'number' ? body['num_uses'] : 0;
    const createdAt = this.#world.now();
    const secretId: SecretId = {
      value: randomUUID(),
      accessor: randomUUID(),
      role,
      createdAt,
      expiresAt: ttl === 0 ? undefined : createdAt + ttl * 1_000,
      uses,
    };
    this.#secretIds.set(secretId.accessor, secretId);
    this.#index.set(secretId.accessor, role.local);
    return data({
      secret_id: secretId.value,
      secret_id_accessor: secretId.accessor,
      secret_id_num_uses: uses,
      secret_id_ttl: ttl,
    });
  }

  #lookUp(role: Role, accessor: string): Said {
    if (this.#index.get(accessor) !== role.local) {
      const said = data({ error: notFound(accessor) });
      return { ...said, status: 404 };
    }
    const found = this.#secretIds.get(accessor);
    return found?.role.name === role.name ? data(secretIdData(found)) : done;
  }

  /** Time alone ends nothing here: one that is over is taken until it was tidied away. */
  #login(body: Body): Said {
    const role = [...this.#roles.values()].find((one) => one.id === textAt(body, 'role_id'));
    const found = [...this.#secretIds.values()].find((one) => one.value === textAt(body, 'secret_id'));
    if (role === undefined || found?.role.name !== role.name) {
      return errors(400, 'invalid role or secret ID');
    }
    if (found.uses === 1) this.#remove(found.accessor);
    else if (found.uses > 1) found.uses -= 1;
    const { id } = this.#world.entityOfAlias(this.#place, {
      mount: this.#mount,
      mountAccessor: this.accessor,
      type: this.type,
      name: role.id,
    });
    const token = this.#world.createToken({
      namespace: this.#place.path,
      policies: [...new Set([...role.policies, 'default'])].toSorted(),
      path: `auth/${this.#mount}/login`,
      displayName: this.#mount,
      entityId: id,
      meta: { role_name: role.name },
    });
    return data(null, [], authData(token));
  }

  #tidy(): Said {
    for (const one of this.#secretIds.values()) {
      if ((one.expiresAt ?? Infinity) <= this.#world.now()) this.#remove(one.accessor);
    }
    for (const accessor of this.#index.keys()) {
      if (!this.#secretIds.has(accessor)) this.#index.delete(accessor);
    }
    const said = data(null, [
      "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.",
    ]);
    return { ...said, status: 202 };
  }

  #remove(accessor: string): void {
    this.#secretIds.delete(accessor);
    this.#index.delete(accessor);
  }
}

const notFound = (accessor: string) =>
  `failed to find accessor entry for secret_id_accessor: ${JSON.stringify(accessor)}`;

function roleData(role: Role): Record<string, unknown> {
  return {
    ...tokenSettings(role.policies),
    bind_secret_id: true,
    local_secret_ids: role.local,
    secret_id_bound_cidrs: null,
    secret_id_num_uses: 0,
    secret_id_ttl: role.secondsOfSecretIds,
  };
}

function secretIdData(one: SecretId): Record<string, unknown> {
  return {
    cidr_list: [],
    creation_time: instant(one.createdAt),
    expiration_time: one.expiresAt === undefined ? '0001-01-01T00:00:00Z' : instant(one.expiresAt),
    last_updated_time: instant(one.createdAt),
    metadata: {},
    secret_id_accessor: one.accessor,
    secret_id_num_uses: one.uses,
    secret_id_ttl: one.expiresAt === undefined ? 0 : (one.expiresAt - one.createdAt) / 1_000,
    token_bound_cidrs: [],
  };
}
