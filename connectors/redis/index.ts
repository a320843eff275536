import type { Connector } from '../../src/connector.ts';
import { aclUserSessions } from './checks/acl-user-sessions.ts';
import { aclUser } from './checks/acl-user.ts';
import { anonymous } from './checks/anonymous.ts';
import { session } from './checks/session.ts';
import { RedisClient } from './client.ts';
import { config, host } from './config.ts';
import type { Config } from './config.ts';
import { kinds } from './kinds.ts';
import { hunt } from './looks/hunt.ts';
import { sweep } from './looks/sweep.ts';
import { policy } from './policy.ts';

/** One node of Redis 7.0 and later, asked over its own protocol through one connection. */
export const redis: Connector<Config, RedisClient> = {
  apiVersion: 1,
  id: 'redis',
  title: 'Redis',
  config,
  example: {
    address: 'redis://127.0.0.1:6379',
    username: 'tombstone_verifier',
    password: 'env:TOMBSTONE_REDIS_PASSWORD',
  },
  points: () => ['direct'],
  host: (from) => host(from),
  reads: [],
  connect: (from, _point, door) =>
    new RedisClient(host(from), { ...from, replica: from.replica === true }, door),
  close: (client) => client.close(),
  identify: (client, signal) => client.identify(signal),
  kinds,
  checks: [aclUser, aclUserSessions, anonymous, session, sweep, hunt],
  policy,
};
