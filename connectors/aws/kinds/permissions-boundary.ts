import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { holderOf, principal, uniqueId } from './words.ts';

const permissionsBoundaryRef = z.strictObject({
  ...principal,
  policyArn: z
    .string()
    .check(
      z.regex(/^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'arn:aws:iam::…:policy/…'),
      z.describe('The boundary that the grant took away, or weakened, and that must stand again.'),
    ),
  policyId: z.optional(uniqueId('ANPA…')),
  sha256: z.optional(
    z
      .string()
      .check(
        z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the document, 64 lower-case hex digits'),
        z.describe('Of the text that was in force before the grant.'),
      ),
  ),
});
export type PermissionsBoundaryRef = z.infer<typeof permissionsBoundaryRef>;

export const permissionsBoundary: Kind<PermissionsBoundaryRef> = {
  kind: 'aws/permissions-boundary',
  title: 'Permissions boundary that a grant lifted',
  role: 'entitlement',
  ref: permissionsBoundaryRef,
  example: {
    principalId: 'AIDANEVERISSUED00000',
    policyArn: 'arn:aws:iam::111122223333:policy/tombstone-never-made',
  },
  needed: ['principalId', 'policyArn'],
  id: (ref) => (ref.principalId === undefined ? undefined : `${ref.principalId} within ${ref.policyArn}`),
  label: (ref) => `${holderOf(ref)} without its boundary ${ref.policyArn}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `put ${ref.policyArn} back on ${holderOf(ref)}, with its old text: aws iam put-user-permissions-boundary or put-role-permissions-boundary`,
};
