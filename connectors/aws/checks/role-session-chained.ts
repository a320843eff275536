import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import { couldAssume } from '../assumable.ts';
import type { AwsClient } from '../client.ts';
import { nameOfRole, roleSession } from '../kinds/role-session.ts';
import type { RoleSessionRef } from '../kinds/role-session.ts';
import { roleOf } from '../of-role.ts';
import { making, roleSessionNow } from '../sessions-now.ts';

/**
 * A session can assume the next role, for an hour at most, and that one the next again: none of them
 * knows of the first, and nothing lists them.
 */
export const roleSessionChained: Check<AwsClient, RoleSessionRef> = {
  id: 'aws/role-session-chained',
  title: 'Can sessions of other roles have been made from it?',
  of: roleSession,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const standing = await roleOf(ref, ctx);
    if (failed(standing)) return standing;
    if (roleSessionNow(ref, standing).saw === 'present') return making;
    const { id, all, role, controls } = standing;
    const name = role?.RoleName ?? nameOfRole(ref);
    const assumed = couldAssume({ policies: ref.policies, role: { id, name } }, all);
    return assumed === undefined
      ? { saw: 'excluded', basis: 'declared', why, controls }
      : inconclusive('R-DERIVED', assumed, needs);
  },
};

const why =
  'the policies of the role, as the record has them, let its sessions assume no other, and no role here trusts them by name';
const needs = 'the policies of the role in the record (policies), and the sessions that were made from it';
