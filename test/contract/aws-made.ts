import { z } from 'zod';
import type { FakeAws } from '../../connectors/aws/aws.fake.ts';
import type { Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';

type Input = Parameters<FakeAws['world']['call']>[3];
/** Of IAM where no service is named. */
export type Call = (action: string, input: Input, service?: string) => unknown;

export interface Subject {
  create(call: Call, name: string): Pick<ContractTarget, 'ref' | 'accounts' | 'declared'>;
  end(call: Call, name: string): void;
  asks(asked: Asked, name: string): boolean;
  readonly describing?: ContractWorld['describing'];
}

export const nobodysKeys = {
  'iam:ListAccessKeys': 'tells the keys of a user; one that is not there has none, whatever they were',
} as const;

export const userMade = z.object({ User: z.object({ UserId: z.string() }) });
export const groupMade = z.object({ Group: z.object({ GroupId: z.string() }) });
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });
const keyList = z.object({ AccessKeyMetadata: z.array(z.object({ AccessKeyId: z.string() })) });

export const managed = 'arn:aws:iam::aws:policy/AdministratorAccess';
export const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

export const makeUser = (call: Call, name: string) =>
  userMade.parse(call('CreateUser', { UserName: name })).User.UserId;
export const makeKey = (call: Call, name: string) =>
  keyMade.parse(call('CreateAccessKey', { UserName: name })).AccessKey;

export function endKeys(call: Call, name: string): void {
  for (const { AccessKeyId } of keyList.parse(call('ListAccessKeys', { UserName: name })).AccessKeyMetadata) {
    call('DeleteAccessKey', { UserName: name, AccessKeyId });
  }
}

export const wholeAccount = ({ body }: Asked) => body.includes('Action=GetAccountAuthorizationDetails');
export const keysOf = ({ body }: Asked, name: string) =>
  body.includes('Action=ListAccessKeys') && new URLSearchParams(body).get('UserName') === name;
