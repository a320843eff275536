/** The fake answers like the real OpenBao: the same calls, the same statuses, texts and fields. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import { realServer } from '../../test/servers/require.ts';
import { z } from '../../src/connector.ts';
import { claim, mountKv, wrap } from './asking.fixture.ts';
import { startFakeVault } from './vault.fake.ts';

type Api = (
  method: string,
  path: string,
  body?: unknown,
  token?: string,
  namespace?: string,
) => Promise<{ readonly status: number; readonly json: unknown }>;

interface Server {
  readonly address: string;
  readonly rootToken: string;
  readonly api: Api;
}

interface Cast {
  readonly api: Api;
  readonly values: Readonly<Record<string, string>>;
}

const auth = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), entity_id: z.string() }),
});

/** The same people on both stages. */
async function cast({ api, rootToken: root, address }: Server): Promise<Cast> {
  const values: Record<string, string> = { root };
  const make = async (
    name: string,
    body: object,
    by?: string,
    namespace?: string,
    path = 'auth/token/create',
  ) => {
    const answer = await api('POST', path, body, by, namespace);
    const parsed = auth.safeParse(answer.json);
    if (!parsed.success) throw new Error(`${name} was not made: ${JSON.stringify(answer)}`);
    const { client_token, accessor, entity_id } = parsed.data.auth;
    values[`${name}.entity`] = entity_id;
    values[name] = client_token;
    values[`${name}.accessor`] = accessor;
  };
  const policy = (name: string, text: string) => api('PUT', `sys/policies/acl/${name}`, { policy: text });
  await api('POST', 'sys/namespaces/team-a', {});
  await policy(
    'verifier',
    `path "auth/token/lookup-self" { capabilities = ["read"] }
     path "auth/token/lookup-accessor" { capabilities = ["update"] }
     path "auth/token/lookup" { capabilities = ["update"] }
     path "auth/token/accessors" { capabilities = ["list", "sudo"] }
     path "sys/leases/lookup" { capabilities = ["update"] }`,
  );
  await policy('self', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
  await policy('nosudo', 'path "auth/token/accessors" { capabilities = ["list"] }');
  await policy(
    'capped',
    `path "auth/token/accessors" { capabilities = ["list", "sudo"]
       pagination_limit = 1 }`,
  );
  await policy(
    'filtered',
    `path "auth/token/accessors" { capabilities = ["list", "sudo"]
       list_scan_response_keys_filter_path = "auth/token/{{ .key }}" }`,
  );
  await policy(
    'creator',
    `path "auth/token/create" { capabilities = ["update"] }
     path "auth/token/create-orphan" { capabilities = ["update"] }`,
  );
  for (const name of ['verifier', 'self', 'nosudo', 'capped', 'filtered', 'creator']) {
    await make(name, { policies: [name], no_default_policy: true, ttl: '1h' });
  }
  await make('default', { policies: ['default'], ttl: '1h' });
  await make('dead', { policies: ['default'], ttl: '1h' });
  await api('POST', 'auth/token/revoke-accessor', { accessor: values['dead.accessor'] });
  await make('parent', { policies: ['creator'], ttl: '1h' });
  await make('child', { ttl: '30m' }, values['parent']);
  await make('orphan', { ttl: '30m' }, values['parent'], undefined, 'auth/token/create-orphan');
  await make('parentless', { ttl: '30m', no_parent: true, policies: ['default'] });
  await make('batch', { type: 'batch', policies: ['creator'], ttl: '1h' });
  await make('batch-child', { type: 'batch', ttl: '10m' }, values['parent']);
  await api('POST', 'auth/token/revoke-accessor', { accessor: values['parent.accessor'] });
  await make('periodic', { period: '1h', policies: ['default'] });
  await make('once', { num_uses: 1, policies: ['default'] });
  await make('twice', { num_uses: 2, policies: ['default'] });
  await make('inside', { policies: ['default'], ttl: '1h' }, undefined, 'team-a');
  await make('freed-parent', { policies: ['creator'], ttl: '1h' });
  await make('freed', { ttl: '30m' }, values['freed-parent']);
  await api('POST', 'auth/token/revoke-orphan', { token: values['freed-parent'] });
  for (const mount of ['userpass', 'people']) await api('POST', `sys/auth/${mount}`, { type: 'userpass' });
  const people = [
    ['userpass', 'ann'],
    ['userpass', 'ben'],
    ['userpass', 'cid'],
    ['userpass', 'dan'],
    ['people', 'eve'],
  ] as const;
  for (const [mount, user] of people) {
    await api('POST', `auth/${mount}/users/${user}`, { password: 'pw', token_policies: ['self'] });
    await make(user, { password: 'pw' }, '', undefined, `auth/${mount}/login/${user}`);
  }
  await make('ann-batch', { type: 'batch', policies: ['self'] }, values['root']);
  await api('POST', `identity/entity/id/${values['ben.entity']}`, { disabled: true });
  await api('DELETE', `identity/entity/id/${values['cid.entity']}`);
  await api('POST', 'identity/entity/merge', {
    from_entity_ids: [values['dan.entity']],
    to_entity_id: values['eve.entity'],
  });
  await api('POST', 'sys/auth/approle', { type: 'approle' });
  const field = z.object({ data: z.record(z.string(), z.unknown()) });
  const keep = async (name: string, method: string, path: string, body?: object) => {
    const { data } = field.parse((await api(method, `auth/approle/role/${path}`, body)).json);
    for (const key of ['role_id', 'secret_id', 'secret_id_accessor'])
      values[`${name}.${key}`] = String(data[key]);
  };
  await api('POST', 'auth/approle/role/local', { local_secret_ids: true });
  for (const role of ['ci', 'other', 'again', 'deleted']) {
    await api('POST', `auth/approle/role/${role}`, { secret_id_ttl: '1h', token_policies: ['self'] });
    await keep(`${role}-role`, 'GET', `${role}/role-id`);
    await keep(role, 'POST', `${role}/secret-id`, {});
  }
  await keep('forever', 'POST', 'local/secret-id', {});
  await keep('counted', 'POST', 'ci/secret-id', { num_uses: 1 });
  await keep('over', 'POST', 'ci/secret-id', { ttl: '1s' });
  await keep('destroyed', 'POST', 'ci/secret-id', {});
  const { 'destroyed.secret_id_accessor': destroyed } = values;
  await api('POST', 'auth/approle/role/ci/secret-id-accessor/destroy', { secret_id_accessor: destroyed });
  await api('DELETE', 'auth/approle/role/deleted');
  await api('DELETE', 'auth/approle/role/again');
  await api('POST', 'auth/approle/role/again', {});
  await mountKv({ api }, 'kv');
  await api('POST', 'sys/mounts/old', { type: 'kv' });
  for (const path of ['app/two', 'app/two', 'app/soft', 'app/burnt', 'app/removed', 'app/undeleted']) {
    await api('POST', `kv/data/${path}`, { data: { password: path } });
  }
  await api('DELETE', 'kv/data/app/soft');
  await api('DELETE', 'kv/data/app/undeleted');
  await api('POST', 'kv/undelete/app/undeleted', { versions: [1] });
  await api('POST', 'kv/destroy/app/burnt', { versions: [1] });
  await api('POST', 'kv/undelete/app/burnt', { versions: [1] });
  await api('POST', 'kv/destroy/app/two', { versions: [1] });
  await api('DELETE', 'kv/metadata/app/removed');
  await policy('metadata', 'path "+/metadata/*" { capabilities = ["read"] }');
  for (const name of ['wrap', 'claimed']) {
    const wrapping = await wrap({ address, rootToken: root });
    values[name] = wrapping.value;
    values[`${name}.accessor`] = wrapping.accessor;
    if (name === 'claimed') await claim({ api }, wrapping);
  }
  await make('metadata', { policies: ['metadata'], no_default_policy: true });
  return { api, values };
}

type Line = readonly [
  method: string,
  path: string,
  body?: object | undefined,
  as?: string | undefined,
  namespace?: string | undefined,
];

const asked = ['auth/token/lookup-self', 'nowhere'];

/** `$name` stands for a value of the cast. */
const table: readonly Line[] = [
  ['GET', 'sys/health', undefined, ''],
  ['GET', 'auth/token/lookup-self'],
  ['GET', 'auth/token/lookup-self', undefined, '$verifier'],
  ['GET', 'auth/token/lookup-self', undefined, '$verifier', 'team-a'],
  ['GET', 'auth/token/lookup-self', undefined, '$inside', 'team-a'],
  ['GET', 'auth/token/lookup-self', undefined, '$inside'],
  ['GET', 'auth/token/lookup-self', undefined, '$nosudo'],
  ['GET', 'auth/token/lookup-self', undefined, '$dead'],
  ['GET', 'auth/token/lookup-self', undefined, ''],
  ['GET', 'auth/token/lookup-self', undefined, '$batch'],
  ['GET', 'auth/token/lookup-self', undefined, '$verifier', 'nowhere'],
  ['GET', 'auth/token/lookup-self', undefined, '$once'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$once.accessor' }],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$twice.accessor' }],
  ...[
    '$default.accessor',
    '$dead.accessor',
    '$child.accessor',
    '$orphan.accessor',
    '$parentless.accessor',
    '$freed.accessor',
    '$freed-parent.accessor',
    '$periodic.accessor',
    '$inside.accessor',
    'never-issued',
    'never-issued.abcdef',
    '',
  ].map((accessor): Line => ['POST', 'auth/token/lookup-accessor', { accessor }, '$verifier']),
  ['POST', 'auth/token/lookup-accessor', {}, '$verifier'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$default.accessor' }, '$self'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$dead.accessor' }, '$self'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$default.accessor' }, '$dead'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$inside.accessor' }, '$root', 'team-a'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$default.accessor' }, '$root', 'team-a'],
  ['POST', 'auth/token/lookup-accessor', { accessor: 'never-issued.abcdef' }, '$root', 'team-a'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$inside.accessor' }, '$verifier', 'team-a'],
  ['GET', 'auth/token/lookup-accessor'],
  ...['$default', '$dead', '$batch', '$batch-child', '$orphan', '$inside', 's.never', 'b.AAAA', 'hvb.A!'].map(
    (token): Line => ['POST', 'auth/token/lookup', { token }, '$verifier'],
  ),
  ['POST', 'auth/token/lookup', { token: '$default' }, '$self'],
  ['POST', 'auth/token/lookup', { token: '$dead' }, '$self'],
  ['POST', 'auth/token/lookup', { token: '$default' }, '$dead'],
  ['LIST', 'auth/token/accessors', undefined, '$verifier'],
  ['LIST', 'auth/token/accessors?after=', undefined, '$verifier'],
  ['LIST', 'auth/token/accessors?after=', undefined, '$capped'],
  ['LIST', 'auth/token/accessors', undefined, '$capped'],
  ['LIST', 'auth/token/accessors', undefined, '$filtered'],
  ['LIST', 'auth/token/accessors', undefined, '$nosudo'],
  ['LIST', 'auth/token/accessors', undefined, '$dead'],
  ['LIST', 'auth/token/accessors', undefined, '$root', 'team-a'],
  ['POST', 'sys/leases/lookup', { lease_id: 'database/creds/r/never' }, '$verifier'],
  ['POST', 'sys/leases/lookup', { lease_id: 'database/creds/r/never' }, '$default'],
  ['POST', 'sys/leases/lookup', { lease_id: 'database/creds/r/never' }, '$self'],
  ['POST', 'sys/leases/lookup', { lease_id: 'database/creds/r/never' }, '$dead'],
  ['POST', 'sys/leases/lookup', { lease_id: '' }, '$verifier'],
  ['POST', 'sys/leases/lookup', {}, '$verifier'],
  ['GET', 'sys/leases/lookup'],
  ['LIST', 'sys/leases/lookup/auth/token/create'],
  ['LIST', 'sys/leases/lookup/auth/token/create', undefined, '$verifier'],
  ['LIST', 'sys/leases/lookup/nothing/here'],
  ['POST', 'sys/leases/revoke', { lease_id: 'never/issued' }],
  ['POST', 'sys/leases/revoke', { lease_id: 'never/issued', sync: false }],
  ['POST', 'sys/leases/revoke', {}],
  ['POST', 'sys/leases/revoke-force/never', {}],
  ['POST', 'sys/leases/tidy', {}],
  ['POST', 'auth/token/create', { no_parent: true }, '$creator'],
  ['POST', 'auth/token/create', { policies: ['verifier'] }, '$creator'],
  ['POST', 'auth/token/create', { ttl: '10m' }, '$creator'],
  ['POST', 'auth/token/create', { ttl: '10m' }, '$self'],
  ['POST', 'auth/token/create', { ttl: '10m' }, '$batch'],
  ['POST', 'auth/token/create/no-such-role', {}],
  ['POST', 'auth/token/revoke', { token: '$batch' }],
  ['POST', 'auth/token/revoke', { token: '$dead' }],
  ['POST', 'auth/token/revoke-accessor', { accessor: '$dead.accessor' }],
  ['POST', 'auth/token/revoke-orphan', { token: '$dead' }],
  ...['ann', 'ben', 'cid', 'dan', 'eve'].flatMap((who): readonly Line[] => [
    ['GET', `identity/entity/id/$${who}.entity`],
    ['GET', 'auth/token/lookup-self', undefined, `$${who}`],
    ['POST', 'auth/token/lookup-accessor', { accessor: `$${who}.accessor` }],
    ['POST', 'sys/capabilities-accessor', { accessor: `$${who}.accessor`, paths: asked }],
    ['POST', 'sys/capabilities', { token: `$${who}`, paths: asked }],
  ]),
  ['GET', 'identity/entity/id/00000000-0000-0000-0000-000000000000'],
  ['GET', 'identity/entity/id/$ann.entity', undefined, '$self'],
  ['GET', 'identity/entity/id/$cid.entity', undefined, '$self'],
  ['GET', 'identity/entity/id/$ann.entity', undefined, undefined, 'team-a'],
  ['POST', 'identity/entity', { id: '$cid.entity', name: 'again' }],
  ['POST', 'identity/entity/id/$cid.entity', { disabled: false }],
  ['POST', 'sys/capabilities-accessor', { accessor: 'never-issued', paths: asked }],
  ['POST', 'sys/capabilities-accessor', { accessor: '$ann.accessor', paths: asked }, '$self'],
  ['POST', 'sys/capabilities', { token: 's.never', paths: asked }],
  ['POST', 'sys/capabilities', { token: '$ann', paths: asked }, '$self'],
  ['POST', 'sys/auth/userpass', { type: 'userpass' }],
  ['GET', 'auth/userpass/users/ann'],
  ['GET', 'auth/userpass/users/nobody'],
  ['DELETE', 'auth/userpass/users/nobody'],
  ['POST', 'auth/userpass/login/ann', { password: 'wrong' }, ''],
  ['POST', 'auth/userpass/login/nobody', { password: 'pw' }, ''],
  ...[
    ['ci', 'ci'],
    ['ci', 'other'],
    ['CI', 'ci'],
    ['local', 'ci'],
    ['local', 'forever'],
    ['ci', 'forever'],
    ['ci', 'over'],
    ['ci', 'destroyed'],
    ['deleted', 'deleted'],
    ['ci', 'deleted'],
    ['again', 'again'],
    ['ci', 'never-issued'],
    ['nobody', 'ci'],
  ].map(([role = '', id = '']): Line => [
    'POST',
    `auth/approle/role/${role}/secret-id-accessor/lookup`,
    { secret_id_accessor: `$${id}.secret_id_accessor` },
  ]),
  ['POST', 'auth/approle/role/ci/secret-id-accessor/lookup', {}],
  ['POST', 'auth/approle/role/ci/secret-id-accessor/lookup', { secret_id_accessor: 'x' }, '$self'],
  ['POST', 'auth/nowhere/role/ci/secret-id-accessor/lookup', { secret_id_accessor: 'x' }],
  ['LIST', 'auth/approle/role'],
  ['LIST', 'auth/approle/role?after=ci'],
  ['LIST', 'auth/approle/role?after=other'],
  ['LIST', 'auth/approle/role', undefined, '$self'],
  ['GET', 'auth/approle/role/ci'],
  ['GET', 'auth/approle/role/nobody'],
  ['POST', 'auth/approle/login', { role_id: '$ci-role.role_id', secret_id: '$ci.secret_id' }, ''],
  ['POST', 'auth/approle/login', { role_id: '$ci-role.role_id', secret_id: '$over.secret_id' }, ''],
  ['POST', 'auth/approle/login', { role_id: '$ci-role.role_id', secret_id: '$other.secret_id' }, ''],
  ['POST', 'auth/approle/login', { role_id: '$ci-role.role_id', secret_id: '$counted.secret_id' }, ''],
  ['POST', 'auth/approle/login', { role_id: '$ci-role.role_id', secret_id: '$counted.secret_id' }, ''],
  ['POST', 'auth/approle/tidy/secret-id', {}],
  ...['top', 'app/two', 'app/soft', 'app/burnt', 'app/removed', 'app/undeleted', 'app', 'never'].flatMap(
    (path): readonly Line[] => [
      ['GET', `kv/metadata/${path}`, undefined, '$metadata'],
      ['GET', `kv/data/${path}`],
    ],
  ),
  ['GET', 'kv/metadata/top', undefined, '$self'],
  ['GET', 'kv/metadata/never', undefined, '$self'],
  ['GET', 'old/metadata/top', undefined, '$metadata'],
  ['GET', 'nowhere/metadata/top', undefined, '$metadata'],
  ['LIST', 'kv/metadata'],
  ['LIST', 'kv/metadata?after=top'],
  ['LIST', 'kv/metadata', undefined, '$metadata'],
  ['POST', 'kv/data/app/two', { password: 'beside data' }],
  ...['wrap', 'claimed'].flatMap((name): readonly Line[] => [
    ['POST', 'auth/token/lookup-accessor', { accessor: `$${name}.accessor` }, '$verifier'],
    ['POST', 'auth/token/lookup', { token: `$${name}` }, '$verifier'],
  ]),
  ['POST', 'sys/wrapping/wrap', { kept: 'without a time' }],
  ['POST', 'sys/wrapping/unwrap', {}, '$claimed'],
  ['POST', 'sys/wrapping/unwrap', {}, '$wrap'],
  ...['kv', 'old', 'nowhere'].flatMap((mount): readonly Line[] => [
    ['GET', `sys/internal/ui/mounts/${mount}/metadata/x`, undefined, '$metadata'],
    ['GET', `sys/internal/ui/mounts/${mount}/metadata/x`, undefined, '$self'],
    ['GET', `sys/internal/ui/mounts/${mount}/metadata/x`, undefined, '$dead'],
  ]),
  ['GET', 'nowhere/at/all'],
  ['GET', 'nowhere/at/all', undefined, '$self'],
  ['GET', 'nowhere/at/all', undefined, '$dead'],
  ['POST', 'sys/mounts/database', { type: 'database' }],
  ['POST', 'sys/mounts/database', { type: 'database' }],
  ['GET', 'database/creds/none'],
  ['GET', 'database/roles/none'],
  ['POST', 'database/roles/r', { db_name: 'nowhere', creation_statements: ['SELECT 1'] }],
  ['GET', 'database/creds/r'],
  ['PUT', 'sys/seal', {}],
  ['GET', 'sys/health', undefined, ''],
  ['GET', 'auth/token/lookup-self'],
  ['POST', 'auth/token/lookup-accessor', { accessor: '$default.accessor' }, '$dead'],
];

