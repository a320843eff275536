import { failed, Findings, look } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { account, accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { credentialNeeds, credentialsOf } from '../credentials-of.ts';
import { bornSince, idsNamed } from '../looking.ts';
import { credentialsCreated, credentialsRevived } from '../makers.ts';
import { basisOf, excluded, rightsOf } from '../rights.ts';

/**
 * A credential is dated when it is made. One that is switched on again, or gets another password, keeps
 * its date: where the grant could have done that, only a baseline tells.
 */
export const bornCredentials: Check<AwsClient, Scope> = look<AwsClient>({
  id: 'aws/born-credentials',
  look: 'hunt',
  title: 'Which credentials of which users could the grant have made or revived?',
  needs: [accountDetails.needs, ...credentialNeeds],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds-programmatic-access.html',
  effects: [],
  async observe(scope, ctx) {
    const list = await ctx.walk(account, '');
    if (failed(list)) return list;
    const rights = rightsOf(scope, list.items);
    const revived = rights.could(credentialsRevived);
    const created = rights.could(credentialsCreated);
    if (!revived && !created) {
      return excluded('have made or revived a credential of a user', list.controls);
    }
    const findings = new Findings(list.controls);
    const since = bornSince(ctx, list.stamp);
    const named = idsNamed(scope);
    const certain = rights.unknown === undefined ? 'yes' : 'unknown';
    const users = list.items.flatMap((one) => (one.is === 'user' ? [one.user] : []));
    for (const seen of await Promise.all(users.map((user) => credentialsOf(user, list.items, ctx)))) {
      if (failed(seen)) {
        findings.fail(seen);
        continue;
      }
      findings.add(seen.controls);
      for (const { made, found } of seen.list) {
        if (named.has(found.id)) findings.excuse('named in the record, or found before');
        else if (since(made) && created) findings.weigh(certain, { ...found, relation: 'born-in-window' });
        else if (revived) findings.unexplained({ ...found, relation: 'may-be-revived' });
        else findings.excuse('made before the grant, which could revive none');
      }
    }
    return findings.told(basisOf(rights));
  },
});
