import {
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListServiceSpecificCredentialsCommand,
  ListUsersCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { AwsError, unanswers } from './aws.fake.ts';
import { allow, outcome, policy, trust, useAws } from './fake.fixture.ts';
import { accountOf, newId } from './fake/ids.ts';

const fake = useAws();
const { user, whoAmI } = fake;

describe('the wire', () => {
  test('an answer has its root, its namespace, its request id and its content type', async () => {
    const answer = await fake.iam().send(new ListUsersCommand({}));
    expect(answer).toMatchObject({ Users: [], IsTruncated: false });
    expect(fake.last.type).toBe('text/xml');
    expect(fake.last.text).toContain(
      '<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users/>',
    );
    expect(fake.last.text).toContain(`<RequestId>${fake.last.requestId}</RequestId>`);
    expect(answer.$metadata.requestId).toBe(fake.last.requestId);
  });

  test('a refusal has them too', async () => {
    expect(await outcome(fake.iam().send(new GetUserCommand({ UserName: 'nobody' })))).toBe(
      '404 NoSuchEntityException',
    );
    expect(fake.last.text).toContain('<Type>Sender</Type><Code>NoSuchEntity</Code>');
    expect(fake.last.type).toBe('text/xml');
    expect(fake.last.text).toContain(`<RequestId>${fake.last.requestId}</RequestId>`);
  });

  test('the server says its own time', async () => {
    fake.aws.clock.advance(86_400_000);
    await whoAmI(fake.aws.root);
    expect(Math.abs(Date.parse(fake.last.date) - fake.aws.clock.now())).toBeLessThan(2000);
  });

  test('text comes back as it went in', async () => {
    const Tags = [{ Key: 'note', Value: '<a> & "b" +%20 ü' }];
    await fake.iam().send(new CreateUserCommand({ UserName: 'jit', Tags }));
    const { User } = await fake.iam().send(new GetUserCommand({ UserName: 'jit' }));
    expect(User?.Tags).toEqual(Tags);
  });

  test('what it does not know it refuses, and tells the test', async () => {
    const ask = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: 'arn:x',
      ActionNames: ['iam:GetUser'],
    });
    expect(await outcome(fake.iam().send(ask))).toBe('400 InvalidAction');
    expect(fake.aws.unexpected.splice(0)).toEqual(['the fake knows no iam:SimulatePrincipalPolicy']);
  });
});

