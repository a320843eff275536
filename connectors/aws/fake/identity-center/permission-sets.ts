import { randomBytes } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { anything } from '../iam/targets.ts';
import { awsPolicies } from '../managed.ts';
import { choice, maybe, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import { checkIdentityDocument } from '../policy.ts';
import type { IdentityCenter, PermissionSet } from './center.ts';
import { cut, instanceOf, newCenter, notFound, seen, setOf } from './center.ts';
import { contentOf } from './provision.ts';

export const ssoConflict = (message: string) => new AwsError('ConflictException', 400, message);

function setShape(set: PermissionSet): Shape {
  return {
    Name: set.name,
    PermissionSetArn: set.arn,
    Description: set.description,
    CreatedDate: new Date(set.createdAt),
    SessionDuration: set.duration,
  };
}

const instanceShape = ({ arn, storeId, region, createdAt }: IdentityCenter, owner: string): Shape => ({
  InstanceArn: arn,
  IdentityStoreId: storeId,
  OwnerAccountId: owner,
  CreatedDate: new Date(createdAt),
  Status: 'ACTIVE',
  PrimaryRegion: region,
});

/** One an account, in the region where it is made. An organisation's is made in the console: this stands for it. */
function createInstance(call: Call): Shape {
  const { account, state, region, now } = call;
  if (state.identityCenter !== undefined) throw ssoConflict('There is an instance already.');
  const center = newCenter(account, region, now);
  state.identityCenter = center;
  return { InstanceArn: center.arn };
}

function createSet(call: Call): Shape {
  const center = instanceOf(call, true);
  const { input } = call;
  const name = text(input, 'Name');
  if ([...center.sets.values()].some((one) => one.name === name)) {
    throw ssoConflict(`PermissionSet with name ${name} already exists.`);
  }
  const set: PermissionSet = {
    arn: `${center.arn.replace(':instance/', ':permissionSet/')}/ps-${randomBytes(8).toString('hex')}`,
    name,
    description: maybe(input, 'Description'),
    createdAt: call.now,
    duration: maybe(input, 'SessionDuration') ?? 'PT1H',
    inline: '',
    managed: new Set(),
    provisioned: new Map(),
  };
  center.sets.set(set.arn, set);
  return { PermissionSet: setShape(set) };
}

function attach(call: Call): Shape {
  const set = setOf(call, instanceOf(call, true));
  const arn = text(call.input, 'ManagedPolicyArn');
  if (!awsPolicies(call.account).some(([known]) => known === arn)) {
    throw notFound(`Policy ${arn} does not exist.`);
  }
  if (set.managed.has(arn)) throw ssoConflict(`Policy ${arn} is already attached.`);
  set.managed.add(arn);
  return {};
}

/** Whether what an account has of it is what it says now. */
export function upToDate(call: Call, set: PermissionSet, accountId: string): boolean {
  const asked = choice(call.input, 'ProvisioningStatus', [
    'LATEST_PERMISSION_SET_PROVISIONED',
    'LATEST_PERMISSION_SET_NOT_PROVISIONED',
  ]);
  const latest = set.provisioned.get(accountId)?.content === contentOf(set);
  return asked === undefined || latest === (asked === 'LATEST_PERMISSION_SET_PROVISIONED');
}

export const permissionSets: Operations = {
  CreateInstance: write(anything, createInstance),
  // a region without one, and an account that sees none, has an empty list
  ListInstances: read(anything, (call) => {
    const found = seen(call, false);
    return { Instances: found === undefined ? [] : [instanceShape(found.center, found.owner.id)] };
  }),
  CreatePermissionSet: write(anything, createSet),
  DescribePermissionSet: read(anything, (call) => ({
    PermissionSet: setShape(setOf(call, instanceOf(call, false))),
  })),
  ListPermissionSets: read(anything, (call) => {
    const { items, next } = piece(call, [...instanceOf(call, false).sets.keys()], (arn) => arn, cut);
    return { PermissionSets: items, NextToken: next };
  }),
  DeletePermissionSet: write(anything, (call) => {
    const center = instanceOf(call, true);
    const { arn } = setOf(call, center);
    if ([...center.assignments.values()].some(({ setArn }) => setArn === arn)) {
      throw ssoConflict('PermissionSet is used by an account assignment.');
    }
    center.sets.delete(arn);
    return {};
  }),
  PutInlinePolicyToPermissionSet: write(anything, (call) => {
    const set = setOf(call, instanceOf(call, true));
    const document = text(call.input, 'InlinePolicy');
    checkIdentityDocument(document);
    set.inline = document;
    return {};
  }),
  // an empty text where there is none
  GetInlinePolicyForPermissionSet: read(anything, (call) => ({
    InlinePolicy: setOf(call, instanceOf(call, false)).inline,
  })),
  DeleteInlinePolicyFromPermissionSet: write(anything, (call) => {
    setOf(call, instanceOf(call, true)).inline = '';
    return {};
  }),
  AttachManagedPolicyToPermissionSet: write(anything, attach),
  DetachManagedPolicyFromPermissionSet: write(anything, (call) => {
    const set = setOf(call, instanceOf(call, true));
    const arn = text(call.input, 'ManagedPolicyArn');
    if (!set.managed.delete(arn)) throw notFound(`Policy ${arn} is not attached.`);
    return {};
  }),
  ListManagedPoliciesInPermissionSet: read(anything, (call) => {
    const { managed } = setOf(call, instanceOf(call, false));
    const { items, next } = piece(call, [...managed], (arn) => arn, cut);
    const AttachedManagedPolicies = items.map((Arn) => ({ Name: Arn.slice(Arn.lastIndexOf('/') + 1), Arn }));
    return { AttachedManagedPolicies, NextToken: next };
  }),
  // the sets of this world have neither
  ListCustomerManagedPolicyReferencesInPermissionSet: read(anything, (call) => {
    setOf(call, instanceOf(call, false));
    return { CustomerManagedPolicyReferences: [] };
  }),
  GetPermissionsBoundaryForPermissionSet: read(anything, (call) => {
    setOf(call, instanceOf(call, false));
    throw notFound('The permission set has no permissions boundary.');
  }),
};
