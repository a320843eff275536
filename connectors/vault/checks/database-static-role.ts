import type { Check, Failure } from '../../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { StaticRoleRef } from '../kinds/database-static-role.ts';
import { databaseStaticRole } from '../kinds/database-static-role.ts';
import type { StaticRoleFacts } from '../static-roles.ts';
import { readStaticRoles, staticRole as source } from '../static-roles.ts';

export const databaseStaticRoleRotation: Check<VaultClient, StaticRoleRef> = {
  id: 'vault/database-static-role',
  title: 'Was the password of this login changed since it was read?',
  of: databaseStaticRole,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readStaticRoles],
  docs: 'https://openbao.org/api-docs/secret/databases/#read-static-role',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, name, mountAccessor, namespace } = ref;
    const seen = await ctx.read(source, { mount, name, mountAccessor, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return deleted(ref);
    const { facts } = seen.value;
    const other = anotherLogin(ref, facts);
    if (other !== undefined) return other;
    const { last_vault_rotation: at } = facts;
    const since = [ref.rotatedAt, ctx.window.revokedAt].filter((one) => one !== undefined);
    if (since.length === 0 || !since.every((one) => later(at, one))) {
      return {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: 'R-LISTED',
        value: `last changed at ${at}, not since it was given: the password works`,
      };
    }
    if (seen.controls === undefined) {
      return inconclusive('R-CONTROL', `changed at ${at}, and the control before or after was not seen`);
    }
    return { saw: 'ended', how: 'revoked', at, family: 'whole', controls: seen.controls };
  },
};

/** Without its role nobody changes the password any more: the last one works on. */
function deleted({ username, database }: StaticRoleRef): Failure {
  const login = username === undefined ? 'its login' : `the login ${username}`;
  return inconclusive(
    'R-DERIVED',
    `the static role is deleted, which leaves ${login} with the last password`,
    `a new password for ${login}${database === undefined ? '' : ` in ${database}`}, or the login dropped, and it as a target of its own`,
  );
}

/** What is rotated now may be another login, or in another database, than the one that was given. */
function anotherLogin({ username, database }: StaticRoleRef, facts: StaticRoleFacts): Failure | undefined {
  const is = `${facts.username} in ${facts.db_name}`;
  const moved =
    (username !== undefined && username !== facts.username) ||
    (database !== undefined && database !== facts.db_name);
  return moved
    ? inconclusive(
        'R-IDENTITY',
        `the static role changes the password of ${is} now, not that of ${username ?? facts.username} in ${database ?? facts.db_name}, which was given`,
        'a new password for the login that was given',
      )
    : undefined;
}

/** Unreadable instants are not later. */
function later(one: string, other: string): boolean {
  const [a, b] = [instantMs(one), instantMs(other)];
  return a !== undefined && b !== undefined && a > b;
}
