/** The truth server with the SDK's own clients before it. */
import { Readable } from 'node:stream';
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
import { afterEach, beforeEach } from 'vitest';
import type { AwsCredentials, FakeAws, FakeAwsOptions } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';

/** What goes over the wire, to be looked at or to be changed after it was signed. */
interface Wire {
  readonly method: string;
  readonly path: string;
  headers: Record<string, string>;
  body?: string;
}

interface Seen {
  readonly status: number;
  readonly type: string;
  readonly requestId: string;
  readonly date: string;
  readonly text: string;
}

export const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement });
export const allow = (Action: string, Resource = '*', more: object = {}) =>
  policy({ Effect: 'Allow', Action, Resource, ...more });
export const trust = (AWS: string, more: object = {}) =>
  policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...more });

interface Refused extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** `403 AccessDenied`, or `200`. */
export async function outcome(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return '200';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name, $metadata }: Refused = error;
    return `${$metadata?.httpStatusCode ?? 'none'} ${name}`;
  }
}

interface Answered {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken?: string | undefined;
}

export function credentialsOf(answered: Answered | undefined): AwsCredentials {
  if (answered === undefined) throw new Error('no credentials were answered');
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = answered;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
  };
}

/** One server a test. */
export function useAws(options: FakeAwsOptions = {}) {
  let aws: FakeAws;
  let seen: Seen[];
  let tamper: (wire: Wire) => void;
  beforeEach(async () => {
    aws = await startAws(options);
    seen = [];
    tamper = () => {};
  });
  afterEach(async () => {
    await aws.stop();
    if (aws.unexpected.length > 0) throw new Error(aws.unexpected.join('\n'));
  });

  const requestHandler = {
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    async handle(request: Wire) {
      const wire: Wire = { ...request, headers: { ...request.headers } };
      tamper(wire);
      const { host: _, ...headers } = wire.headers;
      const answer = await fetch(aws.address + wire.path, {
        method: wire.method,
        headers,
        ...(wire.body === undefined ? {} : { body: wire.body }),
      });
      const text = await answer.text();
      const header = (name: string) => answer.headers.get(name) ?? '';
      const type = header('content-type');
      seen.push({
        status: answer.status,
        type,
        requestId: header('x-amzn-requestid'),
        date: header('date'),
        text,
      });
      const response = {
        statusCode: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Readable.from(text === '' ? [] : [text]),
      };
      return { response };
    },
  };
  const settings = (credentials = aws.root, region = 'us-east-1') => ({
    endpoint: aws.address,
    region,
    credentials,
    maxAttempts: 1,
    defaultsMode: 'standard' as const,
    systemClockOffset: aws.clock.offset(),
    requestHandler,
  });
  const iam = (credentials = aws.root, region = 'us-east-1') => new IAMClient(settings(credentials, region));
  const sts = (credentials = aws.root, region = 'us-east-1') => new STSClient(settings(credentials, region));

  return {
    get aws() {
      return aws;
    },
    /** The last answer as it came. */
    get last(): Seen {
      const last = seen.at(-1);
      if (last === undefined) throw new Error('nothing was answered yet');
      return last;
    },
    /** For the clients of the other services. */
    settings,
    iam,
    sts,
    set tamper(change: (wire: Wire) => void) {
      tamper = change;
    },
    whoAmI: (credentials: AwsCredentials, region?: string) =>
      sts(credentials, region).send(new GetCallerIdentityCommand({})),
    /** A user with one key, and with this inline policy. */
    async user(UserName: string, document?: string, account?: string) {
      const root = account === undefined ? aws.root : aws.rootOf(account);
      const made = await iam(root).send(new CreateUserCommand({ UserName }));
      if (document !== undefined) {
        const PolicyName = 'rights';
        await iam(root).send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: document }));
      }
      const { AccessKey } = await iam(root).send(new CreateAccessKeyCommand({ UserName }));
      return {
        credentials: credentialsOf(AccessKey),
        arn: made.User?.Arn ?? '',
        id: made.User?.UserId ?? '',
      };
    },
    async role(RoleName: string, AssumeRolePolicyDocument: string, document?: string, account?: string) {
      const root = account === undefined ? aws.root : aws.rootOf(account);
      const made = await iam(root).send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, MaxSessionDuration: 43_200 }),
      );
      if (document !== undefined) {
        const PolicyName = 'rights';
        await iam(root).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
      }
      return { arn: made.Role?.Arn ?? '', id: made.Role?.RoleId ?? '' };
    },
    async assume(credentials: AwsCredentials, RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}) {
      const answer = await sts(credentials).send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: 'task', ...more }),
      );
      return credentialsOf(answer.Credentials);
    },
  };
}
