/** An organisation as its management account keeps it. */
import { randomInt } from 'node:crypto';
import type { Account } from '../account.ts';
import { AwsError } from '../answer.ts';
import type { Call } from '../operation.ts';
import type { State } from '../state.ts';

export const scpType = 'SERVICE_CONTROL_POLICY';

export interface OrganizationPolicy {
  readonly id: string;
  readonly arn: string;
  readonly awsManaged: boolean;
  name: string;
  description: string;
  content: string;
}

export interface Unit {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
}

export interface Member {
  readonly id: string;
  readonly joinedAt: number;
}

export interface Organization {
  readonly id: string;
  readonly rootId: string;
  /** Whether service control policies are switched on. */
  scps: boolean;
  readonly units: Map<string, Unit>;
  readonly members: Map<string, Member>;
  /** Of a unit or an account: the root or a unit. */
  readonly parents: Map<string, string>;
  readonly policies: Map<string, OrganizationPolicy>;
  /** Ids of policies by target. */
  readonly attached: Map<string, Set<string>>;
}

/** Each error of the service goes over the wire with status 400. */
export const organizationError = (name: string, message: string) => new AwsError(name, 400, message);

export function letters(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Attached to everything as soon as policies are switched on. */
export const everything: OrganizationPolicy = {
  id: 'p-FullAWSAccess',
  arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
  awsManaged: true,
  name: 'FullAWSAccess',
  description: 'Allows access to every operation',
  content: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  }),
};

export function newOrganization(management: Account, now: number): Organization {
  const rootId = `r-${letters(4)}`;
  return {
    id: `o-${letters(10)}`,
    rootId,
    scps: false,
    units: new Map(),
    members: new Map([[management.id, { id: management.id, joinedAt: now }]]),
    parents: new Map([[management.id, rootId]]),
    policies: new Map([[everything.id, structuredClone(everything)]]),
    attached: new Map(),
  };
}

/** The ids from the root down to the target; undefined where there is no such target. */
export function pathTo(organization: Organization, target: string): readonly string[] | undefined {
  if (target === organization.rootId) return [target];
  const parent = organization.parents.get(target);
  const above = parent === undefined ? undefined : pathTo(organization, parent);
  return above === undefined ? undefined : [...above, target];
}

/**
 * The documents that rule an account, level by level: each level must allow. The management account is
 * ruled by none. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function levelsOf(account: Account, stateOf: (of: Account) => State): readonly (readonly string[])[] {
  const management = account.management;
  if (management === undefined || management === account) return [];
  const { organization } = stateOf(management);
  if (organization?.scps !== true) return [];
  return (pathTo(organization, account.id) ?? []).map((id) =>
    [...(organization.attached.get(id) ?? [])].flatMap((policy) => {
      const found = organization.policies.get(policy);
      return found === undefined ? [] : [found.content];
    }),
  );
}

export interface InUse {
  readonly management: Account;
  readonly organization: Organization;
}

/** @throws AwsError for an account that is in none. */
export function organizationOf({ account }: Call, writes: boolean): InUse {
  const { management } = account;
  const organization = (writes ? management?.state : management?.shown)?.organization;
  if (management === undefined || organization === undefined) {
    throw organizationError(
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  }
  return { management, organization };
}

/** The management account alone is told more than that there is one. Delegated administrators are not played. */
export function managed(call: Call, writes: boolean): InUse {
  const found = organizationOf(call, writes);
  if (found.management !== call.account) {
    throw organizationError('AccessDeniedException', `You don't have permissions to access this resource.`);
  }
  return found;
}
