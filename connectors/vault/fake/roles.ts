/** Auth mounts that keep roles, and that nobody logs in at here: jwt, kubernetes, cert, ldap. */
import type { Said } from './answer.ts';
import { data, done, errors, wrapped } from './answer.ts';
import type { Body, FakeAuth } from './auth.ts';
import { listAt, tokenSettings } from './auth.ts';
import { namesIn } from './named.ts';
import { accessorOf } from './mount.ts';

const folders: Readonly<Record<string, string | undefined>> = {
  jwt: 'role',
  kubernetes: 'role',
  cert: 'certs',
  ldap: 'users',
};

export class FakeRoles implements FakeAuth {
  readonly type: string;
  readonly accessor: string;
  readonly #folder: string;
  readonly #roles = new Map<string, readonly string[]>();

  constructor(type: string, folder: string) {
    this.type = type;
    this.accessor = accessorOf(`auth_${type}`);
    this.#folder = folder;
  }

  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    const [folder, name = ''] = path.split('/');
    if (method === 'LIST' && path === this.#folder) return namesIn(this.#roles, query);
    // nothing is configured: nobody logs in at it here
    if (method === 'GET' && path === 'config') return errors(404);
    if (folder !== this.#folder || name === '') return wrapped(404, 'unsupported path');
    const policies = this.#roles.get(name);
    switch (method) {
      case 'GET':
        return policies === undefined ? errors(404) : data(tokenSettings(policies));
      case 'POST':
        this.#roles.set(name, listAt(body, 'token_policies'));
        return done;
      case 'DELETE':
        this.#roles.delete(name);
        return done;
      default:
        return undefined;
    }
  }
}

/** One of this type, or undefined where the fake has none. */
export function rolesOf(type: unknown): FakeRoles | undefined {
  const folder = typeof type === 'string' ? folders[type] : undefined;
  return folder === undefined || typeof type !== 'string' ? undefined : new FakeRoles(type, folder);
}
