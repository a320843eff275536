import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { builtIn } from '../registry.ts';
import type { Stage } from './stage.ts';

/** How the demo speaks and how it runs the command that it is about. */
export interface Telling {
  say(text: string): Promise<void>;
  /** Runs `tombstone` with these words in this directory, its output going where the demo's goes. */
  tombstone(words: readonly string[], directory: string): Promise<number>;
}

/**
 * One grant through OpenBao's database engine to a PostgreSQL login: the broker revokes it, every
 * answer says success, and three ways in stay open. Then they are closed, and proven closed.
 *
 * @returns 0 when Tombstone exited 1 the first time and 0 the second time, else 70
 */
export async function story(stage: Stage, { say, tombstone }: Telling): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'tombstone-demo-'));
  try {
    const ask = asker(stage.vault.address);
    const broker = (method: string, path: string, body?: unknown) =>
      ask(method, path, stage.vault.adminToken, body);
    await say(`Systems: ${stage.vault.what}, ${stage.postgres.what}. Everything is on this machine.`);

    await prepare(stage, broker);
    const verifier = await verifierOf(stage, broker);
    // what is written while a grant may have begun could have given it more
    await sleep(2_100);
    const from = new Date();
    const agent = z.object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) }).parse(
      await broker('POST', 'auth/token/create', {
        policies: ['agent'],
        ttl: '1h',
        display_name: 'deploy-bot',
      }),
    ).auth;
    const issued = z
      .object({ lease_id: z.string(), data: z.object({ username: z.string(), password: z.string() }) })
      .parse(await ask('GET', 'database/creds/readonly', agent.client_token));
    const { username, password } = issued.data;
    const oid = await stage.postgres.oid(username);
    await say(`1. The broker gives deploy-bot a token and, through it, the database login ${username}.`);

    const session = await stage.postgres.login(username, password);
    const orphan = z
      .object({ auth: z.object({ accessor: z.string() }) })
      .parse(await ask('POST', 'auth/token/create-orphan', agent.client_token, { ttl: '1h' })).auth.accessor;
    await say('2. The agent works: it opens a session, and makes itself a token without a parent.');

    await broker('POST', 'sys/leases/revoke', { lease_id: issued.lease_id });
    await broker('POST', 'auth/token/revoke-accessor', { accessor: agent.accessor });
    const revokedAt = new Date();
    await say('3. The task ends. The broker revokes lease and token; both calls answer 204: "revoked".\n');

    const record = grantRecord({
      from,
      revokedAt,
      accessor: agent.accessor,
      leaseId: issued.lease_id,
      username,
      oid,
    });
    await writeFile(join(directory, 'grant.json'), `${JSON.stringify(record, undefined, 2)}\n`);
    await writeFile(join(directory, 'vault-token'), verifier.token, { mode: 0o600 });
    await writeFile(join(directory, 'postgres-url'), verifier.url, { mode: 0o600 });
    await writeFile(join(directory, 'tombstone.yaml'), configuration(stage.vault));
    await say('$ tombstone doctor --pin');
    await tombstone(['doctor', '--pin'], directory);
    await say('\n$ tombstone verify grant.json');
    const before = await tombstone(['verify', 'grant.json'], directory);

    await say('\n4. Now the three are closed: the session, the login, the orphan token.\n');
    await stage.postgres.terminate(session.pid);
    await session.end();
    await stage.postgres.run([`REVOKE demo_readers FROM "${username}"`, `DROP ROLE "${username}"`]);
    await broker('POST', 'auth/token/revoke-accessor', { accessor: orphan });
    await say('$ tombstone verify grant.json');
    const after = await tombstone(['verify', 'grant.json'], directory);
    const told = before === 1 && after === 0;
    await say(
      told
        ? '\nThe broker said "revoked" both times. Exit 1, then exit 0: that is what a pipeline can trust.'
        : `\nThe demo expected exit 1 and then exit 0; it saw ${before} and ${after}.`,
    );
    return told ? 0 : 70;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Ask = (method: string, path: string, token: string, body?: unknown) => Promise<unknown>;

/** The broker's and the agent's own calls: they change things, so they do not go through the door. */
function asker(address: string): Ask {
  return async (method, path, token, body) => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const said: unknown = text === '' ? undefined : JSON.parse(text);
    return said;
  };
}

