import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { instant } from './instant.ts';
import { holder, user } from './words.ts';

const mfaDeviceRef = z.strictObject({
  ...holder,
  /** Of a virtual device or a passkey its ARN, which another can get after it. */
  serialNumber: z.string().check(z.regex(/^[\w+=/:,.@-]{9,256}$/, 'the SerialNumber, an ARN or digits')),
  /** `EnableDate`. */
  enabledAt: z.optional(instant),
});
export type MfaDeviceRef = z.infer<typeof mfaDeviceRef>;

export const mfaDevice: Kind<MfaDeviceRef> = {
  kind: 'aws/mfa-device',
  title: 'MFA device of an IAM user',
  role: 'credential',
  ref: mfaDeviceRef,
  example: {
    userId: 'AIDANEVERISSUED00000',
    serialNumber: 'arn:aws:iam::111122223333:mfa/tombstone-never-made',
  },
  needed: ['serialNumber', 'userId'],
  id: ({ userId, serialNumber }) => (userId === undefined ? undefined : `${userId}/${serialNumber}`),
  label: ({ serialNumber, ...ref }) => `MFA device ${serialNumber} of ${user(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ serialNumber, ...ref }) => {
    const off = `aws iam deactivate-mfa-device --user-name ${user(ref)} --serial-number ${serialNumber}`;
    return /:mfa\//.test(serialNumber)
      ? `${off}; aws iam delete-virtual-mfa-device --serial-number ${serialNumber}`
      : off;
  },
};
