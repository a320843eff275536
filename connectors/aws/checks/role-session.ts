import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { RoleDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { policiesOfRole, roleGives } from '../holdings.ts';
import { roleSession } from '../kinds/role-session.ts';
import type { RoleSessionRef } from '../kinds/role-session.ts';
import { lifetimeOf, overBy } from '../lifetime.ts';
import { wholeAccount } from '../place.ts';
import { accountOf, factsOf } from '../policy/index.ts';
import { undenied } from '../temporary.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: 43200 seconds. */
const hours = 12;

/**
 * A session has what its role has, at each request. Who may assume the role anew is another question:
 * that of its trust policy.
 */
export const roleSessionCheck: Check<AwsClient, RoleSessionRef> = {
  id: 'aws/role-session',
  title: 'May the session of the role still do anything?',
  of: roleSession,
  claim: 'authorises',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { roleId, roleArn, accessKeyId } = ref;
    if (roleId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the role, and another may have the name now',
      );
    }
    const account = ref.account ?? (roleArn === undefined ? undefined : accountOf(roleArn));
    const whole = await wholeAccount({ account, ...(accessKeyId === undefined ? {} : { accessKeyId }) }, ctx);
    if (failed(whole)) return whole;
    const { all, controls, at } = whole;
    const found = all.find(({ id }) => id === roleId);
    if (found === undefined) return { saw: 'absent', controls };
    if (found.is !== 'role') {
      return inconclusive('R-IDENTITY', `${roleId} is the id of a ${found.is} here, and not of a role`);
    }
    const lifetime = lifetimeOf(ref, hours);
    if (failed(lifetime)) return lifetime;
    const over = overBy(lifetime, at, controls);
    if (over !== undefined) return over;
    return {
      ...undenied({
        holder: `the role ${found.role.RoleName}`,
        policies: policiesOfRole(found.role, all),
        context: contextOf(found.role, ref),
        confers: roleGives(found.role, all),
        lifetime,
        hours,
        at,
        controls,
      }),
      ...edgeTo(found.role, ref),
    };
  },
};

function contextOf({ Arn: arn, RoleId: id }: RoleDetail, { sessionName, sourceIdentity }: RoleSessionRef) {
  const session = sessionName === undefined ? {} : { session: sessionName };
  const facts = new Map(factsOf({ kind: 'role', arn, id, ...session }));
  return sourceIdentity === undefined ? facts : facts.set('aws:sourceidentity', [sourceIdentity]);
}

function edgeTo({ Arn, RoleId }: RoleDetail, ref: RoleSessionRef): Pick<Observation, 'edges'> {
  const id = roleSession.id(ref);
  if (id === undefined) return {};
  const from = { kind: roleSession.kind, id, label: roleSession.label(ref) };
  return { edges: [{ from: [from], to: { kind: 'aws/role', id: RoleId, label: Arn }, relation: 'acts as' }] };
}
