import type { Check, Connector } from '../../src/connector.ts';
import { job as jobCheck } from './checks/job.ts';
import { membership as membershipCheck } from './checks/membership.ts';
import { object as objectCheck } from './checks/object.ts';
import { password as passwordCheck } from './checks/password.ts';
import { privilege as privilegeCheck } from './checks/privilege.ts';
import { role as roleCheck } from './checks/role.ts';
import { roleSessions } from './checks/role-sessions.ts';
import { session as sessionCheck } from './checks/session.ts';
import { PostgresClient } from './client.ts';
import { address, config, endpointAt, endpointsOf, host } from './config.ts';
import type { Config } from './config.ts';
import { kinds } from './kinds.ts';
import { hunt } from './looks/hunt.ts';
import { points } from './looks/points.ts';
import { sweep } from './looks/sweep.ts';
import { policy } from './policy.ts';

/** What the catalogs say is asked of the primary itself: a copy is late, and through a pooler they are the same. */
const atDirect = <R>(check: Check<PostgresClient, R>): Check<PostgresClient, R> => ({
  ...check,
  at: (point) => point === 'direct',
});

/** PostgreSQL 15 and later, asked over its own protocol through one read-only connection at each point. */
export const postgres: Connector<Config, PostgresClient> = {
  apiVersion: 1,
  id: 'postgres',
  title: 'PostgreSQL',
  config,
  example: { url: 'env:TOMBSTONE_POSTGRES_URL' },
  points(from) {
    const [first, ...rest] = endpointsOf(from);
    return [first.point, ...rest.map((one) => one.point)];
  },
  host,
  reads: [],
  connect(from, point, door) {
    const end = endpointAt(from, point);
    return new PostgresClient(address(end), door, {
      ca: end.caFile?.text,
      controlRole: from.controls?.role,
      via: end.via,
      name: end.name,
      standbys: [...endpointsOf(from).flatMap(({ name }) => name ?? []), ...(from.archives ?? [])],
    });
  },
  close: (client) => client.close(),
  identify: (client, signal) => client.identify(signal),
  kinds,
  checks: [
    atDirect(roleCheck),
    roleSessions,
    atDirect(membershipCheck),
    sessionCheck,
    atDirect(privilegeCheck),
    atDirect(objectCheck),
    atDirect(jobCheck),
    passwordCheck,
    sweep,
    hunt,
    points,
  ],
  policy,
};
