import type { Scenario } from '../scenario.ts';
import { certificates } from './certificates.ts';
import { authRoles } from './auth-roles.ts';
import { databaseHunts } from './database-hunts.ts';
import { groups } from './groups.ts';
import { identities } from './identities.ts';
import { leftBehind } from './left-behind.ts';
import { hunts } from './hunts.ts';
import { jobs } from './jobs.ts';
import { kvSecrets } from './kv-secrets.ts';
import { leases } from './leases.ts';
import { memberships } from './memberships.ts';
import { mounts } from './mounts.ts';
import { outlasting } from './outlasting.ts';
import { points } from './points.ts';
import { policies } from './policies.ts';
import { privileges } from './privileges.ts';
import { roles } from './roles.ts';
import { secretIds } from './secret-ids.ts';
import { servers } from './servers.ts';
import { sessions } from './sessions.ts';
import { sshEngines } from './ssh.ts';
import { statements } from './statements.ts';
import { staticRoles } from './static-roles.ts';
import { times } from './times.ts';
import { tokens } from './tokens.ts';
import { transitKeys } from './transit.ts';
import { witnesses } from './witnesses.ts';
import { wraps } from './wrapping.ts';

/** Every story, by theme, in the order in which it is told. */
export const corpus: Readonly<Record<string, readonly Scenario[]>> = {
  'What a revocation runs in the database': statements,
  'Leases that fail, wait or are forgotten': leases,
  'Sessions that outlive their login': [...sessions, ...outlasting],
  'Logins by themselves': roles,
  'Poolers, standbys and the password itself': points,
  Memberships: memberships,
  'Rights on objects': privileges,
  'Objects that are left behind': leftBehind,
  'What a grant left in a database': databaseHunts,
  'Jobs that run later': jobs,
  Tokens: tokens,
  'Entities of tokens': identities,
  'Members of groups': groups,
  Policies: policies,
  'Roles and users of auth mounts': authRoles,
  'Secret ids of roles': secretIds,
  'Secrets in KV stores': kvSecrets,
  'Certificates of PKI engines': certificates,
  'SSH engines': sshEngines,
  'Keys of transit engines': transitKeys,
  'Passwords of static roles': staticRoles,
  'Mounts that are moved or disabled': mounts,
  'Wrapping tokens': wraps,
  'What was born in the window': hunts,
  'What only the audit log knows': witnesses,
  Time: times,
  'Servers, and the verifier itself': servers,
};

export const scenarios: readonly Scenario[] = Object.values(corpus).flat();
