/** What each caller may do follows from its policies, read as the server reads them. */
import type { FakeNamespace, FakeToken, FakeWorld } from './world.ts';

export interface Rule {
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly paginationLimit: number | undefined;
  /** `auth/token/{{ .key }}` */
  readonly filter: string | undefined;
}

/** The parts of the built-in `default` policy that this world has. */
const defaultPolicy = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }
`;

/** What a wrapping token may do. */
const wrappingPolicy = 'path "sys/wrapping/unwrap" { capabilities = ["update"] }';

/** Paths that take `sudo` beside the capability itself. */
const guarded = [
  /^auth\/token\/accessors\/?$/,
  /^sys\/leases\/(?:lookup|revoke-force|revoke-prefix)\/./,
  /^sys\/seal$/,
];

export const builtIn = new Map([
  ['default', defaultPolicy],
  ['response-wrapping', wrappingPolicy],
]);

function rulesOf(text: string): readonly Rule[] {
  return [...text.matchAll(/path\s+"([^"]+)"\s*\{([^{}]*(?:\{\{[^}]*\}\}[^{}]*)*)\}/g)].map(
    ([, path = '', body = '']) => ({
      path,
      capabilities: [...(/capabilities\s*=\s*\[([^\]]*)\]/.exec(body)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
        ([, name = '']) => name,
      ),
      paginationLimit: numberOf(/pagination_limit\s*=\s*(\d+)/.exec(body)?.[1]),
      filter: /list_scan_response_keys_filter_path\s*=\s*"([^"]+)"/.exec(body)?.[1],
    }),
  );
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** The rule that decides, or undefined where none does. `'root'` may do everything. */
export function ruleFor(
  world: FakeWorld,
  token: FakeToken,
  namespace: FakeNamespace,
  path: string,
): Rule | 'root' | undefined {
  if (token.policies.includes('root')) return 'root';
  const home = token.namespace.path;
  if (!(home === '' || namespace.path === home || namespace.path.startsWith(`${home}/`))) return undefined;
  const below = namespace.path.slice(home === '' ? 0 : home.length + 1);
  const full = below === '' ? path : `${below}/${path}`;
  const matching = rulesFor(world, token).filter((rule) => matches(rule.path, full));
  const best = matching.toSorted((one, other) => priority(one.path, other.path))[0];
  if (best === undefined) return undefined;
  const same = matching.filter((rule) => rule.path === best.path);
  return {
    path: best.path,
    capabilities: same.flatMap((rule) => rule.capabilities),
    paginationLimit: same.find((rule) => rule.paginationLimit !== undefined)?.paginationLimit,
    filter: same.find((rule) => rule.filter !== undefined)?.filter,
  };
}

function rulesFor(world: FakeWorld, token: FakeToken): readonly Rule[] {
  return world.policiesOf(token).flatMap((name) => {
    const text = world.policyOf(`${token.namespace.path}/${name}`) ?? builtIn.get(name);
    return text === undefined ? [] : rulesOf(text);
  });
}

/** May the token do anything at all below this mount of its own namespace? */
export function seesMount(world: FakeWorld, token: FakeToken, mount: string): boolean {
  if (token.policies.includes('root')) return true;
  return rulesFor(world, token).some(({ path, capabilities }) => {
    if (capabilities.length === 0 || capabilities.includes('deny')) return false;
    const parts = path.split('/');
    return mount.split('/').every((part, at) => parts[at] === part || parts[at] === '+');
  });
}

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/\*$/, '')
    .split('+')
    .map((part) => part.replace(/[.*?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]+');
  return new RegExp(`^${source}${pattern.endsWith('*') ? '' : '$'}`).test(path);
}

/**
 * Which of two patterns decides, the higher one first: no wildcard at all; then the later first wildcard,
 * no `*` at the end, fewer `+`, the longer, the later in the alphabet.
 * https://openbao.org/docs/concepts/policies/#priority-matching
 */
function priority(one: string, other: string): number {
  const marks = (pattern: string) => {
    const plus = pattern.split('/').filter((part) => part === '+').length;
    const star = pattern.endsWith('*') ? 1 : 0;
    const first = /(?<=^|\/)\+(?=\/|$)|\*$/.exec(pattern)?.index ?? Number.MAX_SAFE_INTEGER;
    return [first, -star, -plus, pattern.length];
  };
  const [mine, theirs] = [marks(one), marks(other)];
  const at = mine.findIndex((mark, index) => mark !== theirs[index]);
  if (at === -1) return one < other ? 1 : -1;
  return (theirs[at] ?? 0) - (mine[at] ?? 0);
}

export function allowed(rule: Rule | 'root' | undefined, method: string, path: string): boolean {
  if (rule === 'root') return true;
  if (rule === undefined || rule.capabilities.includes('deny')) return false;
  const has = (name: string): boolean => rule.capabilities.includes(name);
  if (guarded.some((one) => one.test(path)) && !has('sudo')) return false;
  if (method === 'GET') return has('read');
  if (method === 'LIST') return has('list');
  if (method === 'DELETE') return has('delete');
  return has('update') || has('create');
}

export function sudo(rule: Rule | 'root' | undefined): boolean {
  return rule === 'root' || rule?.capabilities.includes('sudo') === true;
}
