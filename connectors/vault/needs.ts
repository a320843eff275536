import { readPolicies } from './acl-policies.ts';
import { readAuthRoles, readAuthUsers, readRoleIds } from './auth-roles.ts';
import { readEntities } from './entities.ts';
import { listPolicies, readAuthMounts } from './folders.ts';
import { readGroups } from './groups.ts';
import { listRoles } from './secret-ids.ts';

/** What the rights of a grant are read with: its policies, and who carries them. */
export const rightsNeeds = [
  'read auth/token/lookup-self',
  'update auth/token/lookup-accessor',
  readPolicies,
  readEntities,
  readGroups,
  readAuthRoles,
  readRoleIds,
  readAuthUsers,
  readAuthMounts,
  listRoles,
  listPolicies,
] as const;
