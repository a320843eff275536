import { z } from 'zod';
import type { Login } from '../servers/postgres.ts';
import type { GrantInput, Located } from './record.ts';
import type { NaiveAnswer, Truth } from './scenario.ts';
import type { World } from './world.ts';
import { readers } from './world.ts';

// ── the broker ──────────────────────────────────────────────────────────────────────────────────

export interface Token {
  readonly value: string;
  readonly accessor: string;
}

export interface Issued extends Login {
  readonly leaseId: string;
  readonly oid: number;
}

const tokenAnswer = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
const credsAnswer = z.object({
  lease_id: z.string(),
  data: z.object({ username: z.string(), password: z.string() }),
});

export interface RoleOptions {
  readonly revocation?: readonly string[];
  /** Groups that the login is put into. */
  readonly groups?: readonly string[];
  readonly ttl?: string;
  readonly connection?: string;
}

/** Defines a database role in the engine. */
export async function defineRole(world: World, options: RoleOptions = {}, name = world.unique('r')) {
  const groups = options.groups ?? [readers];
  await world.broker('POST', `database/roles/${name}`, {
    db_name: options.connection ?? 'billing',
    creation_statements: [
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE ${groups.join(', ')};`,
    ],
    revocation_statements: options.revocation ?? [],
    default_ttl: options.ttl ?? '1h',
    max_ttl: '24h',
  });
  return name;
}

export async function makeToken(
  world: World,
  body: object = {},
  by?: string,
  path = 'create',
): Promise<Token> {
  const answer = await world.call('POST', `auth/token/${path}`, { ttl: '1h', ...body }, by);
  const { client_token: value, accessor } = tokenAnswer.parse(answer.json).auth;
  return { value, accessor };
}

export async function issue(world: World, role: string, by?: string): Promise<Issued> {
  const answer = await world.call('GET', `database/creds/${role}`, undefined, by);
  const { lease_id: leaseId, data } = credsAnswer.parse(answer.json);
  return { leaseId, user: data.username, password: data.password, oid: await oidOf(world, data.username) };
}

export async function oidOf({ database }: World, role: string): Promise<number> {
  const [row] = await database.sql('select oid::int as oid from pg_roles where rolname = $1', [role]);
  return z.object({ oid: z.number() }).parse(row).oid;
}

export const revokeLease = (world: World, leaseId: string) =>
  world.call('POST', 'sys/leases/revoke', { lease_id: leaseId });

export const revokeToken = (world: World, accessor: string) =>
  world.call('POST', 'auth/token/revoke-accessor', { accessor });

// ── a grant of the usual kind: a token, and through it a database login ──────────────────────────

export interface Grant {
  readonly from: Date;
  readonly role: string;
  readonly agent: Token;
  readonly issued: Issued;
  /** The three credentials as the record names them. */
  readonly credentials: readonly [Located, Located, Located];
}

export async function giveGrant(world: World, options: RoleOptions = {}, ttl = '1h'): Promise<Grant> {
  const from = new Date();
  const role = await defineRole(world, options);
  const agent = await makeToken(world, { policies: ['agent'], ttl });
  const issued = await issue(world, role, agent.value);
  return { from, role, agent, issued, credentials: [c1(agent), c2(issued), c3(issued)] };
}

export const c1 = ({ accessor }: Token, id = 'c1'): Located => ({
  id,
  kind: 'vault/token',
  system: 'vault-prod',
  // without them the root token of a server that has just started could be this one's child
  ref: { accessor, policies: ['agent'] },
});

export const c2 = ({ leaseId }: Issued): Located => ({
  id: 'c2',
  kind: 'vault/lease',
  system: 'vault-prod',
  ref: { leaseId },
  derivedFrom: 'c1',
});

export const c3 = ({ user, oid }: Pick<Issued, 'user' | 'oid'>): Located => ({
  id: 'c3',
  kind: 'postgres/role',
  system: 'billing-db',
  ref: { name: user, oid },
  derivedFrom: 'c2',
});

/** The record of a grant that the broker calls revoked now. */
export const revokedNow = ({ from, credentials }: Grant): GrantInput => ({
  from,
  revokedAt: new Date(),
  credentials,
});

/** What the broker does when the task ends: lease, then token. Its log says "revoked" whatever is answered. */
export async function endGrant(world: World, { issued, agent }: Grant): Promise<void> {
  await revokeLease(world, issued.leaseId);
  await revokeToken(world, agent.accessor);
}

/** Removes the login for good, as the fix says. */
export async function dropLogin({ database }: World, user: string): Promise<void> {
  await database.sql(`DROP OWNED BY "${user}"`);
  await database.sql(`DROP ROLE "${user}"`);
}

// ── the agent, who uses what it was given ────────────────────────────────────────────────────────

/** Logs in with name and password and reads. Only a refusal of the login counts as one. */
export async function useLogin({ database }: World, login: Login): Promise<Truth> {
  try {
    await database.sql('select 1', [], login);
    return 'works';
  } catch (error) {
    // 28P01: wrong password or no such role; 28000: not permitted to log in
    const code = z.object({ code: z.string() }).parse(error).code;
    if (code === '28P01' || code === '28000') return 'refused';
    throw error;
  }
}

/** Asks OpenBao who the bearer is, with the token itself. */
export async function useToken(world: World, token: string): Promise<Truth> {
  const { status, text } = await world.call('GET', 'auth/token/lookup-self', undefined, token);
  if (status === 200) return 'works';
  if (status === 403) return 'refused';
  throw new Error(`lookup-self: ${status} ${text}`);
}

/** One that works is enough. */
export async function useAny(...uses: readonly Promise<Truth>[]): Promise<Truth> {
  return (await Promise.all(uses)).includes('works') ? 'works' : 'refused';
}

// ── the naive checker, who takes every "no" for an absence ───────────────────────────────────────

export async function askLease(world: World, leaseId: string): Promise<NaiveAnswer> {
  const { status } = await world.call('POST', 'sys/leases/lookup', { lease_id: leaseId });
  return status === 200 ? 'still there' : 'gone';
}

export async function askAccessor(world: World, accessor: string): Promise<NaiveAnswer> {
  const { status } = await world.call('POST', 'auth/token/lookup-accessor', { accessor });
  return status === 200 ? 'still there' : 'gone';
}

export async function askRows(
  { database }: World,
  sql: string,
  params: readonly unknown[],
): Promise<NaiveAnswer> {
  return (await database.sql(sql, params)).length === 0 ? 'gone' : 'still there';
}
