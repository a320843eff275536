import type { Check } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { policyVersionCheck } from './policy-version.ts';

export const entitlementChecks: readonly Check<AwsClient, unknown>[] = [policyVersionCheck];
