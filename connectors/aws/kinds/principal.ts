import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';

const principalRef = z.strictObject({
  account: z.optional(z.string().check(z.regex(/^\d{12}$/, 'the account, 12 digits'))),
  /** `AIDA…`, `AROA…`, `AGPA…` or `ANPA…`. */
  principalId: z.optional(z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id'))),
  arn: z.optional(z.string().check(z.regex(/^arn:[\w-]+:iam::\d{12}:/, 'an ARN of IAM'))),
});
export type PrincipalRef = z.infer<typeof principalRef>;

export const iamPrincipal: Kind<PrincipalRef> = {
  kind: 'aws/principal',
  title: 'User, group, role or managed policy that was made for the grant, or by it',
  role: 'entitlement',
  ref: principalRef,
  example: { principalId: 'AIDANEVERISSUED00000' },
  needed: ['principalId'],
  id: ({ principalId }) => principalId,
  label: ({ arn, principalId }) => arn ?? principalId ?? 'somebody of IAM',
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT1M',
  fix: ({ arn, principalId }) => `delete ${arn ?? principalId ?? 'it'} in IAM`,
};
