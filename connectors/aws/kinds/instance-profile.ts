import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { accountId, named, sessions, uniqueId } from './words.ts';

const instanceProfileRef = z.strictObject({
  account: z.optional(accountId),
  instanceProfileName: z.optional(named),
  instanceProfileId: z.optional(uniqueId('AIPA…')),
  roleName: z.optional(named),
  roleId: z.optional(uniqueId('AROA…')),
  sessions,
});
export type InstanceProfileRef = z.infer<typeof instanceProfileRef>;

export const instanceProfile: Kind<InstanceProfileRef> = {
  kind: 'aws/instance-profile',
  title: 'Role in an instance profile',
  role: 'entitlement',
  ref: instanceProfileRef,
  example: { instanceProfileId: 'AIPANEVERISSUED00000', roleId: 'AROANEVERISSUED00000' },
  needed: ['instanceProfileId', 'roleId'],
  id: ({ instanceProfileId, roleId }) =>
    instanceProfileId === undefined || roleId === undefined ? undefined : `${instanceProfileId}/${roleId}`,
  label: (ref) =>
    `role ${ref.roleName ?? ref.roleId ?? '?'} in the instance profile ${ref.instanceProfileName ?? ref.instanceProfileId ?? '?'}`,
  // nobody lists what machines fetched meanwhile
  requires: ['entitled', 'derived'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `aws iam remove-role-from-instance-profile --instance-profile-name ${ref.instanceProfileName ?? 'PROFILE'} --role-name ${ref.roleName ?? 'ROLE'}; what was fetched already lives up to 6 hours`,
};
