import { randomUUID } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { anything } from '../iam/targets.ts';
import { choice, maybe, structure, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import type { Assignment, IdentityCenter, Task } from './center.ts';
import { assignmentKey, cut, instanceOf, notFound, setOf } from './center.ts';
import { ssoConflict, upToDate } from './permission-sets.ts';

const rowShape = ({ accountId, setArn, principalType, principalId }: Assignment): Shape => ({
  AccountId: accountId,
  PermissionSetArn: setArn,
  PrincipalType: principalType,
  PrincipalId: principalId,
});

function statusShape(task: Task): Shape {
  const { assignment, failure } = task;
  return {
    Status: task.status,
    RequestId: task.id,
    FailureReason: task.status === 'FAILED' ? failure : undefined,
    PermissionSetArn: task.setArn,
    CreatedDate: new Date(task.createdAt),
    ...(assignment === undefined
      ? { AccountId: task.accounts.length === 1 ? task.accounts[0] : undefined }
      : {
          TargetId: assignment.accountId,
          TargetType: 'AWS_ACCOUNT',
          PrincipalType: assignment.principalType,
          PrincipalId: assignment.principalId,
        }),
  };
}

const shortShape = (task: Task): Shape => ({
  Status: task.status,
  RequestId: task.id,
  CreatedDate: new Date(task.createdAt),
});

/** It is under way at first, whatever becomes of it. */
function begin(
  call: Call,
  center: IdentityCenter,
  of: Pick<Task, 'kind' | 'setArn' | 'accounts' | 'assignment'>,
): Task {
  const { provisioningMs, provisioningFails } = call.world.switches;
  const task: Task = {
    ...of,
    id: randomUUID(),
    createdAt: call.now,
    endsAt: call.now + provisioningMs,
    failure: provisioningFails,
    status: 'IN_PROGRESS',
  };
  center.tasks.set(task.id, task);
  return task;
}

function accountOf(call: Call, id: string): string {
  const account = call.world.accounts.get(id);
  if (account === call.account || (account !== undefined && account.management === call.account)) return id;
  throw notFound(`Account ${id} does not exist.`);
}

function asked(call: Call, center: IdentityCenter): Assignment {
  const { input } = call;
  const principalType = choice(input, 'PrincipalType', ['USER', 'GROUP']) ?? 'USER';
  return {
    accountId: accountOf(call, text(input, 'TargetId')),
    setArn: setOf(call, center).arn,
    principalType,
    principalId: text(input, 'PrincipalId'),
  };
}

function create(call: Call): Shape {
  const center = instanceOf(call, true);
  const assignment = asked(call, center);
  const { principalType, principalId, setArn, accountId } = assignment;
  const known = principalType === 'USER' ? center.users : center.groups;
  if (!known.has(principalId)) throw notFound(`${principalType} with id ${principalId} does not exist.`);
  const task = begin(call, center, { kind: 'create', setArn, accounts: [accountId], assignment });
  return { AccountAssignmentCreationStatus: statusShape(task) };
}

function deleteAssignment(call: Call): Shape {
  const center = instanceOf(call, true);
  const assignment = asked(call, center);
  const { setArn, accountId } = assignment;
  if (!center.assignments.has(assignmentKey(assignment))) throw notFound('Assignment not found.');
  const task = begin(call, center, { kind: 'delete', setArn, accounts: [accountId], assignment });
  return { AccountAssignmentDeletionStatus: statusShape(task) };
}

function provision(call: Call): Shape {
  const center = instanceOf(call, true);
  const set = setOf(call, center);
  const all = choice(call.input, 'TargetType', ['AWS_ACCOUNT', 'ALL_PROVISIONED_ACCOUNTS']);
  const accounts =
    all === 'AWS_ACCOUNT' ? [accountOf(call, text(call.input, 'TargetId'))] : [...set.provisioned.keys()];
  if (accounts.some((id) => !set.provisioned.has(id))) {
    throw ssoConflict('The permission set is not provisioned there.');
  }
  const task = begin(call, center, { kind: 'provision', setArn: set.arn, accounts, assignment: undefined });
  return { PermissionSetProvisioningStatus: statusShape(task) };
}

const describe = (kind: Task['kind'], member: string, answer: string) =>
  read(anything, (call) => {
    const id = text(call.input, member);
    const task = instanceOf(call, false).tasks.get(id);
    if (task?.kind !== kind) throw notFound(`Request ${id} does not exist.`);
    return { [answer]: statusShape(task) };
  });

const list = (kind: Task['kind'], answer: string) =>
  read(anything, (call) => {
    const wanted = structure(call.input, 'Filter');
    const status = wanted === undefined ? undefined : maybe(wanted, 'Status');
    const found = [...instanceOf(call, false).tasks.values()].filter(
      (task) => task.kind === kind && (status === undefined || task.status === status),
    );
    const { items, next } = piece(call, found, ({ id }) => id, cut);
    return { [answer]: items.map(shortShape), NextToken: next };
  });

/** The instance, or undefined where the world answers one that there is not here with empty lists. */
function listing(call: Call): IdentityCenter | undefined {
  try {
    return instanceOf(call, false);
  } catch (error) {
    const absent = error instanceof AwsError && error.code === 'ResourceNotFoundException';
    if (absent && call.world.switches.strangeInstances === 'empty') return undefined;
    throw error;
  }
}

function assignments(call: Call): Shape {
  const center = listing(call);
  if (center === undefined) return { AccountAssignments: [] };
  const { arn } = setOf(call, center);
  const account = text(call.input, 'AccountId');
  const found = [...center.assignments.values()].filter(
    ({ setArn, accountId }) => setArn === arn && accountId === account,
  );
  const { items, next } = piece(call, found, assignmentKey, cut);
  return { AccountAssignments: items.map(rowShape), NextToken: next };
}

/**
 * Of a user its own and those of its groups, which name the group. That those are there is what people
 * remember of the service; the reference does not say it.
 */
function ofPrincipal(call: Call): Shape {
  const center = listing(call);
  if (center === undefined) return { AccountAssignments: [] };
  const { input } = call;
  const id = text(input, 'PrincipalId');
  const type = choice(input, 'PrincipalType', ['USER', 'GROUP']);
  const filter = structure(input, 'Filter');
  const account = filter === undefined ? undefined : maybe(filter, 'AccountId');
  const groups = new Set(
    [...center.memberships.values()].filter(({ userId }) => userId === id).map(({ groupId }) => groupId),
  );
  const found = [...center.assignments.values()].filter(
    ({ principalType, principalId, accountId }) =>
      (account === undefined || accountId === account) &&
      ((principalType === type && principalId === id) ||
        (type === 'USER' && principalType === 'GROUP' && groups.has(principalId))),
  );
  const { items, next } = piece(call, found, assignmentKey, cut);
  return { AccountAssignments: items.map(rowShape), NextToken: next };
}

export const accountAssignments: Operations = {
  CreateAccountAssignment: write(anything, create),
  DescribeAccountAssignmentCreationStatus: describe(
    'create',
    'AccountAssignmentCreationRequestId',
    'AccountAssignmentCreationStatus',
  ),
  ListAccountAssignmentCreationStatus: list('create', 'AccountAssignmentsCreationStatus'),
  DeleteAccountAssignment: write(anything, deleteAssignment),
  DescribeAccountAssignmentDeletionStatus: describe(
    'delete',
    'AccountAssignmentDeletionRequestId',
    'AccountAssignmentDeletionStatus',
  ),
  ListAccountAssignmentDeletionStatus: list('delete', 'AccountAssignmentsDeletionStatus'),
  ProvisionPermissionSet: write(anything, provision),
  DescribePermissionSetProvisioningStatus: describe(
    'provision',
    'ProvisionPermissionSetRequestId',
    'PermissionSetProvisioningStatus',
  ),
  ListAccountAssignments: read(anything, assignments),
  ListAccountAssignmentsForPrincipal: read(anything, ofPrincipal),
  ListPermissionSetsProvisionedToAccount: read(anything, (call) => {
    const account = text(call.input, 'AccountId');
    const sets = [...instanceOf(call, false).sets.values()].filter(
      (set) => set.provisioned.has(account) && upToDate(call, set, account),
    );
    const { items, next } = piece(call, sets, ({ arn }) => arn, cut);
    return { PermissionSets: items.map(({ arn }) => arn), NextToken: next };
  }),
  ListAccountsForProvisionedPermissionSet: read(anything, (call) => {
    const set = setOf(call, instanceOf(call, false));
    const ids = [...set.provisioned.keys()].filter((id) => upToDate(call, set, id));
    const { items, next } = piece(call, ids, (id) => id, cut);
    return { AccountIds: items, NextToken: next };
  }),
};
