import {
  CancelKeyDeletionCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListGrantsCommand,
  ListKeysCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { CreateGrantCommandInput } from '@aws-sdk/client-kms';
import { DeleteUserCommand, DeleteAccessKeyCommand, DeleteUserPolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { AwsCredentials } from './aws.fake.ts';
import { allow, outcome, policy, useAws } from './fake.fixture.ts';

const fake = useAws();
const { user } = fake;
const kms = (credentials?: AwsCredentials, region?: string) =>
  new KMSClient(fake.settings(credentials, region));

async function key(given: { readonly Policy?: string } = {}, region?: string) {
  const { KeyMetadata } = await kms(undefined, region).send(new CreateKeyCommand(given));
  return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

async function grant(KeyId: string, GranteePrincipal: string, more: Partial<CreateGrantCommandInput> = {}) {
  const made = await kms().send(
    new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'], ...more }),
  );
  return { GrantId: made.GrantId ?? '', GrantToken: made.GrantToken ?? '' };
}

const grantIds = async (KeyId: string, more: object = {}) => {
  const { Grants } = await kms().send(new ListGrantsCommand({ KeyId, ...more }));
  return Grants?.map(({ GrantId }) => GrantId);
};

describe('the JSON wire', () => {
  test('answers and refusals', async () => {
    const { KeyId, arn } = await key();
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ Arn: arn, AWSAccountId: '111111111111', KeyState: 'Enabled' });
    expect(Math.abs((KeyMetadata?.CreationDate?.getTime() ?? 0) - fake.aws.clock.now())).toBeLessThan(5000);
    expect(fake.last.type).toBe('application/x-amz-json-1.1');
    expect(await outcome(kms().send(new DescribeKeyCommand({ KeyId: 'never' })))).toBe(
      '400 NotFoundException',
    );
    expect(JSON.parse(fake.last.text)).toEqual({
      __type: 'NotFoundException',
      message: "Key 'arn:aws:kms:us-east-1:111111111111:key/never' does not exist",
    });
  });

  test('who is not known, who may not, who asks too often', async () => {
    const { credentials } = await user('jit');
    const ask = (by: AwsCredentials) => outcome(kms(by).send(new ListKeysCommand({})));
    expect(await ask({ ...credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toBe(
      '400 UnrecognizedClientException',
    );
    expect(await ask({ ...credentials, secretAccessKey: 'other' })).toBe('400 InvalidSignatureException');
    expect(await ask(credentials)).toBe('400 AccessDeniedException');
    fake.aws.world.switches.throttleEvery = 1;
    expect(await ask(credentials)).toBe('400 ThrottlingException');
  });

  test('the target of another service is none of its own', async () => {
    fake.tamper = (wire) => (wire.headers['x-amz-target'] = 'secretsmanager.ListKeys');
    expect(await outcome(kms().send(new ListKeysCommand({})))).toBe('400 InvalidSignatureException');
  });
});

describe('who may', () => {
  test('the key’s policy names the account: then the account’s own policies decide', async () => {
    const { KeyId } = await key();
    const { credentials } = await user('jit', allow('kms:DescribeKey'));
    const bare = await user('bare');
    const ask = (by: AwsCredentials) => outcome(kms(by).send(new DescribeKeyCommand({ KeyId })));
    expect(await ask(credentials)).toBe('200');
    expect(await ask(bare.credentials)).toBe('400 AccessDeniedException');
    expect(fake.last.text).toContain('no identity-based policy allows the kms:DescribeKey action');
  });

  test('the key’s policy names one user: no other policy gives anything, not even root', async () => {
    const named = await user('named');
    const other = await user('other', allow('kms:*'));
    const Policy = policy({
      Effect: 'Allow',
      Principal: { AWS: named.arn },
      Action: 'kms:*',
      Resource: '*',
    });
    const { KeyId } = await key({ Policy });
    const ask = (by: AwsCredentials) => outcome(kms(by).send(new DescribeKeyCommand({ KeyId })));
    expect(await ask(named.credentials)).toBe('200');
    expect(await ask(other.credentials)).toBe('400 AccessDeniedException');
    expect(fake.last.text).toContain('no resource-based policy allows the kms:DescribeKey action');
    expect(await ask(fake.aws.root)).toBe('400 AccessDeniedException');
  });

  test('a deny of the key’s policy wins', async () => {
    const { credentials, arn } = await user('jit', allow('kms:*'));
    const { KeyId } = await key();
    const rest = { Action: 'kms:*', Resource: '*' };
    const Policy = policy(
      { Effect: 'Allow', Principal: { AWS: '111111111111' }, ...rest },
      { Effect: 'Deny', Principal: { AWS: arn }, ...rest },
    );
    await kms().send(new PutKeyPolicyCommand({ KeyId, Policy }));
    expect(await outcome(kms(credentials).send(new DescribeKeyCommand({ KeyId })))).toBe(
      '400 AccessDeniedException',
    );
    expect(fake.last.text).toContain('explicit deny in a resource-based policy');
  });

  test('a grant for the operation, until it is revoked', async () => {
    const { credentials, arn } = await user('jit');
    const { KeyId } = await key();
    const { GrantId } = await grant(KeyId, arn, { Operations: ['DescribeKey'] });
    const ask = () => outcome(kms(credentials).send(new DescribeKeyCommand({ KeyId })));
    expect(await ask()).toBe('200');
    await kms().send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect(await ask()).toBe('400 AccessDeniedException');
  });

  test('of another account: both sides must say so', async () => {
    fake.aws.world.addAccount('222222222222');
    const { arn } = await key({
      Policy: policy(
        { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::222222222222:root' },
          Action: 'kms:DescribeKey',
          Resource: '*',
        },
      ),
    });
    const bare = await user('bare', undefined, '222222222222');
    const allowed = await user('allowed', allow('kms:*'), '222222222222');
    const ask = (by: AwsCredentials, KeyId = arn) => outcome(kms(by).send(new DescribeKeyCommand({ KeyId })));
    expect(await ask(bare.credentials)).toBe('400 AccessDeniedException');
    expect(await ask(allowed.credentials)).toBe('200');
    expect(await ask(allowed.credentials, `${arn.slice(0, -1)}x`)).toBe('400 AccessDeniedException');
  });

  test('absent and there are refused alike', async () => {
    const { arn } = await key();
    const { credentials } = await user('jit');
    const said = async (KeyId: string) => {
      await outcome(kms(credentials).send(new DescribeKeyCommand({ KeyId })));
      return fake.last.text.replaceAll(KeyId, '?');
    };
    expect(await said(`${arn.slice(0, -4)}dead`)).toBe(await said(arn));
  });
});

describe('where', () => {
  test('another region has none of the keys, and calls an ARN of this one absent', async () => {
    const { KeyId, arn } = await key();
    const there = kms(undefined, 'eu-west-1');
    expect((await there.send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect(await outcome(there.send(new DescribeKeyCommand({ KeyId })))).toBe('400 NotFoundException');
    expect(await outcome(there.send(new DescribeKeyCommand({ KeyId: arn })))).toBe('400 NotFoundException');
    expect(fake.last.text).toContain('Invalid arn us-east-1');
    expect((await kms().send(new ListKeysCommand({}))).Keys).toEqual([{ KeyId, KeyArn: arn }]);
  });
});

describe('grants', () => {
  test('what a grant shows', async () => {
    const { arn: grantee } = await user('jit');
    const { KeyId, arn } = await key();
    const Constraints = { EncryptionContextEquals: { tenant: 'a' } };
    const { GrantId } = await grant(KeyId, grantee, {
      Name: 'task',
      RetiringPrincipal: grantee,
      Constraints,
    });
    const { Grants, Truncated } = await kms().send(new ListGrantsCommand({ KeyId }));
    expect(Truncated).toBe(false);
    expect(Grants).toEqual([
      {
        KeyId: arn,
        GrantId,
        Name: 'task',
        CreationDate: expect.any(Date),
        GranteePrincipal: grantee,
        RetiringPrincipal: grantee,
        IssuingAccount: 'arn:aws:iam::111111111111:root',
        Operations: ['Decrypt'],
        Constraints,
      },
    ]);
  });

  test('lists: by id, by grantee, in pages', async () => {
    const { arn } = await user('jit');
    const other = await user('other');
    const { KeyId } = await key();
    const { GrantId } = await grant(KeyId, arn);
    for (let number = 0; number < 4; number += 1) await grant(KeyId, other.arn);
    expect(await grantIds(KeyId, { GrantId })).toEqual([GrantId]);
    expect(await grantIds(KeyId, { GrantId: 'never' })).toEqual([]);
    expect(await grantIds(KeyId, { GranteePrincipal: arn })).toEqual([GrantId]);
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await kms().send(new ListGrantsCommand({ KeyId, Limit: 2, Marker }));
      seen.push(...(page.Grants ?? []).map((one) => one.GrantId ?? ''));
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(seen).toHaveLength(5);
    expect(await outcome(kms().send(new ListGrantsCommand({ KeyId, Marker: 'x' })))).toBe(
      '400 InvalidMarkerException',
    );
  });

  test('revoked, and revoked again', async () => {
    const { arn } = await user('jit');
    const { KeyId } = await key();
    const { GrantId } = await grant(KeyId, arn);
    const dry = new RevokeGrantCommand({ KeyId, GrantId, DryRun: true });
    expect(await outcome(kms().send(dry))).toBe('400 DryRunOperationException');
    await kms().send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect(await grantIds(KeyId)).toEqual([]);
    expect(await outcome(kms().send(new RevokeGrantCommand({ KeyId, GrantId })))).toBe(
      '400 NotFoundException',
    );
  });

  test('retired by the one it names, and by nobody else', async () => {
    const { arn, credentials } = await user('jit');
    const other = await user('other');
    const { KeyId, arn: keyArn } = await key();
    const { GrantId } = await grant(KeyId, arn, { RetiringPrincipal: arn });
    const retirable = new ListRetirableGrantsCommand({ RetiringPrincipal: arn });
    expect((await kms().send(retirable)).Grants).toMatchObject([{ GrantId }]);
    const retire = new RetireGrantCommand({ KeyId: keyArn, GrantId });
    expect(await outcome(kms(other.credentials).send(retire))).toBe('400 AccessDeniedException');
    expect(await outcome(kms(credentials).send(retire))).toBe('200');
    expect(await grantIds(KeyId)).toEqual([]);
    const { GrantToken } = await grant(KeyId, arn, { Operations: ['Decrypt', 'RetireGrant'] });
    expect(await outcome(kms(credentials).send(new RetireGrantCommand({ GrantToken })))).toBe('200');
    expect(await grantIds(KeyId)).toEqual([]);
  });

  test('for a user who is deleted: the id stays, and no namesake has it', async () => {
    const { arn, id, credentials } = await user('jit', allow('kms:ListKeys'));
    const { KeyId } = await key();
    await grant(KeyId, arn, { Operations: ['DescribeKey'] });
    const UserName = 'jit';
    const AccessKeyId = credentials.accessKeyId;
    await fake.iam().send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await fake.iam().send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'rights' }));
    await fake.iam().send(new DeleteUserCommand({ UserName }));
    const namesake = await user('jit');
    const { Grants } = await kms().send(new ListGrantsCommand({ KeyId }));
    expect(Grants).toMatchObject([{ GranteePrincipal: id }]);
    const ask = new DescribeKeyCommand({ KeyId });
    expect(await outcome(kms(namesake.credentials).send(ask))).toBe('400 AccessDeniedException');
  });

  test('a replica that lags shows it still', async () => {
    const { arn } = await user('jit');
    const { KeyId } = await key();
    const { GrantId } = await grant(KeyId, arn);
    fake.aws.clock.advance(60_000);
    fake.aws.world.account('111111111111').lag.reads = 30_000;
    await kms().send(new RevokeGrantCommand({ KeyId, GrantId }));
    expect(await grantIds(KeyId)).toEqual([GrantId]);
    fake.aws.clock.advance(31_000);
    expect(await grantIds(KeyId)).toEqual([]);
  });
});

test('the policy as it is kept, and only by its one name', async () => {
  const { arn, id, credentials } = await user('jit');
  const { KeyId } = await key();
  const Policy = policy(
    { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'kms:*', Resource: '*' },
    { Effect: 'Allow', Principal: { AWS: arn }, Action: 'kms:Decrypt', Resource: '*' },
  );
  await kms().send(new PutKeyPolicyCommand({ KeyId, Policy }));
  const read = async () => (await kms().send(new GetKeyPolicyCommand({ KeyId }))).Policy;
  expect(await read()).toContain(arn);
  await fake
    .iam()
    .send(new DeleteAccessKeyCommand({ UserName: 'jit', AccessKeyId: credentials.accessKeyId }));
  await fake.iam().send(new DeleteUserCommand({ UserName: 'jit' }));
  expect(await read()).toContain(`"AWS":"${id}"`);
  const other = new GetKeyPolicyCommand({ KeyId, PolicyName: 'other' });
  expect(await outcome(kms().send(other))).toBe('400 NotFoundException');
});

test('disabled, pending its deletion, gone', async () => {
  const { KeyId } = await key();
  const { arn } = await user('jit');
  const state = async () => (await kms().send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
  await grant(KeyId, arn);
  await kms().send(new DisableKeyCommand({ KeyId }));
  const more = new CreateGrantCommand({ KeyId, GranteePrincipal: arn, Operations: ['Decrypt'] });
  expect(await outcome(kms().send(more))).toBe('400 DisabledException');
  await kms().send(new EnableKeyCommand({ KeyId }));
  await kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  expect(await state()).toBe('PendingDeletion');
  expect(await grantIds(KeyId)).toHaveLength(1);
  expect(await outcome(kms().send(more))).toBe('400 KMSInvalidStateException');
  await kms().send(new CancelKeyDeletionCommand({ KeyId }));
  expect(await state()).toBe('Disabled');
  await kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  fake.aws.clock.advance(7 * 86_400_000);
  expect(await outcome(kms().send(new DescribeKeyCommand({ KeyId })))).toBe('400 NotFoundException');
});
