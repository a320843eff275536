import { z } from 'zod';
import { call, logIn, makeToken, revoke, unique } from './vault-stage.ts';
import type { Made, Stage } from './vault-stage.ts';
import type { Subject } from './vault.ts';

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const named = z.object({ data: z.object({ id: z.string() }) });
const loggedIn = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
const wrapInfo = z.object({ wrap_info: z.object({ token: z.string(), accessor: z.string() }) });
const looked = z.object({ data: z.object({ entity_id: z.string() }) });
const leased = z.object({ lease_id: z.string() });

/** What the grants of these worlds carry: written before any of them begins, and never changed. */
export const lookPolicies: Readonly<Record<string, string>> = {
  'contract-minter': 'path "auth/+/role/minted/secret-id" { capabilities = ["update"] }',
  'contract-wrapper': 'path "auth/+/role/+/role-id" { capabilities = ["read"] }',
  'contract-hr': 'path "identity/entity" { capabilities = ["create", "update"] }',
  'contract-writer': 'path "sys/policies/acl/jit-*" { capabilities = ["create", "update"] }',
  'contract-orphaner': 'path "auth/token/create-orphan" { capabilities = ["update"] }',
  'contract-lessee': 'path "+/creds/*" { capabilities = ["read"] }',
};

/** A token that was revoked before anybody looked, and what it could do. */
const granted = (policy: string) => [
  { kind: 'vault/token', ref: { accessor: 'revoked-before-anybody-looked', policies: [policy] } },
];

/** The thing itself, so that `asks` knows the question about it. */
const about = (ref: object, declared: ReturnType<typeof granted>, from: string, secret?: string) => ({
  ref,
  declared,
  from,
  ...(secret === undefined ? {} : { secret }),
});
const idOf = ({ ref }: { readonly ref: unknown }) => z.object({ id: z.string() }).parse(ref).id;
const now = () => new Date().toISOString();

interface Role {
  readonly mount: string;
  readonly role: string;
  readonly roleId: string;
}

async function appRole(stage: Stage, role: string): Promise<Role> {
  const mount = `auth/${unique('approle')}`;
  await call(stage, 'POST', `sys/${mount}`, { type: 'approle' });
  await call(stage, 'POST', `${mount}/role/${role}`, {});
  const { role_id: roleId } = identified.parse(
    await call(stage, 'GET', `${mount}/role/${role}/role-id`),
  ).data;
  return { mount, role, roleId };
}

const secretIdOf = async (stage: Stage, { mount, role }: Role) =>
  issued.parse(await call(stage, 'POST', `${mount}/role/${role}/secret-id`, {})).data;

const tokens: Subject['asks'] = ({ path, body }, target) =>
  path.startsWith('/v1/auth/token/accessors') ||
  (path.endsWith('lookup-accessor') && body.includes(idOf(target)));

async function wrapAt(stage: Stage, path: string): Promise<Made> {
  const { address, rootToken } = stage;
  const headers = { 'x-vault-token': rootToken, 'x-vault-wrap-ttl': '30m' };
  const answer = await fetch(`${address}/v1/${path}`, { headers });
  const { token: value, accessor } = wrapInfo.parse(await answer.json()).wrap_info;
  return { value, accessor };
}

/** Makes so many others, and takes them away again. */
const many = async (make: (number: number) => Promise<unknown>): Promise<void> => {
  for (let number = 0; number < 20; number += 1) await make(number);
};

