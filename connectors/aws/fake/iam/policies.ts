/** Managed policies and their versions, of which five are kept and one is in force. */
import type { Account } from '../account.ts';
import type { Shape } from '../answer.ts';
import { AwsError, encoded } from '../answer.ts';
import { newId } from '../ids.ts';
import { choice, flag, maybe, tagsOf, text } from '../input.ts';
import { awsPolicies, managedPolicy } from '../managed.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { checkIdentityDocument } from '../policy.ts';
import type { Holder, ManagedPolicy, PolicyVersion, State } from '../state.ts';
import { add, all, remove } from '../state.ts';
import { page } from './paging.ts';
import { onAll, onArn, onNew } from './targets.ts';
import { tagShapes } from './users.ts';

function absent(arn: string): AwsError {
  return new AwsError('NoSuchEntity', 404, `Policy ${arn} was not found.`);
}

function named({ account, state, input }: Call): readonly [arn: string, policy: ManagedPolicy] {
  const arn = text(input, 'PolicyArn');
  const policy = managedPolicy(account, state, arn);
  if (policy === undefined) throw absent(arn);
  return [arn, policy];
}

/** One of the account's own: AWS's cannot be changed. */
function own(call: Call): ManagedPolicy {
  const [, policy] = named(call);
  if (call.state.policies.items.get(policy.id) === undefined) {
    throw new AwsError('AccessDenied', 403, 'The policy is managed by AWS and cannot be changed.');
  }
  return policy;
}

function versionNamed(call: Call, policy: ManagedPolicy): PolicyVersion {
  const id = text(call.input, 'VersionId');
  const version = policy.versions.get(id);
  if (version === undefined) {
    const message = `Policy ${text(call.input, 'PolicyArn')} version ${id} does not exist or is not attachable.`;
    throw new AwsError('NoSuchEntity', 404, message);
  }
  return version;
}

/** How often a policy is attached, and how often it is a boundary. */
export function usesOf(state: State, arn: string): { readonly attached: number; readonly boundary: number } {
  const principals = [...state.users.items.values(), ...state.roles.items.values()];
  const holders: readonly Holder[] = [...principals, ...state.groups.items.values()];
  return {
    attached: holders.filter((one) => one.attached.has(arn)).length,
    boundary: principals.filter((one) => one.boundary === arn).length,
  };
}

export function policyShape(state: State, arn: string, policy: ManagedPolicy): Shape {
  const uses = usesOf(state, arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: uses.attached,
    PermissionsBoundaryUsageCount: uses.boundary,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

export function versionShape(policy: ManagedPolicy, version: PolicyVersion, withDocument: boolean): Shape {
  return {
    Document: withDocument ? encoded(version.document) : undefined,
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersion,
    CreateDate: new Date(version.createdAt),
  };
}

/** The account's own, then AWS's. */
export function allPolicies(
  account: Account,
  state: State,
  scope: 'All' | 'AWS' | 'Local',
): readonly (readonly [arn: string, policy: ManagedPolicy])[] {
  const local = all(state.policies).map((policy) => [account.policyArn(policy), policy] as const);
  return [...(scope === 'AWS' ? [] : local), ...(scope === 'Local' ? [] : awsPolicies(account))];
}

function createPolicy({ account, state, input, now }: Call): Shape {
  const document = text(input, 'PolicyDocument');
  checkIdentityDocument(document);
  const policy: ManagedPolicy = {
    id: newId('ANPA', account.id),
    name: text(input, 'PolicyName'),
    path: maybe(input, 'Path') ?? '/',
    description: maybe(input, 'Description'),
    createdAt: now,
    tags: tagsOf(input),
    versions: new Map([['v1', { id: 'v1', document, createdAt: now }]]),
    defaultVersion: 'v1',
    newest: 1,
    updatedAt: now,
  };
  add(state.policies, policy, 'A policy');
  return { Policy: policyShape(state, account.policyArn(policy), policy) };
}

function createVersion(call: Call): Shape {
  const policy = own(call);
  const document = text(call.input, 'PolicyDocument');
  checkIdentityDocument(document);
  if (policy.versions.size >= 5) {
    const message =
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.';
    throw new AwsError('LimitExceeded', 409, message);
  }
  policy.newest += 1;
  const version: PolicyVersion = { id: `v${policy.newest}`, document, createdAt: call.now };
  policy.versions.set(version.id, version);
  policy.updatedAt = call.now;
  if (flag(call.input, 'SetAsDefault') === true) policy.defaultVersion = version.id;
  return { PolicyVersion: versionShape(policy, version, false) };
}

export const policies: Operations = {
  CreatePolicy: write(onNew('policy', 'PolicyName'), createPolicy),
  GetPolicy: read(onArn('PolicyArn'), (call) => {
    const [arn, policy] = named(call);
    const Tags = tagShapes(policy);
    return { Policy: { ...policyShape(call.state, arn, policy), Description: policy.description, Tags } };
  }),
  ListPolicies: read(onAll('policy'), (call) => {
    const { account, state, input } = call;
    const prefix = maybe(input, 'PathPrefix') ?? '/';
    const usage = choice(input, 'PolicyUsageFilter', ['PermissionsPolicy', 'PermissionsBoundary']);
    const shown = allPolicies(account, state, choice(input, 'Scope', ['All', 'AWS', 'Local']) ?? 'All')
      .filter(([, { path }]) => path.startsWith(prefix))
      .filter(([arn]) => {
        const uses = usesOf(state, arn);
        if (usage !== undefined) return (usage === 'PermissionsPolicy' ? uses.attached : uses.boundary) > 0;
        return flag(input, 'OnlyAttached') !== true || uses.attached > 0;
      });
    const { items, end } = page(call, shown, ([arn]) => arn);
    return { Policies: items.map(([arn, policy]) => policyShape(state, arn, policy)), ...end };
  }),
  DeletePolicy: write(onArn('PolicyArn'), (call) => {
    const policy = own(call);
    const uses = usesOf(call.state, text(call.input, 'PolicyArn'));
    if (uses.attached + uses.boundary > 0) {
      throw new AwsError('DeleteConflict', 409, 'Cannot delete a policy attached to entities.');
    }
    if (policy.versions.size > 1) {
      const message =
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
      throw new AwsError('DeleteConflict', 409, message);
    }
    remove(call.state.policies, policy);
    return undefined;
  }),
  CreatePolicyVersion: write(onArn('PolicyArn'), createVersion),
  ListPolicyVersions: read(onArn('PolicyArn'), (call) => {
    const [, policy] = named(call);
    const versions = [...policy.versions.values()];
    const { items, end } = page(call, versions, ({ id }) => id.slice(1).padStart(9, '0'));
    return { Versions: items.map((version) => versionShape(policy, version, false)), ...end };
  }),
  GetPolicyVersion: read(onArn('PolicyArn'), (call) => {
    const [, policy] = named(call);
    return { PolicyVersion: versionShape(policy, versionNamed(call, policy), true) };
  }),
  SetDefaultPolicyVersion: write(onArn('PolicyArn'), (call) => {
    const policy = own(call);
    policy.defaultVersion = versionNamed(call, policy).id;
    policy.updatedAt = call.now;
    return undefined;
  }),
  DeletePolicyVersion: write(onArn('PolicyArn'), (call) => {
    const policy = own(call);
    const { id } = versionNamed(call, policy);
    if (id === policy.defaultVersion) {
      throw new AwsError('DeleteConflict', 409, 'Cannot delete the default version of a policy.');
    }
    policy.versions.delete(id);
    return undefined;
  }),
};
