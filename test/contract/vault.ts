import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { vault } from '../../connectors/vault/index.ts';
import { startFakeVault } from '../../connectors/vault/vault.fake.ts';
import type { FakeVault } from '../../connectors/vault/vault.fake.ts';
import type { Address, Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { findOpenBao, startOpenBao } from '../servers/openbao.ts';
import type { RunningOpenBao } from '../servers/openbao.ts';
import { startPostgres } from '../servers/postgres.ts';
import type { RunningPostgres } from '../servers/postgres.ts';
import type { Binding } from './bind.ts';
import { call, logIn, makeToken, revoke, unique } from './vault-stage.ts';
import type { Made, Stage } from './vault-stage.ts';
import { identitySubjects } from './vault-identity.ts';
import { lookIdle, lookPolicies, lookSubjects } from './vault-looks.ts';
import { engineIdle, engineSubjects } from './vault-engines.ts';

export type { Call, Stage } from './vault-stage.ts';

/** Where the two differ. */
interface Place {
  readonly stage: Stage;
  /** Writes policies as if they had stood for a while. */
  settle(texts: Readonly<Record<string, string>>): Promise<void>;
  /** Makes the verifier's token, with this value. */
  verifier(stage: Stage, value: string, policy: string): Promise<void>;
  elsewhere(): Promise<Stage>;
  snapshot(): Promise<string>;
  crowd(policy: { readonly name: string; readonly text: string }, last: Made): Promise<void>;
  unexpected?(): readonly string[];
  stop(): Promise<void>;
}

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });

const writePolicy = (stage: Stage, name: string, text: string) =>
  call(stage, 'POST', `sys/policies/acl/${name}`, { policy: text });

async function listAt(stage: Stage, path: string): Promise<readonly string[]> {
  return listed.parse(await call(stage, 'LIST', path)).data.keys;
}

const leases = 'sys/leases/lookup/auth/token/create';

/** What each check is about: how it is made, what ends it, and which question is about it. */
export interface Subject {
  /** A living lease as the control of the configuration, in place of the never-issued one. */
  readonly controlled?: true;
  /** Asks about a whole server: on one of its own, with the policies of the grants written long before. */
  readonly look?: true;
  /** The audit log stands in the configuration. */
  readonly audited?: true;
  /** As the world of the suite takes it. */
  readonly describing?: ContractWorld['describing'];
  create(stage: Stage): Promise<{
    readonly target: ContractTarget;
    readonly tokens: readonly Made[];
    readonly end?: () => Promise<unknown>;
    /** Makes many others; of tokens where there is none. */
    readonly crowd?: () => Promise<unknown>;
    /** Takes away what else was made for it, when nobody asks any more. */
    readonly last?: () => Promise<unknown>;
  }>;
  asks(asked: Asked, target: ContractTarget): boolean;
}

/** A token that may make others, orphans too. */
async function parent(stage: Stage): Promise<{ readonly token: Made; readonly policy: string }> {
  const policy = unique('contract-broker');
  await writePolicy(stage, policy, 'path "auth/token/create" {\n  capabilities = ["update", "sudo"]\n}\n');
  return { token: await makeToken(stage, { policies: [policy], ttl: '1h' }), policy };
}

async function withOrphan(stage: Stage) {
  const from = new Date().toISOString();
  const { token, policy } = await parent(stage);
  const orphan = await makeToken(stage, { policies: [policy], no_parent: true, ttl: '1h' }, token.value);
  return { token, orphan, policies: [policy], from };
}

const digest = (value: string): string => createHash('sha256').update(value).digest('hex');
const accessorOf = ({ ref }: ContractTarget) => z.object({ accessor: z.string() }).parse(ref).accessor;
const leaseOf = ({ ref }: ContractTarget) => z.object({ leaseId: z.string() }).parse(ref).leaseId;
const lookup = '/v1/auth/token/lookup';
const byAccessor: Subject['asks'] = ({ path, body }, target) =>
  path === `${lookup}-accessor` && body.includes(accessorOf(target));
