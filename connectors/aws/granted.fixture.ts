/** What tests of entitlements share: one account, a verifier with just the permissions of a check, and a subject with a key. */
import { IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach } from 'vitest';
import { z } from 'zod';
import type { Check, Observation } from '../../src/connector.ts';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { aws } from './index.ts';
import type { Asked, AskingOptions } from './asking.fixture.ts';
import type { AwsClient } from './client.ts';

export const account = '111111111111';
export const arn = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`;

const made = z.object({ User: z.object({ UserId: z.string(), Arn: z.string() }) });
const roleMade = z.object({ Role: z.object({ RoleId: z.string(), Arn: z.string() }) });
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });

type Input = Parameters<FakeAws['world']['call']>[3];

const allowAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** One server a test. */
export function useGranted() {
  let server: FakeAws;
  let verifier: AwsCredentials;
  beforeEach(async () => {
    server = await startAws({ pageSize: 3 });
    verifier = user('verifier').keys();
  });
  afterEach(async () => {
    if (server.unexpected.length > 0) throw new Error(server.unexpected.join('\n'));
    await server.stop();
  });

  const iam = (action: string, input: Input) => server.world.call(account, 'iam', action, input);
  const call = (service: string, action: string, input: Input) =>
    server.world.call(account, service, action, input);
  /** Of a user, by its name. */
  function allow(UserName: string, document: string, PolicyName = 'rights'): void {
    iam('PutUserPolicy', { UserName, PolicyName, PolicyDocument: document });
  }
  function user(UserName: string) {
    const { UserId: id, Arn } = made.parse(iam('CreateUser', { UserName })).User;
    return {
      id,
      arn: Arn,
      keys(): AwsCredentials {
        const { AccessKeyId, SecretAccessKey } = keyMade.parse(
          iam('CreateAccessKey', { UserName }),
        ).AccessKey;
        return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
      },
    };
  }
  function role(RoleName: string, AssumeRolePolicyDocument: string) {
    const { RoleId: id, Arn } = roleMade.parse(
      iam('CreateRole', { RoleName, AssumeRolePolicyDocument }),
    ).Role;
    return { id, arn: Arn };
  }
  const settings = (credentials: AwsCredentials) => ({
    endpoint: server.address,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });

  return {
    get server() {
      return server;
    },
    iam,
    call,
    settings,
    allow,
    user,
    role,
    /** A key of somebody with all rights, who is not the subject. */
    operator(): AwsCredentials {
      const { keys } = user('operator');
      allow('operator', allowAll);
      return keys();
    },
    /** The SDK with a credential of the subject's. */
    as: (credentials: AwsCredentials) => new IAMClient(settings(credentials)),
    /** Whether the credential really assumes the role. */
    async assumes(credentials: AwsCredentials, RoleArn: string): Promise<boolean> {
      try {
        await new STSClient(settings(credentials)).send(
          new AssumeRoleCommand({ RoleArn, RoleSessionName: 'task' }),
        );
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'AccessDenied') return false;
        throw error;
      }
    },
    /** With the permissions that the check says it needs, or with these. */
    async ask<R>(
      check: Check<AwsClient, R>,
      ref: NoInfer<R>,
      more: Asked & AskingOptions & { readonly needs?: readonly string[] } = {},
    ): Promise<Observation> {
      allow('verifier', aws.policy(more.needs ?? check.needs));
      await using asked = asking(server, verifier, more);
      return await asked.ask(check, ref, more);
    },
  };
}
