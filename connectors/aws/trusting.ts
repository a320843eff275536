import { formOf, principalIdOf } from './kinds/role-trust.ts';
import type { NamedPrincipal } from './kinds/role-trust.ts';
import { conditionsHold } from './policy/condition.ts';
import { evaluate } from './policy/evaluate.ts';
import type { Policies } from './policy/evaluate.ts';
import { accountOf, actionMatches, contextOf } from './policy/index.ts';
import type { Caller, Context, Policy } from './policy/index.ts';
import type { PolicyDocument } from './policy/document.ts';
import { resourceMatches } from './policy/pattern.ts';
import type { Principals } from './policy/principals.ts';
import { every, not, some, truth } from './policy/truth.ts';
import type { Truth } from './policy/truth.ts';
import { principalIn, timeOf } from './subject.ts';
import type { Standing } from './subject.ts';

/** `denied`: it would be let in, but for a deny that somebody else can lift. */
export type LetIn = Truth | 'denied';

/** A thing with a policy of its own. */
export interface Guarded {
  readonly arn: string;
  /** As people call its policy. */
  readonly called: string;
  readonly document: PolicyDocument;
  /**
   * Whether its policy is needed, and may leave it to those of the account: so with roles and keys. Otherwise
   * those of the account are enough without it, and what it gives is what it gives alone.
   */
  readonly closed: boolean;
}

/** What the policy of the thing says to the principal of the record about an action, at one instant. */
export function letsIn(
  guarded: Guarded,
  action: string,
  ref: NamedPrincipal,
  account: Standing['account'],
  now: string,
): LetIn {
  const { principal, claims = {} } = ref;
  const form = formOf(principal);
  const named = (matches: (list: Principals) => boolean, facts: Context) =>
    names(guarded, matches, action, new Map([...timeOf(now), ...facts]));
  const isAccount = (list: Principals, id: string) => list.everyone || list.accounts.has(id);
  if (form === 'everyone') return named((list) => list.everyone, contextOf({}));
  if (form === 'service') {
    const facts = contextOf({ 'aws:PrincipalIsAWSService': 'true' });
    return named((list) => list.everyone || list.services.has(principal), facts);
  }
  if (form === 'federated') {
    return named((list) => list.everyone || list.federated.has(principal), claimsOf(principal, claims));
  }
  if (form === 'account') {
    const id = /\d{12}/.exec(principal)?.[0] ?? '';
    return named((list) => isAccount(list, id), ofAccount(id));
  }
  const found = identityIn(account, ref);
  if (found !== undefined) return asCaller(guarded, action, found, now);
  // whom this account does not know: one that is no more, or one of another account
  const foreign = accountOf(principal);
  if (foreign === account.id || foreign === '') return 'no';
  const is = (list: Principals) =>
    isAccount(list, foreign) || list.names.has(principal) || list.names.has(ref.principalId ?? principal);
  return named(is, new Map([...ofAccount(foreign), ...contextOf({ 'aws:PrincipalArn': principal })]));
}

const ofAccount = (id: string) => contextOf({ 'aws:PrincipalAccount': id, 'kms:CallerAccount': id });

/** What is asked of a role, by whom. */
export function assumeActionOf(principal: string): string {
  if (formOf(principal) !== 'federated') return 'sts:AssumeRole';
  return /:saml-provider\//.test(principal) ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRoleWithWebIdentity';
}

/** By its id where the record gives one: a namesake is somebody else. */
function identityIn(account: Standing['account'], ref: NamedPrincipal) {
  const id = principalIdOf(ref);
  const found = principalIn(account, id ?? ref.principal);
  if (found === undefined) return undefined;
  const session = /:assumed-role\/[^/]+\/(.+)$/.exec(ref.principal)?.[1];
  return { found, ...(session === undefined ? {} : { session }) };
}

function asCaller(
  guarded: Guarded,
  action: string,
  { found, session }: NonNullable<ReturnType<typeof identityIn>>,
  now: string,
): LetIn {
  const { kind, arn, id } = found;
  const caller: Caller =
    kind === 'role' && session !== undefined ? { kind, arn, id, session } : { kind, arn, id };
  return callerMay(guarded, action, caller, found, now);
}

/** With its own policies, where they have a say; and where a deny decides, without all of them. */
export function callerMay(
  { arn, called, document, closed }: Guarded,
  action: string,
  caller: Caller,
  { identity, boundary }: Pick<Policies, 'identity' | 'boundary'>,
  now: string,
): LetIn {
  const account = accountOf(arn);
  const context = new Map([...timeOf(now), ...ofAccount(account)]);
  const request = { caller, action, resource: arn, account, context };
  const resource = { name: called, document };
  const policies: Policies = {
    identity: closed ? identity : identity.map((one) => only('Deny', one)),
    ...(boundary === undefined ? {} : { boundary }),
    resource,
    resourcePolicy: closed ? 'needed' : 'enough',
  };
  const { outcome, unknown } = evaluate(request, policies);
  if (outcome === 'allowed') return 'yes';
  if (outcome === 'unknown') return { unknown };
  if (outcome === 'implicitly-denied') return 'no';
  const without = evaluate(request, {
    ...policies,
    identity: policies.identity.map((one) => only('Allow', one)),
    ...(boundary === undefined ? {} : { boundary: only('Allow', boundary) }),
    resource: only('Allow', resource),
  });
  return without.outcome === 'implicitly-denied' ? 'no' : 'denied';
}

function only(wanted: 'Allow' | 'Deny', { name, document }: Policy): Policy {
  if ('flaw' in document) return { name, document };
  const statements = document.statements.filter(({ effect }) => effect === wanted);
  return { name, document: { version: document.version, statements } };
}

/** Of somebody whose own policies stand elsewhere, or who has none: the policy of the thing alone decides. */
function names(
  { arn, document: { version, statements } }: Guarded,
  matches: (list: Principals) => boolean,
  action: string,
  context: Context,
): LetIn {
  const variables = version === '2012-10-17';
  const said = (effect: 'Allow' | 'Deny') =>
    some(
      ...statements
        .filter((one) => one.effect === effect && actionMatches(one.actions, action))
        .map(({ principals, resources, conditions }) =>
          every(
            principals === undefined ? 'no' : truth(matches(principals.list) !== principals.not),
            resources === undefined ? 'yes' : resourceMatches(resources, arn, variables, context),
            conditionsHold(conditions, variables, context),
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