/** Worlds of the looks: a grant that is over, and something that it left. */
export const lookSubjects: Readonly<Record<string, Subject>> = {
  'vault/born-tokens': {
    look: true,
    describing: {
      'read identity/entity/id/*': 'what a token that was found could do in turn; none was',
      'update sys/audit-hash/*': 'where the grant could make no orphan no log is needed',
    },
    async create(stage) {
      const from = now();
      const made = await appRole(stage, 'agent');
      const { secret_id: secret, secret_id_accessor: accessor } = await secretIdOf(stage, made);
      const body = { role_id: made.roleId, secret_id: secret };
      const { auth } = loggedIn.parse(await call(stage, 'POST', `${made.mount}/login`, body, ''));
      const token = { value: auth.client_token, accessor: auth.accessor };
      const { mount, role } = made;
      const declared = [{ kind: 'vault/approle-secret-id', ref: { mount, role, accessor } }];
      const destroy = { secret_id_accessor: accessor };
      return {
        target: { ...about({ id: token.accessor }, [], from, token.value), declared },
        tokens: [token],
        end: () => call(stage, 'POST', `${mount}/role/${role}/secret-id-accessor/destroy`, destroy),
        last: () => call(stage, 'DELETE', `sys/${mount}`),
      };
    },
    asks: tokens,
  },
  'vault/born-wraps': {
    look: true,
    async create(stage) {
      const from = now();
      const { mount, role } = await appRole(stage, 'agent');
      const token = await wrapAt(stage, `${mount}/role/${role}/role-id`);
      return {
        target: about({ id: token.accessor }, granted('contract-wrapper'), from, token.value),
        tokens: [token],
        last: () => call(stage, 'DELETE', `sys/${mount}`),
      };
    },
    asks: tokens,
  },
  'vault/born-secret-ids': {
    look: true,
    describing: {
      'update auth/+/role/+/secret-id-accessor/lookup': 'a list of secret ids that is empty takes no look-up',
    },
    async create(stage) {
      const from = now();
      const made = await appRole(stage, 'minted');
      const { secret_id: secret, secret_id_accessor: id } = await secretIdOf(stage, made);
      const { mount, role } = made;
      return {
        target: about({ id, mount }, granted('contract-minter'), from, secret),
        tokens: [],
        end: () =>
          call(stage, 'POST', `${mount}/role/${role}/secret-id-accessor/destroy`, { secret_id_accessor: id }),
        crowd: () => many((number) => call(stage, 'POST', `${mount}/role/other${number}`, {})),
        last: () => call(stage, 'DELETE', `sys/${mount}`),
      };
    },
    asks: ({ path, body }, target) => {
      const { mount } = z.object({ mount: z.string() }).parse(target.ref);
      return path.startsWith(`/v1/${mount}/role/minted/secret-id?`) || body.includes(idOf(target));
    },
  },
  'vault/born-identities': {
    look: true,
    describing: {
      'read identity/entity/id/*': 'where no entity is listed none is read',
    },
    async create(stage) {
      const from = now();
      const make = (body: object) =>
        call(stage, 'POST', 'identity/entity', { name: unique('made'), ...body });
      const { id } = named.parse(await make({ policies: ['contract-hr'] })).data;
      const others: string[] = [];
      return {
        target: about({ id }, granted('contract-hr'), from),
        tokens: [],
        end: () => call(stage, 'DELETE', `identity/entity/id/${id}`),
        crowd: () => many(async () => void others.push(named.parse(await make({})).data.id)),
        async last() {
          for (const one of others) await call(stage, 'DELETE', `identity/entity/id/${one}`);
        },
      };
    },
    asks: ({ path }, target) =>
      path === `/v1/identity/entity/id/${idOf(target)}` || path.startsWith('/v1/identity/entity/id?'),
  },
  'vault/born-definitions': {
    look: true,
    async create(stage) {
      const from = now();
      const id = unique('jit');
      const write = (name: string) =>
        call(stage, 'POST', `sys/policies/acl/${name}`, {
          policy: 'path "kv/*" { capabilities = ["read"] }',
        });
      await write(id);
      const others = Array.from({ length: 20 }, () => unique('zz'));
      let crowded = false;
      return {
        target: about({ id }, granted('contract-writer'), from),
        tokens: [],
        end: () => call(stage, 'DELETE', `sys/policies/acl/${id}`),
        async crowd() {
          crowded = true;
          for (const one of others) await write(one);
        },
        async last() {
          for (const one of crowded ? others : []) await call(stage, 'DELETE', `sys/policies/acl/${one}`);
        },
      };
    },
    asks: ({ path }, target) =>
      path === `/v1/sys/policies/acl/${idOf(target)}` || path.startsWith('/v1/sys/policies/acl?'),
  },
  'vault/stuck-leases': {
    look: true,
    describing: {
      'update sys/leases/lookup': 'where no lease is listed none is looked up',
      'list,sudo sys/leases/lookup/*': 'where no folder is listed nothing below it is',
    },
    async create(stage) {
      const from = now();
      const [mount, beside] = [unique('database'), unique('database')];
      await engineAt(stage, mount);
      const owner = await makeToken(stage, { policies: ['contract-lessee'], ttl: '1h' });
      const { lease_id: id } = leased.parse(
        await call(stage, 'GET', `${mount}/creds/ro`, undefined, owner.value),
      );
      await call(stage, 'DELETE', `${mount}/config/billing`);
      await revoke(stage, owner);
      const others: Made[] = [];
      return {
        target: about({ id }, granted('contract-lessee'), from, owner.value),
        tokens: [],
        async end() {
          await connect(stage, mount);
          await call(stage, 'POST', 'sys/leases/revoke', { lease_id: id, sync: true });
        },
        async crowd() {
          await engineAt(stage, beside);
          others.push(await makeToken(stage, { policies: ['contract-lessee'], ttl: '1h' }));
          await many(() => call(stage, 'GET', `${beside}/creds/ro`, undefined, others[0]?.value));
        },
        async last() {
          for (const one of others) await revoke(stage, one);
          for (const one of [mount, beside]) await call(stage, 'DELETE', `sys/mounts/${one}`);
        },
      };
    },
    asks: ({ path, body }, target) =>
      path.startsWith('/v1/sys/leases/lookup?') ||
      body.includes(idOf(target)) ||
      path.startsWith(`/v1/sys/leases/lookup/${idOf(target).replace(/\/[^/]+$/, '')}?`),
  },
  'vault/audit-trail': {
    look: true,
    audited: true,
    describing: {
      'read sys/auth': 'where no secret id was made no role is looked for',
      'list auth/+/role/': 'where no secret id was made no role is looked for',
      'list auth/+/role/+/secret-id/': 'where no secret id was made none is listed',
      'read sys/policies/acl/*': 'where no policy was written none is read',
    },
    async create(stage) {
      const from = now();
      const agent = await makeToken(stage, { policies: ['contract-orphaner'], ttl: '1h' });
      const made = await call(stage, 'POST', 'auth/token/create-orphan', { ttl: '1h' }, agent.value);
      const { auth } = loggedIn.parse(made);
      const token = { value: auth.client_token, accessor: auth.accessor };
      await revoke(stage, agent);
      const declared = [{ kind: 'vault/token', ref: { accessor: agent.accessor } }];
      return {
        target: { ...about({ id: token.accessor }, [], from, token.value), declared },
        tokens: [token],
      };
    },
    asks: (asked, target) =>
      tokens(asked, target) || (asked.path.includes('/audit-hash/') && asked.body.includes(idOf(target))),
  },
  'vault/account-access': {
    look: true,
    async create(stage) {
      const from = now();
      const token = await logIn(stage);
      const { accessor } = token;
      const { entity_id: account } = looked.parse(
        await call(stage, 'POST', 'auth/token/lookup-accessor', { accessor }),
      ).data;
      return {
        target: { ...about({ id: accessor }, [], from, token.value), accounts: [account] },
        tokens: [token],
      };
    },
    asks: tokens,
  },
};

async function engineAt(stage: Stage, mount: string): Promise<void> {
  await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'database' });
  await connect(stage, mount);
  await call(stage, 'POST', `${mount}/roles/ro`, {
    db_name: 'billing',
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`],
    default_ttl: '1h',
  });
}

/** Where its logins are made; the fake needs no database behind it. */
async function connect(stage: Stage, mount: string): Promise<void> {
  const database = await stage.database?.();
  const { port = 0, superuser = { user: 'engine', password: 'engine' } } = database ?? {};
  await call(stage, 'POST', `${mount}/config/billing`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
    username: superuser.user,
    password: superuser.password,
    allowed_roles: '*',
  });
}

/** Questions that make no difference to any of these looks. */
export const lookIdle = {
  why: 'the role_id of a role: no right follows from it',
  is: ({ path }: { readonly path: string }) => path.endsWith('/role-id'),
};
