import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Controls, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { secretVersion } from '../kinds/secret-version.ts';
import type { SecretVersionRef } from '../kinds/secret-version.ts';
import { wholeAccount } from '../place.ts';
import { accountOf } from '../policy/index.ts';
import { regionOf } from '../regional.ts';
import { describeSecret, listVersions, secretVersions } from '../secrets.ts';
import { maySubject, standingOf } from '../subject.ts';

/**
 * A version without a label is called deprecated and will be deleted some day; until then whoever may
 * read the secret reads it by its id. A secret that is marked for deletion cannot be read, and is brought back whole.
 */
export const secretVersionCheck: Check<AwsClient, SecretVersionRef> = {
  id: 'aws/secret-version',
  title: 'Is the version of the secret kept?',
  of: secretVersion,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: [describeSecret.needs, listVersions.needs, accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html',
  effects: [],
  async observe({ ref, accounts }, ctx): Promise<Observation> {
    const { secretArn, versionId } = ref;
    const seen = await ctx.read(secretVersions, secretArn);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const { copies, unread } = seen.value;
    const kept = copies.filter(({ versions }) => versions.has(versionId));
    const copy = kept.find(({ deleted }) => deleted === undefined) ?? kept[0];
    if (copy === undefined) return seen.uncontrolled ?? absent(ref, unread, seen.controls);
    const { region, deleted, versions } = copy;
    const labels = versions.get(versionId) ?? [];
    const itself = region === regionOf(secretArn);
    const called = `${labels.length === 0 ? 'kept without a label' : labels.join(', ')}${itself ? '' : `, in the copy in ${region}`}`;
    const standing = `${versionId} ${labels.toSorted().join(' ')}`.trim();
    if (deleted === undefined) {
      const reason = itself ? 'R-LISTED' : 'R-STANDING';
      const value = `${called}: readable by its id`;
      return { saw: 'present', state: 'active', revivedBy: 'others', reason, value, standing };
    }
    const whole = await wholeAccount({ account: accountOf(secretArn) }, ctx);
    if (failed(whole)) return whole;
    if (accounts.length === 0) {
      return inconclusive(
        'R-IDENTITY',
        `${secretArn} is marked for deletion, and whether the subject may restore it cannot be told: the record names no account of it here`,
      );
    }
    const may = maySubject(
      standingOf(whole.all, accounts, whole.at),
      'secretsmanager:RestoreSecret',
      secretArn,
    );
    const value = `${called}, in a secret that is marked for deletion and can be restored until ${deleted.toISOString()}`;
    if (typeof may === 'object') {
      return inconclusive(
        'R-NOAPI',
        `${value}; whether the subject may restore it goes by ${may.unknown.join(', ')}`,
      );
    }
    return {
      saw: 'present',
      state: 'recoverable',
      revivedBy: may === 'yes' ? 'subject' : 'others',
      value,
      standing,
    };
  },
};

function absent(
  { secretArn }: SecretVersionRef,
  unread: readonly string[],
  controls: Controls | undefined,
): Observation {
  if (unread.length > 0) {
    const regions = unread.join(', ');
    return inconclusive(
      'R-SCOPE',
      `${secretArn} has copies in regions that are not configured: ${regions}`,
      `regions: [${regions}]`,
    );
  }
  return controls === undefined
    ? inconclusive('R-CONTROL', `${secretArn} was told, its control before or after was not`)
    : { saw: 'absent', controls };
}
