import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Controls, Failure, Observation } from '../../../src/connector.ts';
import { account, accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { accessKey } from '../kinds.ts';
import type { AccessKeyRef } from '../kinds.ts';
import { listKeys, userKeys } from '../keys.ts';
import { wrongAccount } from '../place.ts';

/**
 * The user is found by its id, for a user can be renamed and another can take the name. A user who is
 * not there has no keys: IAM deletes no user who has one
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html).
 */
export const accessKeyCheck: Check<AwsClient, AccessKeyRef> = {
  id: 'aws/access-key',
  title: 'Does the key stand among the keys of its user?',
  of: accessKey,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listKeys.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { accessKeyId, userId } = ref;
    if (userId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the user, and another may have the name now',
      );
    }
    const all = await ctx.walk(account, '');
    if (failed(all)) return all;
    const wrong = wrongAccount(ref, all.stamp.instance);
    if (wrong !== undefined) return wrong;
    const user = all.items.find((one) => one.is === 'user' && one.id === userId);
    if (user?.is !== 'user') return { saw: 'absent', controls: all.controls };
    const { UserName: userName } = user.user;
    const seen = await ctx.read(userKeys, { userName });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return renamed(userName);
    const key = seen.value.keys.find(({ id }) => id === accessKeyId);
    if (key === undefined) return absent(all.controls, seen.controls);
    const active = key.status === 'Active';
    return {
      saw: 'present',
      state: active ? 'active' : 'disabled',
      revivedBy: 'others',
      value: `${key.status}, of ${userName}, made ${key.created.toISOString()}`,
    };
  },
};

function absent(list: Controls, keys: Controls | undefined): Observation {
  if (keys === undefined) {
    return inconclusive('R-CONTROL', 'the keys of the user were told, their control before or after was not');
  }
  const [first, ...rest] = list;
  return { saw: 'absent', controls: [first, ...rest, ...keys] };
}

const renamed = (userName: string): Failure =>
  inconclusive(
    'R-LAG',
    `${userName} stood in the list of users and was not there a moment later`,
    'another look',
  );
