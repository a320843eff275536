import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeDossier } from '../../src/judge/decode.ts';
import { endGrant, giveGrant, revokedNow } from '../scenarios/people.ts';
import { recordOf } from '../scenarios/record.ts';
import { openWorld } from '../scenarios/world.ts';
import type { World } from '../scenarios/world.ts';
import { findOpenBao } from '../servers/openbao.ts';
import type { Line } from './table.ts';

/** Seconds by which the clocks may differ: a statement among so many takes longer than one alone. */
const skew = 20;

/** What lives beside the grant. */
const [tokens, leases, roles, tables] = [10_000, 5_000, 10_000, 100];

/**
 * The same clean grant on empty servers and on crowded ones: calls against the least that would do
 * (the server tells only one by one who made a token: once after the grant's own tokens were seen
 * to have ended, and once more by the looks, which come after everything; and of a lease that the
 * grant could have asked for, whether it is stuck), seconds, memory.
 */
export async function crowd(bin: string): Promise<readonly Line[]> {
  const found = findOpenBao();
  if ('missing' in found) throw new Error(`the bench needs OpenBao: ${found.missing}`);
  const world = await openWorld();
  try {
    // what was set up before the grant must be before its window too
    await sleep((skew + 2) * 1_000);
    const empty = await measure(bin, world);
    await fill(world);
    const full = await measure(bin, world);
    const named = `verify among ${tokens} tokens, ${leases} leases, ${roles} roles, ${tables * 1_000} grants`;
    return [
      {
        what: `${named}: calls of OpenBao ÷ (alone + two a token + one a lease)`,
        value: full.calls('vault-prod') / (empty.calls('vault-prod') + 2 * tokens + leases),
        limit: 1.1,
      },
      {
        what: `${named}: statements ÷ alone`,
        value: full.calls('billing-db') / empty.calls('billing-db'),
        limit: 1.1,
      },
      { what: `${named}: calls`, value: full.calls() },
      { what: `${named}: time`, value: full.seconds, unit: 's' },
      { what: `${named}: resident memory at its highest`, value: full.peak, unit: 'MiB', limit: 200 },
      { what: 'the same alone: calls', value: empty.calls() },
      { what: 'the same alone: time', value: empty.seconds, unit: 's' },
    ];
  } finally {
    await world.stop();
  }
}

/** A grant that is given, ended honestly and verified by the built command. */
async function measure(bin: string, world: World) {
  const grant = await giveGrant(world);
  await endGrant(world, grant);
  const { text, env } = recordOf('crowd', revokedNow(grant));
  const access = await world.access();
  const directory = mkdtempSync(join(tmpdir(), 'tombstone-crowd-'));
  try {
    const limits = { requestsPerSecond: 10_000, concurrency: 16, timeout: 'PT1M' };
    const systems = {
      'vault-prod': { connector: 'vault', address: access.vaultAddress, token: 'env:VAULT', limits },
      'billing-db': { connector: 'postgres', url: 'env:POSTGRES', limits },
    };
    const peak = join(directory, 'peak');
    const told = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`;
    writeFileSync(join(directory, 'peak.cjs'), told);
    writeFileSync(join(directory, 'grant.json'), text);
    const policy = { maxClockSkew: `PT${skew}S` };
    writeFileSync(join(directory, 'tombstone.yaml'), JSON.stringify({ version: 1, systems, policy }));
    const words = ['verify', 'grant.json', '--plain', '--out', 'evidence=evidence.json'];
    const began = performance.now();
    const child = spawn(process.execPath, ['--require', join(directory, 'peak.cjs'), bin, ...words], {
      cwd: directory,
      env: {
        ...process.env,
        ...env,
        VAULT: access.vaultToken,
        POSTGRES: access.postgresUrl,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part));
    const [code] = await once(child, 'exit');
    const seconds = (performance.now() - began) / 1_000;
    if (code !== 0) throw new Error(`a clean grant in a crowd ended with ${String(code)}: ${said}`);
    const { exchanges } = decodeDossier(readFileSync(join(directory, 'evidence.json'), 'utf8'));
    return {
      seconds,
      peak: Number(readFileSync(peak, 'utf8')) / 1_024,
      calls: (system?: string) =>
        exchanges.filter((one) => system === undefined || one.system === system).length,
    };
  } finally {
    await access.restore();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(world: World): Promise<void> {
  await world.broker('POST', 'sys/policies/acl/others', {
    policy: 'path "secret/*" { capabilities = ["read"] }',
  });
  await many(tokens, () => world.broker('POST', 'auth/token/create', { policies: ['others'], ttl: '1h' }));
  // leases without a login behind them: those are made below, all at once
  await world.broker('POST', 'database/roles/crowd', {
    db_name: 'billing',
    creation_statements: ['SELECT 1'],
    default_ttl: '1h',
  });
  await many(leases, () => world.broker('GET', 'database/creds/crowd'));
  const { database } = world;
  await database.sql(`DO $$ BEGIN
    FOR number IN 1..${roles} LOOP EXECUTE format('CREATE ROLE crowd_%s', number); END LOOP;
  END $$`);
  await database.sql(`DO $$ DECLARE members text; BEGIN
    SELECT string_agg(format('crowd_%s', number), ', ') INTO members FROM generate_series(1, 1000) number;
    FOR number IN 1..${tables} LOOP
      EXECUTE format('CREATE TABLE public.crowd_table_%s (line text)', number);
      EXECUTE format('GRANT SELECT ON public.crowd_table_%s TO %s', number, members);
    END LOOP;
  END $$`);
}

/** Some at a time. */
async function many(count: number, one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
