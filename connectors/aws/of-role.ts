import type { Context, Controls, Failure } from '../../src/connector.ts';
import { failed, inconclusive } from '../../src/connector.ts';
import type { Detail, RoleDetail } from './account.ts';
import type { AwsClient } from './client.ts';
import { wholeAccount } from './place.ts';
import { accountOf } from './policy/index.ts';

interface OfRole {
  readonly account?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly roleId?: string | undefined;
  readonly accessKeyId?: string | undefined;
}

/** The role of a record as it stands now, and the whole account around it. */
export interface StandingRole {
  readonly id: string;
  readonly all: readonly Detail[];
  /** undefined: no role has this id. */
  readonly role: RoleDetail | undefined;
  readonly controls: Controls;
  /** By the server's clock where it told one, RFC 3339. */
  readonly at: string;
}

/** The role is found by its id, for another can have the name. */
export async function roleOf(ref: OfRole, ctx: Context<AwsClient>): Promise<StandingRole | Failure> {
  const { roleId: id, roleArn, accessKeyId } = ref;
  if (id === undefined) {
    return inconclusive(
      'R-IDENTITY',
      'the record gives no id of the role, and another may have the name now',
    );
  }
  const account = ref.account ?? (roleArn === undefined ? undefined : accountOf(roleArn));
  const whole = await wholeAccount({ account, ...(accessKeyId === undefined ? {} : { accessKeyId }) }, ctx);
  if (failed(whole)) return whole;
  const { all, controls, at } = whole;
  const found = all.find((one) => one.id === id);
  if (found === undefined) return { id, all, role: undefined, controls, at };
  if (found.is !== 'role') {
    return inconclusive('R-IDENTITY', `${id} is the id of a ${found.is} here, and not of a role`);
  }
  return { id, all, role: found.role, controls, at };
}
