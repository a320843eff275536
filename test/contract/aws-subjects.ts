import { z } from 'zod';
import type { FakeAws } from '../../connectors/aws/aws.fake.ts';
import type { Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { credentials } from './aws-credentials.ts';
import { entitlements } from './aws-entitlements.ts';

type Input = Parameters<FakeAws['world']['call']>[3];
export type Call = (action: string, input: Input) => unknown;

export interface Subject {
  create(call: Call, name: string): Pick<ContractTarget, 'ref'>;
  end(call: Call, name: string): void;
  asks(asked: Asked, name: string): boolean;
  readonly describing?: ContractWorld['describing'];
}

export const nobodysKeys = {
  'iam:ListAccessKeys': 'tells the keys of a user; one that is not there has none, whatever they were',
} as const;

export const userMade = z.object({ User: z.object({ UserId: z.string() }) });
const groupMade = z.object({ Group: z.object({ GroupId: z.string() }) });
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });
const keyList = z.object({ AccessKeyMetadata: z.array(z.object({ AccessKeyId: z.string() })) });

const managed = 'arn:aws:iam::aws:policy/AdministratorAccess';
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

export const makeUser = (call: Call, name: string) =>
  userMade.parse(call('CreateUser', { UserName: name })).User.UserId;
export const makeKey = (call: Call, name: string) =>
  keyMade.parse(call('CreateAccessKey', { UserName: name })).AccessKey;

function endKeys(call: Call, name: string): void {
  for (const { AccessKeyId } of keyList.parse(call('ListAccessKeys', { UserName: name })).AccessKeyMetadata) {
    call('DeleteAccessKey', { UserName: name, AccessKeyId });
  }
}

export const wholeAccount = ({ body }: Asked) => body.includes('Action=GetAccountAuthorizationDetails');
const keysOf = ({ body }: Asked, name: string) =>
  body.includes('Action=ListAccessKeys') && new URLSearchParams(body).get('UserName') === name;

function withKey(call: Call, name: string): Pick<ContractTarget, 'ref'> {
  const userId = makeUser(call, name);
  return {
    ref: { userName: name, userId, accessKeyId: makeKey(call, name).AccessKeyId, policies: [document] },
  };
}

export const subjects: Readonly<Record<string, Subject>> = {
  ...credentials,
  ...entitlements,
  'aws/access-key': {
    create: withKey,
    end: endKeys,
    asks: (asked, name) => wholeAccount(asked) || keysOf(asked, name),
  },
  'aws/access-key of a user that is deleted': {
    create: withKey,
    end(call, name) {
      endKeys(call, name);
      call('DeleteUser', { UserName: name });
    },
    asks: wholeAccount,
    describing: nobodysKeys,
  },
  'aws/access-key-sessions': {
    create: withKey,
    end(call, name) {
      endKeys(call, name);
      call('DeleteUser', { UserName: name });
    },
    asks: wholeAccount,
    describing: nobodysKeys,
  },
  'aws/group-membership': {
    create(call, name) {
      const userId = makeUser(call, name);
      const { GroupId: groupId } = groupMade.parse(call('CreateGroup', { GroupName: `${name}-group` })).Group;
      call('AddUserToGroup', { UserName: name, GroupName: `${name}-group` });
      return { ref: { userName: name, userId, groupId } };
    },
    end: (call, name) => void call('RemoveUserFromGroup', { UserName: name, GroupName: `${name}-group` }),
    asks: wholeAccount,
  },
  'aws/attached-policy': {
    create(call, name) {
      const principalId = makeUser(call, name);
      call('AttachUserPolicy', { UserName: name, PolicyArn: managed });
      return { ref: { principalName: name, principalId, policyArn: managed } };
    },
    end: (call, name) => void call('DetachUserPolicy', { UserName: name, PolicyArn: managed }),
    asks: wholeAccount,
  },
  'aws/inline-policy': {
    create(call, name) {
      const principalId = makeUser(call, name);
      call('PutUserPolicy', { UserName: name, PolicyName: 'jit', PolicyDocument: document });
      return { ref: { principalName: name, principalId, policyName: 'jit' } };
    },
    end: (call, name) => void call('DeleteUserPolicy', { UserName: name, PolicyName: 'jit' }),
    asks: wholeAccount,
  },
};
