import type { Shape } from '../answer.ts';
import { anything } from '../iam/targets.ts';
import { maybe, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import { statementsOf } from '../policy.ts';
import type { InUse, Organization, OrganizationPolicy } from './organization.ts';
import { everything, letters, managed, organizationError, pathTo, scpType } from './organization.ts';
import { arnIn, cut, rootShape } from './structure.ts';

const summary = (policy: OrganizationPolicy): Shape => ({
  Id: policy.id,
  Arn: policy.arn,
  Name: policy.name,
  Description: policy.description,
  Type: scpType,
  AwsManaged: policy.awsManaged,
});

const whole = (policy: OrganizationPolicy): Shape => ({
  Policy: { PolicySummary: summary(policy), Content: policy.content },
});

function policyNamed(call: Call, { organization }: InUse): OrganizationPolicy {
  const policy = organization.policies.get(text(call.input, 'PolicyId'));
  if (policy !== undefined) return policy;
  throw organizationError('PolicyNotFoundException', `You specified a policy that doesn't exist.`);
}

function targetNamed(call: Call, { organization }: InUse): string {
  const id = text(call.input, 'TargetId');
  if (pathTo(organization, id) !== undefined) return id;
  throw organizationError('TargetNotFoundException', `You specified a target that doesn't exist.`);
}

function ownPolicy(call: Call, used: InUse): OrganizationPolicy {
  const policy = policyNamed(call, used);
  if (!policy.awsManaged) return policy;
  throw organizationError('AccessDeniedException', `You don't have permissions to access this resource.`);
}

/** Of the one type that is played. */
function checkType(call: Call, member: string): boolean {
  return text(call.input, member) === scpType;
}

function enable(call: Call): Shape {
  const used = managed(call, true);
  const { organization } = used;
  if (!checkType(call, 'PolicyType')) throw new Error('the fake knows service control policies alone');
  if (text(call.input, 'RootId') !== organization.rootId) {
    throw organizationError('RootNotFoundException', `You specified a root that doesn't exist.`);
  }
  if (organization.scps) {
    throw organizationError('PolicyTypeAlreadyEnabledException', 'The policy type is already enabled.');
  }
  organization.scps = true;
  for (const id of [organization.rootId, ...organization.parents.keys()]) {
    organization.attached.set(id, new Set([everything.id]));
  }
  return { Root: rootShape(used) };
}

function attachedTo({ attached }: Organization, target: string): Set<string> {
  const found = attached.get(target) ?? new Set();
  attached.set(target, found);
  return found;
}

function attach(call: Call): undefined {
  const used = managed(call, true);
  const { id } = policyNamed(call, used);
  const target = targetNamed(call, used);
  if (!used.organization.scps) {
    throw organizationError(
      'PolicyTypeNotEnabledException',
      'This operation can be performed only for enabled policy types.',
    );
  }
  const held = attachedTo(used.organization, target);
  if (held.has(id)) {
    throw organizationError(
      'DuplicatePolicyAttachmentException',
      'A policy with the same id is already attached to the target.',
    );
  }
  held.add(id);
}

function detach(call: Call): undefined {
  const used = managed(call, true);
  const { id } = policyNamed(call, used);
  const held = attachedTo(used.organization, targetNamed(call, used));
  if (!held.has(id)) {
    throw organizationError(
      'PolicyNotAttachedException',
      `The policy isn't attached to the specified target.`,
    );
  }
  // one there must always be
  if (held.size === 1) {
    throw organizationError(
      'ConstraintViolationException',
      'You cannot remove the last policy attached to the specified target.',
    );
  }
  held.delete(id);
}

function targetShape({ management, organization }: InUse, id: string): Shape {
  const unit = organization.units.get(id);
  if (id === organization.rootId) {
    return { TargetId: id, Arn: arnIn(management, organization, 'root', id), Name: 'Root', Type: 'ROOT' };
  }
  return unit === undefined
    ? {
        TargetId: id,
        Arn: arnIn(management, organization, 'account', id),
        Name: `account ${id}`,
        Type: 'ACCOUNT',
      }
    : { TargetId: id, Arn: unit.arn, Name: unit.name, Type: 'ORGANIZATIONAL_UNIT' };
}

export const policies: Operations = {
  EnablePolicyType: write(anything, enable),
  CreatePolicy: write(anything, (call) => {
    const { management, organization } = managed(call, true);
    const { input } = call;
    if (!checkType(call, 'Type')) throw new Error('the fake knows service control policies alone');
    const content = text(input, 'Content');
    statementsOf(content);
    const id = `p-${letters(8)}`;
    const policy: OrganizationPolicy = {
      id,
      arn: arnIn(management, organization, 'policy', `service_control_policy/${id}`),
      awsManaged: false,
      name: text(input, 'Name'),
      description: maybe(input, 'Description') ?? '',
      content,
    };
    organization.policies.set(id, policy);
    return whole(policy);
  }),
  DescribePolicy: read(anything, (call) => whole(policyNamed(call, managed(call, false)))),
  UpdatePolicy: write(anything, (call) => {
    const policy = ownPolicy(call, managed(call, true));
    const content = maybe(call.input, 'Content') ?? policy.content;
    statementsOf(content);
    policy.content = content;
    policy.name = maybe(call.input, 'Name') ?? policy.name;
    policy.description = maybe(call.input, 'Description') ?? policy.description;
    return whole(policy);
  }),
  DeletePolicy: write(anything, (call) => {
    const used = managed(call, true);
    const { id } = ownPolicy(call, used);
    if ([...used.organization.attached.values()].some((held) => held.has(id))) {
      throw organizationError('PolicyInUseException', 'The policy is attached to one or more entities.');
    }
    used.organization.policies.delete(id);
    return undefined;
  }),
  AttachPolicy: write(anything, attach),
  DetachPolicy: write(anything, detach),
  ListPolicies: read(anything, (call) => {
    const { organization } = managed(call, false);
    const found = checkType(call, 'Filter') ? [...organization.policies.values()] : [];
    const { items, next } = piece(call, found, ({ id }) => id, cut);
    return { Policies: items.map(summary), NextToken: next };
  }),
  // what hangs on the target itself, and nothing of what is inherited
  ListPoliciesForTarget: read(anything, (call) => {
    const used = managed(call, false);
    const held = [...(used.organization.attached.get(targetNamed(call, used)) ?? [])];
    const found = checkType(call, 'Filter')
      ? held.flatMap((id) => used.organization.policies.get(id) ?? [])
      : [];
    const { items, next } = piece(call, found, ({ id }) => id, cut);
    return { Policies: items.map(summary), NextToken: next };
  }),
  ListTargetsForPolicy: read(anything, (call) => {
    const used = managed(call, false);
    const { id } = policyNamed(call, used);
    const targets = [...used.organization.attached].filter(([, held]) => held.has(id));
    const { items, next } = piece(call, targets, ([target]) => target, cut);
    return { Targets: items.map(([target]) => targetShape(used, target)), NextToken: next };
  }),
};
