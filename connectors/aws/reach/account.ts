import { accountOf, actionMatches, readDocument, type Policy, type Statement } from '../policy/index.ts';
import type { GroupDetail, PolicyDetail, RoleDetail, Snapshot, UserDetail } from './snapshot.ts';

export interface Principal {
  readonly kind: 'user' | 'role';
  readonly arn: string;
  readonly id: string;
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  /** A role has one. */
  readonly trust?: Policy;
  /** Names of a user's groups. */
  readonly groups: readonly string[];
  /** ARNs of managed policies, those of its groups included. */
  readonly attached: readonly string[];
  /** May a machine be started with this role? Undefined where the snapshot does not say. */
  readonly profile?: boolean;
}

export interface Group {
  readonly arn: string;
  readonly policies: readonly Policy[];
  readonly members: readonly Principal[];
}

/** An account, indexed once for any number of walks. */
export interface Account {
  readonly id: string;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly groups: ReadonlyMap<string, Group>;
  /** By ARN: who holds it, and its versions besides the default one. */
  readonly managed: ReadonlyMap<
    string,
    { readonly holders: readonly Principal[]; readonly others: readonly Policy[] }
  >;
  readonly trusts: Trusts;
}

/** Which roles a caller needs to be held against, by what their trust policies say. ARNs of roles, sorted. */
export interface Trusts {
  /** By ARN, by unique id; of a role session by the ARN without the session's name. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  readonly byAccount: ReadonlyMap<string, readonly string[]>;
  readonly byService: ReadonlyMap<string, readonly string[]>;
  /** Everybody, or nobody knows who: a NotPrincipal, a document that could not be read. */
  readonly anyone: readonly string[];
}

export function index(snapshot: Snapshot): Account {
  const policies = new Map(snapshot.Policies.map((one) => [one.Arn, versionsOf(one)]));
  const managed = (arn: string): Policy =>
    policies.get(arn)?.current ?? { name: arn, document: { flaw: 'the policy is not in the snapshot' } };
  const groups = new Map(snapshot.GroupDetailList.map((one) => [one.GroupName, one]));
  const shared = new Map([...groups].map(([name, one]) => [name, groupPolicies(one, managed)]));
  const principals = [
    ...snapshot.UserDetailList.map((one) => userOf(one, managed, groups, shared)),
    ...snapshot.RoleDetailList.map((one) => roleOf(one, managed)),
  ];
  const members = collect(principals, ({ groups: names }) => names);
  const holders = collect(principals, ({ attached }) => attached);
  return {
    id: accountOf(principals[0]?.arn ?? ''),
    principals: new Map(principals.map((one) => [one.arn, one])),
    groups: new Map(
      [...groups].map(([name, { Arn: arn }]) => [
        arn,
        { arn, policies: shared.get(name) ?? [], members: members.get(name) ?? [] },
      ]),
    ),
    managed: new Map(
      [...policies].map(([arn, { others }]) => [arn, { holders: holders.get(arn) ?? [], others }]),
    ),
    trusts: trustsOf(principals),
  };
}

function versionsOf({ Arn: arn, PolicyVersionList: list }: PolicyDetail) {
  const read = (version: PolicyDetail['PolicyVersionList'][number]): Policy => ({
    name: version.IsDefaultVersion ? arn : `${arn} ${version.VersionId}`,
    document: readDocument(version.Document, 'identity'),
  });
  const current = list.find((one) => one.IsDefaultVersion);
  return {
    current:
      current === undefined ? { name: arn, document: { flaw: 'it has no default version' } } : read(current),
    others: list.filter((one) => !one.IsDefaultVersion).map(read),
  };
}

function groupPolicies(group: GroupDetail, managed: (arn: string) => Policy): readonly Policy[] {
  return [
    ...group.GroupPolicyList.map((one) => inline(group.Arn, one)),
    ...group.AttachedManagedPolicies.map((one) => managed(one.PolicyArn)),
  ];
}

