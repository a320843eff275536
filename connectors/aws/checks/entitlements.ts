import type { Check } from '../../../src/connector.ts';
import type { Operation } from '../calls.ts';
import type { AwsClient } from '../client.ts';
import { listAssignments, listInstances } from '../identity-center.ts';
import { describeGroup, describeUser, listMemberships } from '../identity-store.ts';
import { getOidcProvider, getSamlProvider } from '../identity-providers.ts';
import { listGrants } from '../kms-grants.ts';
import { getKeyPolicy, getSecretPolicy } from '../resource-policies.ts';
import { describeSecret, listVersions } from '../secrets.ts';
import { identityCenterAssignmentCheck } from './identity-center-assignment.ts';
import { identityCenterSessions } from './identity-center-sessions.ts';
import { identityProviderCheck } from './identity-provider.ts';
import { instanceProfileCheck } from './instance-profile.ts';
import { instanceProfileSessions } from './instance-profile-sessions.ts';
import { kmsGrantCheck } from './kms-grant.ts';
import { permissionsBoundaryCheck } from './permissions-boundary.ts';
import { policyVersionCheck } from './policy-version.ts';
import { resourcePolicyCheck } from './resource-policy.ts';
import { roleTrustCheck } from './role-trust.ts';
import { roleTrustSessions } from './role-trust-sessions.ts';
import { secretVersionCheck } from './secret-version.ts';

export const entitlementChecks: readonly Check<AwsClient, unknown>[] = [
  identityCenterAssignmentCheck,
  identityCenterSessions,
  identityProviderCheck,
  instanceProfileCheck,
  instanceProfileSessions,
  kmsGrantCheck,
  permissionsBoundaryCheck,
  policyVersionCheck,
  resourcePolicyCheck,
  roleTrustCheck,
  roleTrustSessions,
  secretVersionCheck,
];

/** What they ask besides the walk through the account. */
export const entitlementOperations: readonly Operation[] = [
  getOidcProvider,
  getSamlProvider,
  listGrants,
  describeSecret,
  listVersions,
  getKeyPolicy,
  getSecretPolicy,
  listInstances,
  listAssignments,
  describeUser,
  describeGroup,
  listMemberships,
];
