import { failed, instantMs } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { givesTo, policiesOf } from '../holdings.ts';
import { keyOfUser } from '../key-of-user.ts';
import { listKeys } from '../keys.ts';
import { presignedUrl } from '../kinds/presigned-url.ts';
import type { PresignedUrlRef } from '../kinds/presigned-url.ts';
import { overBy } from '../lifetime.ts';
import type { Lifetime } from '../lifetime.ts';
import { factsOf } from '../policy/index.ts';
import { undenied } from '../temporary.ts';

/** Seven days, the longest that S3 takes with Signature Version 4. */
const hours = 7 * 24;

/** A URL is a request that was signed before: at each use it has what its signer has then. */
export const presignedUrlCheck: Check<AwsClient, PresignedUrlRef> = {
  id: 'aws/presigned-url',
  title: 'May the URL still be used?',
  of: presignedUrl,
  claim: 'authorises',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listKeys.needs],
  docs: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const seen = await keyOfUser(ref, ctx);
    if (failed(seen)) return seen;
    const { all, user, found: key, controls, at } = seen;
    if (user === undefined || key === undefined) return { saw: 'absent', controls };
    const lifetime = lifetimeOf(ref);
    const over = overBy(lifetime, at, controls);
    if (over !== undefined) return over;
    if (key.status !== 'Active') {
      const value = `the key that signed it is ${key.status}`;
      return { saw: 'present', state: 'disabled', revivedBy: 'others', value };
    }
    return undenied({
      holder: `the user ${user.UserName}`,
      policies: policiesOf(user, all),
      context: factsOf({ kind: 'user', arn: user.Arn, id: user.UserId }),
      confers: givesTo(user, all),
      // no session: only a deny without a date is one of it
      lifetime,
      hours,
      at,
      controls,
    });
  },
};

function lifetimeOf({ signedAt, expires }: PresignedUrlRef): Lifetime {
  const signed = instantMs(signedAt);
  if (signed === undefined) return {};
  const longest = signed + hours * 3_600_000;
  return { longest, ...(expires === undefined ? {} : { expires: signed + expires * 1_000 }) };
}
