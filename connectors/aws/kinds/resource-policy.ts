import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { formOf, principalFields, principalIdOf } from './role-trust.ts';

const resourcePolicyRef = z.strictObject({
  resourceArn: z
    .string()
    .check(
      z.regex(
        /^arn:[\w-]+:(?:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+|secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6})$/,
        'the whole ARN of a key of KMS or of a secret',
      ),
    ),
  ...principalFields,
});
export type ResourcePolicyRef = z.infer<typeof resourcePolicyRef>;

export const resourcePolicy: Kind<ResourcePolicyRef> = {
  kind: 'aws/resource-policy',
  title: 'Whom the policy of a key or a secret lets in',
  role: 'entitlement',
  ref: resourcePolicyRef,
  example: {
    resourceArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:tombstone-never-made-AAAAAA',
    principal: 'arn:aws:iam::111122223333:user/tombstone-never-made',
    principalId: 'AIDANEVERISSUED00000',
  },
  needed: ['resourceArn', 'principal', 'principalId'],
  id(ref) {
    const principal = formOf(ref.principal) === 'identity' ? principalIdOf(ref) : ref.principal;
    return principal === undefined ? undefined : `${ref.resourceArn}/${principal}`;
  },
  label: ({ resourceArn, principal }) => `${principal} by the policy of ${resourceArn}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: ({ resourceArn, principal }) =>
    /:kms:/.test(resourceArn)
      ? `take ${principal} out of it: aws kms put-key-policy --key-id ${resourceArn} --policy-name default`
      : `take ${principal} out of it: aws secretsmanager put-resource-policy, or delete-resource-policy --secret-id ${resourceArn}`,
};
