import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { instanceProfile } from '../kinds/instance-profile.ts';
import type { InstanceProfileRef } from '../kinds/instance-profile.ts';
import { wholeAccount } from '../place.ts';

/** A machine with the profile fetches new credentials of the role by itself: a deny of older sessions does not hold it. */
export const instanceProfileCheck: Check<AwsClient, InstanceProfileRef> = {
  id: 'aws/instance-profile',
  title: 'Is the role in the instance profile?',
  of: instanceProfile,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { instanceProfileId, roleId } = ref;
    if (instanceProfileId === undefined || roleId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no ids of profile and role, and others may have the names now',
      );
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const { all, controls } = whole;
    const found = all.find((one) => one.is === 'role' && one.id === roleId);
    if (found?.is !== 'role') return { saw: 'absent', controls };
    const { role } = found;
    const profile = role.InstanceProfileList.find((one) => one.InstanceProfileId === instanceProfileId);
    if (profile === undefined) return { saw: 'absent', controls };
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${role.RoleName} is in ${profile.InstanceProfileName}: machines with it fetch new credentials by themselves`,
      standing: `${roleId} in ${instanceProfileId}`,
      edges: [
        {
          from: [{ kind: 'aws/instance-profile', id: `${instanceProfileId}/${roleId}`, label: profile.Arn }],
          to: { kind: 'aws/role', id: roleId, label: role.Arn },
          relation: 'hands out credentials of',
        },
      ],
    };
  },
};
