import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { instant } from './instant.ts';
import { holder, user } from './words.ts';

const presignedUrlRef = z.strictObject({
  ...holder,
  /** Of whoever signed: the first part of `X-Amz-Credential`. */
  accessKeyId: z
    .string()
    .check(
      z.regex(
        /^AKIA[A-Z0-9]{12,124}$/,
        'the id of a key of a user: AKIA…; what a session signed ends with the session, which is its own target',
      ),
    ),
  bucket: z.string().check(z.regex(/^[a-z0-9.-]{3,63}$/, 'the name of the bucket')),
  key: z.string().check(z.minLength(1), z.maxLength(1024)),
  method: z.optional(z.enum(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])),
  /** `X-Amz-Date`. */
  signedAt: z.optional(instant),
  /** `X-Amz-Expires`, in seconds. */
  expires: z.optional(z.int().check(z.minimum(1), z.maximum(604_800))),
});
export type PresignedUrlRef = z.infer<typeof presignedUrlRef>;

export const presignedUrl: Kind<PresignedUrlRef> = {
  kind: 'aws/presigned-url',
  title: 'Presigned URL of S3 (Signature Version 4), signed with a key of an IAM user',
  role: 'credential',
  ref: presignedUrlRef,
  example: {
    userId: 'AIDANEVERISSUED00000',
    accessKeyId: 'AKIANEVERISSUED00000',
    bucket: 'tombstone-never-made',
    key: 'report.csv',
    signedAt: '2026-01-01T00:00:00Z',
    expires: 3_600,
  },
  needed: ['accessKeyId', 'userId', 'bucket', 'key'],
  id: ({ userId, accessKeyId, bucket, key, signedAt = '?' }) =>
    userId === undefined ? undefined : `${accessKeyId}/${signedAt}/${bucket}/${key}`,
  label: ({ bucket, key, accessKeyId }) => `URL of ${bucket}/${key}, signed with ${accessKeyId}`,
  requires: ['authorises'],
  killing: 'authorises',
  mints: () => false,
  horizon: 'PT5M',
  fix: ({ accessKeyId, ...ref }) =>
    `a URL cannot be revoked alone: aws iam delete-access-key --user-name ${user(ref)} --access-key-id ${accessKeyId}`,
};
