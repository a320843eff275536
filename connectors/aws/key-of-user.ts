import type { Context, Controls, Failure } from '../../src/connector.ts';
import { failed, inconclusive } from '../../src/connector.ts';
import type { Detail, UserDetail } from './account.ts';
import type { AwsClient } from './client.ts';
import type { AccessKeyRef } from './kinds/access-key.ts';
import { userKeys } from './keys.ts';
import type { UserKeys } from './keys.ts';
import { wholeAccount } from './place.ts';

/** A key and its user, as they stand now. */
export interface KeyOfUser {
  readonly all: readonly Detail[];
  /** undefined: no user has this id. */
  readonly user: UserDetail | undefined;
  readonly key: UserKeys['keys'][number] | undefined;
  readonly controls: Controls;
}

/**
 * The user is found by its id, for a user can be renamed and another can take the name. A user who is
 * not there has no keys: IAM deletes no user who has one
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html).
 */
export async function keyOfUser(ref: AccessKeyRef, ctx: Context<AwsClient>): Promise<KeyOfUser | Failure> {
  const { accessKeyId, userId } = ref;
  if (userId === undefined) {
    return inconclusive(
      'R-IDENTITY',
      'the record gives no id of the user, and another may have the name now',
    );
  }
  const whole = await wholeAccount(ref, ctx);
  if (failed(whole)) return whole;
  const { all, controls } = whole;
  const found = all.find((one) => one.is === 'user' && one.id === userId);
  if (found?.is !== 'user') return { all, user: undefined, key: undefined, controls };
  const { user } = found;
  const seen = await ctx.read(userKeys, { userName: user.UserName });
  if (failed(seen)) return seen;
  if (seen.saw === 'nothing') return renamed(user.UserName);
  const key = seen.value.keys.find(({ id }) => id === accessKeyId);
  if (key !== undefined) return { all, user, key, controls };
  if (seen.controls === undefined) {
    return inconclusive('R-CONTROL', 'the keys of the user were told, their control before or after was not');
  }
  const [first, ...rest] = controls;
  return { all, user, key, controls: [first, ...rest, ...seen.controls] };
}

const renamed = (userName: string): Failure =>
  inconclusive(
    'R-LAG',
    `${userName} stood in the list of users and was not there a moment later`,
    'another look',
  );
