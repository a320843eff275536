/** Static roles of the database engine: a standing login, whose password the engine changes. */
import type { Said } from './answer.ts';
import { data, done, errors, instant } from './answer.ts';
import type { Body } from './body.ts';
import { textAt } from './body.ts';
import { namesIn } from './named.ts';
import type { FakeWorld } from './world.ts';
import { random } from './world.ts';

interface StaticRole {
  readonly username: string;
  readonly dbName: string;
  rotatedAt: number;
  password: string;
}

export class FakeStaticRoles {
  readonly #world: FakeWorld;
  readonly #roles = new Map<string, StaticRole>();

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  /** `path` is what follows the mount. */
  handle(method: string, path: string, body: Body, query: URLSearchParams): Said | undefined {
    const [folder = '', name = ''] = path.split('/');
    const role = this.#roles.get(name);
    switch (`${method} ${folder}`) {
      case 'LIST static-roles':
        return namesIn(this.#roles, query);
      case 'GET static-roles':
        return role === undefined ? errors(404) : data(roleData(role));
      case 'POST static-roles': {
        const username = role?.username ?? textAt(body, 'username');
        const made = { username, dbName: textAt(body, 'db_name'), ...this.#password() };
        this.#roles.set(name, role === undefined ? made : { ...role, dbName: made.dbName });
        return done;
      }
      case 'DELETE static-roles':
        this.#roles.delete(name);
        return done;
      case 'GET static-creds': {
        if (role === undefined) return errors(400, `unknown role: ${name}`);
        const { username, password, rotatedAt } = role;
        return data({
          last_vault_rotation: instant(rotatedAt),
          password,
          rotation_period: 86_400,
          ttl: 86_400,
          username,
        });
      }
      case 'POST rotate-role':
        if (role === undefined) return errors(400, `no static role found for role name`);
        Object.assign(role, this.#password());
        return done;
      default:
        return undefined;
    }
  }

  #password(): { readonly rotatedAt: number; readonly password: string } {
    return { rotatedAt: this.#world.now(), password: random(20) };
  }
}

const roleData = ({ username, dbName, rotatedAt }: StaticRole): Record<string, unknown> => ({
  credential_type: 'password',
  db_name: dbName,
  last_vault_rotation: instant(rotatedAt),
  rotation_period: 86_400,
  rotation_statements: [],
  username,
});
