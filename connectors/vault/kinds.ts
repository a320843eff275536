import * as z from 'zod/mini';
import type { Kind, Some } from '../../src/connector.ts';
import { authRole } from './kinds/auth-role.ts';
import { groupMembership } from './kinds/group-membership.ts';
import { identityEntity } from './kinds/identity-entity.ts';
import { databaseStaticRole } from './kinds/database-static-role.ts';
import { kvSecret } from './kinds/kv-secret.ts';
import { pkiCertificate } from './kinds/pki-certificate.ts';
import { aclPolicy } from './kinds/policy.ts';
import { approleSecretId } from './kinds/secret-id.ts';
import { sshCertificate, sshRole } from './kinds/ssh.ts';
import { transitKey } from './kinds/transit-key.ts';
import { wrappingToken } from './kinds/wrapping-token.ts';
import { flag, id, inNamespace, namespace, quoted } from './kinds/words.ts';

const tokenRef = z.strictObject({
  accessor: z
    .optional(id)
    .check(z.describe('The token accessor: what lookup, list and revoke go by. Batch tokens have none.')),
  namespace,
  sha256: z
    .optional(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the token, 64 lower-case hex digits')))
    .check(
      z.describe(
        'For a batch token: SHA-256 of its value. Shows that the secret is the token that was issued.',
      ),
    ),
  entityId: z.optional(id).check(z.describe('The entity that the token acts for.')),
  policies: z
    .optional(z.array(id).check(z.minLength(1)))
    .check(
      z.describe(
        'Every policy that a token made by this one could carry: its own and, where it has sudo on auth/token/create* or a token role, those too.',
      ),
    ),
});
export type TokenRef = z.infer<typeof tokenRef>;

const leaseRef = z.strictObject({
  leaseId: z
    .optional(
      id.check(
        z.refine((text) => !/^\/|\/$/.test(text), 'a whole lease id: database/creds/readonly/2f6a614c…'),
      ),
    )
    .check(z.describe('The whole lease id, with its mount and role.')),
  namespace,
});
export type LeaseRef = z.infer<typeof leaseRef>;

export const token: Kind<TokenRef> = {
  kind: 'vault/token',
  title: 'Vault or OpenBao token: service, orphan, periodic or batch',
  role: 'credential',
  ref: tokenRef,
  example: { accessor: '000000000000000000000000' },
  needed: ['accessor'],
  id: ({ accessor, sha256 }) => accessor ?? (sha256 === undefined ? undefined : `sha256:${sha256}`),
  label: (ref) =>
    `${ref.accessor === undefined ? 'token without accessor' : `accessor ${ref.accessor}`}${inNamespace(ref)}`,
  requires: ['authenticates', 'derived'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    ref.accessor === undefined
      ? 'a batch token cannot be revoked: revoke its parent, disable its entity, or wait until it expires'
      : `bao token revoke${flag(ref)} -accessor ${quoted(ref.accessor)}`,
};

export const lease: Kind<LeaseRef> = {
  kind: 'vault/lease',
  title: 'Lease of a dynamic secret',
  role: 'credential',
  ref: leaseRef,
  example: { leaseId: 'database/creds/never-issued/000000000000000000000000' },
  needed: ['leaseId'],
  id: ({ leaseId }) => leaseId,
  label: (ref) => `lease ${ref.leaseId ?? 'without id'}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  // leases below auth/ are those of tokens: nothing stands behind them in another system
  // a PKI lease stands for a certificate of the same system; any other for a principal in another one
  mints: ({ leaseId = '' }) =>
    leaseId.startsWith('auth/')
      ? false
      : /\/(?:issue|sign|sign-verbatim)\/[^/]+\/[^/]+$/.test(leaseId)
        ? 'anywhere'
        : 'elsewhere',
  horizon: 'PT0S',
  fix: (ref) =>
    ref.leaseId === undefined
      ? 'find its lease id: bao list sys/leases/lookup/<mount>/creds/<role>'
      : `bao lease revoke${flag(ref)} -sync ${quoted(ref.leaseId)}`,
};

export const kinds: Some<Kind<unknown>> = [
  token,
  lease,
  approleSecretId,
  kvSecret,
  pkiCertificate,
  transitKey,
  databaseStaticRole,
  sshRole,
  sshCertificate,
  wrappingToken,
  identityEntity,
  groupMembership,
  aclPolicy,
  authRole,
];
