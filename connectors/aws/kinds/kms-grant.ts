import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';

const kmsGrantRef = z.strictObject({
  keyArn: z
    .string()
    .check(
      z.regex(/^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of the key: arn:aws:kms:…:key/…'),
    ),
  grantId: z.string().check(z.regex(/^[\w-]{1,128}$/, 'the id of the grant')),
});
export type KmsGrantRef = z.infer<typeof kmsGrantRef>;

export const kmsGrant: Kind<KmsGrantRef> = {
  kind: 'aws/kms-grant',
  title: 'Grant on a KMS key',
  role: 'entitlement',
  ref: kmsGrantRef,
  example: {
    keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000',
    grantId: '0'.repeat(63) + '1',
  },
  needed: ['keyArn', 'grantId'],
  id: ({ keyArn, grantId }) => `${keyArn}/${grantId}`,
  label: ({ keyArn, grantId }) => `grant ${grantId} on ${keyArn}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  // usually less than five minutes: https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html
  horizon: 'PT5M',
  fix: ({ keyArn, grantId }) => `aws kms revoke-grant --key-id ${keyArn} --grant-id ${grantId}`,
};
