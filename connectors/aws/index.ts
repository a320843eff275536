import type { Check, Connector, Some } from '../../src/connector.ts';
import { accountDetails } from './account.ts';
import { accessKeyCheck } from './checks/access-key.ts';
import { accessKeySessions } from './checks/access-key-sessions.ts';
import { attachedPolicyCheck } from './checks/attached-policy.ts';
import { credentialChecks } from './checks/credentials.ts';
import { entitlementChecks, entitlementOperations } from './checks/entitlements.ts';
import { groupMembershipCheck } from './checks/group-membership.ts';
import { looks } from './checks/looks.ts';
import { principalCheck } from './checks/principal.ts';
import { inlinePolicyCheck } from './checks/inline-policy.ts';
import { createClient } from './client.ts';
import type { AwsClient } from './client.ts';
import { awsConfig, hostsOf } from './config.ts';
import type { AwsConfig } from './config.ts';
import { identify, whoAmI } from './identity.ts';
import { kinds } from './kinds.ts';
import { listKeys } from './keys.ts';
import { getLoginProfile, getUser } from './login-profile.ts';
import { inTheirPartition } from './partition.ts';
import { policyOf } from './policy-text.ts';
import { listCertificates, listDevices, listServiceCredentials, listSshKeys } from './user-credentials.ts';

const operations = [
  whoAmI,
  accountDetails,
  listKeys,
  listServiceCredentials,
  listCertificates,
  listSshKeys,
  listDevices,
  getLoginProfile,
  getUser,
  ...entitlementOperations,
];

const checks: Some<Check<AwsClient, unknown>> = [
  accessKeyCheck,
  accessKeySessions,
  attachedPolicyCheck,
  groupMembershipCheck,
  inlinePolicyCheck,
  principalCheck,
  ...looks,
  ...credentialChecks,
  ...entitlementChecks,
];

/** One account of Amazon Web Services, through the SDK and the door. */
export const aws: Connector<AwsConfig, AwsClient> = {
  apiVersion: 1,
  id: 'aws',
  title: 'Amazon Web Services',
  config: awsConfig,
  example: {
    account: '111122223333',
    region: 'eu-central-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'env:TOMBSTONE_AWS_SECRET',
  },
  points: () => ['direct'],
  host: (config) => hostsOf(config),
  reads: [
    { method: 'POST', path: /\//, operation: new RegExp(operations.map(({ name }) => name).join('|')) },
  ],
  connect: (config, _point, door) => createClient(config, door),
  close: () => Promise.resolve(),
  identify,
  kinds,
  checks: inTheirPartition(checks),
  policy: policyOf(checks),
};
