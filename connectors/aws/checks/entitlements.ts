import type { Check } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { instanceProfileCheck } from './instance-profile.ts';
import { permissionsBoundaryCheck } from './permissions-boundary.ts';
import { policyVersionCheck } from './policy-version.ts';

export const entitlementChecks: readonly Check<AwsClient, unknown>[] = [
  instanceProfileCheck,
  permissionsBoundaryCheck,
  policyVersionCheck,
];
