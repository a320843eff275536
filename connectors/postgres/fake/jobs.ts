import { createHash } from 'node:crypto';
import { SqlError } from './protocol.ts';
import type { FakeWorld } from './world.ts';

export interface FakeJob {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly database: string;
  command: string;
  active: boolean;
}

/** What pg_cron keeps of a cluster. */
export class FakeCron {
  /** `cron.database_name`; undefined while the library is not loaded. */
  keeper: string | undefined = undefined;
  /** The database in which the extension stands. */
  installedIn: string | undefined = undefined;
  readonly jobs: FakeJob[] = [];
  /** OIDs of roles that may enter the schema, and of those to whom a policy shows every row. */
  readonly entering = new Set<number>();
  readonly seeing = new Set<number>();
  #next = 1;

  schedule(given: Omit<FakeJob, 'id'>): void {
    const same = this.jobs.find((one) => one.name === given.name && one.username === given.username);
    if (same === undefined) this.jobs.push({ id: this.#next++, ...given });
    else same.command = given.command;
  }
}

const word = '([A-Za-z_][A-Za-z0-9_$]*)';
type Run = (world: FakeWorld, found: RegExpExecArray) => string;

const statements: readonly (readonly [RegExp, Run])[] = [
  [
    /^create extension pg_cron$/i,
    ({ cron }) => {
      cron.keeper ??= 'postgres';
      cron.installedIn = cron.keeper;
      return 'CREATE EXTENSION';
    },
  ],
  [
    /^drop extension pg_cron$/i,
    ({ cron }) => {
      cron.installedIn = undefined;
      cron.jobs.splice(0);
      cron.entering.clear();
      cron.seeing.clear();
      return 'DROP EXTENSION';
    },
  ],
  [
    new RegExp(`^(grant|revoke) usage on schema cron (?:to|from) ${word}$`, 'i'),
    (world, [, verb, role = '']) => {
      const { oid } = world.role(role);
      if (verb?.toLowerCase() === 'grant') world.cron.entering.add(oid);
      else world.cron.entering.delete(oid);
      return 'GRANT';
    },
  ],
  [
    new RegExp(`^create policy ${word} on cron\\.job for select to ${word} using \\(true\\)$`, 'i'),
    (world, [, , role = '']) => {
      world.cron.seeing.add(world.role(role).oid);
      return 'CREATE POLICY';
    },
  ],
  [
    new RegExp(`^drop policy if exists ${word} on cron\\.job$`, 'i'),
    (world, [, role = '']) => {
      world.cron.seeing.delete(world.role(role).oid);
      return 'DROP POLICY';
    },
  ],
  [
    /^select cron\.schedule_in_database\('([^']+)', '[^']+', '([^']+)', '([^']+)', '([^']+)', (true|false)\)$/i,
    ({ cron }, [, name = '', command = '', database = '', username = '', active]) => {
      cron.schedule({ name, username, database, command, active: active === 'true' });
      return 'SELECT 1';
    },
  ],
  [
    /^select cron\.unschedule\(jobid\) from cron\.job where jobname = '([^']+)'$/i,
    ({ cron }, [, name]) => {
      const at = cron.jobs.findIndex((one) => one.name === name);
      if (at >= 0) cron.jobs.splice(at, 1);
      return 'SELECT 1';
    },
  ],
  [
    /^do \$\$ begin if exists \(select from pg_catalog\.pg_extension where extname = 'pg_cron'\) then (.*); end if; end \$\$$/is,
    (world, [, inner = '']) => {
      if (world.cron.installedIn === undefined) return 'DO';
      for (const one of inner.split(';')) runAboutJobs(world, one.trim());
      return 'DO';
    },
  ],
];

/** @returns the command's tag; undefined for a statement that is not about jobs. */
export function runAboutJobs(world: FakeWorld, sql: string): string | undefined {
  for (const [pattern, run] of statements) {
    const found = pattern.exec(sql);
    if (found !== null) return run(world, found);
  }
  return undefined;
}

interface Asker {
  readonly oid: number;
  readonly pid: number;
}
const databaseOf = (world: FakeWorld, { pid }: Asker) =>
  world.sessions.find((one) => one.pid === pid)?.database;

/** Where jobs are kept, for those who may see settings. */
export function keeperRow(world: FakeWorld, asker: Asker) {
  const { keeper = null, installedIn } = world.cron;
  if (keeper !== null && !world.readsAllSettings(asker.oid)) {
    throw new SqlError(
      '42501',
      'must be superuser or have privileges of pg_read_all_settings to examine "cron.database_name"',
      'GetConfigOptionByName',
    );
  }
  return [{ keeper, installed: installedIn !== undefined && installedIn === databaseOf(world, asker) }];
}

/** The jobs that row security shows, and whether those are all. */
export function jobRows(world: FakeWorld, asker: Asker) {
  const { cron } = world;
  if (cron.installedIn === undefined || cron.installedIn !== databaseOf(world, asker)) {
    throw new SqlError('3F000', 'schema "cron" does not exist', 'LookupExplicitNamespace');
  }
  const held = [...world.privilegesOf(asker.oid)];
  const above = world.isSuperuser(asker.oid);
  if (!above && !held.some((oid) => cron.entering.has(oid))) {
    throw new SqlError('42501', 'permission denied for schema cron', 'aclcheck_error');
  }
  const self = world.roles.find(({ oid }) => oid === asker.oid);
  const whole = above || self?.bypassrls === true || held.some((oid) => cron.seeing.has(oid));
  const jobs = cron.jobs
    .filter(({ username }) => whole || username === self?.name)
    .map(({ id, name, username, database, active, command }) => {
      const role = world.roles.find((one) => one.name === username);
      const does = createHash('sha256').update(command).digest('hex');
      return {
        id,
        name,
        username,
        database,
        active,
        does,
        roleOid: role?.oid ?? null,
        login: role?.login ?? null,
      };
    });
  return [{ whole, jobs }];
}
