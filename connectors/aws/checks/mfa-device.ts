import type { Check } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { mfaDevice } from '../kinds/mfa-device.ts';
import type { MfaDeviceRef } from '../kinds/mfa-device.ts';
import { credentialOf } from '../of-user.ts';
import { listDevices, mfaDevices } from '../user-credentials.ts';

export const mfaDeviceCheck: Check<AwsClient, MfaDeviceRef> = {
  id: 'aws/mfa-device',
  title: 'Is the device enabled for its user?',
  of: mfaDevice,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listDevices.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html',
  effects: [],
  observe: ({ ref }, ctx) => credentialOf(ref, ctx, mfaDevices, ref.serialNumber, ref.enabledAt),
};
