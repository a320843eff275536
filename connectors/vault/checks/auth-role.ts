import type { Check } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import { authRole as source, readAuthRoles, readAuthUsers, readRoleIds } from '../auth-roles.ts';
import type { VaultClient } from '../client.ts';
import type { AuthRoleRef } from '../kinds/auth-role.ts';
import { authRole as kind } from '../kinds/auth-role.ts';

export const authRole: Check<VaultClient, AuthRoleRef> = {
  id: 'vault/auth-role',
  title: 'Does this role or user of an auth mount stand?',
  of: kind,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readAuthRoles, readRoleIds, readAuthUsers],
  docs: 'https://openbao.org/api-docs/auth/approle/#read-approle',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, mountAccessor, name, roleId, namespace } = ref;
    const seen = await ctx.read(source, { mount, mountAccessor, name, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const { type, policies, roleId: standing } = seen.value;
    if (roleId !== undefined && standing === undefined) {
      return inconclusive('R-IDENTITY', `${mount}/ is ${type}: its roles have no role_id to compare`);
    }
    if (roleId !== undefined && failed(standing)) return standing;
    if (roleId !== undefined && standing !== roleId) {
      return inconclusive(
        'R-IDENTITY',
        'a role of that name stands, with another role_id than that of the grant: it was made anew, or its id was changed',
      );
    }
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-LISTED',
      value: `stands at ${mount}/ (${type}), policies [${policies.join(', ')}]`,
    };
  },
};
