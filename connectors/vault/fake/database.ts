/** The database engine: enough for a broker that hands out logins and takes them back. */
import type { Said } from './answer.ts';
import { data, done, errors, wrapped } from './answer.ts';
import { textAt } from './body.ts';
import { accessorOf, mountData } from './mount.ts';
import { namesIn } from './named.ts';
import { FakeStaticRoles } from './static-roles.ts';
import type { FakeToken, FakeWorld } from './world.ts';
import { random, textOf } from './world.ts';

export interface FakeConnection {
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface FakeDatabase {
  /** Runs statements whose placeholders are filled in; throws what the database answers. */
  run(statements: readonly string[], connection: FakeConnection): Promise<void>;
}

interface Role {
  readonly dbName: string;
  readonly creation: readonly string[];
  readonly revocation: readonly string[];
  readonly ttl: number;
}

export class FakeDatabaseEngine {
  readonly #world: FakeWorld;
  readonly #database: FakeDatabase | undefined;
  readonly #connections = new Map<string, FakeConnection>();
  readonly #roles = new Map<string, Role>();
  readonly #statics: FakeStaticRoles;
  readonly #accessor = accessorOf('database');

  constructor(world: FakeWorld, database: FakeDatabase | undefined) {
    this.#world = world;
    this.#database = database;
    this.#statics = new FakeStaticRoles(world);
  }

  facts(): Record<string, unknown> {
    return mountData('database', this.#accessor);
  }

  /** `path` is what follows the mount. */
  async handle(
    mount: string,
    method: string,
    path: string,
    body: Readonly<Record<string, unknown>>,
    token: FakeToken,
    query: URLSearchParams,
  ): Promise<Said | undefined> {
    const standing = this.#statics.handle(method, path, body, query);
    if (standing !== undefined) return standing;
    const [part = '', name = ''] = path.split('/');
    const writes = method === 'POST' || method === 'PUT';
    if (part === 'config' && writes) {
      this.#connections.set(name, {
        name,
        url: textAt(body, 'connection_url'),
        username: textAt(body, 'username'),
        password: textAt(body, 'password'),
      });
      return done;
    }
    if (part === 'config' && method === 'DELETE') {
      this.#connections.delete(name);
      return done;
    }
    if (method === 'LIST' && path === 'roles') return namesIn(this.#roles, query);
    if (part === 'roles' && writes) return this.#writeRole(name, body);
    if (part === 'roles' && method === 'GET') {
      const role = this.#roles.get(name);
      return role === undefined
        ? errors(404)
        : data({ db_name: role.dbName, revocation_statements: role.revocation });
    }
    if (part === 'roles' && method === 'DELETE') {
      this.#roles.delete(name);
      return done;
    }
    if (part === 'creds' && method === 'GET') return this.#issue(mount, name, token);
    return undefined;
  }

  #writeRole(name: string, body: Readonly<Record<string, unknown>>): Said {
    const before = this.#roles.get(name);
    this.#roles.set(name, {
      dbName: 'db_name' in body ? textAt(body, 'db_name') : (before?.dbName ?? ''),
      creation:
        'creation_statements' in body ? listAt(body, 'creation_statements') : (before?.creation ?? []),
      revocation:
        'revocation_statements' in body ? listAt(body, 'revocation_statements') : (before?.revocation ?? []),
      ttl: 'default_ttl' in body ? secondsOf(body['default_ttl']) : (before?.ttl ?? 3_600),
    });
    return done;
  }

  async #issue(mount: string, name: string, token: FakeToken): Promise<Said> {
    const role = this.#roles.get(name);
    if (role === undefined) return errors(400, `unknown role: ${name}`);
    const connection = this.#connections.get(role.dbName);
    if (connection === undefined) {
      return wrapped(500, `failed to find entry for connection with name: "${role.dbName}"`);
    }
    const now = this.#world.now();
    const username = `v-${token.displayName.slice(0, 8)}-${name.slice(0, 8)}-${random(20)}-${Math.floor(now / 1_000)}`;
    const password = `${random(14)}-${random(5)}`;
    const expiration = new Date(now + (role.ttl + 5) * 1_000)
      .toISOString()
      .replace('T', ' ')
      .replace(/\..*$/, '+0000');
    const filled = role.creation.map((statement) =>
      fill(statement, { name: username, username, password, expiration }),
    );
    try {
      await this.#database?.run(filled, connection);
    } catch (error) {
      return wrapped(500, textOf(error));
    }
    const lease = this.#world.issueLease({
      path: `${mount}/creds/${name}`,
      owner: token,
      ttl: role.ttl,
      end: () => this.#revoke(name, role, username),
    });
    return {
      status: 200,
      body: {
        request_id: random(36),
        lease_id: lease.id,
        renewable: true,
        lease_duration: role.ttl,
        data: { password, username },
        wrap_info: null,
        warnings: null,
        auth: null,
      },
    };
  }

  /** By the role as it is now; as it was at issue only where its definition is gone. */
  async #revoke(name: string, issued: Role, username: string): Promise<void> {
    const role = this.#roles.get(name) ?? issued;
    const connection = this.#connections.get(role.dbName);
    if (connection === undefined)
      throw new Error(`failed to find entry for connection with name: "${role.dbName}"`);
    const own = role.revocation.filter((statement) => statement.trim() !== '');
    const statements = own.length > 0 ? own : usual;
    await this.#database?.run(
      statements.map((statement) => fill(statement, { name: username, username })),
      connection,
    );
  }
}

/** What the engine does by itself: take back rights in every schema, then drop. It ends no session. */
const usual = [
  `DO $usual$ DECLARE place text; BEGIN
     FOR place IN SELECT DISTINCT table_schema FROM information_schema.role_table_grants WHERE grantee = '{{name}}' LOOP
       EXECUTE format('REVOKE ALL PRIVILEGES ON ALL TABLES IN SCHEMA %I FROM %I', place, '{{name}}');
       EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', place, '{{name}}');
     END LOOP;
   END $usual$;`,
  'DROP ROLE IF EXISTS "{{name}}";',
];

function fill(statement: string, values: Readonly<Record<string, string>>): string {
  return statement.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function listAt(body: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const value = body[field];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** `3600`, `"1h"`, `"2s"`, `"30m"` in seconds. */
export function secondsOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const found = typeof value === 'string' ? /^(\d+)([smh]?)$/.exec(value) : null;
  if (found === null) return 0;
  return Number(found[1]) * ({ s: 1, m: 60, h: 3_600 }[found[2] ?? 's'] ?? 1);
}
