import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holderOf, policies, principal } from './words.ts';

const policyArn = z
  .string()
  .check(z.regex(/^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'arn:aws:iam::…:policy/…'));
const attachedPolicyRef = z.strictObject({ ...principal, policies, policyArn });
export type AttachedPolicyRef = z.infer<typeof attachedPolicyRef>;

export const attachedPolicy: Kind<AttachedPolicyRef> = {
  kind: 'aws/attached-policy',
  title: 'Managed policy attached to a user, group or role',
  role: 'entitlement',
  ref: attachedPolicyRef,
  example: { principalId: 'AIDANEVERISSUED00000', policyArn: 'arn:aws:iam::aws:policy/TombstoneNeverIssued' },
  needed: ['principalId', 'policyArn'],
  id: (ref) => (ref.principalId === undefined ? undefined : `${ref.principalId}/${ref.policyArn}`),
  label: (ref) => `${ref.policyArn} attached to ${holderOf(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `detach ${ref.policyArn} from ${holderOf(ref)}: aws iam detach-user-policy, -group-policy or -role-policy`,
};
