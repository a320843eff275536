import { GetUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import {
  AttachPolicyCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListChildrenCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  ListTargetsForPolicyCommand,
  MoveAccountCommand,
  OrganizationsClient,
  UpdatePolicyCommand,
} from '@aws-sdk/client-organizations';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, outcome, policy, useAws } from './fake.fixture.ts';

const fake = useAws();
const management = '111111111111';
const member = '222222222222';
const Filter = 'SERVICE_CONTROL_POLICY';
const organizations = (credentials?: AwsCredentials) => new OrganizationsClient(fake.settings(credentials));

let root: string;
beforeEach(async () => {
  fake.aws.world.addAccount(member);
  await organizations().send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  fake.aws.world.join(member, management);
  const { Roots } = await organizations().send(new ListRootsCommand({}));
  root = Roots?.[0]?.Id ?? '';
  await organizations().send(new EnablePolicyTypeCommand({ RootId: root, PolicyType: Filter }));
});

async function scp(Content: string, TargetId?: string) {
  const made = await organizations().send(
    new CreatePolicyCommand({ Content, Name: 'guard', Description: '', Type: Filter }),
  );
  const PolicyId = made.Policy?.PolicySummary?.Id ?? '';
  if (TargetId !== undefined) await organizations().send(new AttachPolicyCommand({ PolicyId, TargetId }));
  return PolicyId;
}
async function unit(ParentId: string) {
  const made = await organizations().send(new CreateOrganizationalUnitCommand({ ParentId, Name: 'unit' }));
  return made.OrganizationalUnit?.Id ?? '';
}
const denyUsers = policy({ Effect: 'Deny', Action: 'iam:ListUsers', Resource: '*' });
const onTarget = async (TargetId: string) => {
  const answer = await organizations().send(new ListPoliciesForTargetCommand({ TargetId, Filter }));
  return answer.Policies?.map(({ Id }) => Id).toSorted();
};

describe('the tree', () => {
  test('accounts, units, parents', async () => {
    const ou = await unit(root);
    const move = { AccountId: member, SourceParentId: root, DestinationParentId: ou };
    await organizations().send(new MoveAccountCommand(move));
    expect(await outcome(organizations().send(new MoveAccountCommand(move)))).toBe(
      '400 SourceParentNotFoundException',
    );
    const parents = async (ChildId: string) =>
      (await organizations().send(new ListParentsCommand({ ChildId }))).Parents;
    expect(await parents(member)).toEqual([{ Id: ou, Type: 'ORGANIZATIONAL_UNIT' }]);
    expect(await parents(ou)).toEqual([{ Id: root, Type: 'ROOT' }]);
    expect(await outcome(parents('333333333333'))).toBe('400 ChildNotFoundException');
    const { Accounts } = await organizations().send(new ListAccountsCommand({}));
    expect(Accounts?.map(({ Id }) => Id)).toEqual([management, member]);
    const under = await organizations().send(new ListAccountsForParentCommand({ ParentId: ou }));
    expect(under.Accounts?.map(({ Id }) => Id)).toEqual([member]);
    const units = await organizations().send(new ListOrganizationalUnitsForParentCommand({ ParentId: root }));
    expect(units.OrganizationalUnits).toMatchObject([{ Id: ou, Name: 'unit' }]);
    const children = await organizations().send(
      new ListChildrenCommand({ ParentId: ou, ChildType: 'ACCOUNT' }),
    );
    expect(children.Children).toEqual([{ Id: member, Type: 'ACCOUNT' }]);
    const described = await organizations().send(new DescribeAccountCommand({ AccountId: member }));
    expect(described.Account).toMatchObject({ Id: member, Status: 'ACTIVE' });
  });

  test('a member is told that there is an organisation, an outsider that it is in none', async () => {
    fake.aws.world.addAccount('333333333333');
    const by = (account: string) => organizations(fake.aws.rootOf(account));
    const { Organization } = await by(member).send(new DescribeOrganizationCommand({}));
    expect(Organization).toMatchObject({ MasterAccountId: management });
    expect(await outcome(by(member).send(new ListAccountsCommand({})))).toBe('400 AccessDeniedException');
    expect(await outcome(by('333333333333').send(new DescribeOrganizationCommand({})))).toBe(
      '400 AWSOrganizationsNotInUseException',
    );
  });

  test('asked too often it has its own word', async () => {
    fake.aws.world.switches.throttleEvery = 1;
    expect(await outcome(organizations().send(new ListAccountsCommand({})))).toBe(
      '400 TooManyRequestsException',
    );
  });

  test('a user of the management account needs the right', async () => {
    const { credentials } = await fake.user('jit', allow('organizations:ListRoots'));
    expect(await outcome(organizations(credentials).send(new ListRootsCommand({})))).toBe('200');
    expect(await outcome(organizations(credentials).send(new ListAccountsCommand({})))).toBe(
      '400 AccessDeniedException',
    );
  });
});

