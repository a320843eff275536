import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { RoleDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { roleSession } from '../kinds/role-session.ts';
import type { RoleSessionRef } from '../kinds/role-session.ts';
import { roleOf } from '../of-role.ts';
import { roleSessionNow } from '../sessions-now.ts';

/** Who may assume the role anew is another question: that of its trust policy. */
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
    const standing = await roleOf(ref, ctx);
    if (failed(standing)) return standing;
    const now = roleSessionNow(ref, standing);
    return { ...now, ...edgeTo(standing.role, ref) };
  },
};

function edgeTo(role: RoleDetail | undefined, ref: RoleSessionRef): Pick<Observation, 'edges'> {
  const id = roleSession.id(ref);
  if (id === undefined || role === undefined) return {};
  const from = { kind: roleSession.kind, id, label: roleSession.label(ref) };
  const to = { kind: 'aws/role', id: role.RoleId, label: role.Arn };
  return { edges: [{ from: [from], to, relation: 'acts as' }] };
}
