import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { groupMembership } from '../kinds/group-membership.ts';
import type { GroupMembershipRef } from '../kinds/group-membership.ts';
import { wholeAccount } from '../place.ts';

/** Both by their ids: a user and a group of the same names may be others. */
export const groupMembershipCheck: Check<AwsClient, GroupMembershipRef> = {
  id: 'aws/group-membership',
  title: 'Is the user in the group?',
  of: groupMembership,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { userId, groupId } = ref;
    if (userId === undefined || groupId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no ids of user and group, and others may have the names now',
      );
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const { all, controls } = whole;
    const user = all.find((one) => one.is === 'user' && one.id === userId);
    const group = all.find((one) => one.is === 'group' && one.id === groupId);
    if (
      user?.is !== 'user' ||
      group?.is !== 'group' ||
      !user.user.GroupList.includes(group.group.GroupName)
    ) {
      return { saw: 'absent', controls };
    }
    const { UserName, Arn } = user.user;
    const { GroupName } = group.group;
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${UserName} is in ${GroupName}`,
      standing: `${userId} in ${groupId}`,
      edges: [
        {
          from: [{ kind: 'aws/user', id: userId, label: Arn }],
          to: { kind: 'aws/group', id: groupId, label: group.group.Arn },
          relation: 'is member of',
        },
      ],
    };
  },
};
