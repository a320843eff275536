import { z } from 'zod';
import type { Asked } from '../../src/testing.ts';
import type { Call, Subject } from './aws-made.ts';

const userMade = z.object({ User: z.object({ UserId: z.string() }) });
const serviceMade = z.object({
  ServiceSpecificCredential: z.object({ ServiceSpecificCredentialId: z.string() }),
});
const serviceList = z.object({
  ServiceSpecificCredentials: z.array(z.object({ ServiceSpecificCredentialId: z.string() })),
});
const certificateMade = z.object({ Certificate: z.object({ CertificateId: z.string() }) });
const certificateList = z.object({ Certificates: z.array(z.object({ CertificateId: z.string() })) });
const sshMade = z.object({ SSHPublicKey: z.object({ SSHPublicKeyId: z.string() }) });
const sshList = z.object({ SSHPublicKeys: z.array(z.object({ SSHPublicKeyId: z.string() })) });

const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string() }) });
const keyList = z.object({ AccessKeyMetadata: z.array(z.object({ AccessKeyId: z.string() })) });
const roleMade = z.object({ Role: z.object({ RoleId: z.string(), Arn: z.string() }) });

const here = '111111111111';
const wholeAccount = ({ body }: Asked) => body.includes('Action=GetAccountAuthorizationDetails');
const lastingAnHour = () => ({
  issuedAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
});

const asksFor = (action: string) => (asked: Asked, name: string) =>
  wholeAccount(asked) ||
  (asked.body.includes(`Action=${action}&`) && new URLSearchParams(asked.body).get('UserName') === name);

const withUser = (call: Call, name: string) => ({
  userName: name,
  userId: userMade.parse(call('CreateUser', { UserName: name })).User.UserId,
});

const reads = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

function withPassword(call: Call, name: string) {
  const ref = withUser(call, name);
  call('CreateLoginProfile', { UserName: name, Password: `a password of ${name}` });
  return { ref: { ...ref, policies: [reads] } };
}

function endWithUser(call: Call, name: string): void {
  call('DeleteLoginProfile', { UserName: name });
  call('DeleteUser', { UserName: name });
}

const serial = (name: string) => `arn:aws:iam::${here}:mfa/${name}`;

const nobodysPassword = {
  'iam:GetLoginProfile': 'tells the password of a user; one that is not there has none, whatever it was',
  'iam:GetUser': 'shows that a user without a password is the one that was meant; here is none',
} as const;