const list = (asked: Asked): boolean => asked.path.startsWith('/v1/auth/token/accessors');

async function makeLease(stage: Stage): Promise<{ readonly token: Made; readonly leaseId: string }> {
  const before = new Set(await listAt(stage, leases));
  const token = await makeToken(stage, { policies: ['default'], ttl: '1h' });
  const [key] = (await listAt(stage, leases)).filter((one) => !before.has(one));
  if (key === undefined) throw new Error('the token has no lease');
  return { token, leaseId: `auth/token/create/${key}` };
}

const leaseSubject: Subject = {
  async create(stage) {
    const { token, leaseId } = await makeLease(stage);
    return { target: { ref: { leaseId }, secret: token.value }, tokens: [token] };
  },
  asks: (asked, target) => asked.body.includes(leaseOf(target)),
};

const wrapInfo = z.object({ wrap_info: z.object({ token: z.string(), accessor: z.string() }) });

/** Something that is kept behind a wrapping token. */
async function wrap({ address, rootToken }: Stage): Promise<Made> {
  const answer = await fetch(`${address}/v1/sys/wrapping/wrap`, {
    method: 'POST',
    headers: { 'x-vault-token': rootToken, 'x-vault-wrap-ttl': '30m' },
    body: JSON.stringify({ kept: 'something' }),
  });
  const { token: value, accessor } = wrapInfo.parse(await answer.json()).wrap_info;
  return { value, accessor };
}

/** A secret in a store of its own: all of it, or one version. */
function kvSubject(version: number | undefined): Subject {
  return {
    async create(stage) {
      const [mount, secret] = [unique('kv'), unique('password')];
      await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
      const write = () => stage.api('POST', `${mount}/data/app/db`, { data: { password: secret } });
      // the server makes the store in the background
      for (let tries = 0; (await write()).status !== 200; tries += 1) {
        if (tries > 200) throw new Error(`the store ${mount} takes no secret`);
        await sleep(25);
      }
      const ref = { mount, path: 'app/db', ...(version === undefined ? {} : { version }) };
      return {
        target: { ref, secret },
        tokens: [],
        end: () =>
          version === undefined
            ? call(stage, 'DELETE', `${mount}/metadata/app/db`)
            : call(stage, 'POST', `${mount}/destroy/app/db`, { versions: [version] }),
      };
    },
    asks: ({ path }) => path.endsWith('/metadata/app/db'),
  };
}

