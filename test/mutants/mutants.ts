import { awsCredentialMutants } from './aws-credentials.ts';
import { awsEntitlementMutants } from './aws-entitlements.ts';
import { awsLookMutants } from './aws-looks.ts';
import { awsPolicyMutants } from './aws-policy.ts';
import { doorMutants } from './door.ts';
import { judgeMutants } from './judge.ts';
import { looksMutants } from './looks.ts';
import { observeMutants } from './observe.ts';
import { postgresMutants } from './postgres.ts';
import { postgresLooksMutants } from './postgres-looks.ts';
import { redisMutants } from './redis.ts';
import { vaultMutants } from './vault.ts';
import { vaultAuditMutants } from './vault-audit.ts';
import { vaultLooksMutants } from './vault-looks.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...awsCredentialMutants,
  ...awsEntitlementMutants,
  ...awsLookMutants,
  ...awsPolicyMutants,
  ...doorMutants,
  ...judgeMutants,
  ...looksMutants,
  ...observeMutants,
  ...postgresMutants,
  ...postgresLooksMutants,
  ...redisMutants,
  ...vaultMutants,
  ...vaultAuditMutants,
  ...vaultLooksMutants,
];
