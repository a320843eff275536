import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation } from '../../src/connector.ts';
import { AwsError, unanswers } from './aws.fake.ts';
import { credentialChecks } from './checks/credentials.ts';
import { mfaDeviceCheck } from './checks/mfa-device.ts';
import { serviceSpecificCredentialCheck } from './checks/service-specific-credential.ts';
import { signingCertificateCheck } from './checks/signing-certificate.ts';
import { sshPublicKeyCheck } from './checks/ssh-public-key.ts';
import { queryAnswer } from './fake/answer.ts';
import { everybody } from './list-of-user.ts';
import type { UserCredentials } from './list-of-user.ts';
import { account, useStage } from './stage.fixture.ts';
import { serviceCredentials } from './user-credentials.ts';

const stage = useStage(credentialChecks);

const serviceMade = z.object({
  ServiceSpecificCredential: z.object({ ServiceSpecificCredentialId: z.string() }),
});
const certificateMade = z.object({ Certificate: z.object({ CertificateId: z.string() }) });
const sshMade = z.object({ SSHPublicKey: z.object({ SSHPublicKeyId: z.string() }) });

interface Given {
  ask(): Promise<Observation>;
  end(): unknown;
  /** Sets it inactive; undefined where there is no such thing. */
  readonly off?: () => unknown;
}
interface Person {
  readonly userName?: string;
  readonly userId?: string;
}
interface Of {
  readonly action: string;
  readonly needs: readonly string[];
  /** Makes one of the user; the record is `ref` and the id of the new one. */
  make(UserName: string, ref: Person): Given;
}

const serial = (name: string) => `arn:aws:iam::${account}:mfa/${name}`;

function device(UserName: string): string {
  stage.iam('CreateVirtualMFADevice', { VirtualMFADeviceName: UserName });
  enable(UserName);
  return serial(UserName);
}
const enable = (UserName: string) =>
  stage.iam('EnableMFADevice', {
    UserName,
    SerialNumber: serial(UserName),
    AuthenticationCode1: '111111',
    AuthenticationCode2: '222222',
  });

