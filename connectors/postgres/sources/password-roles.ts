import { inconclusive } from '../../../src/connector.ts';
import type { Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { roles } from './roles.ts';
import type { RoleKey, RoleRow } from './roles.ts';

export interface PasswordRoleKey extends RoleKey {
  /** Is the value itself presented too? */
  readonly presented: boolean;
}

/**
 * The role that a password belongs to. At a pooler it answers only beside the value: a pooler that keeps
 * passwords of its own takes one after its role was dropped.
 */
export const passwordRoles: Source<PostgresClient, PasswordRoleKey, readonly RoleRow[]> = {
  id: 'postgres/password-roles',
  scope: () => 'cluster',
  name: ({ presented, ...key }) => `${roles.name(key)}${presented ? '' : ', nothing presented'}`,
  answers: (rows, key) => roles.answers(rows, key),
  async siblings(client, scope, signal) {
    const known = await roles.siblings(client, scope, signal);
    return 'saw' in known ? known : known.map((one) => ({ ...one, key: { ...one.key, presented: true } }));
  },
  async some(client, keys, signal) {
    if (client.via === 'pgbouncer' && !keys.every((key) => key.presented)) {
      return inconclusive(
        'R-SCOPE',
        'a pooler may keep passwords of its own, and no catalog shows them',
        'its value as a secret reference in the record, and --probe',
      );
    }
    return roles.some?.(client, keys, signal) ?? inconclusive('R-CHECK', 'roles are asked one by one');
  },
};