const subjects: Readonly<Record<string, Subject>> = {
  'vault/token-accessor': {
    async create(stage) {
      const token = await makeToken(stage, { policies: ['default'], ttl: '1h' });
      return { target: { ref: { accessor: token.accessor }, secret: token.value }, tokens: [token] };
    },
    asks: byAccessor,
  },
  'vault/token-accessor of a person': {
    async create(stage) {
      const token = await logIn(stage);
      return { target: { ref: { accessor: token.accessor }, secret: token.value }, tokens: [token] };
    },
    asks: (asked, target) =>
      asked.path.endsWith('lookup-accessor') && asked.body.includes(accessorOf(target)),
  },
  'vault/token-accessor of a person who was removed': {
    async create(stage) {
      const token = await logIn(stage);
      const { accessor } = token;
      const looked = await call(stage, 'POST', 'auth/token/lookup-accessor', { accessor });
      const { entity_id: id } = z.object({ data: z.object({ entity_id: z.string() }) }).parse(looked).data;
      await call(stage, 'DELETE', `identity/entity/id/${id}`);
      return { target: { ref: { accessor: token.accessor }, secret: token.value }, tokens: [token] };
    },
    asks: byAccessor,
  },
  'vault/token-value': {
    async create(stage) {
      const { token } = await parent(stage);
      const batch = await makeToken(stage, { type: 'batch', ttl: '30m' }, token.value);
      return { target: { ref: { sha256: digest(batch.value) }, secret: batch.value }, tokens: [token] };
    },
    asks: ({ path, body }, { secret }) => secret !== undefined && path === lookup && body.includes(secret),
  },
  'vault/token-children': {
    async create(stage) {
      const { token, orphan, policies, from } = await withOrphan(stage);
      const ref = { accessor: token.accessor, policies };
      return { target: { ref, secret: token.value, from }, tokens: [token, orphan] };
    },
    asks: (asked, target) => list(asked) || asked.body.includes(accessorOf(target)),
  },
  'vault/token-children-by-value': {
    async create(stage) {
      const { token, orphan, policies, from } = await withOrphan(stage);
      const ref = { sha256: digest(token.value), policies };
      return { target: { ref, secret: token.value, from }, tokens: [token, orphan] };
    },
    asks: (asked, { secret }) => list(asked) || (secret !== undefined && asked.body.includes(secret)),
  },
  'vault/approle-secret-id': {
    async create(stage) {
      const [mount, role] = [`auth/${unique('approle')}`, unique('role')];
      await call(stage, 'POST', `sys/${mount}`, { type: 'approle' });
      await call(stage, 'POST', `${mount}/role/${role}`, {});
      const { data } = issued.parse(await call(stage, 'POST', `${mount}/role/${role}/secret-id`, {}));
      const { secret_id: secret, secret_id_accessor: accessor } = data;
      return {
        target: { ref: { mount, role, accessor }, secret },
        tokens: [],
        end: () =>
          call(stage, 'POST', `${mount}/role/${role}/secret-id-accessor/destroy`, {
            secret_id_accessor: accessor,
          }),
      };
    },
    asks: (asked, target) =>
      asked.path.endsWith('secret-id-accessor/lookup') && asked.body.includes(accessorOf(target)),
  },
  'vault/wrapping-token': {
    async create(stage) {
      const kept = await wrap(stage);
      return { target: { ref: { accessor: kept.accessor }, secret: kept.value }, tokens: [kept] };
    },
    asks: (asked, target) => asked.body.includes(accessorOf(target)),
  },
  'vault/wrapping-token-value': {
    async create(stage) {
      const kept = await wrap(stage);
      return { target: { ref: { sha256: digest(kept.value) }, secret: kept.value }, tokens: [kept] };
    },
    asks: (asked, { secret }) => secret !== undefined && asked.body.includes(secret),
  },
  'vault/kv-secret': kvSubject(undefined),
  'vault/kv-secret of one version': kvSubject(1),
  ...engineSubjects({ call, unique }),
  'vault/lease': leaseSubject,
  ...identitySubjects(call),
  ...lookSubjects,
  'vault/lease with a control in the configuration': { ...leaseSubject, controlled: true },
};

