import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { iamPrincipal } from '../kinds/principal.ts';
import type { PrincipalRef } from '../kinds/principal.ts';
import { wholeAccount } from '../place.ts';
import { foundIn } from '../standings.ts';

/** By the id alone: what bears the ARN by now may be another. */
export const principalCheck: Check<AwsClient, PrincipalRef> = {
  id: 'aws/principal',
  title: 'Does the user, group, role or policy stand?',
  of: iamPrincipal,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { principalId } = ref;
    if (principalId === undefined) {
      return inconclusive('R-IDENTITY', 'the record gives no unique id, and another may have the name now');
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const one = whole.all.find(({ id }) => id === principalId);
    if (one === undefined) return { saw: 'absent', controls: whole.controls };
    return { saw: 'present', state: 'active', revivedBy: 'others', value: foundIn(one, '').found.label };
  },
};
