import type { Context, Failure } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';
import type { AccessKeyRef } from './kinds/access-key.ts';
import { userKeys } from './keys.ts';
import type { UserKeys } from './keys.ts';
import { heldBy } from './of-user.ts';
import type { Held } from './of-user.ts';

/** A key and its user, as they stand now. */
export function keyOfUser(
  ref: AccessKeyRef,
  ctx: Context<AwsClient>,
): Promise<Held<UserKeys['keys'][number]> | Failure> {
  return heldBy(
    ref,
    ctx,
    userKeys,
    (userName) => ({ userName }),
    ({ keys }) => keys.find(({ id }) => id === ref.accessKeyId),
  );
}
