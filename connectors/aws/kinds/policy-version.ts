import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { uniqueId } from './words.ts';

const policyVersionRef = z.strictObject({
  policyArn: z
    .string()
    .check(
      z.regex(
        /^arn:[\w-]+:iam::\d{12}:policy\/[\w+=,.@/-]+$/,
        "of the account's own: arn:aws:iam::…:policy/…",
      ),
    ),
  /** Another policy can get the ARN. */
  policyId: z.optional(uniqueId('ANPA…')),
  versionId: z.string().check(z.regex(/^v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?$/, 'the version: v3')),
  /** Of the document as it was written, or as JSON without spaces. */
  sha256: z.optional(
    z
      .string()
      .check(
        z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the document, 64 lower-case hex digits'),
        z.describe('With it the same text is found in another version too.'),
      ),
  ),
});
export type PolicyVersionRef = z.infer<typeof policyVersionRef>;

export const policyVersion: Kind<PolicyVersionRef> = {
  kind: 'aws/policy-version',
  title: 'Version of a managed policy',
  role: 'entitlement',
  ref: policyVersionRef,
  example: {
    policyArn: 'arn:aws:iam::111122223333:policy/tombstone-never-made',
    policyId: 'ANPANEVERISSUED00000',
    versionId: 'v2',
  },
  needed: ['policyArn', 'policyId', 'versionId'],
  // of two versions of one policy no two have the same number, whatever was deleted in between:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
  id: ({ policyId, versionId }) => (policyId === undefined ? undefined : `${policyId}/${versionId}`),
  label: ({ policyArn, versionId }) => `${versionId} of ${policyArn}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: ({ policyArn, versionId }) =>
    `make a clean version the default, then aws iam delete-policy-version --policy-arn ${policyArn} --version-id ${versionId}`,
};
