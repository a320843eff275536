/** An instance of Identity Center with its identity store, as the account that owns it keeps them. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import { AwsError } from '../answer.ts';
import { refusal } from '../authorize.ts';
import { text } from '../input.ts';
import type { Call } from '../operation.ts';
import type { Cut } from '../paging.ts';

export interface DirectoryUser {
  readonly id: string;
  readonly name: string;
  displayName: string | undefined;
  /** Switched in the console alone: no operation does it. */
  status: 'ENABLED' | 'DISABLED';
  readonly createdAt: number;
  updatedAt: number;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
}

export interface Membership {
  readonly id: string;
  readonly groupId: string;
  readonly userId: string;
  readonly createdAt: number;
}

export interface PermissionSet {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly duration: string;
  inline: string;
  /** ARNs of AWS's own managed policies. */
  readonly managed: Set<string>;
  /** What an account was given of it, by account. */
  readonly provisioned: Map<string, Provisioned>;
}

export interface Provisioned {
  readonly roleName: string;
  /** The inline and managed policies of that moment. */
  readonly content: string;
}

export interface Assignment {
  readonly accountId: string;
  readonly setArn: string;
  readonly principalType: 'USER' | 'GROUP';
  readonly principalId: string;
}

/** Something that takes its time: an assignment made or deleted, a permission set provisioned. */
export interface Task {
  readonly id: string;
  readonly kind: 'create' | 'delete' | 'provision';
  readonly createdAt: number;
  readonly endsAt: number;
  /** Why it will fail. */
  readonly failure: string | undefined;
  readonly setArn: string;
  readonly accounts: readonly string[];
  readonly assignment: Assignment | undefined;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
}

export interface IdentityCenter {
  readonly arn: string;
  readonly storeId: string;
  readonly region: string;
  readonly createdAt: number;
  readonly users: Map<string, DirectoryUser>;
  readonly groups: Map<string, DirectoryGroup>;
  readonly memberships: Map<string, Membership>;
  readonly sets: Map<string, PermissionSet>;
  readonly assignments: Map<string, Assignment>;
  readonly tasks: Map<string, Task>;
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** Ids of users, groups and memberships: ten letters of the store before an id like any other. */
export const directoryId = ({ storeId }: IdentityCenter) => `${storeId.slice(2)}-${randomUUID()}`;

export function newCenter(account: Account, region: string, now: number): IdentityCenter {
  return {
    arn: `arn:${account.partition}:sso:::instance/ssoins-${hex(8)}`,
    storeId: `d-${hex(5)}`,
    region,
    createdAt: now,
    users: new Map(),
    groups: new Map(),
    memberships: new Map(),
    sets: new Map(),
    assignments: new Map(),
    tasks: new Map(),
  };
}

export const assignmentKey = (one: Assignment) =>
  [one.accountId, one.setArn, one.principalType, one.principalId].join(' ');

export const cut: Cut = {
  size: 'MaxResults',
  most: 100,
  usual: 100,
  mark: 'NextToken',
  strange: () => new AwsError('ValidationException', 400, 'The provided NextToken is not valid.'),
};

export const notFound = (message: string) => new AwsError('ResourceNotFoundException', 400, message);

export interface Owned {
  readonly owner: Account;
  readonly center: IdentityCenter;
}

/** The instance that this account sees: its own, or its organisation's, in the instance's own region. */
export function seen({ account, region }: Call, writes: boolean): Owned | undefined {
  for (const owner of [account, account.management]) {
    const center = (writes ? owner?.state : owner?.shown)?.identityCenter;
    if (owner !== undefined && center?.region === region) return { owner, center };
  }
  return undefined;
}

function owned(call: Call, found: Owned | undefined, missing: string): Owned {
  if (found === undefined) throw notFound(missing);
  // delegated administrators are not played
  if (found.owner !== call.account) {
    const prefix = missing.startsWith('Instance') ? 'sso' : 'identitystore';
    throw refusal(call.caller, `${prefix}:${call.action}`, found.center.arn, '');
  }
  return found;
}

/** The instance that the request names. @throws AwsError where there is none here, or where it is another account's. */
export function instanceOf(call: Call, writes: boolean): IdentityCenter {
  const arn = text(call.input, 'InstanceArn');
  const found = seen(call, writes);
  const named = found?.center.arn === arn ? found : undefined;
  return owned(call, named, `Instance with ARN ${arn} does not exist.`).center;
}

export function storeOf(call: Call, writes: boolean): IdentityCenter {
  const id = text(call.input, 'IdentityStoreId');
  const found = seen(call, writes);
  const named = found?.center.storeId === id ? found : undefined;
  return owned(call, named, `IdentityStore not found.`).center;
}

export function setOf(call: Call, center: IdentityCenter): PermissionSet {
  const arn = text(call.input, 'PermissionSetArn');
  const set = center.sets.get(arn);
  if (set === undefined) throw notFound(`Permission set with ARN ${arn} does not exist.`);
  return set;
}
