import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { instant } from './instant.ts';
import { holder, user } from './words.ts';

const federationTokenRef = z.strictObject({
  ...holder,
  /** Which of the two made it: a deny may hold for one and not for the other. */
  issuedBy: z.optional(z.enum(['GetFederationToken', 'GetSessionToken'])),
  /** The `Name` that was given to GetFederationToken. */
  federatedName: z.optional(
    z.string().check(z.regex(/^[\w+=,.@-]{2,32}$/, 'the Name of the federated user')),
  ),
  accessKeyId: z.optional(
    z.string().check(z.regex(/^ASIA[A-Z0-9]{12,124}$/, 'the id of a key of a session: ASIA…')),
  ),
  issuedAt: z.optional(instant),
  /** `Expiration`, as STS told it. */
  expiresAt: z.optional(instant),
  /** The text of every policy that reached the user, as JSON: what it could do. */
  policies: z.optional(z.array(z.string())),
});
export type FederationTokenRef = z.infer<typeof federationTokenRef>;

export const federationToken: Kind<FederationTokenRef> = {
  kind: 'aws/federation-token',
  title: 'Session of an IAM user (GetFederationToken, GetSessionToken)',
  role: 'credential',
  ref: federationTokenRef,
  example: { userId: 'AIDANEVERISSUED00000', accessKeyId: 'ASIANEVERISSUED00000' },
  needed: ['userId', 'accessKeyId'],
  id: ({ userId, accessKeyId }) => (userId === undefined ? undefined : accessKeyId),
  label: ({ accessKeyId, federatedName, ...ref }) =>
    `session ${federatedName ?? accessKeyId ?? '?'} of ${user(ref)}`,
  requires: ['authorises', 'derived'],
  killing: 'authorises',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `aws iam put-user-policy --user-name ${user(ref)} --policy-name RevokeOlderSessions --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"NOW"}}}]}', with the present instant for NOW, and leave it for 36 hours; or delete the user`,
};
