/**
 * What Identity Center does in accounts: roles that nobody else may change. A permission set that is
 * edited changes none of them until it is provisioned again.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/howtomanagepermissionsets.html
 */
import { randomBytes } from 'node:crypto';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import type { Role } from '../state.ts';
import { add, find, remove } from '../state.ts';
import type { World } from '../world.ts';
import type { IdentityCenter, PermissionSet, Task } from './center.ts';
import { assignmentKey } from './center.ts';

export const contentOf = ({ inline, managed }: PermissionSet) =>
  JSON.stringify([inline, [...managed].toSorted()]);

/** Carries out what has had its time. */
export function settle(world: World): void {
  const now = world.clock.now();
  for (const owner of world.accounts.values()) {
    const center = owner.state.identityCenter;
    if (center === undefined) continue;
    const due = [...center.tasks.values()].filter((one) => one.status === 'IN_PROGRESS' && one.endsAt <= now);
    if (due.length > 0) owner.keep();
    for (const task of due) finish(world, center, task);
  }
}

function finish(world: World, center: IdentityCenter, task: Task): void {
  task.status = task.failure === undefined ? 'SUCCEEDED' : 'FAILED';
  if (task.status === 'FAILED') return;
  const { assignment } = task;
  if (task.kind === 'create' && assignment !== undefined) {
    center.assignments.set(assignmentKey(assignment), assignment);
  }
  if (task.kind === 'delete' && assignment !== undefined) {
    center.assignments.delete(assignmentKey(assignment));
  }
  const set = center.sets.get(task.setArn);
  if (set === undefined) return;
  for (const id of task.accounts) {
    const used = [...center.assignments.values()].some(
      ({ setArn, accountId }) => setArn === set.arn && accountId === id,
    );
    if (!used) withdraw(world.account(id), set);
    // a second assignment of the same set leaves the role as it is
    else if (task.kind === 'provision' || !set.provisioned.has(id))
      provide(world, world.account(id), center, set);
  }
}

function provide(world: World, account: Account, center: IdentityCenter, set: PermissionSet): void {
  account.keep();
  const known = set.provisioned.get(account.id)?.roleName;
  const there = known === undefined ? undefined : find(account.state.roles, known);
  const role = there ?? add(account.state.roles, newRole(world, account, center, set), 'Role');
  role.inline.clear();
  if (set.inline !== '') role.inline.set('AwsSSOInlinePolicy', set.inline);
  role.attached.clear();
  for (const arn of set.managed) role.attached.add(arn);
  set.provisioned.set(account.id, { roleName: role.name, content: contentOf(set) });
}

/** What the roles trust. */
function providerIn(world: World, account: Account, { arn }: IdentityCenter): string {
  const provider = account.arn(`saml-provider/AWSSSO_${arn.slice(-16)}_DO_NOT_DELETE`);
  const { samlProviders } = account.state;
  if (!samlProviders.has(provider)) {
    const document = '<EntityDescriptor/>';
    const createdAt = world.clock.now();
    samlProviders.set(provider, { createdAt, document, clientIds: new Set(), thumbprints: [] });
  }
  return provider;
}

function withdraw(account: Account, set: PermissionSet): void {
  const known = set.provisioned.get(account.id);
  const role = known === undefined ? undefined : find(account.state.roles, known.roleName);
  if (role !== undefined) {
    account.keep();
    remove(account.state.roles, role);
  }
  set.provisioned.delete(account.id);
}

function newRole(world: World, account: Account, center: IdentityCenter, set: PermissionSet): Role {
  const { region } = center;
  const provider = providerIn(world, account, center);
  return {
    id: newId('AROA', account.id),
    name: `AWSReservedSSO_${set.name}_${randomBytes(8).toString('hex')}`,
    // the first region is left out
    path: `/aws-reserved/sso.amazonaws.com/${region === 'us-east-1' ? '' : `${region}/`}`,
    createdAt: world.clock.now(),
    inline: new Map(),
    attached: new Set(),
    tags: new Map(),
    boundary: undefined,
    trust: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: provider },
          Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
          Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
        },
      ],
    }),
    description: set.description,
    maxSessionSeconds: 12 * 3600,
    lastUsed: undefined,
  };
}