describe('policies', () => {
  test('made, attached, listed for the target alone, detached, deleted', async () => {
    const PolicyId = await scp(denyUsers, member);
    expect(await onTarget(member)).toEqual([PolicyId, 'p-FullAWSAccess'].toSorted());
    expect(await onTarget(root)).toEqual(['p-FullAWSAccess']);
    expect(await outcome(onTarget('999999999999'))).toBe('400 TargetNotFoundException');
    const { Policy } = await organizations().send(new DescribePolicyCommand({ PolicyId }));
    expect(Policy?.Content).toBe(denyUsers);
    const { Targets } = await organizations().send(new ListTargetsForPolicyCommand({ PolicyId }));
    expect(Targets).toMatchObject([{ TargetId: member, Type: 'ACCOUNT' }]);
    const { Policies } = await organizations().send(new ListPoliciesCommand({ Filter }));
    expect(Policies).toHaveLength(2);
    const twice = new AttachPolicyCommand({ PolicyId, TargetId: member });
    expect(await outcome(organizations().send(twice))).toBe('400 DuplicatePolicyAttachmentException');
    expect(await outcome(organizations().send(new DeletePolicyCommand({ PolicyId })))).toBe(
      '400 PolicyInUseException',
    );
    const detach = new DetachPolicyCommand({ PolicyId, TargetId: member });
    await organizations().send(detach);
    expect(await outcome(organizations().send(detach))).toBe('400 PolicyNotAttachedException');
    const last = new DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId: member });
    expect(await outcome(organizations().send(last))).toBe('400 ConstraintViolationException');
    await organizations().send(new DeletePolicyCommand({ PolicyId }));
    expect(await outcome(organizations().send(new DescribePolicyCommand({ PolicyId })))).toBe(
      '400 PolicyNotFoundException',
    );
  });

  test('lists come in pages', async () => {
    for (let number = 0; number < 3; number += 1) await scp(denyUsers, member);
    fake.aws.world.switches.pageSize = 2;
    const first = await organizations().send(new ListPoliciesForTargetCommand({ TargetId: member, Filter }));
    const { NextToken } = first;
    const second = await organizations().send(
      new ListPoliciesForTargetCommand({ TargetId: member, Filter, NextToken }),
    );
    expect([...(first.Policies ?? []), ...(second.Policies ?? [])]).toHaveLength(4);
    expect(second.NextToken).toBeUndefined();
  });
});

describe('what they rule', () => {
  const ask = (account: string) => outcome(fake.iam(fake.aws.rootOf(account)).send(new ListUsersCommand({})));

  test.each(['the account', 'its unit', 'the root'])('a deny on %s', async (where) => {
    const ou = await unit(root);
    const move = { AccountId: member, SourceParentId: root, DestinationParentId: ou };
    await organizations().send(new MoveAccountCommand(move));
    const target = { 'the account': member, 'its unit': ou, 'the root': root }[where] ?? '';
    expect(await ask(member)).toBe('200');
    await scp(denyUsers, target);
    expect(await ask(member)).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('with an explicit deny in a service control policy');
    // the management account is never ruled
    expect(await ask(management)).toBe('200');
  });

  test('each level must allow; on one level one is enough', async () => {
    const onlyUsers = await scp(policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }), member);
    const { credentials } = await fake.user('jit', allow('iam:*'), member);
    const get = () => outcome(fake.iam(credentials).send(new GetUserCommand({ UserName: 'jit' })));
    expect(await get()).toBe('200');
    await organizations().send(new DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId: member }));
    expect(await get()).toBe('403 AccessDenied');
    expect(fake.last.text).toContain('no service control policy allows the iam:GetUser action');
    expect(await outcome(fake.iam(credentials).send(new ListUsersCommand({})))).toBe('200');
    const Content = policy({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
    await organizations().send(new UpdatePolicyCommand({ PolicyId: onlyUsers, Content }));
    expect(await get()).toBe('200');
  });
});
