import { z } from 'zod';
import type { Call, Subject } from './aws-made.ts';

const listed = z.object({
  Instances: z.array(z.object({ InstanceArn: z.string(), IdentityStoreId: z.string() })),
});
const setMade = z.object({ PermissionSet: z.object({ PermissionSetArn: z.string() }) });
const userMade = z.object({ UserId: z.string() });
const groupMade = z.object({ GroupId: z.string() });
const here = '111111111111';

interface Row {
  readonly instanceArn: string;
  readonly permissionSetArn: string;
  readonly principalType: 'USER' | 'GROUP';
  readonly principalId: string;
  readonly accountId: string;
}
const rows = new Map<string, Row>();

/** The one instance of the account, made when it is first needed. */
function center(call: Call) {
  const find = () => listed.parse(call('ListInstances', {}, 'sso')).Instances[0];
  if (find() === undefined) call('CreateInstance', {}, 'sso');
  const { InstanceArn = '', IdentityStoreId = '' } = find() ?? {};
  return { InstanceArn, IdentityStoreId };
}

const input = (row: Row) => ({
  InstanceArn: row.instanceArn,
  PermissionSetArn: row.permissionSetArn,
  PrincipalType: row.principalType,
  PrincipalId: row.principalId,
  TargetType: 'AWS_ACCOUNT',
  TargetId: row.accountId,
});

function assigned(call: Call, name: string, principalType: Row['principalType']) {
  const { InstanceArn, IdentityStoreId } = center(call);
  const set = call('CreatePermissionSet', { InstanceArn, Name: name }, 'sso');
  const principalId =
    principalType === 'USER'
      ? userMade.parse(call('CreateUser', { IdentityStoreId, UserName: name }, 'identitystore')).UserId
      : groupMade.parse(call('CreateGroup', { IdentityStoreId, DisplayName: name }, 'identitystore')).GroupId;
  const ref: Row = {
    instanceArn: InstanceArn,
    permissionSetArn: setMade.parse(set).PermissionSet.PermissionSetArn,
    principalType,
    principalId,
    accountId: here,
  };
  call('CreateAccountAssignment', input(ref), 'sso');
  rows.set(name, ref);
  // carries out what was begun
  center(call);
  return { ref };
}

const rest: Omit<Subject, 'create'> = {
  end(call, name) {
    const row = rows.get(name);
    if (row !== undefined) call('DeleteAccountAssignment', input(row), 'sso');
    center(call);
  },
  asks: ({ body }, name) => body.includes(rows.get(name)?.permissionSetArn ?? name),
};

export const identityCenter: Readonly<Record<string, Subject>> = {
  'aws/identity-center-assignment': {
    create: (call, name) => assigned(call, name, 'USER'),
    ...rest,
  },
  'aws/identity-center-assignment of a group': {
    create: (call, name) => assigned(call, name, 'GROUP'),
    ...rest,
  },
  'aws/identity-center-sessions': {
    create(call, name) {
      const { ref } = assigned(call, name, 'USER');
      return { ref: { ...ref, sessions: 'named' } };
    },
    ...rest,
  },
};
