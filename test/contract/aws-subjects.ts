import type { ContractTarget } from '../../src/testing.ts';
import { credentials } from './aws-credentials.ts';
import { entitlements } from './aws-entitlements.ts';
import { looks } from './aws-looks.ts';
import {
  document,
  endKeys,
  groupMade,
  keysOf,
  makeKey,
  makeUser,
  managed,
  nobodysKeys,
  wholeAccount,
} from './aws-made.ts';
import type { Call, Subject } from './aws-made.ts';

function withKey(call: Call, name: string): Pick<ContractTarget, 'ref'> {
  const userId = makeUser(call, name);
  return {
    ref: { userName: name, userId, accessKeyId: makeKey(call, name).AccessKeyId, policies: [document] },
  };
}

export const subjects: Readonly<Record<string, Subject>> = {
  ...credentials,
  ...entitlements,
  ...looks,
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
  'aws/principal': {
    create: (call, name) => ({ ref: { principalId: makeUser(call, name) } }),
    end: (call, name) => void call('DeleteUser', { UserName: name }),
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
