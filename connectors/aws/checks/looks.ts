import type { Check, Scope } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { accountAccess } from '../looks/account-access.ts';
import { bornCredentials } from '../looks/born-credentials.ts';
import { bornPrincipals } from '../looks/born-principals.ts';

export const looks: readonly Check<AwsClient, Scope>[] = [accountAccess, bornCredentials, bornPrincipals];