const kinds: Readonly<Record<string, Of>> = {
  'service-specific credential': {
    action: 'ListServiceSpecificCredentials',
    needs: serviceSpecificCredentialCheck.needs,
    make(UserName, ref) {
      const input = { UserName, ServiceName: 'bedrock.amazonaws.com' };
      const { ServiceSpecificCredentialId } = serviceMade.parse(
        stage.iam('CreateServiceSpecificCredential', input),
      ).ServiceSpecificCredential;
      const which = { UserName, ServiceSpecificCredentialId };
      return {
        ask: () =>
          stage.ask(serviceSpecificCredentialCheck, { ...ref, credentialId: ServiceSpecificCredentialId }),
        end: () => stage.iam('DeleteServiceSpecificCredential', which),
        off: () => stage.iam('UpdateServiceSpecificCredential', { ...which, Status: 'Inactive' }),
      };
    },
  },
  'signing certificate': {
    action: 'ListSigningCertificates',
    needs: signingCertificateCheck.needs,
    make(UserName, ref) {
      const input = { UserName, CertificateBody: 'a certificate' };
      const { CertificateId } = certificateMade.parse(
        stage.iam('UploadSigningCertificate', input),
      ).Certificate;
      const which = { UserName, CertificateId };
      return {
        ask: () => stage.ask(signingCertificateCheck, { ...ref, certificateId: CertificateId }),
        end: () => stage.iam('DeleteSigningCertificate', which),
        off: () => stage.iam('UpdateSigningCertificate', { ...which, Status: 'Inactive' }),
      };
    },
  },
  'SSH key': {
    action: 'ListSSHPublicKeys',
    needs: sshPublicKeyCheck.needs,
    make(UserName, ref) {
      const input = { UserName, SSHPublicKeyBody: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB jit' };
      const { SSHPublicKeyId } = sshMade.parse(stage.iam('UploadSSHPublicKey', input)).SSHPublicKey;
      const which = { UserName, SSHPublicKeyId };
      return {
        ask: () => stage.ask(sshPublicKeyCheck, { ...ref, sshPublicKeyId: SSHPublicKeyId }),
        end: () => stage.iam('DeleteSSHPublicKey', which),
        off: () => stage.iam('UpdateSSHPublicKey', { ...which, Status: 'Inactive' }),
      };
    },
  },
  'MFA device': {
    action: 'ListMFADevices',
    needs: mfaDeviceCheck.needs,
    make(UserName, ref) {
      const SerialNumber = device(UserName);
      return {
        ask: () => stage.ask(mfaDeviceCheck, { ...ref, serialNumber: SerialNumber }),
        end() {
          stage.iam('DeactivateMFADevice', { UserName, SerialNumber });
          stage.iam('DeleteVirtualMFADevice', { SerialNumber });
        },
      };
    },
  },
};

describe.each(Object.entries(kinds))('%s', (_, { action, needs, make }) => {
  test('is there while it stands, switched off while inactive, and not there after its end', async () => {
    const one = make('jit', stage.user('jit'));
    expect(await one.ask()).toMatchObject({ saw: 'present', state: 'active' });
    if (one.off !== undefined) {
      one.off();
      expect(await one.ask()).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
    }
    one.end();
    expect(await one.ask()).toMatchObject({ saw: 'absent' });
  });

  test('is not there where its user is not', async () => {
    const one = make('jit', stage.user('jit'));
    one.end();
    stage.iam('DeleteUser', { UserName: 'jit' });
    expect(await one.ask()).toMatchObject({ saw: 'absent' });
  });

  test('is found under the new name of its user, and not in another user of the old one', async () => {
    const ref = stage.user('jit');
    const one = make('jit', ref);
    stage.iam('UpdateUser', { UserName: 'jit', NewUserName: 'jit-renamed' });
    stage.user('jit');
    expect(await one.ask()).toMatchObject({
      saw: 'present',
      value: expect.stringContaining('jit-renamed'),
    });
  });

  test('without an id of the user, or with the id of something else, nothing is proven', async () => {
    const { userName } = stage.user('jit');
    const one = make('jit', { userName });
    one.end();
    expect(await one.ask()).toMatchObject({ reason: 'R-IDENTITY' });
    const group = z.object({ Group: z.object({ GroupId: z.string() }) });
    const { GroupId: userId } = group.parse(stage.iam('CreateGroup', { GroupName: 'g' })).Group;
    const other = make('jit', { userName, userId });
    other.end();
    expect(await other.ask()).toMatchObject({ reason: 'R-IDENTITY' });
  });

  test('a right that is missing is named', async () => {
    const one = make('jit', stage.user('jit'));
    one.end();
    for (const missing of needs) {
      stage.allow(needs.filter((need) => need !== missing));
      expect(await one.ask()).toMatchObject({ reason: 'R-PERM', needs: missing });
    }
  });

  test.each(Object.entries(unanswers))('an answer that is none proves nothing: %s', async (_name, answer) => {
    const one = make('jit', stage.user('jit'));
    one.end();
    stage.server.fault((asked) => asked.action === action, answer);
    expect(await one.ask()).toMatchObject({ saw: 'inconclusive' });
  });

  test('a user whose list cannot be told has not none, and an unsupported service is no absence', async () => {
    const one = make('jit', stage.user('jit'));
    one.end();
    stage.server.fault(
      (asked) => asked.action === action,
      new AwsError('NotSupportedService', 404, 'The specified service is not supported.'),
    );
    expect(await one.ask()).toMatchObject({ reason: 'R-ANSWER' });
  });

  test('a list of somebody else is no answer', async () => {
    const one = make('jit', stage.user('jit'));
    make('other', stage.user('other'));
    one.end();
    const theirs = told(action, 'other');
    stage.server.fault(({ action: asked, input }) => asked === action && input['UserName'] === 'jit', theirs);
    expect(await one.ask()).toMatchObject({ reason: 'R-ANSWER', detail: expect.stringContaining('other') });
  });

  test('a server that knows even a name that never was says nothing', async () => {
    const one = make('jit', stage.user('jit'));
    one.end();
    const blank = told(action, 'jit');
    stage.server.fault((asked) => asked.action === action, blank);
    expect(await one.ask()).toMatchObject({ reason: 'R-CONTROL' });
  });
});

/** What the server answers about this user, to be told in another's place. */
function told(action: string, UserName: string) {
  const space = 'https://iam.amazonaws.com/doc/2010-05-08/';
  const shape = stage.server.world.call(account, 'iam', action, { UserName });
  return queryAnswer(action, space, shape, '7a62c49f-347e-4fc4-9331-6e8eEXAMPLE');
}

test('a credential that another page tells of is found', async () => {
  const ref = stage.user('jit');
  const of = kinds['SSH key'];
  const [first] = [1, 2, 3, 4].map(() => of?.make('jit', ref));
  expect(await first?.ask()).toMatchObject({ saw: 'present' });
});

test('a key for Bedrock with an end is over by the server’s clock, and its service is said', async () => {
  const ref = stage.user('jit');
  const input = { UserName: 'jit', ServiceName: 'bedrock.amazonaws.com', CredentialAgeDays: '1' };
  const answered = serviceMade.parse(stage.iam('CreateServiceSpecificCredential', input));
  const { ServiceSpecificCredentialId: credentialId } = answered.ServiceSpecificCredential;
  const ask = () => stage.ask(serviceSpecificCredentialCheck, { ...ref, credentialId });
  expect(await ask()).toMatchObject({
    state: 'active',
    value: expect.stringContaining('bedrock.amazonaws.com'),
    bound: { basis: 'issuer' },
  });
  stage.server.world.switches.skewToleranceMs = 48 * 3_600_000;
  stage.server.clock.advance(25 * 3_600_000);
  expect(await ask()).toMatchObject({ state: 'disabled', value: expect.stringContaining('Expired') });
});

test('a secret that was set anew leaves the same credential', async () => {
  const ref = stage.user('jit');
  const input = { UserName: 'jit', ServiceName: 'codecommit.amazonaws.com' };
  const answered = serviceMade.parse(stage.iam('CreateServiceSpecificCredential', input));
  const { ServiceSpecificCredentialId } = answered.ServiceSpecificCredential;
  stage.iam('ResetServiceSpecificCredential', { UserName: 'jit', ServiceSpecificCredentialId });
  expect(
    await stage.ask(serviceSpecificCredentialCheck, { ...ref, credentialId: ServiceSpecificCredentialId }),
  ).toMatchObject({ saw: 'present', state: 'active' });
});

test('another device under the serial of the old one is neither it nor its absence', async () => {
  const ref = stage.user('jit');
  const serialNumber = device('jit');
  const enabledAt = new Date(stage.server.clock.now() - 3_600_000).toISOString();
  expect(await stage.ask(mfaDeviceCheck, { ...ref, serialNumber, enabledAt })).toMatchObject({
    reason: 'R-IDENTITY',
  });
});

test('those of all users are told in one list', async () => {
  for (const name of ['one', 'two', 'three']) {
    stage.user(name);
    kinds['service-specific credential']?.make(name, {});
  }
  const list = await read(everybody);
  expect(list.map(({ userName }) => userName).toSorted()).toEqual(['one', 'three', 'two']);
});

test('a list of one user that says nothing of pages is whole, as it was before there were any', async () => {
  const ref = stage.user('jit');
  const one = kinds['service-specific credential']?.make('jit', ref);
  one?.end();
  const action = 'ListServiceSpecificCredentials';
  const { body, ...raw } = told(action, 'jit');
  const unpaged = { ...raw, body: body.replace(/<IsTruncated>.*<\/IsTruncated>/, '') };
  expect(unpaged.body).not.toBe(body);
  const stop = stage.server.fault(
    ({ action: asked, input }) => asked === action && input['UserName'] === 'jit',
    unpaged,
  );
  expect(await one?.ask()).toMatchObject({ saw: 'absent' });
  stop();
  stage.server.fault(
    ({ action: asked, input }) => asked === action && input['AllUsers'] !== undefined,
    unpaged,
  );
  await expect(read(everybody)).rejects.toThrow('no list was told');
});

async function read(userName: string): Promise<UserCredentials['list']> {
  let list: UserCredentials['list'] | undefined;
  await stage.ask(
    {
      ...serviceSpecificCredentialCheck,
      async observe(_, ctx) {
        const seen = await ctx.read(serviceCredentials, userName);
        if (seen.saw === 'value') list = seen.value.list;
        return { saw: 'inconclusive', reason: 'R-CHECK', detail: 'only read' };
      },
    },
    { credentialId: 'ACCANEVERISSUED00000' },
  );
  if (list === undefined) throw new Error('no list was told');
  return list;
}
