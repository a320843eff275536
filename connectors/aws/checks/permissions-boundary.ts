import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { Detail, PolicyDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { digestsOf } from '../document-text.ts';
import { holderOf } from '../holdings.ts';
import { permissionsBoundary } from '../kinds/permissions-boundary.ts';
import type { PermissionsBoundaryRef } from '../kinds/permissions-boundary.ts';
import { wholeAccount } from '../place.ts';
import { some } from '../policy/truth.ts';
import { maySubject, standingOf } from '../subject.ts';

/** What the grant gave was that this was missing: it is over when the boundary stands as before. */
export const permissionsBoundaryCheck: Check<AwsClient, PermissionsBoundaryRef> = {
  id: 'aws/permissions-boundary',
  title: 'Is the boundary still lifted?',
  of: permissionsBoundary,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
  effects: [],
  async observe({ ref, accounts }, ctx): Promise<Observation> {
    const { principalId, policyArn } = ref;
    if (principalId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the user or role, and another may have the name now',
      );
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const { all, controls, at } = whole;
    const holder = holderOf(all, principalId);
    if (holder === undefined) return { saw: 'absent', controls };
    if (holder.is === 'group') {
      return inconclusive('R-IDENTITY', `${principalId} is a group, and groups have no permissions boundary`);
    }
    const { Arn: arn, PermissionsBoundary } = holder.is === 'user' ? holder.user : holder.role;
    const bound = PermissionsBoundary?.PermissionsBoundaryArn;
    const lifted = (value: string): Observation => ({
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-STANDING',
      value: `${arn} ${value}`,
      standing: `${principalId} within ${bound ?? 'nothing'}`,
    });
    if (bound === undefined) return lifted('has no permissions boundary');
    if (bound !== policyArn) return lifted(`has another permissions boundary, ${bound}`);
    const changed = changeOf(ref, all, ctx.window.from);
    if (failed(changed)) return changed;
    if (changed !== undefined) return lifted(`has the boundary ${bound}, ${changed}`);
    const standing = standingOf(all, [...accounts, principalId], at);
    const own = holder.is === 'user' ? 'User' : 'Role';
    const lifts = some(
      maySubject(standing, `iam:Delete${own}PermissionsBoundary`, arn),
      maySubject(standing, `iam:Put${own}PermissionsBoundary`, arn),
      ...(isOfAws(bound)
        ? []
        : [
            maySubject(standing, 'iam:CreatePolicyVersion', bound),
            maySubject(standing, 'iam:SetDefaultPolicyVersion', bound),
          ]),
    );
    if (lifts === 'no') return { saw: 'absent', controls };
    if (lifts === 'yes') return lifted(`has the boundary ${bound}, and the subject itself may lift it`);
    return inconclusive(
      'R-NOAPI',
      `the boundary stands, and whether the subject itself may lift it goes by ${lifts.unknown.join(', ')}`,
    );
  },
};

const isOfAws = (policyArn: string) => /^arn:[\w-]+:iam::aws:/.test(policyArn);

/**
 * What is different about the policy behind the ARN, in words. Without a digest of the old text only a
 * policy with one version, older than the grant, is certain to say what it said: which of several is in
 * force can be changed without a date.
 */
function changeOf(
  ref: PermissionsBoundaryRef,
  all: readonly Detail[],
  from: string,
): string | Failure | undefined {
  const { policyArn, policyId, sha256 } = ref;
  // its text is AWS's to change, and nobody else's
  if (isOfAws(policyArn)) return undefined;
  const policy = all.flatMap((one) =>
    one.is === 'policy' && one.policy.Arn === policyArn ? [one.policy] : [],
  )[0];
  const version = policy?.PolicyVersionList.find((one) => one.IsDefaultVersion);
  if (policy === undefined || version === undefined) {
    return inconclusive('R-ANSWER', `what the boundary ${policyArn} says was not told`);
  }
  if (policyId !== undefined && policy.PolicyId !== policyId) {
    return `which is another policy of that name (${policy.PolicyId})`;
  }
  if (sha256 === undefined) return isOlder(policy, from) ? undefined : unknownText(policyArn);
  const digests = digestsOf(version.Document);
  if (digests === undefined)
    return inconclusive('R-ANSWER', `the text of the boundary ${policyArn} cannot be read`);
  return digests.includes(sha256) ? undefined : `with another text (version ${version.VersionId})`;
}

function isOlder({ PolicyVersionList: versions }: PolicyDetail, from: string): boolean {
  const began = instantMs(from);
  return (
    began !== undefined &&
    versions.length === 1 &&
    versions.every(({ CreateDate }) => CreateDate.getTime() < began)
  );
}

const unknownText = (policyArn: string): Failure =>
  inconclusive(
    'R-IDENTITY',
    `the boundary ${policyArn} stands, and may say something else than before the grant`,
    'the digest of its text before the grant in the record (sha256)',
  );
