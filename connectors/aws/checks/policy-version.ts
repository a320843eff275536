import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { PolicyDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { digestsOf } from '../document-text.ts';
import { policyVersion } from '../kinds/policy-version.ts';
import type { PolicyVersionRef } from '../kinds/policy-version.ts';
import { wholeAccount } from '../place.ts';
import { accountOf } from '../policy/index.ts';
import { maySubject, standingOf } from '../subject.ts';

/** Versions are kept when another becomes the default: one call brings an old one back. */
export const policyVersionCheck: Check<AwsClient, PolicyVersionRef> = {
  id: 'aws/policy-version',
  title: 'Does the version stand, or its text in another one?',
  of: policyVersion,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html',
  effects: [],
  async observe({ ref, accounts }, ctx): Promise<Observation> {
    const { policyArn, policyId, sha256 } = ref;
    if (policyId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the policy, and another may have the ARN now',
      );
    }
    const whole = await wholeAccount({ account: accountOf(policyArn) }, ctx);
    if (failed(whole)) return whole;
    const { all, controls, at } = whole;
    const versions = all.flatMap((one) =>
      one.is === 'policy'
        ? one.policy.PolicyVersionList.map((version) => ({ policy: one.policy, version }))
        : [],
    );
    const own = versions.find(
      ({ policy, version }) => policy.PolicyId === policyId && version.VersionId === ref.versionId,
    );
    const ofPolicy = versions.filter(
      ({ policy }) => policy.PolicyId === policyId || policy.Arn === policyArn,
    );
    if (sha256 !== undefined && ofPolicy.some(({ version }) => digestsOf(version.Document) === undefined)) {
      return inconclusive(
        'R-ANSWER',
        `a version of ${policyArn} cannot be read: whether it has the text of the grant`,
      );
    }
    const sameText = ofPolicy.filter(
      ({ version }) => sha256 !== undefined && digestsOf(version.Document)?.includes(sha256) === true,
    );
    const standing = [...(own === undefined ? [] : [own]), ...sameText];
    const found = standing.find(({ version }) => version.IsDefaultVersion) ?? standing[0];
    if (found === undefined) return { saw: 'absent', controls };
    const { policy, version } = found;
    const itself = found.policy === own?.policy && version === own.version;
    const present = {
      saw: 'present',
      reason: itself ? 'R-LISTED' : 'R-STANDING',
      standing: `${policy.PolicyId}/${version.VersionId}${version.IsDefaultVersion ? ' in force' : ''}`,
    } as const;
    const called = `${version.VersionId} of ${policy.Arn}${itself ? '' : ', with the text of the grant,'}`;
    if (version.IsDefaultVersion) {
      return { ...present, state: 'active', revivedBy: 'others', value: `${called} is in force` };
    }
    const switches = whoSwitches(policy, accounts, standingOf(all, accounts, at));
    if (failed(switches)) return switches;
    const { reason: _, ...dormant } = present;
    return {
      ...(switches === 'subject' ? present : dormant),
      state: 'disabled',
      revivedBy: switches,
      value: `${called} is kept and not in force${switches === 'subject' ? '; the subject itself may make it the default' : ''}`,
    };
  },
};

function whoSwitches(
  { Arn, PolicyId }: PolicyDetail,
  accounts: readonly string[],
  standing: ReturnType<typeof standingOf>,
): 'subject' | 'others' | Failure {
  const stands = `a version of ${PolicyId} is kept, and whether the subject may make it the default`;
  if (accounts.length === 0) {
    return inconclusive('R-IDENTITY', `${stands} cannot be told: the record names no account of it here`);
  }
  const may = maySubject(standing, 'iam:SetDefaultPolicyVersion', Arn);
  if (may === 'yes') return 'subject';
  if (may === 'no') return 'others';
  return inconclusive('R-NOAPI', `${stands} goes by ${may.unknown.join(', ')}`);
}
