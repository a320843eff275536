/** Auth mounts: userpass. AppRole has a file of its own. */
import type { Said } from './answer.ts';
import { authData, data, done, errors, wrapped } from './answer.ts';
import type { Body } from './body.ts';
import { textAt } from './body.ts';
import { secondsOf } from './database.ts';
import { namesIn } from './named.ts';
import type { FakeNamespace, FakeWorld } from './world.ts';
import { random } from './world.ts';

export type { Body } from './body.ts';
export { textAt } from './body.ts';

interface User {
  readonly password: string;
  readonly policies: readonly string[];
}

/** A way to log in, mounted somewhere. */
export interface FakeAuth {
  readonly type: string;
  readonly accessor: string;
  /** A call below the mount, or undefined where this fake has no such path. */
  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined;
}

/** One mount of users with passwords. A login makes an orphan token for the user's entity. */
export class FakeUserpass implements FakeAuth {
  readonly type = 'userpass';
  readonly accessor = `auth_userpass_${random(8).toLowerCase()}`;
  readonly #world: FakeWorld;
  readonly #mount: string;
  readonly #place: FakeNamespace;
  readonly #users = new Map<string, User>();

  constructor(world: FakeWorld, mount: string, place: FakeNamespace) {
    this.#world = world;
    this.#mount = mount;
    this.#place = place;
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    if (method === 'LIST' && path === 'users') return namesIn(this.#users, query);
    const [what, name = ''] = path.split('/');
    if (what === 'login' && method === 'POST') return this.#login(name, textAt(body, 'password'));
    if (what !== 'users' || name === '') return wrapped(404, 'unsupported path');
    const user = this.#users.get(name);
    switch (method) {
      case 'POST':
        this.#users.set(name, {
          password: textAt(body, 'password'),
          policies: listAt(body, 'token_policies'),
        });
        return done;
      case 'GET':
        return user === undefined ? errors(404) : data(userData(user));
      case 'DELETE':
        this.#users.delete(name);
        return done;
      default:
        return undefined;
    }
  }

  #login(name: string, password: string): Said {
    const user = this.#users.get(name);
    if (user === undefined || user.password !== password) return errors(400, 'invalid username or password');
    const { id } = this.#world.entityOfAlias(this.#place, {
      mount: this.#mount,
      mountAccessor: this.accessor,
      type: this.type,
      name,
    });
    const token = this.#world.createToken({
      namespace: this.#place.path,
      policies: [...new Set([...user.policies, 'default'])].toSorted(),
      path: `auth/${this.#mount}/login/${name}`,
      displayName: `${this.#mount}-${name}`,
      entityId: id,
      meta: { username: name },
    });
    return data(null, [], authData(token));
  }
}

/** The settings of tokens, which every way to log in has. */
export function tokenSettings(policies: readonly string[], body: Body = {}): Record<string, unknown> {
  return {
    token_bound_cidrs: [],
    token_explicit_max_ttl: 0,
    token_max_ttl: 0,
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: secondsOf(body['token_period']),
    token_policies: policies,
    token_strictly_bind_ip: false,
    token_ttl: secondsOf(body['token_ttl']),
    token_type: 'default',
  };
}

const userData = ({ policies }: User): Record<string, unknown> => tokenSettings(policies);

export function listAt(body: Body, field: string): readonly string[] {
  const value = body[field];
  if (typeof value === 'string') return value.split(',').filter((one) => one !== '');
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
