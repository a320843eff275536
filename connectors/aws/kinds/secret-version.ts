import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';

const secretVersionRef = z.strictObject({
  secretArn: z
    .string()
    .check(
      z.regex(
        /^arn:[\w-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
        'the whole ARN, with the six characters at its end',
      ),
    ),
  versionId: z.string().check(z.regex(/^[\w-]{32,64}$/, 'the id of the version')),
});
export type SecretVersionRef = z.infer<typeof secretVersionRef>;

export const secretVersion: Kind<SecretVersionRef> = {
  kind: 'aws/secret-version',
  title: 'Version of a secret in Secrets Manager',
  role: 'credential',
  ref: secretVersionRef,
  example: {
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:tombstone-never-made-AAAAAA',
    versionId: '00000000-0000-0000-0000-000000000000',
  },
  needed: ['secretArn', 'versionId'],
  id: ({ secretArn, versionId }) => `${secretArn}/${versionId}`,
  label: ({ secretArn, versionId }) => `version ${versionId} of ${secretArn}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  // what is kept here was issued by somebody else, who knows whether it still works
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ secretArn }) =>
    `rotate what the secret opens, for its old versions stay readable; or aws secretsmanager delete-secret --secret-id ${secretArn} --force-delete-without-recovery`,
};
