import { accountOf, factsOf, type Named } from './caller.ts';
import { see, type Hit, type Policy, type Request, type Seen } from './statement.ts';
import { every, some, unknown, type Truth } from './truth.ts';

/** Every policy that has a say in one request. What was not read stands in it as a flaw, never as nothing. */
export interface Policies {
  /** Of the user and its groups, or of the role; inline and attached. */
  readonly identity: readonly Policy[];
  /** The permissions boundary, where there is one. */
  readonly boundary?: Policy;
  /** Handed over when the session was made; none means that the session has all that its role has. */
  readonly session?: readonly Policy[];
  /** The policy of the resource; for `sts:AssumeRole` the trust policy of the role. */
  readonly resource?: Policy;
  /**
   * `needed`: nothing is allowed that the resource's policy does not allow, even within one account.
   * So it is with the trust policy of a role and with the policy of a KMS key.
   */
  readonly resourcePolicy?: 'needed' | 'enough';
  /** Service control policies of the caller's account, a list per level from the root down. None for the management account and for service-linked roles. */
  readonly scps?: readonly (readonly Policy[])[];
  /** Resource control policies of the resource's account, a list per level, RCPFullAWSAccess included. */
  readonly rcps?: readonly (readonly Policy[])[];
}

export interface Decision {
  readonly outcome: 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'unknown';
  /** What decided: the denies, the allows, or, of an unknown outcome, what certainly or possibly has a say. */
  readonly statements: readonly Hit[];
  /** Of an unknown outcome: condition keys without a known value, flaws of documents, points that no page settles. */
  readonly unknown: readonly string[];
}

/**
 * May this be done? AWS's evaluation logic in three values: an explicit deny wins, also over what is
 * unknown; what is unknown never reads as a deny, nor as its absence.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(request: Request, policies: Policies): Decision {
  const context = new Map([...factsOf(request.caller), ...request.context]);
  const look = (list: readonly Policy[]) => see(list, request, context, policies.boundary !== undefined);
  const identity = look(policies.identity);
  const boundary = policies.boundary === undefined ? undefined : look([policies.boundary]);
  const session = policies.session === undefined ? undefined : look(policies.session);
  const resource = policies.resource === undefined ? undefined : look([policies.resource]);
  const ceilings = [...(policies.scps ?? []), ...(policies.rcps ?? [])].map(look);
  const all = [identity, boundary, session, resource, ...ceilings].filter((one) => one !== undefined);
  const deny = some(...all.map((one) => one.deny));
  const limits = every(boundary?.allow ?? 'yes', session?.allow ?? 'yes');
  const granted = grant(request, policies, identity.allow, limits, resource?.named);
  const allow = every(granted, ...ceilings.map((one) => one.allow));
  return decide(allow, deny, all);
}

function grant(
  { caller, account }: Request,
  { resourcePolicy = 'enough' }: Policies,
  identity: Truth,
  limits: Truth,
  named: Named | undefined,
): Truth {
  const own = every(identity, limits);
  if (caller.kind === 'service' || caller.kind === 'federated') {
    return named === undefined ? 'no' : some(named.direct, named.everyone);
  }
  const any = named === undefined ? 'no' : some(named.direct, named.behind, named.account, named.everyone);
  // both accounts must say yes: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
  if (accountOf(caller.arn) !== account) return every(any, own);
  const alone =
    named === undefined
      ? 'no'
      : some(named.direct, every(named.behind, limits), open(caller.kind, named, limits));
  return some(alone, resourcePolicy === 'needed' ? every(any, own) : own);
}

/** Whether a boundary or a session policy limits what a role gets as one of everybody is not written down. */
function open(kind: 'user' | 'role', { everyone }: Named, limits: Truth): Truth {
  if (kind === 'user' || limits === 'yes') return everyone;
  return every(everyone, unknown('Principal "*" beside a permissions boundary or session policy'));
}

function decide(allow: Truth, deny: Truth, seen: readonly Seen[]): Decision {
  const hits = seen.flatMap((one) => one.hits);
  const those = (effect: Hit['effect']) =>
    hits.filter(({ hit, is }) => hit.effect === effect && is === 'yes').map(({ hit }) => hit);
  if (deny === 'yes') return { outcome: 'explicitly-denied', statements: those('Deny'), unknown: [] };
  if (allow === 'no') return { outcome: 'implicitly-denied', statements: [], unknown: [] };
  if (allow === 'yes' && deny === 'no')
    return { outcome: 'allowed', statements: those('Allow'), unknown: [] };
  const names = [allow, deny].flatMap((one) => (typeof one === 'object' ? one.unknown : []));
  return { outcome: 'unknown', statements: hits.map(({ hit }) => hit), unknown: [...new Set(names)] };
}
