import { failed, Findings, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Found, Scope } from '../../../src/connector.ts';
import { account, accountDetails } from '../account.ts';
import type { Detail, UserDetail } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { credentialNeeds, credentialsOf } from '../credentials-of.ts';
import { holdingOf } from '../holdings.ts';
import { iamPrincipal } from '../kinds/principal.ts';
import { bornSince, idsNamed, ofAllTime } from '../looking.ts';
import { readDocument } from '../policy/index.ts';
import { standingOf } from '../subject.ts';

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
    const wanted = new Set([...named, ...scope.accounts]);
    const subjects = list.items.flatMap((one) =>
      one.is === 'user' && (wanted.has(one.id) || wanted.has(one.user.Arn)) ? [one.user] : [],
    );
    for (const arn of scope.accounts) {
      if (!arn.startsWith('arn:') || subjects.some((user) => user.Arn === arn)) continue;
      findings.fail(
        inconclusive(
          'R-IDENTITY',
          `nobody is called ${arn} now, and whoever was may have another name`,
          'the unique id of the account: AIDA…',
        ),
      );
    }
    const since = bornSince(ctx, list.stamp);
    const told = new Set(
      scope.targets.flatMap(({ kind, id }) => (id === undefined ? [] : [`${kind} ${id}`])),
    );
    for (const user of subjects) {
      const seen = await credentialsOf(user, list.items, ctx);
      if (failed(seen)) {
        findings.fail(seen);
        continue;
      }
      findings.add(seen.controls);
      for (const { made, found } of seen.list) {
        if (told.has(`${found.kind} ${found.id}`)) findings.excuse(known);
        else if (since(made)) findings.found(found);
        else findings.excuse(before);
      }
      const fresh = since(user.CreateDate);
      // with nothing to come in by, it has nothing of what it holds
      const idle = seen.list.length === 0 && !ofAllTime(ctx);
      for (const found of accessOf(user, list.items)) {
        if (told.has(`${found.kind} ${found.id}`)) findings.excuse(known);
        else if (idle) findings.excuse('held by a user without a credential');
        else findings.weigh(fresh ? 'yes' : 'unknown', found);
      }
      if (idle) continue;
      for (const found of becoming(user, list.items, list.stamp.serverAt ?? list.stamp.at)) {
        if (named.has(found.id)) findings.excuse(known);
        else findings.unexplained(found);
      }
    }
    findings.excuse('another user', list.items.filter(({ is }) => is === 'user').length - subjects.length);
    return findings.told();
  },
});

/** Its groups and policies. What only denies gives nothing. */
function accessOf(user: UserDetail, all: readonly Detail[]): readonly Found[] {
  const { UserId: id, UserName: name } = user;
  const { attached, inline } = holdingOf({ is: 'user', id, user });
  const groups = all.flatMap((one) =>
    one.is === 'group' && user.GroupList.includes(one.group.GroupName) ? [one.group] : [],
  );
  return [
    ...groups.map((group) => ({
      kind: 'aws/group-membership',
      id: `${group.GroupId}/${id}`,
      ref: { userName: name, userId: id, groupName: group.GroupName, groupId: group.GroupId },
      relation: 'member-of-a-group',
      label: `${name} in the group ${group.GroupName}`,
      standing: JSON.stringify(holdingOf({ is: 'group', id: group.GroupId, group })),
    })),
    ...attached.map(({ arn }) => ({
      kind: 'aws/attached-policy',
      id: `${id}/${arn}`,
      ref: { principalName: name, principalId: id, policyArn: arn },
      relation: 'attached',
      label: `${arn} attached to ${name}`,
      standing: arn,
    })),
    ...inline
      .filter(({ document }) => allowsAnything(document))
      .map((policy) => ({
        kind: 'aws/inline-policy',
        id: `${id}/${policy.name}`,
        ref: { principalName: name, principalId: id, policyName: policy.name },
        relation: 'inline',
        label: `inline policy ${policy.name} of ${name}`,
        standing: policy.document,
      })),
  ];
}

/** Whom it can become, and how: roles that trust it, users whose keys it can make, code that it can change. */
function becoming(user: UserDetail, all: readonly Detail[], now: string): readonly Found[] {
  const { reached } = standingOf(all, [user.UserId], now);
  return [...reached.values()]
    .filter(({ principal }) => principal.id !== user.UserId)
    .map(({ principal: { id, arn }, path }) => ({
      kind: iamPrincipal.kind,
      id,
      ref: { principalId: id, arn },
      relation: 'can-become',
      label: `${user.UserName} can become ${arn} (${path.map(({ how }) => how.join(' and ')).join(', then ')})`,
      standing: JSON.stringify(path.map(({ from, to, how }) => [from, to, how])),
    }));
}

function allowsAnything(document: string): boolean {
  const policy = readDocument(document, 'identity');
  return 'flaw' in policy || policy.statements.some(({ effect }) => effect === 'Allow');
}
