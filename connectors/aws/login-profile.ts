import type { IAMClient } from '@aws-sdk/client-iam';
import type { Raw, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import { call, members, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html */
export const getLoginProfile: Operation = { name: 'GetLoginProfile', needs: 'iam:GetLoginProfile' };
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export const getUser: Operation = { name: 'GetUser', needs: 'iam:GetUser' };

export interface LoginProfile {
  readonly userName: string;
  /** Of the profile: a new password in it keeps this date. */
  readonly made: Date;
}

const profile = z.object({ LoginProfile: z.object({ UserName: z.string(), CreateDate: z.date() }) });

const neverMade = () => 'tombstone-was-never-here';

export interface NamedUser {
  readonly userName: string;
  readonly userId: string;
}

const user = z.object({ User: z.object({ UserName: z.string(), UserId: z.string() }) });

/** One answer about a name, or AWS's word that nobody of this name has any. */
function byName<V extends { readonly userName: string }>(
  id: string,
  operation: Operation,
  docs: string,
  ask: (iam: IAMClient, UserName: string, abortSignal: AbortSignal) => Promise<unknown>,
  answer: z.ZodType<V>,
): Source<AwsClient, string, V> {
  return {
    id,
    scope: () => '',
    name: (userName) => userName,
    answers: (value, userName) => value.userName === userName,
    siblings: () => Promise.resolve([]),
    stranger: { key: neverMade, docs },
    async one(client, userName, abortSignal): Promise<Raw<V>> {
      const wrong = elsewhere(client);
      if (wrong !== undefined) return wrong;
      const iam = await client.iam();
      const told = await call(operation, () => ask(iam, userName, abortSignal));
      if (refused(told)) return told.code === 'NoSuchEntity' ? 'nothing' : told.failure;
      const seen = members(operation, answer, told.output);
      return failed(seen) ? seen : { value: seen };
    },
  };
}

/**
 * Has the user of this name a password? Nothing means that it has none, or that there is no such user:
 * AWS has one word for both. Only beside the user itself, seen standing by its id, is it an answer.
 */
export const loginProfile = byName<LoginProfile>(
  'aws/login-profile',
  getLoginProfile,
  'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html',
  async (iam, UserName, abortSignal) => {
    const { GetLoginProfileCommand } = await import('@aws-sdk/client-iam');
    return iam.send(new GetLoginProfileCommand({ UserName }), { abortSignal });
  },
  profile.transform(({ LoginProfile: { UserName, CreateDate } }) => ({
    userName: UserName,
    made: CreateDate,
  })),
);

/** Who has this name now? */
export const namedUser = byName<NamedUser>(
  'aws/user',
  getUser,
  'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html',
  async (iam, UserName, abortSignal) => {
    const { GetUserCommand } = await import('@aws-sdk/client-iam');
    return iam.send(new GetUserCommand({ UserName }), { abortSignal });
  },
  user.transform(({ User: { UserName, UserId } }) => ({ userName: UserName, userId: UserId })),
);
