import { failed, Findings, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Failure, Scope } from '../../../src/connector.ts';
import { account, accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { bornSince, idsNamed, ofAllTime } from '../looking.ts';
import { letInElsewhere, principalsBorn, principalsChanged } from '../makers.ts';
import { basisOf, excluded, rightsOf } from '../rights.ts';
import type { Rights } from '../rights.ts';
import { foundIn } from '../standings.ts';

/**
 * IAM dates what it makes, and not what is changed in it: whom a role trusts, who is in a group and what
 * is attached have no date. Where the grant could have changed them, only a baseline tells. Outside IAM
 * some hundred services have policies, grants, shares and code of their own, and no call lists them all.
 */
export const bornPrincipals: Check<AwsClient, Scope> = look<AwsClient>({
  id: 'aws/born-principals',
  look: 'hunt',
  title: 'Which users, groups, roles and policies could the grant have made or changed?',
  needs: [accountDetails.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  effects: [],
  async observe(scope, ctx) {
    const list = await ctx.walk(account, '');
    if (failed(list)) return list;
    const rights = rightsOf(scope, list.items);
    const changed = rights.could(principalsChanged);
    const made = rights.could(principalsBorn);
    const beyond = elsewhere(rights);
    if (!changed && !made && beyond === undefined) {
      return excluded('have made or changed anybody in IAM, nor let anybody in elsewhere', list.controls);
    }
    const findings = new Findings(list.controls);
    const since = bornSince(ctx, list.stamp);
    const named = idsNamed(scope);
    const certain = rights.unknown === undefined ? 'yes' : 'unknown';
    for (const one of list.items) {
      const { made: at, found } = foundIn(one, 'born-in-window');
      if (named.has(one.id)) findings.excuse('named in the record, or found before');
      else if (since(at) && made) findings.weigh(certain, found);
      else if (changed) findings.unexplained({ ...found, relation: 'may-be-changed' });
      else findings.excuse('made before the grant, which could change none');
    }
    // a baseline has nothing of it, and excuses nothing of it
    if (beyond !== undefined && !ofAllTime(ctx)) findings.lacks(beyond);
    return findings.told(basisOf(rights));
  },
});

function elsewhere(rights: Rights): Failure | undefined {
  const could = letInElsewhere.filter((action) => rights.could([action]));
  const [first] = could;
  if (first === undefined) return undefined;
  const more = could.length === 1 ? '' : ` and ${could.length - 1} more such actions`;
  return inconclusive(
    'R-NOAPI',
    rights.unknown === undefined
      ? `the grant could call ${first}${more}, and no call lists what was left by them`
      : `${rights.unknown}, and no call lists what may have been left outside IAM`,
    'policies of the grant in the record that allow none of it',
  );
}