describe('who signed', () => {
  test('a key from its making to its end', async () => {
    const { credentials, arn, id } = await user('jit');
    expect(id).toMatch(/^AIDA[A-Z2-7]{16}$/);
    expect(await whoAmI(credentials, 'eu-west-1')).toMatchObject({
      Account: '111111111111',
      Arn: arn,
      UserId: id,
    });
    const key = { UserName: 'jit', AccessKeyId: credentials.accessKeyId };
    await fake.iam().send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    expect(await outcome(whoAmI(credentials))).toBe('403 InvalidClientTokenId');
    await fake.iam().send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    expect(await outcome(whoAmI(credentials))).toBe('200');
    await fake.iam().send(new DeleteAccessKeyCommand(key));
    expect(await outcome(whoAmI(credentials))).toBe('403 InvalidClientTokenId');
    expect(await outcome(fake.iam(credentials).send(new ListUsersCommand({})))).toBe(
      '403 InvalidClientTokenId',
    );
    const { AccessKeyMetadata } = await fake.iam().send(new ListAccessKeysCommand({ UserName: 'jit' }));
    expect(AccessKeyMetadata).toEqual([]);
  });

  test('the oracle without a secret: an id that is there, one that was, one that never was', async () => {
    const { credentials } = await user('jit');
    const guess = (accessKeyId: string) => whoAmI({ accessKeyId, secretAccessKey: 'never this one' });
    expect(await outcome(guess(credentials.accessKeyId))).toBe('403 SignatureDoesNotMatch');
    await fake
      .iam()
      .send(new DeleteAccessKeyCommand({ UserName: 'jit', AccessKeyId: credentials.accessKeyId }));
    expect(await outcome(guess(credentials.accessKeyId))).toBe('403 InvalidClientTokenId');
    expect(await outcome(guess(newId('AKIA', '111111111111')))).toBe('403 InvalidClientTokenId');
    expect(await outcome(guess(newId('AKIA', '999999999999')))).toBe('403 InvalidClientTokenId');
    expect(await outcome(guess('AKIAIOSFODNN7EXAMPLE'))).toBe('403 InvalidClientTokenId');
  });

  test('a wrong secret can make the right one look wrong for a while', async () => {
    const { credentials } = await user('jit');
    fake.aws.world.switches.wrongSecretLingersMs = 5000;
    await outcome(whoAmI({ ...credentials, secretAccessKey: 'guess' }));
    expect(await outcome(whoAmI(credentials))).toBe('403 SignatureDoesNotMatch');
    fake.aws.clock.advance(5000);
    expect(await outcome(whoAmI(credentials))).toBe('200');
  });

  test.each([
    ['no signature', 'authorization', '', '403 MissingAuthenticationToken'],
    ['another algorithm', 'authorization', 'Basic YTpi', '400 IncompleteSignature'],
    ['half a signature', 'authorization', 'AWS4-HMAC-SHA256 Credential=a/b', '400 IncompleteSignature'],
    ['no date', 'x-amz-date', '', '400 IncompleteSignature'],
    ['a changed date', 'x-amz-date', 'later', '403 SignatureDoesNotMatch'],
    ['a changed digest', 'x-amz-content-sha256', '00', '403 SignatureDoesNotMatch'],
    ['a token that nobody gave', 'x-amz-security-token', 'abc', '403 InvalidClientTokenId'],
  ])('%s', async (_, name, value, expected) => {
    fake.tamper = (wire) => {
      const kept = wire.headers[name] ?? '';
      const later = `${kept.slice(0, -2)}${kept.endsWith('9Z') ? '8' : '9'}Z`;
      if (value === '') delete wire.headers[name];
      else wire.headers[name] = value === 'later' ? later : value;
    };
    expect(await outcome(whoAmI(fake.aws.root))).toBe(expected);
  });

  test('a body that was changed on its way', async () => {
    fake.tamper = (wire) => (wire.body = wire.body?.replace('2011-06-15', '2011-06-16') ?? '');
    expect(await outcome(whoAmI(fake.aws.root))).toBe('403 SignatureDoesNotMatch');
  });

  test('a clock that is wrong by more than five minutes', async () => {
    const early = fake.sts();
    fake.aws.clock.advance(5 * 60_000 + 2000);
    expect(await outcome(early.send(new GetCallerIdentityCommand({})))).toBe('403 SignatureDoesNotMatch');
    expect(fake.last.text).toMatch(/Signature expired: \d{8}T\d{6}Z is now earlier than/);
    expect(await outcome(whoAmI(fake.aws.root))).toBe('200');
  });

  test('regions: one that is not, one of another partition, one that must be switched on, and IAM elsewhere', async () => {
    const { root } = fake.aws;
    expect(await outcome(whoAmI(root, 'zz-bad-1'))).toBe('403 SignatureDoesNotMatch');
    expect(await outcome(whoAmI(root, 'cn-north-1'))).toBe('403 InvalidClientTokenId');
    expect(await outcome(whoAmI(root, 'af-south-1'))).toBe('403 InvalidClientTokenId');
    fake.aws.world.account('111111111111').regions.add('af-south-1');
    expect(await outcome(whoAmI(root, 'af-south-1'))).toBe('200');
    fake.tamper = (wire) => {
      wire.headers['authorization'] = (wire.headers['authorization'] ?? '').replace('us-east-1', 'eu-west-1');
    };
    expect(await outcome(fake.iam().send(new ListUsersCommand({})))).toBe('403 SignatureDoesNotMatch');
    expect(fake.last.text).toContain('Credential should be scoped to a valid region');
  });

  test('a second account at the same address is another world', async () => {
    fake.aws.world.addAccount('222222222222');
    fake.aws.world.addAccount('333333333333', 'aws-cn');
    const { credentials } = await user('jit');
    expect(accountOf(credentials.accessKeyId)).toBe('111111111111');
    const other = fake.aws.rootOf('222222222222');
    expect(await whoAmI(other)).toMatchObject({ Account: '222222222222' });
    expect(await outcome(fake.iam(other).send(new GetUserCommand({ UserName: 'jit' })))).toBe(
      '404 NoSuchEntityException',
    );
    expect(await whoAmI(fake.aws.rootOf('333333333333'), 'cn-north-1')).toMatchObject({
      Arn: 'arn:aws-cn:iam::333333333333:root',
    });
  });

  test('whose a key is, by its letters and by STS', async () => {
    expect(accountOf('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
    const { credentials } = await user('jit', allow('sts:GetAccessKeyInfo'));
    const ask = (AccessKeyId: string) =>
      fake.sts(credentials).send(new GetAccessKeyInfoCommand({ AccessKeyId }));
    expect(await ask(credentials.accessKeyId)).toMatchObject({ Account: '111111111111' });
    expect(await outcome(ask('AKIA7777777777777777'))).toBe('400 ValidationError');
  });
});

describe('what is refused', () => {
  test('alike whether the thing is there or not', async () => {
    const { credentials, arn } = await user('jit', allow('iam:ListUsers'));
    await fake.iam().send(new CreateUserCommand({ UserName: 'other', Path: '/deep/' }));
    const ask = async (UserName: string) => {
      const code = await outcome(fake.iam(credentials).send(new GetUserCommand({ UserName })));
      return [code, fake.last.text.replaceAll(UserName, '?').replaceAll(fake.last.requestId, '')];
    };
    expect(await ask('other')).toEqual(await ask('absent'));
    expect(fake.last.text).toContain(
      `User: ${arn} is not authorized to perform: iam:GetUser on resource: user absent because no identity-based policy allows the iam:GetUser action`,
    );
  });

  test('codes of 404 that are no absence, and reports that are not there yet', async () => {
    const root = fake.iam();
    const other = new ListServiceSpecificCredentialsCommand({ ServiceName: 'other.amazonaws.com' });
    expect(await outcome(root.send(other))).toBe('404 ServiceNotSupportedException');
    const report = () => outcome(root.send(new GetCredentialReportCommand({})));
    expect(await report()).toBe('410 CredentialReportNotPresentException');
    expect((await root.send(new GenerateCredentialReportCommand({}))).State).toBe('STARTED');
    expect(await report()).toBe('404 CredentialReportNotReadyException');
    expect((await root.send(new GenerateCredentialReportCommand({}))).State).toBe('COMPLETE');
    await user('late');
    const { Content } = await root.send(new GetCredentialReportCommand({}));
    const [head, ...rows] = Buffer.from(Content ?? '')
      .toString()
      .split('\n');
    expect(head?.split(',')).toHaveLength(22);
    // kept for hours: whoever came since is not in it
    expect(rows.map((row) => row.split(',')[0])).toEqual(['<root_account>']);
    fake.aws.clock.advance(4 * 3_600_000);
    const later = fake.iam();
    expect(await outcome(later.send(new GetCredentialReportCommand({})))).toBe(
      '410 CredentialReportExpiredException',
    );
  });

  test('the last use of a key that is not there is not spoken of', async () => {
    const { credentials } = await user('jit');
    const ask = (AccessKeyId: string) => fake.iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect((await ask(credentials.accessKeyId)).AccessKeyLastUsed).toMatchObject({ ServiceName: 'N/A' });
    await whoAmI(credentials, 'eu-west-1');
    expect(await ask(credentials.accessKeyId)).toMatchObject({
      UserName: 'jit',
      AccessKeyLastUsed: { ServiceName: 'sts', Region: 'eu-west-1' },
    });
    expect(await outcome(ask(newId('AKIA', '111111111111')))).toBe('403 AccessDenied');
  });

  test('members that are missing or out of their limits', async () => {
    expect(await outcome(fake.iam().send(new ListUsersCommand({ MaxItems: 0 })))).toBe('400 ValidationError');
    expect(await outcome(fake.iam().send(new CreateUserCommand({ UserName: '' })))).toBe(
      '400 ValidationError',
    );
  });
});

describe('switches', () => {
  test('every third call is throttled', async () => {
    fake.aws.world.switches.throttleEvery = 3;
    const codes: string[] = [];
    for (let call = 0; call < 6; call += 1) codes.push(await outcome(whoAmI(fake.aws.root)));
    expect(codes).toEqual(['200', '200', '400 Throttling', '200', '200', '400 Throttling']);
  });

  test('one call of one principal is denied, and no other', async () => {
    const { credentials } = await user('auditor', allow('iam:*'));
    fake.aws.world.denials.add({ principal: credentials.accessKeyId, action: 'iam:ListUsers', call: 2 });
    const list = () => outcome(fake.iam(credentials).send(new ListUsersCommand({})));
    await outcome(fake.iam(credentials).send(new GetUserCommand({})));
    expect([await list(), await list(), await list()]).toEqual(['200', '403 AccessDenied', '200']);
  });

  test('an endpoint that lets everybody in', async () => {
    fake.aws.world.switches.authenticates = 'everybody';
    const nobody = { accessKeyId: newId('AKIA', '555555555555'), secretAccessKey: 'none' };
    expect(await whoAmI(nobody)).toMatchObject({ Account: '111111111111', UserId: 'AKIAIOSFODNN7EXAMPLE' });
    expect(await outcome(fake.iam(nobody).send(new ListUsersCommand({})))).toBe('200');
  });

  test.each(['loginPage', 'loginPageAsXml', 'otherRoot', 'empty'] as const)(
    'a 200 that answers nothing, which the SDK takes for an empty answer: %s',
    async (name) => {
      await user('jit');
      const end = fake.aws.fault(({ action }) => action === 'ListAccessKeys', unanswers[name]);
      const list = () => fake.iam().send(new ListAccessKeysCommand({ UserName: 'jit' }));
      const answer = await list();
      expect(answer.$metadata.httpStatusCode).toBe(200);
      expect(answer.AccessKeyMetadata).toBeUndefined();
      end();
      expect((await list()).AccessKeyMetadata).toHaveLength(1);
    },
  );

  test.each(['braces', 'truncated'] as const)('a 200 that cannot be read: %s', async (name) => {
    fake.aws.fault(() => true, unanswers[name]);
    expect(await outcome(fake.iam().send(new ListUsersCommand({})))).toBe('200 Error');
  });

  test('any error in the place of an answer', async () => {
    fake.aws.fault(({ action }) => action === 'ListUsers', new AwsError('ServiceFailure', 500, 'broken'));
    expect(await outcome(fake.iam().send(new ListUsersCommand({})))).toBe('500 ServiceFailureException');
  });

  test('replicas that are behind: reads show what was, and a dead key still signs', async () => {
    const account = fake.aws.world.account('111111111111');
    account.lag = { reads: 4000, rights: 0 };
    const { credentials } = await user('jit');
    const get = () => outcome(fake.iam().send(new GetUserCommand({ UserName: 'jit' })));
    expect(await get()).toBe('404 NoSuchEntityException');
    fake.aws.clock.advance(4001);
    expect(await get()).toBe('200');
    account.lag = { reads: 0, rights: 4000 };
    const key = { UserName: 'jit', AccessKeyId: credentials.accessKeyId };
    await fake.iam().send(new DeleteAccessKeyCommand(key));
    expect(await outcome(whoAmI(credentials))).toBe('200');
    expect(await outcome(fake.iam().send(new DeleteAccessKeyCommand(key)))).toBe('404 NoSuchEntityException');
    fake.aws.clock.advance(4001);
    expect(await outcome(whoAmI(credentials))).toBe('403 InvalidClientTokenId');
  });

  test('the log names callers and never what signs', async () => {
    const { credentials, arn } = await user('jit');
    await outcome(whoAmI(credentials));
    await outcome(whoAmI({ ...credentials, secretAccessKey: 'guess' }));
    expect(fake.aws.log.slice(-2)).toMatchObject([
      { service: 'sts', action: 'GetCallerIdentity', caller: arn, writes: false, status: 200, code: '' },
      { action: 'GetCallerIdentity', caller: '', status: 403, code: 'SignatureDoesNotMatch' },
    ]);
    expect(fake.aws.log.some(({ writes }) => writes)).toBe(true);
    expect(JSON.stringify(fake.aws.log)).not.toContain(credentials.secretAccessKey);
  });

  test('set-ups without a signature, by the same operations', () => {
    const { world } = fake.aws;
    world.call('111111111111', 'iam', 'CreateUser', { UserName: 'quick' });
    expect(world.call('111111111111', 'iam', 'GetUser', { UserName: 'quick' })).toMatchObject({
      User: { UserName: 'quick' },
    });
    const absent = () => world.call('111111111111', 'iam', 'GetUser', { UserName: 'absent' });
    expect(absent).toThrow(AwsError);
    const PolicyDocument = policy({ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' });
    const put = { UserName: 'quick', PolicyName: 'p', PolicyDocument };
    expect(() => world.call('111111111111', 'iam', 'PutUserPolicy', put)).toThrow(/principal/);
    const role = { RoleName: 'r', AssumeRolePolicyDocument: trust('arn:aws:iam::111111111111:user/absent') };
    expect(() => world.call('111111111111', 'iam', 'CreateRole', role)).toThrow(/Invalid principal/);
  });

  test('bearer keys of one service, over the whole account', async () => {
    await user('jit');
    await fake.iam().send(
      new CreateServiceSpecificCredentialCommand({
        UserName: 'jit',
        ServiceName: 'bedrock.amazonaws.com',
        CredentialAgeDays: 30,
      }),
    );
    const { ServiceSpecificCredentials } = await fake
      .iam()
      .send(new ListServiceSpecificCredentialsCommand({ AllUsers: true }));
    expect(ServiceSpecificCredentials).toMatchObject([{ UserName: 'jit', Status: 'Active' }]);
  });
});
