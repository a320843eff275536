import { failed, inconclusive } from '../../../src/connector.ts';
import type { Answer, Check, Context, Controls, Failure, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { assignments, instance, listAssignments, listInstances } from '../identity-center.ts';
import type { Assignments, AssignmentsKey, Instance } from '../identity-center.ts';
import {
  describeGroup,
  describeUser,
  directoryGroup,
  directoryUser,
  groupsOfUser,
  listMemberships,
} from '../identity-store.ts';
import { identityCenterAssignment } from '../kinds/identity-center-assignment.ts';
import type { IdentityCenterAssignmentRef } from '../kinds/identity-center-assignment.ts';

/** A row of the user itself, or of a group that it is in. Rows outlive the users and groups that they name. */
export const identityCenterAssignmentCheck: Check<AwsClient, IdentityCenterAssignmentRef> = {
  id: 'aws/identity-center-assignment',
  title: 'Does the user or group still have the permission set in the account?',
  of: identityCenterAssignment,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: [
    listInstances.needs,
    listAssignments.needs,
    describeUser.needs,
    describeGroup.needs,
    listMemberships.needs,
  ],
  docs: 'https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignments.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { instanceArn, permissionSetArn, accountId: account } = ref;
    const found = await ctx.read(instance, instanceArn);
    if (failed(found)) return found;
    if (found.saw === 'nothing') {
      return inconclusive(
        'R-SCOPE',
        `no configured region knows the instance ${instanceArn}`,
        'its home region among the regions of the configuration',
      );
    }
    const { value: center } = found;
    if (ref.identityStoreId !== undefined && ref.identityStoreId !== center.storeId) {
      return inconclusive(
        'R-INSTANCE',
        `the record names the directory ${ref.identityStoreId}, ${instanceArn} has ${center.storeId}`,
      );
    }
    const asked = { ...center, permissionSetArn, instanceArn, account };
    return ref.principalType === 'USER'
      ? await ofUser(ref, asked, found, ctx)
      : await ofGroup(ref, asked, found, ctx);
  },
};

type Asked = AssignmentsKey & Pick<Instance, 'storeId'>;
type Found = Exclude<Answer<Instance>, Failure>;

/** A set that is deleted is assigned to nobody: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeletePermissionSet.html */
const rowsOf = (listed: Exclude<Answer<Assignments>, Failure>) =>
  listed.saw === 'nothing' ? [] : listed.value.rows;

async function ofUser(
  ref: IdentityCenterAssignmentRef,
  asked: Asked,
  found: Found,
  ctx: Context<AwsClient>,
): Promise<Observation> {
  const key = { storeId: asked.storeId, region: asked.region, id: ref.principalId };
  const [listed, user] = await Promise.all([ctx.read(assignments, asked), ctx.read(directoryUser, key)]);
  if (failed(listed)) return listed;
  if (failed(user)) return user;
  // nobody gets its id again, whatever rows still name it
  if (user.saw === 'nothing') return absent(found, listed, user);
  const { name = ref.principalId, status } = user.value;
  const state = status === 'DISABLED' ? 'disabled' : 'active';
  const present = (value: string, reason: 'R-LISTED' | 'R-STANDING'): Observation => ({
    saw: 'present',
    state,
    revivedBy: 'others',
    ...(state === 'active' ? { reason } : {}),
    value: `${value}${state === 'active' ? '' : '; the user is disabled'}`,
    standing: identityCenterAssignment.label(ref),
  });
  const rows = rowsOf(listed);
  if (rows.some(({ type, principalId }) => type === 'USER' && principalId === ref.principalId)) {
    return present(`${name} has ${ref.permissionSetArn} in ${ref.accountId}`, 'R-LISTED');
  }
  // not before: of a user who is no more nobody tells groups, and every read must have its control
  const memberships = await ctx.read(groupsOfUser, key);
  if (failed(memberships)) return memberships;
  const groups = memberships.saw === 'nothing' ? [] : memberships.value.groups;
  const group = rows.find(({ type, principalId }) => type === 'GROUP' && groups.includes(principalId));
  if (group !== undefined) {
    const value = `${name} is in the group ${group.principalId}, which has ${ref.permissionSetArn} in ${ref.accountId}`;
    return present(value, 'R-STANDING');
  }
  return absent(found, listed, user, memberships);
}

async function ofGroup(
  ref: IdentityCenterAssignmentRef,
  asked: Asked,
  found: Found,
  ctx: Context<AwsClient>,
): Promise<Observation> {
  const [listed, group] = await Promise.all([
    ctx.read(assignments, asked),
    ctx.read(directoryGroup, { storeId: asked.storeId, region: asked.region, id: ref.principalId }),
  ]);
  if (failed(listed)) return listed;
  if (failed(group)) return group;
  const row = rowsOf(listed).find(
    ({ type, principalId }) => type === 'GROUP' && principalId === ref.principalId,
  );
  if (group.saw === 'nothing' || row === undefined) return absent(found, listed, group);
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'others',
    reason: 'R-LISTED',
    value: `the group ${ref.principalId} has ${ref.permissionSetArn} in ${ref.accountId}`,
    standing: identityCenterAssignment.label(ref),
  };
}

/** Every read must have had its control. */
function absent(
  ...reads: readonly { readonly controls?: Controls; readonly uncontrolled?: Failure }[]
): Observation {
  const bare = reads.find(({ controls }) => controls === undefined);
  const [first, ...rest] = reads.flatMap(({ controls }) => controls ?? []);
  return bare !== undefined || first === undefined
    ? (bare?.uncontrolled ??
        inconclusive('R-CONTROL', 'the lists were told, a control before or after was not'))
    : { saw: 'absent', controls: [first, ...rest] };
}
