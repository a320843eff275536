import { z } from 'zod';
import { readsUsers } from '../aws-world.ts';
import type { AwsScenario, AwsWorld } from '../aws-world.ts';
import type { Truth } from '../scenario.ts';
import {
  lists,
  listsKeys,
  located,
  mentions,
  passwordOf,
  standsByName,
  tries,
  triesKey,
  whole,
  withMore,
  without,
} from './aws-told.ts';

const Password = 'correct horse battery';
const profile = z.object({ LoginProfile: z.object({ CreateDate: z.date() }) });
const bedrock = z.object({
  ServiceSpecificCredential: z.object({ ServiceSpecificCredentialId: z.string() }),
});
const certificate = z.object({ Certificate: z.object({ CertificateId: z.string() }) });
const sshKey = z.object({ SSHPublicKey: z.object({ SSHPublicKeyId: z.string() }) });
const device = z.object({ VirtualMFADevice: z.object({ SerialNumber: z.string() }) });

/** What no service of the truth server takes is there as long as IAM lists it. */
const held = ({ iam }: AwsWorld, action: string, UserName: string, id: string): Truth =>
  mentions(iam(action, { UserName }), id) === 'gone' ? 'refused' : 'works';
const listsAlice = { asks: 'lists the keys of every user of the subject', says: 'gone' } as const;
const CertificateBody = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

/** Another user of the subject, who had nothing before, has something that was made in the window. */
const another = {
  grant: 'live',
  exit: 1,
  targets: {
    c1: 'gone',
    'sweep:aws-prod/of-the-user-1': 'live R-LISTED',
    ...whole,
  },
} as const;
const unseen = { c1: 'gone', 'sweep:aws-prod': 'unproven R-PERM', 'hunt:aws-prod': 'gone' } as const;
function withAlice(world: AwsWorld) {
  const given = world.give();
  const alice = world.user('alice', 2_000);
  world.end(given, 'with its user');
  return { given, UserName: 'alice', grant: { ...given.grant, users: [given.userId, alice] } };
}

