import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { instant } from './instant.ts';
import { named } from './words.ts';

const roleSessionRef = z.strictObject({
  account: z.optional(z.string().check(z.regex(/^\d{12}$/, 'the account, 12 digits'))),
  roleArn: z.optional(
    z.string().check(z.regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'arn:aws:iam::…:role/…')),
  ),
  roleName: z.optional(named),
  /** A name is given again, an id never. */
  roleId: z.optional(z.string().check(z.regex(/^[A-Za-z0-9]{16,128}$/, 'the unique id: AROA…'))),
  sessionName: z.optional(z.string().check(z.regex(/^[\w+=,.@-]{2,64}$/, 'the RoleSessionName'))),
  accessKeyId: z.optional(
    z.string().check(z.regex(/^ASIA[A-Z0-9]{12,124}$/, 'the id of a key of a session: ASIA…')),
  ),
  sourceIdentity: z.optional(z.string().check(z.regex(/^[\w+=,.@-]{2,64}$/, 'the SourceIdentity'))),
  issuedAt: z.optional(instant),
  /** `Expiration`, as STS told it. */
  expiresAt: z.optional(instant),
  /** The text of every policy that reached the session, as JSON: what it could do. */
  policies: z.optional(z.array(z.string())),
});
export type RoleSessionRef = z.infer<typeof roleSessionRef>;

export const nameOfRole = ({ roleArn, roleName }: RoleSessionRef): string | undefined =>
  roleName ?? roleArn?.slice(roleArn.lastIndexOf('/') + 1);
const role = (ref: RoleSessionRef) => nameOfRole(ref) ?? ref.roleId ?? 'a role';

export const roleSession: Kind<RoleSessionRef> = {
  kind: 'aws/role-session',
  title: 'Session of a role (AssumeRole, with SAML or a web identity too)',
  role: 'credential',
  ref: roleSessionRef,
  example: { roleId: 'AROANEVERISSUED00000', sessionName: 'tombstone', accessKeyId: 'ASIANEVERISSUED00000' },
  needed: ['roleId', 'sessionName'],
  id({ accessKeyId, roleId, sessionName }) {
    if (roleId === undefined) return undefined;
    return accessKeyId ?? (sessionName === undefined ? undefined : `${roleId}:${sessionName}`);
  },
  label: (ref) => `session ${ref.sessionName ?? ref.accessKeyId ?? '?'} of ${role(ref)}`,
  requires: ['authorises', 'derived'],
  killing: 'authorises',
  mints: () => false,
  // "a few minutes": https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
  horizon: 'PT5M',
  fix(ref) {
    const { roleArn = '' } = ref;
    if (roleArn.includes(':role/aws-reserved/sso.amazonaws.com/')) {
      return 'put a deny of everything into the permission set of Identity Center and provision it: the role cannot be changed here';
    }
    if (roleArn.includes(':role/aws-service-role/')) {
      return 'a session of a service-linked role cannot be revoked: it ends by its time';
    }
    return `aws iam put-role-policy --role-name ${role(ref)} --policy-name AWSRevokeOlderSessions --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"NOW"}}}]}', with the present instant for NOW, and leave it for 12 hours`;
  },
};