type Broker = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** The database engine, with revocation statements that succeed and do nothing. */
async function prepare({ vault, postgres }: Stage, broker: Broker): Promise<void> {
  const password = randomBytes(16).toString('hex');
  await postgres.run([
    'CREATE ROLE demo_readers NOLOGIN',
    `CREATE ROLE demo_engine LOGIN SUPERUSER PASSWORD '${password}'`,
  ]);
  await broker('POST', 'sys/mounts/database', { type: 'database' });
  await broker('POST', 'database/config/billing', {
    plugin_name: 'postgresql-database-plugin',
    connection_url: vault.connectionUrl,
    username: 'demo_engine',
    password,
    allowed_roles: '*',
    password_authentication: 'scram-sha-256',
  });
  await broker('POST', 'database/roles/readonly', {
    db_name: 'billing',
    creation_statements: [
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE demo_readers;`,
    ],
    revocation_statements: ['SELECT 1;'],
    default_ttl: '1h',
    max_ttl: '24h',
  });
  await broker('POST', 'sys/policies/acl/agent', {
    policy: [
      'path "database/creds/readonly" { capabilities = ["read"] }',
      'path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }',
    ].join('\n'),
  });
}

/** A verifier in each system with exactly what `tombstone connectors policy` prints. */
async function verifierOf({ postgres }: Stage, broker: Broker): Promise<{ token: string; url: string }> {
  await broker('POST', 'sys/policies/acl/tombstone', { policy: policyOf('vault') });
  const token = z
    .object({ auth: z.object({ client_token: z.string() }) })
    .parse(await broker('POST', 'auth/token/create', { policies: ['tombstone'], ttl: '1h' }))
    .auth.client_token;
  const password = randomBytes(16).toString('hex');
  const statements = policyOf('postgres')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'));
  await postgres.run([...statements, `ALTER ROLE tombstone_verifier PASSWORD '${password}'`]);
  const url = `postgresql://tombstone_verifier:${password}@${postgres.host}:${postgres.port}/postgres`;
  return { token, url };
}

function policyOf(id: string): string {
  const connector = builtIn().get(id);
  if (connector === undefined) throw new Error(`the connector ${id} is not built in`);
  return connector.policy(connector.checks.flatMap((check) => check.needs));
}

const configuration = ({ address, auditFile }: Stage['vault']) => `version: 1
systems:
  vault-demo:
    connector: vault
    address: ${address}
    token: file:./vault-token
    auditLog: { device: main, file: ${JSON.stringify(auditFile)} } # what no list shows
  billing-db:
    connector: postgres
    url: file:./postgres-url
policy: { maxClockSkew: PT1S } # everything is on one machine, with one clock
`;

interface Facts {
  readonly from: Date;
  readonly revokedAt: Date;
  readonly accessor: string;
  readonly leaseId: string;
  readonly username: string;
  readonly oid: number;
}

function grantRecord({ from, revokedAt, accessor, leaseId, username, oid }: Facts): unknown {
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'jit-2041' },
    subject: {
      kind: 'agent',
      id: 'spiffe://acme.example/agent/deploy-bot',
      name: 'deploy-bot/run-7f3a',
      onBehalfOf: { kind: 'human', id: 'm.ortiz@acme.example' },
    },
    intent: { reason: 'rotate billing DB replica', ticket: 'CHG-5512' },
    approvals: [{ by: 'j.chen@acme.example', at: from.toISOString(), decision: 'approved' }],
    validity: { from: from.toISOString(), ttl: 'PT60M' },
    revocation: { at: revokedAt.toISOString(), by: 'jit-broker', reason: 'task complete' },
    systems: [{ system: 'vault-demo' }, { system: 'billing-db', revocationSource: 'vault-demo' }],
    credentials: [
      { id: 'c1', kind: 'vault/token', system: 'vault-demo', ref: { accessor, policies: ['agent'] } },
      { id: 'c2', kind: 'vault/lease', system: 'vault-demo', ref: { leaseId }, derivedFrom: 'c1' },
      {
        id: 'c3',
        kind: 'postgres/role',
        system: 'billing-db',
        ref: { name: username, oid, attributes: [] },
        derivedFrom: 'c2',
      },
    ],
  };
}