export const logins: readonly AwsScenario[] = [
  {
    name: 'aws-password',
    story: 'The key is deleted; the user was given a password for the console in the window.',
    naive: lists,
    truth: { by: 'whether the user has a password', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'unproven R-DERIVED',
        'sweep:aws-prod/of-the-user-1': 'live R-LISTED',
        'sweep:aws-prod/inline-1': 'live R-LISTED',
        ...whole,
      },
    },
    async play(world) {
      const given = world.give();
      world.ago(90, 'CreateLoginProfile', { UserName: given.name, Password });
      world.end(given);
      return {
        grant: given.grant,
        naive: () => listsKeys(world, given),
        truth: () => Promise.resolve(passwordOf(world, given)),
        async mend() {
          world.iam('DeleteLoginProfile', { UserName: given.name });
          world.iam('DeleteUserPolicy', { UserName: given.name, PolicyName: 'jit-0' });
          world.iam('DeleteUser', { UserName: given.name });
        },
      };
    },
  },
  {
    name: 'aws-password-set-anew',
    story:
      'The password of the record is deleted, and the user is given another one: other secret, same user.',
    naive: lists,
    truth: { by: 'whether the user has a password', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'unproven R-DERIVED',
        c2: 'live R-ACTIVE',
        'sweep:aws-prod': 'gone',
        'hunt:aws-prod': 'gone',
      },
    },
    async play(world) {
      const given = world.give();
      const UserName = given.name;
      const made = profile.parse(world.ago(110, 'CreateLoginProfile', { UserName, Password })).LoginProfile;
      world.ago(90, 'DeleteLoginProfile', { UserName });
      world.ago(90, 'CreateLoginProfile', { UserName, Password: 'another one of the same' });
      world.end(given);
      const ref = {
        userName: given.name,
        userId: given.userId,
        createdAt: made.CreateDate.toISOString(),
        policies: [readsUsers],
      };
      return {
        grant: withMore(given, { credentials: [located('c2', 'aws/console-login', ref)] }),
        naive: () => listsKeys(world, given),
        truth: () => Promise.resolve(passwordOf(world, given)),
        mend: () => Promise.resolve(world.remove(given.name)),
      };
    },
  },
  {
    name: 'aws-password-of-another-user',
    story: 'Key and user are deleted; another user of the subject was given a password in the window.',
    naive: tries,
    truth: { by: 'whether the other user has a password', is: 'works' },
    expected: another,
    blinded: without('iam:GetLoginProfile', 'unproven', unseen),
    async play(world) {
      const { given, grant, UserName } = withAlice(world);
      world.ago(90, 'CreateLoginProfile', { UserName, Password });
      return {
        grant,
        naive: () => triesKey(world, given),
        truth: () => Promise.resolve(passwordOf(world, { name: UserName })),
        mend: async () => void world.iam('DeleteLoginProfile', { UserName }),
      };
    },
  },
  {
    name: 'aws-password-taken-again',
    story: 'The same, and the password was deleted at the end: the other user is as it was before.',
    naive: { asks: 'asks for the user by its name', says: 'still there' },
    truth: { by: 'whether the other user has a password', is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', ...whole } },
    blinded: without('iam:GetUser', 'unproven', unseen),
    async play(world) {
      const { grant, UserName } = withAlice(world);
      world.ago(90, 'CreateLoginProfile', { UserName, Password });
      world.iam('DeleteLoginProfile', { UserName });
      return {
        grant,
        naive: () => standsByName(world, UserName),
        truth: () => Promise.resolve(passwordOf(world, { name: UserName })),
      };
    },
  },
  {
    name: 'aws-bedrock-key',
    story:
      'Nobody of the subject has a key; one of its users was made an API key for Bedrock, without an end.',
    naive: listsAlice,
    truth: { by: 'whether IAM keeps the key for Bedrock', is: 'works' },
    expected: another,
    blinded: without('iam:ListServiceSpecificCredentials', 'unproven', unseen),
    async play(world) {
      const { grant, UserName } = withAlice(world);
      const made = world.ago(90, 'CreateServiceSpecificCredential', {
        UserName,
        ServiceName: 'bedrock.amazonaws.com',
      });
      const { ServiceSpecificCredentialId } = bedrock.parse(made).ServiceSpecificCredential;
      return {
        grant,
        naive: () => Promise.resolve(mentions(world.iam('ListAccessKeys', { UserName }), 'AKIA')),
        truth: () =>
          Promise.resolve(
            held(world, 'ListServiceSpecificCredentials', UserName, ServiceSpecificCredentialId),
          ),
        mend: async () =>
          void world.iam('DeleteServiceSpecificCredential', { UserName, ServiceSpecificCredentialId }),
      };
    },
  },
  {
    name: 'aws-signing-certificate',
    story: 'Nobody of the subject has a key; one of its users uploaded a certificate that signs requests.',
    naive: listsAlice,
    truth: { by: 'whether IAM keeps the certificate', is: 'works' },
    expected: another,
    blinded: without('iam:ListSigningCertificates', 'unproven', unseen),
    async play(world) {
      const { grant, UserName } = withAlice(world);
      const made = world.ago(90, 'UploadSigningCertificate', { UserName, CertificateBody });
      const { CertificateId } = certificate.parse(made).Certificate;
      return {
        grant,
        naive: () => Promise.resolve(mentions(world.iam('ListAccessKeys', { UserName }), 'AKIA')),
        truth: () => Promise.resolve(held(world, 'ListSigningCertificates', UserName, CertificateId)),
        mend: async () => void world.iam('DeleteSigningCertificate', { UserName, CertificateId }),
      };
    },
  },
  {
    name: 'aws-ssh-key',
    story: 'Nobody of the subject has a key; one of its users uploaded an SSH key for the code.',
    naive: listsAlice,
    truth: { by: 'whether IAM keeps the SSH key', is: 'works' },
    expected: another,
    blinded: without('iam:ListSSHPublicKeys', 'unproven', unseen),
    async play(world) {
      const { grant, UserName } = withAlice(world);
      const made = world.ago(90, 'UploadSSHPublicKey', {
        UserName,
        SSHPublicKeyBody: 'ssh-ed25519 AAAA jit',
      });
      const { SSHPublicKeyId } = sshKey.parse(made).SSHPublicKey;
      return {
        grant,
        naive: () => Promise.resolve(mentions(world.iam('ListAccessKeys', { UserName }), 'AKIA')),
        truth: () => Promise.resolve(held(world, 'ListSSHPublicKeys', UserName, SSHPublicKeyId)),
        mend: async () => void world.iam('DeleteSSHPublicKey', { UserName, SSHPublicKeyId }),
      };
    },
  },
  {
    name: 'aws-mfa-device',
    story:
      'The grant enabled a device of the subject for an administrator; the key is gone, the device is not.',
    naive: tries,
    truth: { by: 'whether the device is enabled', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED', ...whole } },
    blinded: without('iam:ListMFADevices', 'unproven', { c1: 'gone', c2: 'unproven R-PERM', ...whole }),
    async play(world) {
      const given = world.give();
      const userId = world.user('admin', 2_000);
      const made = world.ago(100, 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'admin' });
      const { SerialNumber } = device.parse(made).VirtualMFADevice;
      const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
      world.ago(100, 'EnableMFADevice', { UserName: 'admin', SerialNumber, ...codes });
      world.end(given, 'with its user');
      const ref = { userName: 'admin', userId, serialNumber: SerialNumber };
      return {
        grant: withMore(given, { credentials: [located('c2', 'aws/mfa-device', ref)] }),
        naive: () => triesKey(world, given),
        truth: () => Promise.resolve(held(world, 'ListMFADevices', 'admin', SerialNumber)),
        async mend() {
          world.iam('DeactivateMFADevice', { UserName: 'admin', SerialNumber });
          world.iam('DeleteVirtualMFADevice', { SerialNumber });
        },
      };
    },
  },
];
