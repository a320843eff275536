import type { Check } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { signingCertificate } from '../kinds/signing-certificate.ts';
import type { SigningCertificateRef } from '../kinds/signing-certificate.ts';
import { credentialOf } from '../of-user.ts';
import { listCertificates, signingCertificates } from '../user-credentials.ts';

export const signingCertificateCheck: Check<AwsClient, SigningCertificateRef> = {
  id: 'aws/signing-certificate',
  title: 'Does the certificate stand among those of its user?',
  of: signingCertificate,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listCertificates.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html',
  effects: [],
  observe: ({ ref }, ctx) => credentialOf(ref, ctx, signingCertificates, ref.certificateId),
};
