import type { Account } from '../account.ts';
import type { Shape } from '../answer.ts';
import { anything } from '../iam/targets.ts';
import { choice, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Cut } from '../paging.ts';
import { piece } from '../paging.ts';
import type { InUse, Organization } from './organization.ts';
import {
  everything,
  letters,
  managed,
  newOrganization,
  organizationError,
  organizationOf,
  scpType,
} from './organization.ts';

export const cut: Cut = {
  size: 'MaxResults',
  most: 20,
  usual: 20,
  mark: 'NextToken',
  strange: () =>
    organizationError('InvalidInputException', 'You specified an invalid value: the pagination token.'),
};

export const arnIn = (management: Account, { id }: Organization, kind: string, of: string) =>
  management.arn(`${kind}/${id}/${of}`, 'organizations');

function organizationShape({ management, organization }: InUse): Shape {
  return {
    Id: organization.id,
    Arn: management.arn(`organization/${organization.id}`, 'organizations'),
    FeatureSet: 'ALL',
    MasterAccountArn: arnIn(management, organization, 'account', management.id),
    MasterAccountId: management.id,
    MasterAccountEmail: `root-${management.id}@example.com`,
    AvailablePolicyTypes: [{ Type: scpType, Status: 'ENABLED' }],
  };
}

export function rootShape({ management, organization }: InUse): Shape {
  return {
    Id: organization.rootId,
    Arn: arnIn(management, organization, 'root', organization.rootId),
    Name: 'Root',
    PolicyTypes: organization.scps ? [{ Type: scpType, Status: 'ENABLED' }] : [],
  };
}

function accountShape({ management, organization }: InUse, id: string): Shape {
  return {
    Id: id,
    Arn: arnIn(management, organization, 'account', id),
    Email: `root-${id}@example.com`,
    Name: `account ${id}`,
    Status: 'ACTIVE',
    State: 'ACTIVE',
    JoinedMethod: id === management.id ? 'INVITED' : 'CREATED',
    JoinedTimestamp: new Date(organization.members.get(id)?.joinedAt ?? 0),
  };
}

const typeOf = ({ rootId }: Organization, id: string) => (id === rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT');

function parentNamed(
  call: Call,
  { organization }: InUse,
  member = 'ParentId',
  name = 'ParentNotFoundException',
) {
  const id = text(call.input, member);
  if (id === organization.rootId || organization.units.has(id)) return id;
  throw organizationError(name, `You specified a parent that doesn't exist.`);
}

function childNamed(call: Call, { organization }: InUse): string {
  const id = text(call.input, 'ChildId');
  if (organization.parents.has(id)) return id;
  throw organizationError(
    'ChildNotFoundException',
    `You specified an organizational unit or account that doesn't exist.`,
  );
}

function createOrganization(call: Call): Shape {
  const { account, state, now } = call;
  if (account.management !== undefined) {
    throw organizationError(
      'AlreadyInOrganizationException',
      'The AWS account is already a member of an organization.',
    );
  }
  const organization = newOrganization(account, now);
  state.organization = organization;
  account.management = account;
  return { Organization: organizationShape({ management: account, organization }) };
}

function createUnit(call: Call): Shape {
  const used = managed(call, true);
  const { management, organization } = used;
  const parent = parentNamed(call, used);
  const id = `ou-${organization.rootId.slice(2)}-${letters(8)}`;
  const unit = { id, arn: arnIn(management, organization, 'ou', id), name: text(call.input, 'Name') };
  organization.units.set(id, unit);
  organization.parents.set(id, parent);
  if (organization.scps) organization.attached.set(id, new Set([everything.id]));
  return { OrganizationalUnit: { Id: id, Arn: unit.arn, Name: unit.name } };
}

function below({ organization }: InUse, parent: string): readonly string[] {
  return [...organization.parents].filter(([, above]) => above === parent).map(([id]) => id);
}

export const structure: Operations = {
  CreateOrganization: write(anything, createOrganization),
  // every account of it may ask
  DescribeOrganization: read(anything, (call) => ({
    Organization: organizationShape(organizationOf(call, false)),
  })),
  DescribeAccount: read(anything, (call) => {
    const used = managed(call, false);
    const id = text(call.input, 'AccountId');
    if (!used.organization.members.has(id)) {
      throw organizationError('AccountNotFoundException', `You specified an account that doesn't exist.`);
    }
    return { Account: accountShape(used, id) };
  }),
  ListRoots: read(anything, (call) => ({ Roots: [rootShape(managed(call, false))] })),
  ListAccounts: read(anything, (call) => {
    const used = managed(call, false);
    const { items, next } = piece(call, [...used.organization.members.keys()], (id) => id, cut);
    return { Accounts: items.map((id) => accountShape(used, id)), NextToken: next };
  }),
  ListAccountsForParent: read(anything, (call) => {
    const used = managed(call, false);
    const here = below(used, parentNamed(call, used)).filter((id) => used.organization.members.has(id));
    const { items, next } = piece(call, here, (id) => id, cut);
    return { Accounts: items.map((id) => accountShape(used, id)), NextToken: next };
  }),
  ListOrganizationalUnitsForParent: read(anything, (call) => {
    const used = managed(call, false);
    const { units } = used.organization;
    const here = below(used, parentNamed(call, used)).flatMap((id) => units.get(id) ?? []);
    const { items, next } = piece(call, here, ({ id }) => id, cut);
    const OrganizationalUnits = items.map(({ id, arn, name }) => ({ Id: id, Arn: arn, Name: name }));
    return { OrganizationalUnits, NextToken: next };
  }),
  ListParents: read(anything, (call) => {
    const used = managed(call, false);
    const parent = used.organization.parents.get(childNamed(call, used)) ?? '';
    return { Parents: [{ Id: parent, Type: typeOf(used.organization, parent) }] };
  }),
  ListChildren: read(anything, (call) => {
    const used = managed(call, false);
    const kind = choice(call.input, 'ChildType', ['ACCOUNT', 'ORGANIZATIONAL_UNIT']) ?? 'ACCOUNT';
    const here = below(used, parentNamed(call, used)).filter(
      (id) => used.organization.members.has(id) === (kind === 'ACCOUNT'),
    );
    const { items, next } = piece(call, here, (id) => id, cut);
    return { Children: items.map((Id) => ({ Id, Type: kind })), NextToken: next };
  }),
  CreateOrganizationalUnit: write(anything, createUnit),
  MoveAccount: write(anything, (call) => {
    const used = managed(call, true);
    const { parents, members } = used.organization;
    const id = text(call.input, 'AccountId');
    const from = text(call.input, 'SourceParentId');
    const to = parentNamed(call, used, 'DestinationParentId', 'DestinationParentNotFoundException');
    if (!members.has(id)) {
      throw organizationError('AccountNotFoundException', `You specified an account that doesn't exist.`);
    }
    if (parents.get(id) !== from) {
      throw organizationError(
        'SourceParentNotFoundException',
        `You specified a source parent that doesn't exist.`,
      );
    }
    parents.set(id, to);
    return undefined;
  }),
};