const inline = (
  arn: string,
  one: { readonly PolicyName: string; readonly PolicyDocument: unknown },
): Policy => ({
  name: `${arn} ${one.PolicyName}`,
  document: readDocument(one.PolicyDocument, 'identity'),
});

function userOf(
  user: UserDetail,
  managed: (arn: string) => Policy,
  groups: ReadonlyMap<string, GroupDetail>,
  shared: ReadonlyMap<string, readonly Policy[]>,
): Principal {
  const bound = user.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    kind: 'user',
    arn: user.Arn,
    id: user.UserId,
    identity: [
      ...(user.UserPolicyList ?? []).map((one) => inline(user.Arn, one)),
      ...user.AttachedManagedPolicies.map((one) => managed(one.PolicyArn)),
      ...user.GroupList.flatMap(
        (name) => shared.get(name) ?? [{ name, document: { flaw: 'the group is not in the snapshot' } }],
      ),
    ],
    ...(bound === undefined ? {} : { boundary: managed(bound) }),
    groups: user.GroupList,
    attached: [user, ...user.GroupList.flatMap((name) => groups.get(name) ?? [])].flatMap((one) =>
      one.AttachedManagedPolicies.map(({ PolicyArn }) => PolicyArn),
    ),
  };
}

function roleOf(role: RoleDetail, managed: (arn: string) => Policy): Principal {
  const bound = role.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    kind: 'role',
    arn: role.Arn,
    id: role.RoleId,
    identity: [
      ...role.RolePolicyList.map((one) => inline(role.Arn, one)),
      ...role.AttachedManagedPolicies.map((one) => managed(one.PolicyArn)),
    ],
    ...(bound === undefined ? {} : { boundary: managed(bound) }),
    trust: {
      name: `${role.Arn} trust policy`,
      document: readDocument(role.AssumeRolePolicyDocument, 'resource'),
    },
    groups: [],
    attached: role.AttachedManagedPolicies.map(({ PolicyArn }) => PolicyArn),
    ...(role.InstanceProfileList === undefined ? {} : { profile: role.InstanceProfileList.length > 0 }),
  };
}

function trustsOf(principals: readonly Principal[]): Trusts {
  const byName = new Map<string, string[]>();
  const byAccount = new Map<string, string[]>();
  const byService = new Map<string, string[]>();
  const anyone: string[] = [];
  for (const { arn, trust } of principals) {
    if (trust === undefined) continue;
    const { document } = trust;
    for (const one of 'flaw' in document ? [undefined] : document.statements) {
      const list = listedIn(one);
      if (list === undefined) continue;
      if (list === 'anyone') {
        anyone.push(arn);
        continue;
      }
      if (list.everyone) anyone.push(arn);
      for (const name of list.names) add(byName, sessionless(name), arn);
      for (const account of list.accounts) add(byAccount, account, arn);
      for (const service of list.services) add(byService, service, arn);
    }
  }
  for (const map of [byName, byAccount, byService]) for (const list of map.values()) list.sort();
  return { byName, byAccount, byService, anyone: anyone.toSorted() };
}

function listedIn(statement: Statement | undefined) {
  if (statement === undefined) return 'anyone';
  if (statement.effect === 'Deny' || !actionMatches(statement.actions, 'sts:AssumeRole')) return undefined;
  return statement.principals === undefined || statement.principals.not
    ? 'anyone'
    : statement.principals.list;
}

/** `…:assumed-role/NAME/SESSION` without its session. */
const sessionless = (name: string) => name.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1');

function add(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

function collect(principals: readonly Principal[], keys: (one: Principal) => readonly string[]) {
  const found = new Map<string, Principal[]>();
  for (const one of principals) {
    for (const key of new Set(keys(one))) {
      const list = found.get(key);
      if (list === undefined) found.set(key, [one]);
      else list.push(one);
    }
  }
  return found;
}
