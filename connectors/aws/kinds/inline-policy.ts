import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holderOf, named, policies, principal } from './words.ts';

const inlinePolicyRef = z.strictObject({ ...principal, policies, policyName: named });
export type InlinePolicyRef = z.infer<typeof inlinePolicyRef>;

export const inlinePolicy: Kind<InlinePolicyRef> = {
  kind: 'aws/inline-policy',
  title: 'Inline policy of a user, group or role',
  role: 'entitlement',
  ref: inlinePolicyRef,
  example: { principalId: 'AIDANEVERISSUED00000', policyName: 'tombstone-never-issued' },
  needed: ['principalId', 'policyName'],
  id: (ref) => (ref.principalId === undefined ? undefined : `${ref.principalId}/${ref.policyName}`),
  label: (ref) => `inline policy ${ref.policyName} of ${holderOf(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `delete the inline policy ${ref.policyName} of ${holderOf(ref)}: aws iam delete-user-policy, -group-policy or -role-policy`,
};
