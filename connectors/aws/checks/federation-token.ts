import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { UserDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { givesTo, policiesOf } from '../holdings.ts';
import { federationToken } from '../kinds/federation-token.ts';
import type { FederationTokenRef } from '../kinds/federation-token.ts';
import { lifetimeOf, overBy } from '../lifetime.ts';
import { userOf } from '../of-user.ts';
import { factsOf } from '../policy/index.ts';
import type { Context } from '../policy/index.ts';
import { undenied } from '../temporary.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html: 129600 seconds. */
const hours = 36;

/** A session of a user outlives the key that made it, and has at each request no more than the user has. */
export const federationTokenCheck: Check<AwsClient, FederationTokenRef> = {
  id: 'aws/federation-token',
  title: 'May the session of the user still do anything?',
  of: federationToken,
  claim: 'authorises',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { accessKeyId, ...rest } = ref;
    const standing = await userOf({ ...rest, ...(accessKeyId === undefined ? {} : { accessKeyId }) }, ctx);
    if (failed(standing)) return standing;
    const { all, user, controls, at } = standing;
    if (user === undefined) return { saw: 'absent', controls };
    const lifetime = lifetimeOf(ref, hours);
    if (failed(lifetime)) return lifetime;
    return (
      overBy(lifetime, at, controls) ??
      undenied({
        holder: `the user ${user.UserName}`,
        policies: policiesOf(user, all),
        context: contextOf(user, ref),
        confers: givesTo(user, all),
        lifetime,
        hours,
        at,
        controls,
      })
    );
  },
};

const mayDiffer = ['aws:principalarn', 'aws:principaltype', 'aws:username', 'aws:userid'];

/** What is known of the session, whichever of the two made it where the record does not say. */
function contextOf(user: UserDetail, { issuedBy, federatedName }: FederationTokenRef): Context {
  const caller = { kind: 'user', arn: user.Arn, id: user.UserId } as const;
  if (issuedBy === 'GetSessionToken') return factsOf(caller);
  if (federatedName !== undefined) return factsOf({ ...caller, federated: federatedName });
  const facts = new Map(factsOf(caller));
  for (const key of mayDiffer) facts.delete(key);
  return facts;
}
