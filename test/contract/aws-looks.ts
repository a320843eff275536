import type { Subject } from './aws-made.ts';
import { document, endKeys, makeKey, makeUser, wholeAccount } from './aws-made.ts';

const acts = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const granted = (action: string) => ({
  kind: 'aws/access-key',
  ref: {
    userId: 'AIDANEVERISSUED00000',
    accessKeyId: 'AKIANEVERISSUED00000',
    policies: [document, acts(action)],
  },
});
const asksForCredentials =
  /Action=(?:ListAccessKeys|GetLoginProfile|List\w+Credentials|List\w+Certificates|ListSSHPublicKeys)&/;

/** Worlds of the looks: a grant that is over, and something that it left. */
export const looks: Readonly<Record<string, Subject>> = {
  'aws/account-access': {
    create(call, name) {
      const userId = makeUser(call, name);
      makeKey(call, name);
      return { ref: {}, accounts: [userId] };
    },
    end: endKeys,
    asks: (asked, name) =>
      wholeAccount(asked) || (asked.body.includes(name) && asksForCredentials.test(asked.body)),
  },
  'aws/born-credentials': {
    create(call, name) {
      makeUser(call, name);
      makeKey(call, name);
      return { ref: {}, declared: [granted('iam:CreateAccessKey')] };
    },
    end: endKeys,
    asks: (asked, name) =>
      wholeAccount(asked) || (asked.body.includes(name) && asksForCredentials.test(asked.body)),
  },
  'aws/born-principals': {
    create(call, name) {
      makeUser(call, name);
      return { ref: {}, declared: [granted('iam:CreateUser')] };
    },
    end: (call, name) => void call('DeleteUser', { UserName: name }),
    asks: wholeAccount,
  },
};
