import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Controls, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { overTime, turnsOf } from '../instants.ts';
import { resourcePolicy } from '../kinds/resource-policy.ts';
import type { ResourcePolicyRef } from '../kinds/resource-policy.ts';
import { openAt } from '../opening.ts';
import { wholeAccount } from '../place.ts';
import { accountOf, readDocument } from '../policy/index.ts';
import { actionsOn } from '../resource-actions.ts';
import { getKeyPolicy, getSecretPolicy, keyPolicy, secretPolicy } from '../resource-policies.ts';
import { accountIn, turnsIn } from '../subject.ts';

/** Within one account the policy of a thing lets in by itself: no policy of the user has to say so. */
export const resourcePolicyCheck: Check<AwsClient, ResourcePolicyRef> = {
  id: 'aws/resource-policy',
  title: 'Does the policy of the key or the secret still let the subject in?',
  of: resourcePolicy,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: [accountDetails.needs, getKeyPolicy.needs, getSecretPolicy.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const { resourceArn: arn } = target.ref;
    const isKey = /:kms:/.test(arn);
    const seen = await ctx.read(isKey ? keyPolicy : secretPolicy, arn);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const whole = await wholeAccount({ account: accountOf(arn) }, ctx);
    if (failed(whole)) return whole;
    const called = `the policy of ${arn}`;
    const document = readDocument(seen.value.document ?? nothing, 'resource');
    if ('flaw' in document) return inconclusive('R-ANSWER', `${called} cannot be read: ${document.flaw}`);
    const [first, ...rest] = whole.controls;
    const controls: Controls = [first, ...rest, ...(seen.controls ?? [])];
    const guarded = { arn, called, document, closed: isKey };
    const actions = actionsOn(isKey ? 'kms' : 'secretsmanager', document);
    const turns = [...turnsOf([{ name: called, document }]), ...turnsIn(accountIn(whole.all))];
    const asked = { target, guarded, actions, whole, controls };
    const told = overTime(turns, whole.at, (now) => openAt(asked, now));
    if (seen.controls !== undefined || (told.saw !== 'absent' && told.saw !== 'denies')) return told;
    return (
      seen.uncontrolled ??
      inconclusive('R-CONTROL', `${called} was told, its control before or after was not`)
    );
  },
};

/** Of a secret without a policy. */
const nothing = '{"Version":"2012-10-17","Statement":[]}';
