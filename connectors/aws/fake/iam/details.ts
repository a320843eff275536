/** The whole account in pages: GetAccountAuthorizationDetails. */
import type { Shape } from '../answer.ts';
import { encoded } from '../answer.ts';
import { invalid, texts } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read } from '../operation.ts';
import type { Holder, ManagedPolicy, Principal } from '../state.ts';
import { all } from '../state.ts';
import { attachedShapes } from './attached.ts';
import { groupShape, groupsOf } from './groups.ts';
import { page } from './paging.ts';
import { allPolicies, policyShape, usesOf, versionShape } from './policies.ts';
import { profileShape } from './profiles.ts';
import { lastUsedShape, roleShape } from './roles.ts';
import { anything } from './targets.ts';
import { boundaryShape, tagShapes, userShape } from './users.ts';

type List = 'UserDetailList' | 'GroupDetailList' | 'RoleDetailList' | 'Policies';

/** One thing of the account. What it looks like is worked out for those of the page alone. */
interface Item {
  readonly list: List;
  readonly key: string;
  readonly shape: () => Shape;
}

const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'];

function inlineShapes({ inline }: Holder): readonly Shape[] {
  return [...inline].map(([PolicyName, document]) => ({ PolicyName, PolicyDocument: encoded(document) }));
}

const standing = (principal: Principal): Shape => ({
  AttachedManagedPolicies: attachedShapes(principal),
  PermissionsBoundary: boundaryShape(principal),
  Tags: tagShapes(principal),
});

function itemsOf(call: Call, wanted: ReadonlySet<string>): readonly Item[] {
  const { account, state } = call;
  const profiles = all(state.profiles);
  const users = all(state.users).map((user): Item => {
    const shape = () => ({
      ...userShape(account, user),
      PasswordLastUsed: undefined,
      UserPolicyList: inlineShapes(user),
      GroupList: groupsOf(state, user).map(({ name }) => name),
      ...standing(user),
    });
    return { list: 'UserDetailList', key: user.name, shape };
  });
  const groups = all(state.groups).map((group): Item => {
    const shape = () => ({
      ...groupShape(account, group),
      GroupPolicyList: inlineShapes(group),
      AttachedManagedPolicies: attachedShapes(group),
    });
    return { list: 'GroupDetailList', key: group.name, shape };
  });
  const roles = all(state.roles).map((role): Item => {
    const shape = () => ({
      ...roleShape(call, role),
      Description: undefined,
      MaxSessionDuration: undefined,
      InstanceProfileList: profiles
        .filter(({ roleId }) => roleId === role.id)
        .map((profile) => profileShape(call, profile)),
      RolePolicyList: inlineShapes(role),
      ...standing(role),
      RoleLastUsed: lastUsedShape(role),
    });
    return { list: 'RoleDetailList', key: role.name, shape };
  });
  const policies = (scope: 'AWS' | 'Local') =>
    allPolicies(account, state, scope).map(([arn, policy]) => policyItem(call, arn, policy));
  // that AWS's own are shown only where they are in use is an assumption
  const used = (item: Item) => {
    const uses = usesOf(state, item.key);
    return uses.attached + uses.boundary > 0;
  };
  return [
    ...(wanted.has('User') ? users : []),
    ...(wanted.has('Group') ? groups : []),
    ...(wanted.has('Role') ? roles : []),
    ...(wanted.has('LocalManagedPolicy') ? policies('Local') : []),
    ...(wanted.has('AWSManagedPolicy') ? policies('AWS').filter(used) : []),
  ];
}

function policyItem(call: Call, arn: string, policy: ManagedPolicy): Item {
  const shape = () => ({
    ...policyShape(call.state, arn, policy),
    Description: policy.description,
    PolicyVersionList: [...policy.versions.values()].map((version) => versionShape(policy, version, true)),
  });
  return { list: 'Policies', key: arn, shape };
}

function details(call: Call): Shape {
  const filter = texts(call.input, 'Filter');
  const unknown = filter.find((one) => !kinds.includes(one));
  if (unknown !== undefined) throw invalid(`1 validation error detected: Value '[${unknown}]' at 'filter'`);
  const wanted = new Set(filter.length === 0 ? kinds : filter);
  const order = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];
  const { items, end } = page(
    call,
    itemsOf(call, wanted),
    ({ list, key }) => `${order.indexOf(list)}/${key}`,
  );
  const shown = (list: List) => items.filter((item) => item.list === list).map(({ shape }) => shape());
  return {
    UserDetailList: shown('UserDetailList'),
    GroupDetailList: shown('GroupDetailList'),
    RoleDetailList: shown('RoleDetailList'),
    Policies: shown('Policies'),
    ...end,
  };
}

export const accountDetails: Operations = {
  GetAccountAuthorizationDetails: read(anything, details),
};
