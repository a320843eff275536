import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import { couldAssume } from '../assumable.ts';
import type { AwsClient } from '../client.ts';
import { federationToken } from '../kinds/federation-token.ts';
import type { FederationTokenRef } from '../kinds/federation-token.ts';
import { userOf } from '../of-user.ts';
import { making, userSessionNow } from '../sessions-now.ts';

/** A session of GetSessionToken can assume roles, one of GetFederationToken none. */
export const federationTokenAssumed: Check<AwsClient, FederationTokenRef> = {
  id: 'aws/federation-token-assumed',
  title: 'Can sessions of roles have been made from it?',
  of: federationToken,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const standing = await userOf(ref, ctx);
    if (failed(standing)) return standing;
    if (userSessionNow(ref, standing).saw === 'present') return making;
    const { all, controls } = standing;
    if (ref.issuedBy === 'GetFederationToken') {
      const why = 'by the record GetFederationToken made it, and such a session can assume no role';
      return { saw: 'excluded', basis: 'declared', why, controls };
    }
    const assumed = couldAssume(ref, all);
    return assumed === undefined
      ? { saw: 'excluded', basis: 'declared', why: none, controls }
      : inconclusive('R-DERIVED', assumed, needs);
  },
};

const none =
  'the policies of the user, as the record has them, let it assume no role, and no role here trusts it by name';
const needs =
  'what made it (issuedBy) or the policies of the user in the record (policies), and the sessions of roles';
