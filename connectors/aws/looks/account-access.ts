import { failed, Findings, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Found, Scope } from '../../../src/connector.ts';
import { accessOf, becoming } from '../access-of.ts';
import type { Actor } from '../access-of.ts';
import { account, accountDetails } from '../account.ts';
import type { Detail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { credentialNeeds, credentialsOf } from '../credentials-of.ts';
import { bornSince, idsNamed, ofAllTime } from '../looking.ts';

const before = 'made before the grant';
const known = 'named in the record, or found before';

/**
 * Everything else by which the subject's users come in: credentials are dated, memberships, policies and
 * whom a role trusts are not, and need a baseline where the user stood before the grant.
 */
export const accountAccess: Check<AwsClient, Scope> = look<AwsClient>({
  id: 'aws/account-access',
  look: 'sweep',
  title: 'Which credentials, groups, policies and roles has the subject, besides those of the record?',
  needs: [accountDetails.needs, ...credentialNeeds],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
  effects: [],
  async observe(scope, ctx) {
    const list = await ctx.walk(account, '');
    if (failed(list)) return list;
    const findings = new Findings(list.controls);
    const named = idsNamed(scope);
    const all = list.items;
    const subjects = all.filter((one) => isOf(one, scope, named));
    for (const id of scope.accounts) {
      if (/^A(?:IDA|ROA)/.test(id) || subjects.some((one) => arnOf(one) === id)) continue;
      findings.fail(
        inconclusive(
          'R-IDENTITY',
          `nobody of IAM is called ${id} here, and whoever was may have another name`,
          'the unique id of the account: AIDA… or AROA…',
        ),
      );
    }
    const since = bornSince(ctx, list.stamp);
    const told = new Set(
      scope.targets.flatMap(({ kind, id }) => (id === undefined ? [] : [`${kind} ${id}`])),
    );
    const isTold = ({ kind, id }: Found) => told.has(`${kind} ${id}`);
    const weigh = (holder: Actor, idle: boolean) => {
      const fresh = since(bornOf(holder));
      for (const found of accessOf(holder, all)) {
        if (isTold(found)) findings.excuse(known);
        else if (idle) findings.excuse('held by a user without another credential');
        else findings.weigh(fresh ? 'yes' : 'unknown', found);
      }
      if (idle) return;
      for (const found of becoming(holder, all, list.stamp.serverAt ?? list.stamp.at)) {
        if (named.has(found.id)) findings.excuse(known);
        else findings.unexplained(found);
      }
    };
    for (const one of subjects) {
      if (one.is === 'role') {
        weigh(one, false);
        continue;
      }
      const seen = await credentialsOf(one.user, all, ctx);
      if (failed(seen)) {
        findings.fail(seen);
        continue;
      }
      findings.add(seen.controls);
      for (const { made, found } of seen.list) {
        if (isTold(found)) findings.excuse(known);
        else if (since(made)) findings.found(found);
        else findings.excuse(before);
      }
      // with nothing to come in by, but what has a verdict of its own, it has nothing of what it holds
      weigh(one, seen.list.every(({ found }) => isTold(found)) && !ofAllTime(ctx));
    }
    findings.excuse(
      'another',
      all.filter(({ is }) => is === 'user' || is === 'role').length - subjects.length,
    );
    return findings.told();
  },
});

const arnOf = (one: Actor) => (one.is === 'user' ? one.user.Arn : one.role.Arn);
const bornOf = (one: Actor) => (one.is === 'user' ? one.user.CreateDate : one.role.CreateDate);

/** The subject's own accounts, and the users of what it was given; a role of the record is not the subject's. */
const isOf = (one: Detail, { accounts }: Scope, named: ReadonlySet<string>): one is Actor =>
  (one.is === 'user' || one.is === 'role') &&
  (accounts.includes(one.id) || accounts.includes(arnOf(one)) || (one.is === 'user' && named.has(one.id)));