async function world(variant: string, place: Place): Promise<ContractWorld> {
  const subject = subjects[variant];
  const [check = ''] = variant.split(' ');
  const needs = vault.checks.find(({ id }) => id === check)?.needs;
  if (subject === undefined || needs === undefined) throw new Error(`no world for ${variant}`);
  const { stage } = place;
  if (subject.look === true) await place.settle(lookPolicies);
  const value = unique('verifier');
  const policy = { name: unique('contract-verifier'), text: vault.policy(needs) };
  await writePolicy(stage, policy.name, policy.text);
  await place.verifier(stage, value, policy.name);
  const control = subject.controlled === true ? await makeLease(stage) : undefined;
  const { auditFile: file } = stage;
  const fields = {
    ...(control === undefined ? {} : { controls: { lease: control.leaseId } }),
    ...(subject.audited !== true || file === undefined ? {} : { auditLog: { device: 'main', file } }),
  };
  const tokens = new Map<ContractTarget, readonly Made[]>();
  const ends = new Map<ContractTarget, () => Promise<unknown>>();
  const crowds = new Map<ContractTarget, () => Promise<unknown>>();
  const lasts: (() => Promise<unknown>)[] = [];
  const addressOf = (one: Stage): Address => {
    const { hostname, port } = new URL(one.address);
    return { host: hostname, port: Number(port) };
  };
  const end = async (target: ContractTarget) => {
    const mine = tokens.get(target) ?? [];
    tokens.delete(target);
    for (const token of mine) await revoke(stage, token);
    await ends.get(target)?.();
    ends.delete(target);
  };
  return {
    address: addressOf(stage),
    configuration: ({ host, port }) => ({
      fields: { address: `http://${host}:${port}`, token: 'env:BAO', ...fields },
      environment: { BAO: value },
    }),
    async create() {
      const { target, tokens: mine, end: ending, crowd, last } = await subject.create(stage);
      tokens.set(target, mine);
      if (ending !== undefined) ends.set(target, ending);
      if (crowd !== undefined) crowds.set(target, crowd);
      if (last !== undefined) lasts.push(last);
      return target;
    },
    end,
    asks: subject.asks,
    idle: [
      {
        why: 'looks for a living lease as the control; without one the never-issued lease is the control',
        is: ({ path }) => path.startsWith('/v1/sys/leases/lookup/auth/'),
      },
      {
        why: 'looks for another secret as the control; without one a path that was never written is the control',
        is: ({ path }) => /^\/v1\/kv-\w+\/metadata\?list=true$/.test(path),
      },
      engineIdle,
      lookIdle,
    ],
    describing: {
      ...subject.describing,
      'read auth/+/role/+/role-id':
        'tells a role from a new one of its name; where none of its name stands there is nothing to tell apart',
    },
    async blind(taken) {
      const left = needs.filter((need) => !taken.includes(need));
      await writePolicy(stage, policy.name, vault.policy(left));
      return async () => void (await writePolicy(stage, policy.name, policy.text));
    },
    async crowd(target) {
      const own = crowds.get(target);
      if (own !== undefined) return void (await own());
      const last = tokens.get(target)?.at(-1);
      if (last === undefined) throw new Error('nothing to crowd');
      await place.crowd(policy, last);
    },
    async elsewhere() {
      const there = await place.elsewhere();
      await writePolicy(there, policy.name, policy.text);
      await place.verifier(there, value, policy.name);
      return addressOf(there);
    },
    snapshot: place.snapshot,
    ...(place.unexpected === undefined ? {} : { unexpected: place.unexpected }),
    async stop() {
      for (const target of tokens.keys()) await end(target);
      if (control !== undefined) await revoke(stage, control.token);
      for (const last of lasts) await last();
      await call(stage, 'DELETE', `sys/policies/acl/${policy.name}`);
      await place.stop();
    },
  };
}

// ── the living fake ─────────────────────────────────────────────────────────────────────────────

async function fakeWorld(variant: string): Promise<ContractWorld> {
  const fakes: FakeVault[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'tombstone-contract-'));
  const start = async (): Promise<FakeVault & { readonly auditFile: string }> => {
    const auditFile = join(folder, `${fakes.length}.log`);
    const fake = { ...(await startFakeVault({ auditFile })), auditFile };
    fakes.push(fake);
    return fake;
  };
  const here = await start();
  const of = (stage: Stage) => fakes.find((one) => one.address === stage.address) ?? here;
  return world(variant, {
    stage: here,
    async settle(texts) {
      for (const [name, text] of Object.entries(texts)) {
        await writePolicy(here, name, text);
        const { policyDates: dates, startedAt } = here.world;
        dates.set(`/${name}`, { modifiedAt: startedAt, version: 1, expiresAt: undefined });
      }
    },
    async verifier(stage, value, policy) {
      of(stage).world.createToken({ value, policies: [policy], ttl: 3_600 });
    },
    elsewhere: start,
    snapshot: async () => here.world.snapshot(),
    async crowd({ name, text }, last) {
      const { tokens } = here.world;
      const moved = tokens.get(last.value);
      if (moved === undefined) throw new Error('no such token');
      tokens.delete(last.value);
      for (let number = 0; number < 9; number += 1)
        here.world.createToken({ policies: ['others'], ttl: 3_600 });
      tokens.set(last.value, moved);
      // pages as a site may cap them, without a word
      here.world.paging = true;
      const capped = text.replace('["list", "sudo"]', '["list", "sudo"]\n  pagination_limit = 4');
      if (capped === text) throw new Error('the policy lists nothing');
      await writePolicy(here, name, capped);
    },
    unexpected: () => fakes.flatMap((fake) => fake.unexpected),
    async stop() {
      await Promise.all(fakes.map((fake) => fake.stop()));
      rmSync(folder, { recursive: true });
    },
  });
}

