/** What is written once and lets in from then on, and what no server dates. */
import type { Answer, Failure, Findings } from '../../src/connector.ts';
import { failed, inconclusive } from '../../src/connector.ts';
import { readPolicies } from './acl-policies.ts';
import { writes } from './acl-text.ts';
import { readAuthRoles, readAuthUsers } from './auth-roles.ts';
import type { Definition, Mounted } from './folders.ts';
import {
  canonical,
  definition,
  folder,
  listPolicies,
  mountsIn,
  readAuthMounts,
  readMounts,
} from './folders.ts';
import type { LookContext, LookScope } from './looking.ts';
import type { Known, Rights } from './rights.ts';
import { listRoles } from './secret-ids.ts';
import { noDefinition } from './ways.ts';

interface Shelf {
  readonly folder: string;
  readonly list: string;
  readonly read: string;
}

const shelf = (name: string): Shelf => ({
  folder: name,
  list: `list auth/+/${name}/`,
  read: `read auth/+/${name}/+`,
});
const roles: Shelf = { folder: 'role', list: listRoles, read: readAuthRoles };
const users: Shelf = { folder: 'users', list: 'list auth/+/users/', read: readAuthUsers };

/** Where each type of auth mount keeps who may log in, and with what. */
const shelves: Readonly<Record<string, readonly Shelf[] | undefined>> = {
  approle: [roles],
  jwt: [roles],
  oidc: [roles],
  kubernetes: [roles],
  userpass: [users],
  ldap: [users, shelf('groups')],
  cert: [shelf('certs')],
  radius: [users],
};
/** Types whose trust hangs on their configuration. */
const configured = new Set(['jwt', 'oidc', 'kubernetes', 'ldap', 'radius']);

const readConfig = 'read auth/+/config';
const listDatabaseRoles = 'list +/roles/';
const readDatabaseRoles = 'read +/roles/*';

export const definitionNeeds: readonly string[] = [
  readPolicies,
  listPolicies,
  // beside the list of policies another one is read that is never empty
  'list,sudo auth/token/accessors',
  readAuthMounts,
  readMounts,
  readConfig,
  ...[roles, users, shelf('groups'), shelf('certs')].flatMap(({ list, read }) => [list, read]),
  listDatabaseRoles,
  readDatabaseRoles,
];

export interface Around {
  readonly rights: Rights;
  readonly scope: LookScope;
  readonly ctx: LookContext;
  readonly findings: Findings;
}

/** Roles, users, groups, certificates and the configuration of every auth mount that the grant could write at. */
export async function waysToLogIn(around: Around): Promise<void> {
  const { rights, findings } = around;
  const all = await table(around, 'sys/auth', readAuthMounts);
  const open = all.filter(({ path, type }) => type !== 'token' && !noDefinition(`${path}/*`, rights));
  findings.exclude('auth mount at which the grant had no right to write', all.length - open.length);
  for (const { path, type } of open) {
    const kept = shelves[type];
    if (kept === undefined) {
      findings.fail(inconclusive('R-NOAPI', `${path}/ is ${type}: who may log in there is not told`));
      continue;
    }
    for (const one of kept) await allIn(around, path, one, 'vault/auth-role');
    if (configured.has(type)) await one(around, `${path}/config`, readConfig, 'vault/auth-config');
  }
}

/** The statements of database roles decide what a lease gives, and what ends with it. */
export async function databaseRoles(around: Around): Promise<void> {
  const { rights, findings } = around;
  const all = await table(around, 'sys/mounts', readMounts);
  const open = all.filter(
    ({ path, type }) => type === 'database' && rights.somewhere(`${path}/*`, writes) !== 'no',
  );
  findings.exclude('mount at which the grant had no right to write a role', all.length - open.length);
  const kept = { folder: 'roles', list: listDatabaseRoles, read: readDatabaseRoles };
  for (const { path } of open) await allIn(around, path, kept, 'vault/database-role');
}

/** What is mounted, by its accessor: which is never given to another. */
export async function mounts(around: Around): Promise<void> {
  const { rights, findings } = around;
  const tables = [
    { path: 'sys/auth', needs: readAuthMounts },
    { path: 'sys/mounts', needs: readMounts },
  ];
  for (const { path: at, needs } of tables) {
    for (const { path, accessor, standing } of await table(around, at, needs)) {
      const name = path.replace(/^auth\//, '');
      const known = worst([`${at}/${name}`, 'sys/remount'].map((one) => rights.may(one, writes)));
      if (known === 'no') findings.exclude('mount that the grant had no right to make');
      else {
        const kind = 'vault/mount';
        findings.unexplained({
          kind,
          id: accessor,
          ref: { path },
          relation: 'undated',
          label: `mount ${path}/`,
          standing,
        });
      }
    }
  }
}

const worst = (answers: readonly Known[]): Known =>
  answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';

async function table(
  { scope: { namespace }, ctx, findings }: Around,
  path: string,
  needs: string,
): Promise<readonly Mounted[]> {
  const seen = findings.take(await ctx.read(definition, { path, needs, namespace }));
  if (seen === undefined) return [];
  const read: readonly Mounted[] | Failure =
    seen.saw === 'value'
      ? mountsIn(seen.value)
      : inconclusive('R-ANSWER', `${path} is told to be empty: there is always something mounted`);
  if (!failed(read)) return read;
  findings.fail(read);
  return [];
}

async function allIn(
  around: Around,
  mount: string,
  { folder: name, list, read }: Shelf,
  kind: string,
): Promise<void> {
  const { ctx, scope, findings } = around;
  const path = `${mount}/${name}`;
  const seen = findings.take(await ctx.read(folder, { path, needs: list, namespace: scope.namespace }));
  if (seen?.saw !== 'value') return;
  await Promise.all(seen.value.names.map((each) => one(around, `${path}/${each}`, read, kind)));
}

/** Nothing dates it: only what stood before, in a baseline, tells whether it is new. */
async function one(
  { rights, scope: { namespace, targets }, ctx, findings }: Around,
  path: string,
  needs: string,
  kind: string,
): Promise<void> {
  if (rights.may(path, writes) === 'no') {
    return findings.exclude('role or user that the grant had no right to write');
  }
  const answer: Answer<Definition> = await ctx.read(definition, { path, needs, namespace });
  const seen = findings.take(answer);
  if (seen?.saw !== 'value') return;
  const id = path.replace(/\/(?:role|users)\/([^/]+)$/, '/$1');
  if (targets.some((target) => target.kind === kind && target.id?.replace(/\?role_id=.*$/, '') === id)) {
    return findings.excuse('named in the record, or found before');
  }
  findings.unexplained({
    kind,
    id,
    ref: { path },
    relation: 'undated',
    label: path,
    standing: canonical(seen.value.fields),
  });
}
