import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { sessions } from './words.ts';

const assignmentRef = z.strictObject({
  instanceArn: z
    .string()
    .check(z.regex(/^arn:[\w-]+:sso:::instance\/(?:sso)?ins-[\w.-]{16}$/, 'arn:aws:sso:::instance/ssoins-…')),
  identityStoreId: z.optional(z.string().check(z.regex(/^d-[0-9a-f]{10}$|^[0-9a-f-]{36}$/, 'd-…'))),
  permissionSetArn: z
    .string()
    .check(
      z.regex(
        /^arn:[\w-]+:sso:::permissionSet\/(?:sso)?ins-[\w.-]{16}\/ps-[\w./-]{16}$/,
        'arn:aws:sso:::permissionSet/ssoins-…/ps-…',
      ),
    ),
  principalType: z.enum(['USER', 'GROUP']),
  principalId: z
    .string()
    .check(
      z.regex(
        /^(?:[0-9a-f]{10}-)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
        'the id in the directory',
      ),
    ),
  accountId: z.string().check(z.regex(/^\d{12}$/, 'the account that it opens, 12 digits')),
  sessions,
});
export type IdentityCenterAssignmentRef = z.infer<typeof assignmentRef>;

export const identityCenterAssignment: Kind<IdentityCenterAssignmentRef> = {
  kind: 'aws/identity-center-assignment',
  title: 'Permission set of Identity Center in an account',
  role: 'entitlement',
  ref: assignmentRef,
  example: {
    instanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000001',
    permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-0000000000000001/ps-0000000000000001',
    principalType: 'USER',
    principalId: '0123456789-00000000-0000-0000-0000-000000000001',
    accountId: '111122223333',
  },
  needed: ['instanceArn', 'permissionSetArn', 'principalType', 'principalId', 'accountId'],
  id: (ref) => [ref.permissionSetArn, ref.accountId, ref.principalType, ref.principalId].join('/'),
  label: (ref) =>
    `${ref.permissionSetArn} in ${ref.accountId} for ${ref.principalType.toLowerCase()} ${ref.principalId}`,
  // nobody lists what was fetched through the portal meanwhile
  requires: ['entitled', 'derived'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `aws sso-admin delete-account-assignment --instance-arn ${ref.instanceArn} --permission-set-arn ${ref.permissionSetArn} --target-type AWS_ACCOUNT --target-id ${ref.accountId} --principal-type ${ref.principalType} --principal-id ${ref.principalId}; sessions of its role in ${ref.accountId} (AWSReservedSSO_…) live on up to 12 hours`,
};