async function play({ api, values }: Cast, [method, path, body, as, namespace]: Line): Promise<unknown> {
  const fill = (text: string): string =>
    text.replace(/\$([\w.-]+)/, (whole, name: string) => values[name] ?? whole);
  const filled =
    body === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(body).map(([name, value]: [string, unknown]) => [
            name,
            typeof value === 'string' ? fill(value) : value,
          ]),
        );
  const { status, json } = await api(
    method,
    fill(path),
    filled,
    as === undefined ? undefined : fill(as),
    namespace,
  );
  return { status, said: outline(json) };
}

const errorBody = z.strictObject({ errors: z.array(z.string()) });
const fields = z.record(z.string(), z.unknown());
/** What depends on the hour, on chance, or on an engine's depth that nobody reads. */
const fleeting = new Set(['cluster_name', 'replication_performance_mode', 'replication_dr_mode']);

/** Error texts as they are, other bodies by their fields and types. */
function outline(json: unknown): unknown {
  const error = errorBody.safeParse(json);
  if (error.success) return error.data.errors;
  const object = fields.safeParse(json);
  if (!object.success) return json;
  return Object.fromEntries(
    Object.entries(object.data)
      .filter(([name]) => !fleeting.has(name))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, outlineOf(name, value)]),
  );
}

const telling = new Set([
  'warnings',
  'type',
  'orphan',
  'num_uses',
  'path',
  'policies',
  'sealed',
  'standby',
  'period',
]);

function outlineOf(name: string, value: unknown): unknown {
  if (telling.has(name) || value === null) return value;
  if (Array.isArray(value)) return name === 'keys' ? `keys` : value.map(memberOf);
  return typeof value === 'object' ? outline(value) : typeof value;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const memberOf = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(uuid, 'id') : outline(value);

const found = findOpenBao();

describe.runIf(realServer('OpenBao', found))('the fake beside the real OpenBao', () => {
  const stops: (() => Promise<void>)[] = [];
  let real: Cast;
  let fake: Cast;

  beforeAll(async () => {
    const bao = await startOpenBao();
    stops.push(bao.stop);
    const vault = await startFakeVault();
    stops.push(vault.stop);
    real = await cast(bao);
    fake = await cast(vault);
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
  });

  it.each(
    table.map((line, index) => ({
      index,
      line,
      name: line
        .slice(0, 5)
        .map((part) => JSON.stringify(part))
        .join(' '),
    })),
  )('$index $name', async ({ line }) => {
    expect(await play(fake, line)).toEqual(await play(real, line));
  });
});
