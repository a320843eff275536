import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyConnector, Check, Failure, Identity, Observation } from '../../src/connector.ts';
import { Secret, z } from '../../src/connector.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import { defaultLimits } from '../../src/model/config.ts';
import type { Exchange } from '../../src/model/evidence.ts';
import { connect } from '../../src/observe/connect.ts';
import { createReader } from '../../src/observe/reader.ts';
import type { VaultClient } from './client.ts';
import { vault } from './index.ts';

/** What a test needs of a server, real or not. */
export interface Stage {
  readonly address: string;
  readonly rootToken: string;
  api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    namespace?: string,
  ): Promise<{ readonly status: number; readonly json: unknown }>;
  stop(): Promise<void>;
}

/** The connector asked the way a run asks it: through the door, the epoch and its controls. */
export interface Asking extends AsyncDisposable {
  ask<R>(check: Check<VaultClient, R>, ref: NoInfer<R>, more?: About): Promise<Observation>;
  identify(): Promise<Identity | Failure>;
  readonly exchanges: readonly Exchange[];
}

interface About {
  readonly secret?: string;
  readonly accounts?: readonly string[];
  readonly from?: string;
  readonly revokedAt?: string;
}

export interface AskingOptions {
  readonly namespace?: string;
  readonly controls?: { readonly accessor?: string; readonly lease?: string };
  readonly timeoutMs?: number;
  readonly auditLog?: { readonly device: string; readonly file: string };
}

export function asking(address: string, token: string, options: AskingOptions = {}): Asking {
  const { namespace, controls, auditLog } = options;
  const config = vault.config.parse({
    address,
    token: 'env:VERIFIER',
    ...(namespace === undefined ? {} : { namespace }),
    ...(controls === undefined ? {} : { controls }),
    ...(auditLog === undefined ? {} : { auditLog }),
  });
  config.token.fill(token);
  const tape = createTape();
  const { signal } = new AbortController();
  const limits = {
    ...defaultLimits,
    requestsPerSecond: 1_000,
    timeoutMs: options.timeoutMs ?? defaultLimits.timeoutMs,
  };
  const connector: AnyConnector = vault;
  const system = { name: 'vault', connector: 'vault', config, limits };
  const connection = connect(system, connector, 'direct', {
    now: Date.now,
    tape,
    redactor: createRedactor(),
  });
  const reader = createReader(connection, signal);
  return {
    ask(check, ref, { secret, accounts = [], from = new Date(0).toISOString(), revokedAt } = {}) {
      const window = {
        from,
        to: new Date().toISOString(),
        ...(revokedAt === undefined ? {} : { revokedAt }),
      };
      return check.observe(
        {
          id: 't',
          ref,
          system: 'vault',
          accounts,
          ...(secret === undefined ? {} : { secret: new Secret('env:TOMBSTONE_SUBJECT_TOKEN', secret) }),
        },
        reader.record(window).context,
      );
    },
    identify: () => connection.identify(signal),
    exchanges: tape.exchanges,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

const made = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), entity_id: z.string() }),
});

export interface Made {
  readonly value: string;
  readonly accessor: string;
  /** '' where the token acts for nobody. */
  readonly entityId: string;
}

/** A token, made over the API by whoever `by` is. */
export async function makeToken(
  stage: Stage,
  body: object,
  by?: string,
  { namespace, path = 'auth/token/create' }: { namespace?: string; path?: string } = {},
): Promise<Made> {
  const answer = await stage.api('POST', path, body, by, namespace);
  const parsed = made.safeParse(answer.json);
  if (!parsed.success) throw new Error(`no token was made: ${JSON.stringify(answer)}`);
  const { client_token: value, accessor, entity_id: entityId } = parsed.data.auth;
  return { value, accessor, entityId };
}

