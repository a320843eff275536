/** Which path answers what. The order is the server's: namespace, token, policy, then the path itself. */
import { allowed, ruleFor, seesMount, sudo } from './acl.ts';
import type { Rule } from './acl.ts';
import type { Said } from './answer.ts';
import { authData, data, done, errors, health, leaseData, tokenData, twice, wrapped } from './answer.ts';
import { FakeApprole } from './approle.ts';
import type { FakeAuth } from './auth.ts';
import { FakeUserpass, listAt, textAt } from './auth.ts';
import type { FakeDatabase } from './database.ts';
import type { FakeEngine } from './engines.ts';
import { engineOf } from './engines.ts';
import { handleIdentity } from './identity.ts';
import { FakeDatabaseEngine, secondsOf } from './database.ts';
import { mountData } from './mount.ts';
import { handlePolicy } from './policies.ts';
import { rolesOf } from './roles.ts';
import { mountTable, policyNames } from './tables.ts';
import { keep, notWrapping, unwrap, wrap } from './wrapping.ts';
import type { FakeLease, FakeNamespace, FakeToken, FakeWorld } from './world.ts';
import { random, textOf } from './world.ts';

export interface Call {
  /** POST and PUT are one. */
  readonly method: string;
  /** Below `/v1/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
  readonly namespace: string;
  /** How long the answer is to be kept behind a wrapping token; '' where it is not. */
  readonly wrapTtl: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Turn extends Call {
  readonly world: FakeWorld;
  readonly caller: FakeToken;
  readonly place: FakeNamespace;
  readonly rule: Rule | 'root' | undefined;
}

interface TokenRole {
  readonly orphan: boolean;
  readonly policies: readonly string[];
}

export type Router = (call: Call) => Promise<Said | 'unknown'>;

export function createRouter(world: FakeWorld, database: FakeDatabase | undefined): Router {
  const engines = new Map<string, FakeDatabaseEngine>();
  const roles = new Map<string, TokenRole>();
  const logins = new Map<string, FakeAuth>();
  const stores = new Map<string, FakeEngine>();

  async function route(turn: Turn): Promise<Said | 'unknown'> {
    const { method, path, body, caller, place, rule } = turn;
    const writes = method === 'POST';
    switch (`${method} ${path}`) {
      case 'GET auth/token/lookup-self':
        return data(tokenData(world, caller));
      case 'POST auth/token/lookup':
        return lookup(turn);
      case 'POST auth/token/lookup-accessor':
        return lookupAccessor(turn);
      case 'GET sys/auth':
        return mountTable(authMounts(place));
      case 'GET sys/mounts':
        return mountTable(secretMounts(place));
      case 'LIST sys/policies/acl':
        return policyNames(world, place, turn.query);
      case 'LIST sys/leases/lookup':
        return listLeases(turn, '');
      case 'LIST auth/token/accessors':
        return listAccessors(turn);
      case 'POST auth/token/create':
        return create(turn, body['no_parent'] === true, undefined);
      case 'POST auth/token/create-orphan':
        return create(turn, true, undefined);
      case 'POST auth/token/revoke': {
        const token = world.find(textAt(body, 'token'));
        if (token?.type === 'batch') return errors(400, 'batch tokens cannot be revoked');
        if (token !== undefined) await world.revokeToken(token);
        return done;
      }
      case 'POST auth/token/revoke-accessor': {
        const token = world.byAccessor(textAt(body, 'accessor'));
        if (token === undefined) return data(null, ['No token found with this accessor']);
        await world.revokeToken(token);
        return done;
      }
      case 'POST auth/token/revoke-self':
        if (caller.type === 'batch') return errors(400, 'batch tokens cannot be revoked');
        await world.revokeToken(caller);
        return done;
      case 'POST auth/token/revoke-orphan': {
        const token = world.find(textAt(body, 'token'));
        if (!sudo(rule)) return errors(400, 'root or sudo privileges required to revoke and orphan');
        if (token === undefined) return errors(400, 'token to revoke not found');
        await world.revokeOrphan(token);
        return done;
      }
      case 'POST sys/wrapping/wrap':
        return wrap(world, place, body, turn.wrapTtl);
      case 'POST sys/wrapping/unwrap':
        return unwrap(world, caller);
      case 'POST sys/capabilities':
      case 'POST sys/capabilities-accessor':
        return capabilities(turn);
      case 'POST sys/leases/lookup':
        return withLease(turn, (lease) =>
          lease === undefined ? errors(400, 'invalid lease') : data(leaseData(world, lease)),
        );
      case 'POST sys/leases/revoke':
        return withLease(turn, (lease) => revokeLease(lease, body['sync'] !== false));
      case 'POST sys/leases/tidy':
        for (const lease of world.leases.values()) {
          if (lease.failing !== undefined && !world.tokens.has(lease.owner)) world.leases.delete(lease.id);
        }
        return {
          ...data(null, [
            "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.",
          ]),
          status: 202,
        };
      case 'POST sys/seal':
        world.state = 'sealed';
        return done;
      default:
    }
    const after = (prefix: string): string | undefined =>
      path.startsWith(prefix) && path.length > prefix.length ? path.slice(prefix.length) : undefined;

    const role = after('auth/token/create/');
    if (writes && role !== undefined) {
      const known = roles.get(role);
      return known === undefined ? errors(400, `unknown role ${role}`) : create(turn, known.orphan, known);
    }
    const roleName = after('auth/token/roles/');
    if (writes && roleName !== undefined) {
      const policies = textAt(body, 'allowed_policies')
        .split(',')
        .filter((name) => name !== '');
      roles.set(roleName, { orphan: body['orphan'] === true, policies });
      return done;
    }
    const prefix = after('sys/leases/lookup/');
    if (method === 'LIST' && prefix !== undefined) return listLeases(turn, prefix);
    const forced = after('sys/leases/revoke-force/');
    if (writes && forced !== undefined) {
      for (const lease of [...world.leases.values()].filter((one) => one.id.startsWith(forced))) {
        await world.expireLease(lease);
        world.leases.delete(lease.id);
      }
      return done;
    }
    const device = after('sys/audit-hash/');
    if (writes && device !== undefined && world.audit !== undefined) {
      return world.audit.asked(device, place.path, body['input']);
    }
    const name = after('sys/policies/acl/');
    if (name !== undefined) return handlePolicy(world, place, method, name, body) ?? 'unknown';
    const child = after('sys/namespaces/');
    if (writes && child !== undefined) {
      const made = world.createNamespace(place.path === '' ? child : `${place.path}/${child}`);
      const { id, uuid } = made;
      return data({ custom_metadata: {}, id, locked: false, path: `${made.path}/`, tainted: false, uuid });
    }
    const mount = after('sys/mounts/');
    const kept = mount === undefined ? undefined : engineOf(world, body);
    if (writes && kept !== undefined) {
      stores.set(`${place.path}:${mount}`, kept);
      return done;
    }
    if (method === 'DELETE' && mount !== undefined) {
      stores.delete(`${place.path}:${mount}`);
      return done;
    }
    if (writes && path === 'sys/remount') return move(place, textAt(body, 'from'), textAt(body, 'to'));
    if (writes && mount !== undefined && body['type'] === 'database') {
      if (engines.has(mount)) return errors(400, `path is already in use at ${mount}/`);
      engines.set(mount, new FakeDatabaseEngine(world, database));
      return done;
    }
    const authMount = after('sys/auth/');
    const auth = writes && authMount !== undefined ? authOf(body['type'], authMount, place) : undefined;
    if (authMount !== undefined && auth !== undefined) {
      if (logins.has(`${place.path}:${authMount}`))
        return errors(400, `path is already in use at ${authMount}/`);
      logins.set(`${place.path}:${authMount}`, auth);
      return done;
    }
    if (method === 'DELETE' && authMount !== undefined) {
      logins.delete(`${place.path}:${authMount}`);
      return done;
    }
    const shelf = method === 'LIST' ? /^identity\/(entity|group)\/id$/.exec(path)?.[1] : undefined;
    if (shelf !== undefined) {
      const all = shelf === 'entity' ? world.entities : world.groups;
      const here = [...all.values()].filter((one) => one.namespace === place);
      // an empty list and a parameter that it ignores: a 200 with nothing but the warning
      if (here.length === 0 && turn.query.has('after')) {
        return data({}, ['Endpoint ignored these unrecognized parameters: [after]']);
      }
      return listed(
        turn,
        here.map((one) => one.id),
        [],
        false,
      );
    }
    const identity = after('identity/');
    if (identity !== undefined) return handleIdentity(world, place, method, identity, body) ?? 'unknown';
    const [first = '', ...rest] = path.split('/');
    const store = stores.get(`${place.path}:${first}`);
    if (store !== undefined) return store.handle(method, rest.join('/'), body, turn.query) ?? 'unknown';
    const engine = engines.get(first);
    if (engine !== undefined) {
      return (await engine.handle(first, method, rest.join('/'), body, caller, turn.query)) ?? 'unknown';
    }
    const login = first === 'auth' ? logins.get(`${place.path}:${rest[0]}`) : undefined;
    if (login !== undefined)
      return login.handle(method, rest.slice(1).join('/'), body, turn.query) ?? 'unknown';
    if (first === 'auth' && !['token', 'cubbyhole'].includes(rest[0] ?? '')) return noRoute(path);
    if (first !== 'auth' && first !== 'sys' && first !== 'identity') {
      return noRoute(path);
    }
    if (method === 'GET' && ['auth/token/lookup-accessor', 'sys/leases/lookup'].includes(path)) {
      return wrapped(405, 'unsupported operation');
    }
    return 'unknown';
  }

  return async (call) => {
    await world.settle();
    if (call.method === 'GET' && call.path === 'sys/health') return health(world);
    if (world.state === 'sealed' || world.state === 'uninitialised') return errors(503, 'Vault is sealed');
    const place = world.namespaces.get(call.namespace);
    if (place === undefined) return errors(404, 'namespace not found');
    const login = loginAt(call);
    if (login !== undefined) return login;
    const open = publicAt(call, place);
    if (open !== undefined) return open;
    const caller = world.find(call.token);
    if (caller === undefined && call.path === 'sys/wrapping/unwrap') return notWrapping;
    if (caller === undefined || !world.usable(caller)) {
      return errors(403, 'permission denied');
    }
    if (caller.numUses > 0) caller.numUses = caller.numUses === 1 ? -1 : caller.numUses - 1;
    const above = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(call.path)?.[1];
    if (call.method === 'GET' && above !== undefined) return mountAbove(above, caller, place);
    const where = placeOfToken(world, call, caller) ?? place;
    const folder = call.method === 'LIST' ? ruleFor(world, caller, where, `${call.path}/`) : undefined;
    // a rule for what lies below this list does not cover the list itself
    const top =
      call.path === 'sys/leases/lookup' && folder !== 'root' && folder?.path.endsWith('/*') === true;
    const rule = (top ? undefined : folder) ?? ruleFor(world, caller, where, call.path);
    const answer = allowed(rule, call.method, call.path)
      ? await route({ ...call, world, caller, place, rule })
      : wrapped(403, 'permission denied');
    if (caller.numUses < 0) await world.revokeToken(caller);
    return answer !== 'unknown' && call.wrapTtl !== '' && call.path !== 'sys/wrapping/wrap'
      ? keep(world, place, call.path, answer, call.wrapTtl)
      : answer;
  };

  /** What is mounted in a namespace, by its path there. */
  function mountedIn<M>(mounts: ReadonlyMap<string, M>, { path }: FakeNamespace): readonly [string, M][] {
    return [...mounts].flatMap(([key, mounted]): [string, M][] =>
      key.startsWith(`${path}:`) ? [[key.slice(path.length + 1), mounted]] : [],
    );
  }

  function authMounts(place: FakeNamespace): ReadonlyMap<string, { type: string; accessor: string }> {
    const token = { type: 'token', accessor: `auth_token_${place.id}` };
    return new Map([['token', token], ...mountedIn(logins, place)]);
  }

  function secretMounts(place: FakeNamespace): ReadonlyMap<string, { type: string; accessor: string }> {
    const own = ['cubbyhole', 'identity', 'sys'].map(
      (name) => [name, { type: name === 'sys' ? 'system' : name, accessor: `${name}_${place.id}` }] as const,
    );
    const kept = [...mountedIn(stores, place), ...(place.path === '' ? engines : [])].map(
      ([path, mounted]) => {
        const { type, accessor } = mounted.facts();
        return [path, { type: String(type), accessor: String(accessor) }] as const;
      },
    );
    return new Map([...own, ...kept]);
  }

  /** Who logs in has no token yet. */
  function loginAt({ method, path, body, namespace, query, wrapTtl }: Call): Said | undefined {
    const [, mount = '', rest = ''] = /^auth\/([^/]+)\/(login(?:\/.*)?)$/.exec(path) ?? [];
    const said =
      method === 'POST' ? logins.get(`${namespace}:${mount}`)?.handle(method, rest, body, query) : undefined;
    const place = world.namespaces.get(namespace);
    return said === undefined || wrapTtl === '' || place === undefined
      ? said
      : keep(world, place, path, said, wrapTtl);
  }

  /** What may be read without a token. */
  function publicAt({ method, path, body, query }: Call, place: FakeNamespace): Said | undefined {
    const [first = '', ...rest] = path.split('/');
    const store = stores.get(`${place.path}:${first}`);
    const below = rest.join('/');
    return method === 'GET' && store?.open?.(below) === true
      ? store.handle(method, below, body, query)
      : undefined;
  }

  function move(place: FakeNamespace, from: string, to: string): Said {
    const store = stores.get(`${place.path}:${from}`);
    if (store === undefined) return errors(400, `no matching mount at "${from}/"`);
    stores.delete(`${place.path}:${from}`);
    stores.set(`${place.path}:${to}`, store);
    return data({ migration_id: random(36) });
  }

  function authOf(type: unknown, mount: string, place: FakeNamespace): FakeAuth | undefined {
    if (type === 'userpass') return new FakeUserpass(world, mount, place);
    return type === 'approle' ? new FakeApprole(world, mount, place) : rolesOf(type);
  }

  /** Takes a right at the path itself, whichever, and none of its own. */
  function mountAbove(path: string, caller: FakeToken, place: FakeNamespace): Said {
    const rule = ruleFor(world, caller, place, path);
    const [first = '', mount = ''] = path.split('/');
    const login = first === 'auth' ? logins.get(`${place.path}:${mount}`) : undefined;
    if (login !== undefined && seesMount(world, caller, `auth/${mount}`)) {
      return data({ ...mountData(login.type, login.accessor), path: `${mount}/` });
    }
    const mounted = stores.get(`${place.path}:${first}`) ?? engines.get(first);
    const may = rule === 'root' || (rule?.capabilities.length ?? 0) > 0;
    if (may && mounted !== undefined) return data({ ...mounted.facts(), path: `${first}/` });
    return errors(
      403,
      `preflight capability check returned 403, please ensure client's policies grant access to path ${JSON.stringify(`${path}/`)}`,
    );
  }

  function create(
    { body, caller, place, path, rule }: Turn,
    orphan: boolean,
    role: TokenRole | undefined,
  ): Said {
    if (caller.type === 'batch') return errors(400, 'batch tokens cannot create more tokens');
    if (body['no_parent'] === true && role === undefined && !sudo(rule)) {
      return errors(400, 'root or sudo privileges required to create orphan token');
    }
    const asked = listAt(body, 'policies');
    const bounded = role === undefined && !sudo(rule);
    if (bounded && asked.some((policy) => policy !== 'default' && !caller.policies.includes(policy))) {
      return errors(400, 'child policies must be subset of parent');
    }
    const named = role !== undefined ? role.policies : asked.length > 0 ? asked : caller.policies;
    const isRoot = named.includes('root');
    // inherited policies are taken as they are; named ones get `default` where the creator may give it
    const gives =
      role !== undefined || (asked.length > 0 && (sudo(rule) || caller.policies.includes('default')));
    const withDefault =
      isRoot || !gives || body['no_default_policy'] === true ? named : [...named, 'default'];
    const ttl = secondsOf(body['ttl']);
    const period = secondsOf(body['period']);
    const numUses = typeof body['num_uses'] === 'number' ? body['num_uses'] : 0;
    const token = world.createToken({
      namespace: place.path,
      policies: [...new Set(withDefault)].toSorted(),
      type: body['type'] === 'batch' ? 'batch' : 'service',
      ...(orphan ? {} : { parent: caller.value }),
      path,
      displayName: 'display_name' in body ? `token-${textAt(body, 'display_name')}` : 'token',
      entityId: orphan ? '' : caller.entityId,
      ...(ttl > 0 ? { ttl } : isRoot ? { ttl: 0 } : {}),
      ...(period > 0 ? { period } : {}),
      numUses,
    });
    return data(null, [], authData(token));
  }

  async function revokeLease(lease: FakeLease | undefined, aloud: boolean): Promise<Said> {
    if (!aloud) {
      if (lease !== undefined) await world.expireLease(lease);
      return { status: 202 };
    }
    if (lease === undefined) return done;
    try {
      await world.revokeLease(lease);
      return done;
    } catch (error) {
      return errors(400, `failed to revoke entry: resp: (*logical.Response)(nil) err: ${textOf(error)}`);
    }
  }
}

const noRoute = (path: string): Said =>
  errors(404, `no handler for route ${JSON.stringify(path)}. route entry not found.`);

/** What is asked about a token is allowed or not where that token was made. */
function placeOfToken(world: FakeWorld, { path, body }: Call, caller: FakeToken): FakeNamespace | undefined {
  if (path.endsWith('-self')) return caller.namespace;
  const ending = path === 'auth/token/lookup' ? /\.([^.]+)$/.exec(textAt(body, 'token'))?.[1] : undefined;
  return [...world.namespaces.values()].find((namespace) => namespace.id === ending);
}

function lookup({ world, body, caller }: Turn): Said {
  const value = textAt(body, 'token');
  const token = value === '' ? caller : world.find(value);
  if (token !== undefined) return data(tokenData(world, token));
  const illegal = /^(?:b|hvb)\./.test(value) ? value.slice(value.indexOf('.') + 1).search(/[^\w.-]/) : -1;
  if (illegal >= 0) return errors(400, `illegal base64 data at input byte ${illegal}`);
  return errors(403, 'bad token');
}

function lookupAccessor({ world, body, place }: Turn): Said {
  const accessor = textAt(body, 'accessor');
  if (accessor === '') return wrapped(400, 'missing accessor');
  const ending = /\.([^.]+)$/.exec(accessor)?.[1];
  const known = [...world.namespaces.values()].find((namespace) => namespace.id === ending);
  if ((ending === undefined && place.path !== '') || (known !== undefined && known !== place)) {
    return wrapped(500, 'cannot lookup token in different namespace');
  }
  const token = world.byAccessor(accessor);
  return token === undefined
    ? wrapped(400, 'invalid accessor')
    : data({ ...tokenData(world, token), id: '' });
}

/** Refuses what the look-up of the same token still shows. */
function capabilities({ world, path, body, place }: Turn): Said {
  const byAccessor = path.endsWith('-accessor');
  const token = byAccessor ? world.byAccessor(textAt(body, 'accessor')) : world.find(textAt(body, 'token'));
  if (token === undefined) return wrapped(400, byAccessor ? 'invalid accessor' : 'invalid token');
  if (!world.usable(token)) return wrapped(400, 'invalid token');
  const granted = listAt(body, 'paths').map((one): [string, readonly string[]] => {
    const rule = ruleFor(world, token, place, one);
    const allowed = rule === 'root' ? ['root'] : (rule?.capabilities ?? []);
    return [one, allowed.length === 0 ? ['deny'] : [...new Set(allowed)]];
  });
  const only = granted.length === 1 ? { capabilities: granted[0]?.[1] } : {};
  return twice({ ...Object.fromEntries(granted), ...only });
}

function listAccessors(turn: Turn): Said {
  const { world, place } = turn;
  const all = [...world.tokens.values()].filter(
    (token) => token.accessor !== '' && token.namespace === place,
  );
  const keys = all.map((token) => token.accessor).filter((accessor) => !world.unreadable.has(accessor));
  const warnings = keys.length < all.length ? [unreadableEntry] : [];
  return listed(turn, keys, warnings, world.paging);
}

const unreadableEntry =
  'Found an accessor entry that could not be successfully decoded; associated error is "unexpected end of JSON input"';

function listLeases(turn: Turn, prefix: string): Said {
  const { world, place } = turn;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const ids = [
    ...[...world.leases.values()].filter((lease) => lease.namespace === place).map((lease) => lease.id),
    ...[...world.tokens.values()]
      .filter((token) => token.type === 'service' && token.namespace === place)
      .map((token) => `${token.path}/h${token.accessor}`),
  ];
  const below = ids.filter((id) => id.startsWith(folder)).map((id) => id.slice(folder.length));
  return listed(turn, [...new Set(below.map((id) => id.replace(/\/.*$/, '/')))], [], false);
}

/** A list as this caller may see it: capped and filtered by the policy, without a word where the server has none. */
function listed(
  { query, rule, world, caller, place }: Turn,
  keys: readonly string[],
  said: readonly string[],
  paging: boolean,
): Said {
  const cap = rule === 'root' ? undefined : rule?.paginationLimit;
  const filter = rule === 'root' ? undefined : rule?.filter;
  const asked = new Set([...query.keys()].filter((name) => name === 'after' || name === 'limit'));
  if (cap !== undefined) asked.add('limit');
  const warnings = [...said];
  let seen = keys;
  if (paging) {
    const from = seen.indexOf(query.get('after') ?? '') + 1;
    seen = seen.slice(from, cap === undefined ? undefined : from + cap);
  } else if (asked.size > 0) {
    warnings.push(`Endpoint ignored these unrecognized parameters: [${[...asked].toSorted().join(' ')}]`);
  }
  if (filter !== undefined) {
    seen = seen.filter((key) => {
      const path = filter.replace(/\{\{\s*\.key\s*\}\}/g, key);
      return allowed(ruleFor(world, caller, place, path), 'GET', path);
    });
  }
  return seen.length === 0 ? errors(404) : data({ keys: seen }, warnings);
}

async function withLease(
  { world, body, place }: Turn,
  answer: (lease: FakeLease | undefined) => Said | Promise<Said>,
): Promise<Said> {
  const id = textAt(body, 'lease_id');
  if (id === '') return errors(400, 'lease_id must be specified');
  const token = [...world.tokens.values()].find((one) => id === `${one.path}/h${one.accessor}`);
  if (token?.namespace === place) return answer(leaseOf(token));
  const lease = world.leases.get(id);
  return answer(lease?.namespace === place ? lease : undefined);
}

/** Every service token has a lease of its own. */
function leaseOf(token: FakeToken): FakeLease {
  return {
    id: `${token.path}/h${token.accessor}`,
    namespace: token.namespace,
    path: token.path,
    issuedAt: token.createdAt,
    expiresAt: token.expiresAt,
    renewable: token.renewable,
    revokeError: undefined,
    failing: undefined,
    owner: token.value,
    end: () => Promise.resolve(),
  };
}
