import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { RunningOpenBao } from '../servers/openbao.ts';
import type { RunningPostgres } from '../servers/postgres.ts';

/** What both servers offer to a set-up. */
export interface Stage extends Pick<RunningOpenBao, 'address' | 'api' | 'rootToken'> {
  /** Where the engine's logins stand; the fake needs none. */
  database?(): Promise<RunningPostgres>;
  /** What its audit device `main` writes to, where it has one. */
  readonly auditFile?: string;
}

export interface Made {
  readonly value: string;
  readonly accessor: string;
}

const made = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) });
export const unique = (what: string): string => `${what}-${randomBytes(9).toString('hex')}`;

export type Call = typeof call;

export async function call(
  stage: Stage,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<unknown> {
  const answer = await stage.api(method, path, body, token);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer.json;
}

export async function makeToken(stage: Stage, body: object, by?: string): Promise<Made> {
  const { auth } = made.parse(await call(stage, 'POST', 'auth/token/create', body, by));
  return { value: auth.client_token, accessor: auth.accessor };
}

/** A person with an entity, who logged in. */
export async function logIn(stage: Stage): Promise<Made> {
  const [mount, user, password] = [unique('people'), unique('user'), unique('password')];
  await call(stage, 'POST', `sys/auth/${mount}`, { type: 'userpass' });
  await call(stage, 'POST', `auth/${mount}/users/${user}`, { password });
  const { auth } = made.parse(await call(stage, 'POST', `auth/${mount}/login/${user}`, { password }, ''));
  return { value: auth.client_token, accessor: auth.accessor };
}

export const revoke = (stage: Stage, { accessor }: Made) =>
  call(stage, 'POST', 'auth/token/revoke-accessor', { accessor });
