import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';

let aws: FakeAws;
beforeEach(async () => {
  aws = await startAws();
});
afterEach(async () => {
  expect(aws.unexpected).toEqual([]);
  await aws.stop();
});

const settings = (credentials: AwsCredentials, region = 'us-east-1') => ({
  endpoint: aws.address,
  region,
  credentials,
  maxAttempts: 1,
  defaultsMode: 'standard' as const,
  systemClockOffset: aws.clock.offset(),
});
const iam = (credentials = aws.root) => new IAMClient(settings(credentials));
const sts = (credentials = aws.root, region?: string) => new STSClient(settings(credentials, region));

test('a user, its key, and what the key is after its end', async () => {
  const { User } = await iam().send(new CreateUserCommand({ UserName: 'jit', Path: '/agents/' }));
  expect(User).toMatchObject({
    UserId: expect.stringMatching(/^AIDA[A-Z2-7]{16}$/),
    Arn: 'arn:aws:iam::111111111111:user/agents/jit',
  });
  const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName: 'jit' }));
  const key = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  expect(await sts(key, 'eu-west-1').send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111111111111',
    Arn: User?.Arn,
    UserId: User?.UserId,
  });
  await iam().send(
    new UpdateAccessKeyCommand({ UserName: 'jit', AccessKeyId: key.accessKeyId, Status: 'Inactive' }),
  );
  await expect(sts(key).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
    $metadata: { httpStatusCode: 403 },
  });
  await iam().send(new DeleteAccessKeyCommand({ UserName: 'jit', AccessKeyId: key.accessKeyId }));
  expect((await iam().send(new ListAccessKeysCommand({ UserName: 'jit' }))).AccessKeyMetadata).toEqual([]);
  await expect(iam(key).send(new ListUsersCommand({}))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
});
