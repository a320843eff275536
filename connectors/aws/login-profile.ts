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

const told = z.object({ LoginProfile: z.object({ UserName: z.string(), CreateDate: z.date() }) });

const neverMade = () => 'tombstone-was-never-here';

/**
 * Has the user of this name a password? Nothing means that it has none, or that there is no such user:
 * AWS has one word for both. Only beside the user itself, seen standing by its id, is it an answer.
 */
export const loginProfile: Source<AwsClient, string, LoginProfile> = {
  id: 'aws/login-profile',
  scope: () => '',
  name: (userName) => userName,
  answers: (value, userName) => value.userName === userName,
  siblings: () => Promise.resolve([]),
  stranger: {
    key: neverMade,
    docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html',
  },
  async one(client, UserName, abortSignal): Promise<Raw<LoginProfile>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { GetLoginProfileCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const ask = () => iam.send(new GetLoginProfileCommand({ UserName }), { abortSignal });
    const answer = await call(getLoginProfile, ask);
    if (refused(answer)) return answer.code === 'NoSuchEntity' ? 'nothing' : answer.failure;
    const seen = members(getLoginProfile, told, answer.output);
    if (failed(seen)) return seen;
    const { UserName: userName, CreateDate: made } = seen.LoginProfile;
    return { value: { userName, made } };
  },
};

export interface NamedUser {
  readonly userName: string;
  readonly userId: string;
}

const found = z.object({ User: z.object({ UserName: z.string(), UserId: z.string() }) });

/** Who has this name now? */
export const namedUser: Source<AwsClient, string, NamedUser> = {
  id: 'aws/user',
  scope: () => '',
  name: (userName) => userName,
  answers: (value, userName) => value.userName === userName,
  siblings: () => Promise.resolve([]),
  stranger: {
    key: neverMade,
    docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html',
  },
  async one(client, UserName, abortSignal): Promise<Raw<NamedUser>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { GetUserCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const answer = await call(getUser, () => iam.send(new GetUserCommand({ UserName }), { abortSignal }));
    if (refused(answer)) return answer.code === 'NoSuchEntity' ? 'nothing' : answer.failure;
    const seen = members(getUser, found, answer.output);
    if (failed(seen)) return seen;
    return { value: { userName: seen.User.UserName, userId: seen.User.UserId } };
  },
};
