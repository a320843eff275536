/** What random accounts are drawn from, and what a key of them really reaches. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { credentialsOf } from './fake.fixture.ts';
import { account, arn } from './granted.fixture.ts';

export const roles = ['alpha', 'beta', 'gamma'] as const;
const past = '2020-01-01T00:00:00Z';
const future = '2099-01-01T00:00:00Z';
export const some = fc.constantFrom;

export const whom = some<unknown>(
  { AWS: arn('user', 'jit') },
  { AWS: arn('user', 'jit') },
  { AWS: arn('user', 'left') },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: '*' },
  { Service: 'ec2.amazonaws.com' },
  ...roles.map((name) => ({ AWS: arn('role', name) })),
);
export const when = some<object>(
  {},
  {},
  {},
  { DateLessThan: { 'aws:CurrentTime': past } },
  { DateGreaterThan: { 'aws:CurrentTime': past } },
  { DateGreaterThan: { 'aws:CurrentTime': future } },
  { ArnEquals: { 'aws:PrincipalArn': arn('user', 'jit') } },
  { ArnLike: { 'aws:PrincipalArn': arn('role', '*') } },
  { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
);

export const settingsOf = (server: FakeAws, credentials: AwsCredentials) => ({
  endpoint: server.address,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

/** Roles that the credential assumes, and those that it assumes from there: a session of each. */
export async function reached(
  server: FakeAws,
  credentials: AwsCredentials,
  done = new Map<string, AwsCredentials>(),
): Promise<ReadonlyMap<string, AwsCredentials>> {
  const sts = new STSClient(settingsOf(server, credentials));
  for (const name of roles) {
    if (done.has(name)) continue;
    const asked = new AssumeRoleCommand({ RoleArn: arn('role', name), RoleSessionName: 'task' });
    const answer = await sts.send(asked).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AccessDenied') return undefined;
      throw error;
    });
    if (answer === undefined) continue;
    const session = credentialsOf(answer.Credentials);
    done.set(name, session);
    await reached(server, session, done);
  }
  return done;
}
