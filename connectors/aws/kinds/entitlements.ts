import type { Kind } from '../../../src/connector.ts';
import { identityCenterAssignment } from './identity-center-assignment.ts';
import { identityProvider } from './identity-provider.ts';
import { instanceProfile } from './instance-profile.ts';
import { kmsGrant } from './kms-grant.ts';
import { permissionsBoundary } from './permissions-boundary.ts';
import { policyVersion } from './policy-version.ts';
import { resourcePolicy } from './resource-policy.ts';
import { roleTrust } from './role-trust.ts';
import { secretVersion } from './secret-version.ts';

/** What a grant confers, and what it takes away. */
export const entitlementKinds: readonly Kind<unknown>[] = [
  identityCenterAssignment,
  identityProvider,
  instanceProfile,
  kmsGrant,
  permissionsBoundary,
  policyVersion,
  resourcePolicy,
  roleTrust,
  secretVersion,
];
