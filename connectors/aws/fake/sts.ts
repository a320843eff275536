/** STS: who am I, and sessions. */
import { AwsError } from './answer.ts';
import { accountOf } from './ids.ts';
import { text } from './input.ts';
import type { Call, Service, Target } from './operation.ts';
import { read } from './operation.ts';

const anything = (): Target => ({ arn: '*', called: '*' });

function keyInfo({ input, world }: Call): { readonly Account: string } {
  const id = text(input, 'AccessKeyId');
  const account = accountOf(id);
  // what the service says of an id that is nobody's is an assumption
  if (account === undefined || !world.accounts.has(account)) {
    throw new AwsError('ValidationError', 400, 'Invalid Access Key ID');
  }
  return { Account: account };
}

export const sts: Service = {
  name: 'sts',
  protocol: 'query',
  space: 'https://sts.amazonaws.com/doc/2011-06-15/',
  version: '2011-06-15',
  operations: {
    // nobody needs a right for it, and no deny takes it away
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    GetCallerIdentity: read(undefined, ({ caller, account }) => ({
      Arn: caller.arn,
      UserId: caller.userId,
      Account: account.id,
    })),
    GetAccessKeyInfo: read(anything, keyInfo),
  },
};
