import { ListAttachedUserPoliciesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { attachedPolicyCheck } from './checks/attached-policy.ts';
import { groupMembershipCheck } from './checks/group-membership.ts';
import { inlinePolicyCheck } from './checks/inline-policy.ts';
import { allow as allowing, outcome } from './fake.fixture.ts';
import { arn, useGranted } from './granted.fixture.ts';

const world = useGranted();
const made = z.object({ Group: z.object({ GroupId: z.string() }) });
const policyArn = arn('policy', 'lists');

function given() {
  const jit = world.user('jit');
  const own = world.as(jit.keys());
  world.iam('CreatePolicy', { PolicyName: 'lists', PolicyDocument: allowing('iam:List*') });
  world.iam('AttachUserPolicy', { UserName: 'jit', PolicyArn: policyArn });
  return { jit, own, lists: () => outcome(own.send(new ListUsersCommand({}))) };
}

test('who loses a policy and keeps its group has lost nothing (row 8)', async () => {
  const { jit, own, lists } = given();
  const { GroupId: groupId } = made.parse(world.iam('CreateGroup', { GroupName: 'crew' })).Group;
  world.iam('AttachGroupPolicy', { GroupName: 'crew', PolicyArn: policyArn });
  world.iam('AddUserToGroup', { GroupName: 'crew', UserName: 'jit' });
  const attached = { principalId: jit.id, policyArn };
  const inGroup = { userId: jit.id, groupId };
  expect(await world.ask(attachedPolicyCheck, attached)).toMatchObject({ saw: 'present' });
  world.iam('DetachUserPolicy', { UserName: 'jit', PolicyArn: policyArn });
  // naive: the policy is not attached to the user any more
  const { AttachedPolicies } = await own.send(new ListAttachedUserPoliciesCommand({ UserName: 'jit' }));
  expect(AttachedPolicies).toEqual([]);
  expect(await lists()).toBe('200');
  // the membership is a target of its own
  expect(await world.ask(attachedPolicyCheck, attached)).toMatchObject({ saw: 'absent' });
  expect(await world.ask(groupMembershipCheck, inGroup)).toMatchObject({
    saw: 'present',
    reason: 'R-LISTED',
  });
  expect(await world.ask(attachedPolicyCheck, { principalId: groupId, policyArn })).toMatchObject({
    saw: 'present',
  });
  world.iam('RemoveUserFromGroup', { GroupName: 'crew', UserName: 'jit' });
  expect(await lists()).toBe('403 AccessDenied');
  expect(await world.ask(groupMembershipCheck, inGroup)).toMatchObject({ saw: 'absent' });
});

test('a user of the old name with the old policies is another one', async () => {
  const { jit } = given();
  world.allow('jit', allowing('iam:Get*'), 'task');
  const inline = { principalId: jit.id, policyName: 'task' };
  expect(await world.ask(inlinePolicyCheck, inline)).toMatchObject({ saw: 'present' });
  world.iam('UpdateUser', { UserName: 'jit', NewUserName: 'other' });
  world.user('jit');
  expect(await world.ask(inlinePolicyCheck, inline)).toMatchObject({
    saw: 'present',
    value: expect.stringContaining('other'),
  });
  world.iam('DeleteUserPolicy', { UserName: 'other', PolicyName: 'task' });
  world.allow('jit', allowing('iam:Get*'), 'task');
  expect(await world.ask(inlinePolicyCheck, inline)).toMatchObject({ saw: 'absent' });
  const { principalId: _, ...nameless } = { ...inline, principalName: 'jit' };
  expect(await world.ask(inlinePolicyCheck, nameless)).toMatchObject({ reason: 'R-IDENTITY' });
});
