import type { RoleDetail } from './account.ts';
import { formOf, principalIdOf } from './kinds/role-trust.ts';
import type { RoleTrustRef } from './kinds/role-trust.ts';
import { conditionsHold } from './policy/condition.ts';
import { evaluate } from './policy/evaluate.ts';
import type { Policies } from './policy/evaluate.ts';
import { accountOf, actionMatches, contextOf } from './policy/index.ts';
import type { Caller, Context, Policy } from './policy/index.ts';
import type { PolicyDocument } from './policy/document.ts';
import type { Principals } from './policy/principals.ts';
import { every, not, some, truth } from './policy/truth.ts';
import type { Truth } from './policy/truth.ts';
import { principalIn, timeOf } from './subject.ts';
import type { Standing } from './subject.ts';

/** `denied`: it would be let in, but for a deny that somebody else can lift. */
export type LetIn = Truth | 'denied';

/** What the trust policy of a role says to the principal of the record, at one instant. */
export function letsIn(
  role: RoleDetail,
  trust: PolicyDocument,
  ref: RoleTrustRef,
  account: Standing['account'],
  now: string,
): LetIn {
  const { principal, claims = {} } = ref;
  const own = accountOf(role.Arn);
  const form = formOf(principal);
  const named = (matches: (list: Principals) => boolean, action: string, facts: Context) =>
    names(trust, matches, action, new Map([...timeOf(now), ...facts]));
  const isAccount = (list: Principals, id: string) => list.everyone || list.accounts.has(id);
  const none = contextOf({});
  if (form === 'everyone') return named((list) => list.everyone, assume, none);
  if (form === 'service') {
    const facts = contextOf({ 'aws:PrincipalIsAWSService': 'true' });
    return named((list) => list.everyone || list.services.has(principal), assume, facts);
  }
  if (form === 'federated') {
    const action = /:saml-provider\//.test(principal) ? withSaml : withWebIdentity;
    return named(
      (list) => list.everyone || list.federated.has(principal),
      action,
      claimsOf(principal, claims),
    );
  }
  if (form === 'account') {
    const id = /\d{12}/.exec(principal)?.[0] ?? '';
    return named((list) => isAccount(list, id), assume, contextOf({ 'aws:PrincipalAccount': id }));
  }
  const found = identityIn(account, ref);
  if (found !== undefined) return asCaller(role, trust, found, now);
  // whom this account does not know: one that is no more, or one of another account
  if (accountOf(principal) === own || accountOf(principal) === '') return 'no';
  const foreign = accountOf(principal);
  const is = (list: Principals) =>
    isAccount(list, foreign) || list.names.has(principal) || list.names.has(ref.principalId ?? principal);
  return named(is, assume, contextOf({ 'aws:PrincipalAccount': foreign, 'aws:PrincipalArn': principal }));
}

const assume = 'sts:AssumeRole';
const withWebIdentity = 'sts:AssumeRoleWithWebIdentity';
const withSaml = 'sts:AssumeRoleWithSAML';

/** By its id where the record gives one: a namesake is somebody else. */
function identityIn(account: Standing['account'], ref: RoleTrustRef) {
  const id = principalIdOf(ref);
  const found = principalIn(account, id ?? ref.principal);
  if (found === undefined) return undefined;
  const session = /:assumed-role\/[^/]+\/(.+)$/.exec(ref.principal)?.[1];
  return { found, ...(session === undefined ? {} : { session }) };
}

function asCaller(
  role: RoleDetail,
  trust: PolicyDocument,
  { found, session }: NonNullable<ReturnType<typeof identityIn>>,
  now: string,
): LetIn {
  const { kind, arn, id, identity, boundary } = found;
  const caller: Caller =
    kind === 'role' && session !== undefined ? { kind, arn, id, session } : { kind, arn, id };
  const resource = { name: `the trust policy of ${role.RoleName}`, document: trust };
  const request = {
    caller,
    action: assume,
    resource: role.Arn,
    account: accountOf(role.Arn),
    context: timeOf(now),
  };
  const policies: Policies = {
    identity,
    ...(boundary === undefined ? {} : { boundary }),
    resource,
    resourcePolicy: 'needed',
  };
  const { outcome, unknown } = evaluate(request, policies);
  if (outcome === 'allowed') return 'yes';
  if (outcome === 'unknown') return { unknown };
  if (outcome === 'implicitly-denied') return 'no';
  const without = evaluate(request, {
    ...policies,
    identity: identity.map(undenied),
    ...(boundary === undefined ? {} : { boundary: undenied(boundary) }),
    resource: undenied(resource),
  });
  return without.outcome === 'implicitly-denied' ? 'no' : 'denied';
}

function undenied({ name, document }: Policy): Policy {
  if ('flaw' in document) return { name, document };
  const statements = document.statements.filter(({ effect }) => effect === 'Allow');
  return { name, document: { version: document.version, statements } };
}

/** Of somebody whose own policies stand elsewhere, or who has none: the trust policy alone decides. */
function names(
  { version, statements }: PolicyDocument,
  matches: (list: Principals) => boolean,
  action: string,
  context: Context,
): LetIn {
  const said = (effect: 'Allow' | 'Deny') =>
    some(
      ...statements
        .filter((one) => one.effect === effect && actionMatches(one.actions, action))
        .map(({ principals, conditions }) =>
          every(
            principals === undefined ? 'no' : truth(matches(principals.list) !== principals.not),
            conditionsHold(conditions, version === '2012-10-17', context),
          ),
        ),
    );
  const [allow, deny] = [said('Allow'), said('Deny')];
  if (allow === 'no') return 'no';
  return deny === 'yes' ? 'denied' : every(allow, not(deny));
}

/** Condition keys are called after the provider: `token.actions.githubusercontent.com:sub`. */
function claimsOf(provider: string, claims: Readonly<Record<string, string>>): Context {
  const issuer =
    /:oidc-provider\/(.+)$/.exec(provider)?.[1] ?? (/:saml-provider\//.test(provider) ? 'SAML' : provider);
  return contextOf(
    Object.fromEntries(Object.entries(claims).map(([name, value]) => [`${issuer}:${name}`, value])),
  );
}