const ofRole: Subject = {
  create(call, name) {
    const trusting = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${here}:root` } };
    const Statement = [{ ...trusting, Action: 'sts:AssumeRole' }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    const made = roleMade.parse(call('CreateRole', { RoleName: name, AssumeRolePolicyDocument })).Role;
    call('PutRolePolicy', { RoleName: name, PolicyName: 'rights', PolicyDocument: reads });
    const role = { roleArn: made.Arn, roleId: made.RoleId };
    return { ref: { ...role, sessionName: 'task', policies: [reads], ...lastingAnHour() } };
  },
  end(call, name) {
    call('DeleteRolePolicy', { RoleName: name, PolicyName: 'rights' });
    call('DeleteRole', { RoleName: name });
  },
  asks: wholeAccount,
};

const ofUser: Subject = {
  create(call, name) {
    const user = withUser(call, name);
    call('PutUserPolicy', { UserName: name, PolicyName: 'rights', PolicyDocument: reads });
    const session = { accessKeyId: 'ASIANEVERISSUED00000', account: here, ...lastingAnHour() };
    return { ref: { ...user, ...session, policies: [reads] } };
  },
  end(call, name) {
    call('DeleteUserPolicy', { UserName: name, PolicyName: 'rights' });
    call('DeleteUser', { UserName: name });
  },
  asks: wholeAccount,
};

/** What authenticates, besides access keys. */
export const credentials: Readonly<Record<string, Subject>> = {
  'aws/service-specific-credential': {
    create(call, name) {
      const ref = withUser(call, name);
      const input = { UserName: name, ServiceName: 'bedrock.amazonaws.com' };
      const { ServiceSpecificCredentialId: credentialId } = serviceMade.parse(
        call('CreateServiceSpecificCredential', input),
      ).ServiceSpecificCredential;
      return { ref: { ...ref, credentialId } };
    },
    end(call, UserName) {
      const list = serviceList.parse(call('ListServiceSpecificCredentials', { UserName }));
      for (const { ServiceSpecificCredentialId } of list.ServiceSpecificCredentials) {
        call('DeleteServiceSpecificCredential', { UserName, ServiceSpecificCredentialId });
      }
    },
    asks: asksFor('ListServiceSpecificCredentials'),
  },
  'aws/signing-certificate': {
    create(call, name) {
      const ref = withUser(call, name);
      const input = { UserName: name, CertificateBody: `a certificate of ${name}` };
      const { CertificateId: certificateId } = certificateMade.parse(
        call('UploadSigningCertificate', input),
      ).Certificate;
      return { ref: { ...ref, certificateId } };
    },
    end(call, UserName) {
      const list = certificateList.parse(call('ListSigningCertificates', { UserName }));
      for (const { CertificateId } of list.Certificates) {
        call('DeleteSigningCertificate', { UserName, CertificateId });
      }
    },
    asks: asksFor('ListSigningCertificates'),
  },
  'aws/ssh-public-key': {
    create(call, name) {
      const ref = withUser(call, name);
      const input = { UserName: name, SSHPublicKeyBody: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB jit' };
      const { SSHPublicKeyId: sshPublicKeyId } = sshMade.parse(
        call('UploadSSHPublicKey', input),
      ).SSHPublicKey;
      return { ref: { ...ref, sshPublicKeyId } };
    },
    end(call, UserName) {
      const list = sshList.parse(call('ListSSHPublicKeys', { UserName }));
      for (const { SSHPublicKeyId } of list.SSHPublicKeys)
        call('DeleteSSHPublicKey', { UserName, SSHPublicKeyId });
    },
    asks: asksFor('ListSSHPublicKeys'),
  },
  'aws/mfa-device': {
    create(call, name) {
      const ref = withUser(call, name);
      const SerialNumber = serial(name);
      call('CreateVirtualMFADevice', { VirtualMFADeviceName: name });
      const codes = { AuthenticationCode1: '111111', AuthenticationCode2: '222222' };
      call('EnableMFADevice', { UserName: name, SerialNumber, ...codes });
      return { ref: { ...ref, serialNumber: SerialNumber } };
    },
    end: (call, name) => void call('DeactivateMFADevice', { UserName: name, SerialNumber: serial(name) }),
    asks: asksFor('ListMFADevices'),
  },
  'aws/console-login': {
    create: withPassword,
    end: (call, name) => void call('DeleteLoginProfile', { UserName: name }),
    asks: asksFor('GetLoginProfile'),
  },
  'aws/console-login of a user that is deleted': {
    create: withPassword,
    end: endWithUser,
    asks: asksFor('GetLoginProfile'),
    describing: nobodysPassword,
  },
  'aws/console-login-sessions': {
    create: withPassword,
    end: endWithUser,
    asks: asksFor('GetLoginProfile'),
    describing: nobodysPassword,
  },
  'aws/role-session': ofRole,
  'aws/role-session-chained': ofRole,
  'aws/federation-token': ofUser,
  'aws/federation-token-assumed': ofUser,
  'aws/presigned-url': {
    create(call, name) {
      const ref = withUser(call, name);
      call('PutUserPolicy', { UserName: name, PolicyName: 'rights', PolicyDocument: reads });
      const { AccessKeyId: accessKeyId } = keyMade.parse(
        call('CreateAccessKey', { UserName: name }),
      ).AccessKey;
      const { issuedAt: signedAt } = lastingAnHour();
      return { ref: { ...ref, accessKeyId, bucket: 'reports', key: 'q3.csv', signedAt, expires: 3_600 } };
    },
    end(call, UserName) {
      for (const { AccessKeyId } of keyList.parse(call('ListAccessKeys', { UserName })).AccessKeyMetadata) {
        call('DeleteAccessKey', { UserName, AccessKeyId });
      }
    },
    asks: asksFor('ListAccessKeys'),
  },
};
