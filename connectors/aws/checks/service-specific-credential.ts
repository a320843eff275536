import type { Check } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { serviceSpecificCredential } from '../kinds/service-specific-credential.ts';
import type { ServiceSpecificCredentialRef } from '../kinds/service-specific-credential.ts';
import { credentialOf } from '../of-user.ts';
import { listServiceCredentials, serviceCredentials } from '../user-credentials.ts';

export const serviceSpecificCredentialCheck: Check<AwsClient, ServiceSpecificCredentialRef> = {
  id: 'aws/service-specific-credential',
  title: 'Does the credential stand among those of its user for one service?',
  of: serviceSpecificCredential,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listServiceCredentials.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html',
  effects: [],
  observe: ({ ref }, ctx) => credentialOf(ref, ctx, serviceCredentials, ref.credentialId),
};
