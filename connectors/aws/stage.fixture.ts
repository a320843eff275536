/** One account on the truth server, a verifier with exactly what checks need, and users with keys. */
import { afterEach, beforeEach } from 'vitest';
import { z } from 'zod';
import type { Check, Observation } from '../../src/connector.ts';
import { asking } from './asking.fixture.ts';
import { aws } from './index.ts';
import type { AwsCredentials, FakeAws, FakeAwsOptions } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import type { AwsClient } from './client.ts';

export const account = '111111111111';

type Input = Parameters<FakeAws['world']['call']>[3];

const made = z.object({ User: z.object({ UserId: z.string() }) });
const keyed = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });

export interface Stage {
  readonly server: FakeAws;
  /** Any operation of IAM, by the root user. */
  iam(action: string, input: Input): unknown;
  user(userName: string): { readonly userName: string; readonly userId: string };
  keysOf(userName: string): AwsCredentials;
  /** What the verifier may from now on. */
  allow(actions: readonly string[]): void;
  ask<R>(check: Check<AwsClient, R>, ref: NoInfer<R>): Promise<Observation>;
}

export function useStage(
  checks: readonly { readonly needs: readonly string[] }[],
  options: FakeAwsOptions = {},
) {
  let server: FakeAws;
  let verifier: AwsCredentials;
  const stage: Stage = {
    get server() {
      return server;
    },
    iam: (action, input) => server.world.call(account, 'iam', action, input),
    user: (userName) => ({
      userName,
      userId: made.parse(stage.iam('CreateUser', { UserName: userName })).User.UserId,
    }),
    keysOf(userName) {
      const { AccessKey } = keyed.parse(stage.iam('CreateAccessKey', { UserName: userName }));
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    },
    allow(actions) {
      const PolicyDocument = aws.policy(actions);
      stage.iam('PutUserPolicy', { UserName: 'verifier', PolicyName: 'tombstone', PolicyDocument });
    },
    async ask(check, ref) {
      await using asked = asking(server, verifier);
      return await asked.ask(check, ref);
    },
  };
  beforeEach(async () => {
    server = await startAws({ pageSize: 2, ...options });
    stage.user('verifier');
    verifier = stage.keysOf('verifier');
    stage.allow(checks.flatMap(({ needs }) => needs));
  });
  afterEach(async () => {
    await server.stop();
    if (server.unexpected.length > 0) throw new Error(server.unexpected.join('\n'));
  });
  return stage;
}
