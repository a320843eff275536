/** The truth server and moto side by side: the same questions, asked of both with the same clients. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startMoto } from '../../test/servers/moto.ts';
import type { RunningMoto } from '../../test/servers/moto.ts';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { allow, credentialsOf, trust } from './fake.fixture.ts';

/** The account that moto plays. */
export const account = '123456789012';

/** One of the two, and a user of it who may do everything. */
export interface Side {
  readonly name: 'the truth server' | 'moto';
  settings(credentials?: AwsCredentials): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: AwsCredentials;
    readonly maxAttempts: number;
    readonly systemClockOffset: number;
  };
  /** Lets more than a second go by. */
  later(): Promise<void>;
  /** Whether keys and policies count. */
  enforce(on: boolean): Promise<void>;
}

export function useBoth() {
  let moto: RunningMoto;
  let aws: FakeAws;
  let ofMoto: AwsCredentials;
  let ofTruth: AwsCredentials;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());
  beforeEach(async () => {
    ofMoto = await moto.renew();
    aws = await startAws({ account });
    const UserName = 'administrator';
    const call = (action: string, input: object) => aws.world.call(account, 'iam', action, { ...input });
    call('CreateUser', { UserName });
    call('PutUserPolicy', { UserName, PolicyName: 'everything', PolicyDocument: allow('*') });
    // moto has an instance from the beginning
    aws.world.call(account, 'sso', 'CreateInstance');
    ofTruth = await keyOf(sides[0], UserName, aws.root);
  });
  afterEach(() => aws.stop());
  const region = 'us-east-1';
  const sides: readonly [truth: Side, moto: Side] = [
    {
      name: 'the truth server',
      settings: (credentials = ofTruth) => ({
        endpoint: aws.address,
        region,
        credentials,
        maxAttempts: 1,
        systemClockOffset: aws.clock.offset(),
      }),
      async later() {
        aws.clock.advance(1100);
      },
      async enforce(on) {
        aws.world.switches.authenticates = on ? 'properly' : 'everybody';
      },
    },
    {
      name: 'moto',
      settings: (credentials = ofMoto) => ({
        endpoint: moto.address,
        region,
        credentials,
        maxAttempts: 1,
        systemClockOffset: 0,
      }),
      // it has no clock of its own
      later: () => new Promise((resolve) => setTimeout(resolve, 1100)),
      enforce: (on) => moto.enforce(on),
    },
  ];
  return sides;
}

export const iam = (side: Side, credentials?: AwsCredentials) => new IAMClient(side.settings(credentials));
export const sts = (side: Side, credentials?: AwsCredentials) => new STSClient(side.settings(credentials));

export const whoAmI = (side: Side, credentials: AwsCredentials) =>
  sts(side, credentials).send(new GetCallerIdentityCommand({}));

export async function keyOf(side: Side, UserName: string, by?: AwsCredentials): Promise<AwsCredentials> {
  const { AccessKey } = await iam(side, by).send(new CreateAccessKeyCommand({ UserName }));
  return credentialsOf(AccessKey);
}

/** A user with one key, and with this inline policy. */
export async function user(side: Side, UserName: string, PolicyDocument?: string) {
  const { User } = await iam(side).send(new CreateUserCommand({ UserName }));
  if (PolicyDocument !== undefined) {
    await iam(side).send(new PutUserPolicyCommand({ UserName, PolicyName: 'rights', PolicyDocument }));
  }
  return { id: User?.UserId ?? '', arn: User?.Arn ?? '', credentials: await keyOf(side, UserName) };
}

export async function role(
  side: Side,
  RoleName: string,
  AssumeRolePolicyDocument: string,
  PolicyDocument?: string,
) {
  const made = await iam(side).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  if (PolicyDocument !== undefined) {
    await iam(side).send(new PutRolePolicyCommand({ RoleName, PolicyName: 'rights', PolicyDocument }));
  }
  return { id: made.Role?.RoleId ?? '', arn: made.Role?.Arn ?? '' };
}

export async function assume(
  side: Side,
  credentials: AwsCredentials,
  RoleArn: string,
  more: Partial<AssumeRoleCommandInput> = {},
): Promise<AwsCredentials> {
  const ask = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'task', ...more });
  return credentialsOf((await sts(side, credentials).send(ask)).Credentials);
}

/** What two servers by different hands say alike is not the invention of one of them. */
export interface Shared {
  readonly about: string;
  readonly ask: (side: Side) => Promise<unknown>;
  readonly answer: unknown;
}

/** A document, whether it is encoded or not. */
export const readable = (document: string | undefined): unknown => {
  const text = document ?? '';
  return JSON.parse(text.startsWith('{') ? text : decodeURIComponent(text));
};

export const everyone = trust('*');
