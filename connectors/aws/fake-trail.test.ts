import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { LookupAttributeKey, LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  GetUserCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, outcome, trust, useAws } from './fake.fixture.ts';

// stands still unless it is moved, so that a second is one
let at = Date.now();
const fake = useAws({
  clock: { now: () => at, advance: (ms) => void (at += ms), offset: () => at - Date.now() },
});
const cloudTrail = (credentials?: AwsCredentials, region?: string) =>
  new CloudTrailClient(fake.settings(credentials, region));
const lookup = (input: LookupEventsCommandInput = {}, credentials?: AwsCredentials, region?: string) =>
  cloudTrail(credentials, region).send(new LookupEventsCommand(input));
const by = (AttributeKey: LookupAttributeKey, AttributeValue: string) =>
  lookup({ LookupAttributes: [{ AttributeKey, AttributeValue }] });
const names = async (asked: ReturnType<typeof lookup>) =>
  (await asked).Events?.map(({ EventName }) => EventName);
const whole = z.object({
  userIdentity: z.looseObject({}),
  requestParameters: z.unknown(),
  responseElements: z.unknown(),
  errorCode: z.string().optional(),
});
const eventOf = async (asked: ReturnType<typeof lookup>) =>
  whole.parse(JSON.parse((await asked).Events?.[0]?.CloudTrailEvent ?? ''));

test('what a caller did, newest first, reads and refusals too', async () => {
  const { credentials, arn } = await fake.user('jit', allow('iam:ListUsers'));
  await fake.iam(credentials).send(new ListUsersCommand({}));
  await outcome(fake.iam(credentials).send(new GetUserCommand({ UserName: 'jit' })));
  const own = await by('AccessKeyId', credentials.accessKeyId);
  expect(own.Events).toMatchObject([
    { EventName: 'GetUser', ReadOnly: 'true', Username: 'jit', EventSource: 'iam.amazonaws.com' },
    { EventName: 'ListUsers' },
  ]);
  const refused = await eventOf(by('EventName', 'GetUser'));
  expect(refused).toMatchObject({ errorCode: 'AccessDenied', userIdentity: { arn, userName: 'jit' } });
  expect(refused.requestParameters).toEqual({ userName: 'jit' });
  const writes = await by('ReadOnly', 'false');
  expect(await names(Promise.resolve(writes))).toEqual(['CreateAccessKey', 'PutUserPolicy', 'CreateUser']);
});

test('who is not recognised leaves no event', async () => {
  const { credentials } = await fake.user('jit');
  await outcome(fake.whoAmI({ ...credentials, secretAccessKey: 'guess' }));
  expect((await by('AccessKeyId', credentials.accessKeyId)).Events).toEqual([]);
});

test('a key that was made is named, and no secret is told', async () => {
  await fake.iam().send(new CreateUserCommand({ UserName: 'jit' }));
  const { AccessKey } = await fake.iam().send(new CreateAccessKeyCommand({ UserName: 'jit' }));
  await fake.iam().send(new CreateLoginProfileCommand({ UserName: 'jit', Password: 'planted-password' }));
  const made = await by('ResourceName', AccessKey?.AccessKeyId ?? '');
  expect(made.Events).toMatchObject([{ EventName: 'CreateAccessKey', Username: 'root' }]);
  const told = JSON.stringify((await lookup()).Events);
  expect(told).toContain(AccessKey?.AccessKeyId);
  expect(told).not.toContain(AccessKey?.SecretAccessKey);
  expect(told).not.toContain('planted-password');
});

test('a session is found by the key that made it, in both accounts', async () => {
  fake.aws.world.addAccount('222222222222');
  const { credentials, arn } = await fake.user('jit', allow('sts:AssumeRole'));
  const role = await fake.role('task', trust(arn), undefined, '222222222222');
  const child = await fake.assume(credentials, role.arn);
  const minted = await eventOf(by('EventName', 'AssumeRole'));
  expect(minted).toMatchObject({
    userIdentity: { accessKeyId: credentials.accessKeyId },
    responseElements: { credentials: { accessKeyId: child.accessKeyId } },
  });
  const other = await lookup({}, fake.aws.rootOf('222222222222'));
  expect(await names(Promise.resolve(other))).toEqual(['AssumeRole', 'CreateRole']);
  await fake.whoAmI(child);
  const LookupAttributes = [{ AttributeKey: 'AccessKeyId' as const, AttributeValue: child.accessKeyId }];
  const seen = await eventOf(lookup({ LookupAttributes }, fake.aws.rootOf('222222222222')));
  expect(seen.userIdentity).toMatchObject({
    type: 'AssumedRole',
    sessionContext: { sessionIssuer: { type: 'Role', principalId: role.id, userName: 'task' } },
  });
});

test('where, when, and one attribute at a time', async () => {
  await fake.whoAmI(fake.aws.root, 'eu-west-1');
  expect(await names(lookup())).toEqual([]);
  expect(await names(lookup({}, undefined, 'eu-west-1'))).toEqual(['GetCallerIdentity']);
  // IAM is written into the first region
  fake.aws.world.call('111111111111', 'iam', 'CreateUser', { UserName: 'jit' }, 'eu-west-1');
  expect(await names(by('EventName', 'CreateUser'))).toEqual(['CreateUser']);
  const now = fake.aws.clock.now();
  const StartTime = new Date(now + 60_000);
  expect(await names(lookup({ StartTime, EndTime: new Date(now + 120_000) }))).toEqual([]);
  expect(await outcome(lookup({ StartTime, EndTime: new Date(now) }))).toBe('400 InvalidTimeRangeException');
  const one = { AttributeKey: 'EventName' as const, AttributeValue: 'a' };
  expect(await outcome(lookup({ LookupAttributes: [one, one] }))).toBe(
    '400 InvalidLookupAttributesException',
  );
  fake.aws.clock.advance(91 * 86_400_000);
  expect(await names(by('EventName', 'CreateUser'))).toEqual([]);
});

test('it comes late', async () => {
  fake.aws.world.switches.trailDelayMs = 5 * 60_000;
  await fake.iam().send(new CreateUserCommand({ UserName: 'jit' }));
  expect(await names(by('EventName', 'CreateUser'))).toEqual([]);
  fake.aws.clock.advance(5 * 60_000);
  expect(await names(by('EventName', 'CreateUser'))).toEqual(['CreateUser']);
});

test('fifty a page, and new events do not move the next one', async () => {
  for (let number = 0; number < 51; number += 1) {
    fake.aws.world.call('111111111111', 'iam', 'CreateUser', { UserName: `user-${number}` });
  }
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateUser' }];
  const first = await lookup({ LookupAttributes });
  expect(first.Events).toHaveLength(50);
  fake.aws.world.call('111111111111', 'iam', 'CreateUser', { UserName: 'later' });
  const second = await lookup({ LookupAttributes, NextToken: first.NextToken });
  expect(second.Events?.map(({ Resources }) => Resources?.[0]?.ResourceName)).toEqual(['user-0']);
  expect(second.NextToken).toBeUndefined();
  expect(await outcome(lookup({ NextToken: 'x' }))).toBe('400 InvalidNextTokenException');
});

test('two a second', async () => {
  fake.aws.world.switches.lookupsPerSecond = 2;
  expect(await outcome(lookup())).toBe('200');
  expect(await outcome(lookup())).toBe('200');
  expect(await outcome(lookup())).toBe('400 ThrottlingException');
  fake.aws.clock.advance(1000);
  expect(await outcome(lookup())).toBe('200');
});