// ── the real server ─────────────────────────────────────────────────────────────────────────────

const facts = z.object({ data: z.looseObject({ ttl: z.number() }) });

/** Every look reads the whole log: what earlier worlds left in it only takes time. */
async function shorten(auditFile: string): Promise<void> {
  if (statSync(auditFile).size < 1_000_000) return;
  truncateSync(auditFile);
  // the window of a grant begins two seconds early, and the log must begin before it
  await sleep(2_500);
}

async function startReal() {
  let database: Promise<RunningPostgres> | undefined;
  const whole = { ...(await startOpenBao()), database: () => (database ??= startPostgres()) };
  // who looks at all of a server would see what every other world makes
  let looked: Promise<typeof whole> | undefined;
  const forLooks = async () => ({ ...(await startOpenBao()), database: whole.database });
  let settled: Promise<void> | undefined;
  const settle = async (stage: Stage, texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) await writePolicy(stage, name, text);
    // the window of a grant begins two seconds early
    await sleep(2_500);
  };
  let there: Promise<RunningOpenBao> | undefined;
  return {
    async world(variant: string): Promise<ContractWorld> {
      const here = subjects[variant]?.look === true ? await (looked ??= forLooks()) : whole;
      if (subjects[variant]?.audited === true) await shorten(here.auditFile);
      const verifiers: (readonly [Stage, Made])[] = [];
      const crowd: Made[] = [];
      return world(variant, {
        stage: here,
        settle: (texts) => (settled ??= settle(here, texts)),
        async verifier(stage, value, policy) {
          const body = { id: value, policies: [policy], no_default_policy: true, no_parent: true, ttl: '1h' };
          verifiers.push([stage, await makeToken(stage, body)]);
        },
        elsewhere: () => (there ??= startOpenBao()),
        async snapshot() {
          const accessors = (await listAt(here, 'auth/token/accessors')).toSorted();
          const tokens = await Promise.all(
            accessors.map(async (accessor) => {
              const { data } = facts.parse(
                await call(here, 'POST', 'auth/token/lookup-accessor', { accessor }),
              );
              // what time alone changes
              return { ...data, ttl: 0 };
            }),
          );
          const policies = await listAt(here, 'sys/policies/acl');
          return JSON.stringify([tokens, await listAt(here, leases), policies]);
        },
        async crowd() {
          for (let number = 0; number < 20; number += 1) {
            crowd.push(await makeToken(here, { policies: ['default'], ttl: '1h' }));
          }
        },
        async stop() {
          for (const token of crowd) await revoke(here, token);
          for (const [stage, token] of verifiers) await revoke(stage, token);
        },
      });
    },
    async stop() {
      await whole.stop();
      await (await looked)?.stop();
      await (await there)?.stop();
      await (await database)?.stop();
    },
  };
}

export const vaultBinding: Binding = {
  connector: vault,
  variants: Object.keys(subjects),
  fake: fakeWorld,
  real: { server: 'OpenBao', found: findOpenBao, start: startReal },
};
