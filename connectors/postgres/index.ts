import type { Connector } from '../../src/connector.ts';
import { membership as membershipCheck } from './checks/membership.ts';
import { object as objectCheck } from './checks/object.ts';
import { privilege as privilegeCheck } from './checks/privilege.ts';
import { role as roleCheck } from './checks/role.ts';
import { roleSessions } from './checks/role-sessions.ts';
import { session as sessionCheck } from './checks/session.ts';
import { PostgresClient } from './client.ts';
import { address, config, host } from './config.ts';
import type { Config } from './config.ts';
import { kinds } from './kinds.ts';
import { hunt } from './looks/hunt.ts';
import { sweep } from './looks/sweep.ts';
import { policy } from './policy.ts';

/** PostgreSQL 15 and later, asked over its own protocol through one read-only connection. */
export const postgres: Connector<Config, PostgresClient> = {
  apiVersion: 1,
  id: 'postgres',
  title: 'PostgreSQL',
  config,
  example: { url: 'env:TOMBSTONE_POSTGRES_URL' },
  points: () => ['direct'],
  host: (from) => host(from),
  reads: [],
  connect: (from, _point, door) =>
    new PostgresClient(address(from), door, { ca: from.caFile?.text, controlRole: from.controls?.role }),
  close: (client) => client.close(),
  identify: (client, signal) => client.identify(signal),
  kinds,
  checks: [roleCheck, roleSessions, membershipCheck, sessionCheck, privilegeCheck, objectCheck, sweep, hunt],
  policy,
};