/** A token of a person, who logs in at the mount `mount`: made with its entity at the first login. */
export async function logIn(
  stage: Stage,
  user: string,
  { mount = 'userpass', policies = ['default'], namespace }: Login = {},
): Promise<Made> {
  const password = 'correct horse battery';
  await stage.api('POST', `sys/auth/${mount}`, { type: 'userpass' }, undefined, namespace);
  await stage.api(
    'POST',
    `auth/${mount}/users/${user}`,
    { password, token_policies: policies },
    undefined,
    namespace,
  );
  return makeToken(stage, { password }, '', {
    path: `auth/${mount}/login/${user}`,
    ...(namespace === undefined ? {} : { namespace }),
  });
}

interface Login {
  readonly mount?: string;
  readonly policies?: readonly string[];
  readonly namespace?: string;
}

export async function writePolicy(
  stage: Stage,
  name: string,
  text: string,
  namespace?: string,
): Promise<void> {
  const { status } = await stage.api(
    'PUT',
    `sys/policies/acl/${name}`,
    { policy: text },
    undefined,
    namespace,
  );
  if (status !== 204 && status !== 200) throw new Error(`the policy ${name} was not written: ${status}`);
}

/** A verifier with exactly what `connectors policy vault` prints. */
export async function makeVerifier(stage: Stage, namespace?: string): Promise<Made> {
  await writePolicy(
    stage,
    'tombstone',
    vault.policy(vault.checks.flatMap((check) => check.needs)),
    namespace,
  );
  const body = { policies: ['tombstone'], no_default_policy: true, ttl: '1h' };
  return makeToken(stage, body, undefined, namespace === undefined ? {} : { namespace });
}

export async function revoke(stage: Stage, accessor: string, namespace?: string): Promise<void> {
  const { status } = await stage.api(
    'POST',
    'auth/token/revoke-accessor',
    { accessor },
    undefined,
    namespace,
  );
  if (status !== 204) throw new Error(`the token was not revoked: ${status}`);
}

/** A KV store of version 2, with a first secret `top`: the server makes one in the background. */
export async function mountKv({ api }: Pick<Stage, 'api'>, mount: string, namespace?: string): Promise<void> {
  await api('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } }, undefined, namespace);
  const body = { data: { first: true } };
  for (let tries = 0; tries < 200; tries += 1) {
    const { status } = await api('POST', `${mount}/data/top`, body, undefined, namespace);
    if (status === 200) return;
    await sleep(25);
  }
  throw new Error(`the store ${mount} takes no secret`);
}

const wrapInfo = z.object({ wrap_info: z.object({ token: z.string(), accessor: z.string() }) });

/** Something that is kept behind a wrapping token. */
export async function wrap(
  { address, rootToken }: Pick<Stage, 'address' | 'rootToken'>,
  ttl = '10m',
): Promise<Made> {
  const answer = await fetch(`${address}/v1/sys/wrapping/wrap`, {
    method: 'POST',
    headers: { 'x-vault-token': rootToken, 'x-vault-wrap-ttl': ttl },
    body: JSON.stringify({ kept: 'something' }),
  });
  const { token: value, accessor } = wrapInfo.parse(await answer.json()).wrap_info;
  return { value, accessor, entityId: '' };
}

/** Claims it, and waits for its end: the server revokes a token that is used up in the background. */
export async function claim({ api }: Pick<Stage, 'api'>, { value, accessor }: Made): Promise<number> {
  const { status } = await api('POST', 'sys/wrapping/unwrap', {}, value);
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await api('POST', 'auth/token/lookup-accessor', { accessor })).status !== 200) return status;
    await sleep(25);
  }
  throw new Error('the wrapping token that was claimed stands');
}

const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** Ids of the leases that the server keeps for tokens made at this path. */
export async function leasesAt(stage: Stage, path: string, namespace?: string): Promise<readonly string[]> {
  const answer = await stage.api('LIST', `sys/leases/lookup/${path}`, undefined, undefined, namespace);
  return listed.parse(answer.json).data.keys.map((key) => `${path}/${key}`);
}
