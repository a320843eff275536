import { z } from '../../src/connector.ts';
import type { Operation } from './calls.ts';
import { everybody, listOf, status } from './list-of-user.ts';
import type { UserCredential } from './list-of-user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html */
export const listServiceCredentials: Operation = {
  name: 'ListServiceSpecificCredentials',
  needs: 'iam:ListServiceSpecificCredentials',
};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html */
export const listCertificates: Operation = {
  name: 'ListSigningCertificates',
  needs: 'iam:ListSigningCertificates',
};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html */
export const listSshKeys: Operation = { name: 'ListSSHPublicKeys', needs: 'iam:ListSSHPublicKeys' };
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html */
export const listDevices: Operation = { name: 'ListMFADevices', needs: 'iam:ListMFADevices' };

/** Git on CodeCommit, Keyspaces, and the long-term API keys of Bedrock and CloudWatch Logs; of `everybody` too. */
export const serviceCredentials = listOf({
  id: 'aws/service-specific-credentials',
  operation: listServiceCredentials,
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html',
  async ask(iam, { UserName, ...input }, abortSignal) {
    const { ListServiceSpecificCredentialsCommand } = await import('@aws-sdk/client-iam');
    const whose = UserName === everybody ? { AllUsers: true } : { UserName };
    const command = new ListServiceSpecificCredentialsCommand({ ...input, ...whose });
    const told = await iam.send(command, { abortSignal });
    // paged since it tells of all users; of one, who has two a service at most, it told a whole list before
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
    const unpaged = told.IsTruncated === undefined && told.Marker === undefined && UserName !== everybody;
    return unpaged ? { ...told, IsTruncated: false } : told;
  },
  page: z
    .object({
      ServiceSpecificCredentials: z.array(
        z.object({
          ServiceSpecificCredentialId: z.string(),
          UserName: z.string(),
          ServiceName: z.string(),
          Status: status,
          CreateDate: z.date(),
          ExpirationDate: z.date().optional(),
        }),
      ),
    })
    .transform(({ ServiceSpecificCredentials: list }) =>
      list.map((one): UserCredential => ({
        id: one.ServiceSpecificCredentialId,
        userName: one.UserName,
        status: one.Status,
        made: one.CreateDate,
        service: one.ServiceName,
        ...(one.ExpirationDate === undefined ? {} : { expires: one.ExpirationDate }),
      })),
    ),
});

export const signingCertificates = listOf({
  id: 'aws/signing-certificates',
  operation: listCertificates,
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html',
  async ask(iam, input, abortSignal) {
    const { ListSigningCertificatesCommand } = await import('@aws-sdk/client-iam');
    return iam.send(new ListSigningCertificatesCommand(input), { abortSignal });
  },
  page: z
    .object({
      Certificates: z.array(
        z.object({ CertificateId: z.string(), UserName: z.string(), Status: status, UploadDate: z.date() }),
      ),
    })
    .transform(({ Certificates: list }) =>
      list.map((one): UserCredential => ({
        id: one.CertificateId,
        userName: one.UserName,
        status: one.Status,
        made: one.UploadDate,
      })),
    ),
});

export const sshPublicKeys = listOf({
  id: 'aws/ssh-public-keys',
  operation: listSshKeys,
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html',
  async ask(iam, input, abortSignal) {
    const { ListSSHPublicKeysCommand } = await import('@aws-sdk/client-iam');
    return iam.send(new ListSSHPublicKeysCommand(input), { abortSignal });
  },
  page: z
    .object({
      SSHPublicKeys: z.array(
        z.object({ SSHPublicKeyId: z.string(), UserName: z.string(), Status: status, UploadDate: z.date() }),
      ),
    })
    .transform(({ SSHPublicKeys: list }) =>
      list.map((one): UserCredential => ({
        id: one.SSHPublicKeyId,
        userName: one.UserName,
        status: one.Status,
        made: one.UploadDate,
      })),
    ),
});

export const mfaDevices = listOf({
  id: 'aws/mfa-devices',
  operation: listDevices,
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html',
  async ask(iam, input, abortSignal) {
    const { ListMFADevicesCommand } = await import('@aws-sdk/client-iam');
    return iam.send(new ListMFADevicesCommand(input), { abortSignal });
  },
  page: z
    .object({
      MFADevices: z.array(z.object({ SerialNumber: z.string(), UserName: z.string(), EnableDate: z.date() })),
    })
    .transform(({ MFADevices: list }) =>
      list.map((one): UserCredential => ({
        id: one.SerialNumber,
        userName: one.UserName,
        status: 'Active',
        made: one.EnableDate,
      })),
    ),
});
