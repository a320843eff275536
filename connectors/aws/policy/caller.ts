import type { Context } from './context.ts';
import type { Principals } from './principals.ts';
import { every, not, some, truth, unknown, type Truth } from './truth.ts';

/** Who asks. ARNs and unique ids as IAM gives them; a role asks through a session of it. */
export type Caller =
  | {
      readonly kind: 'user';
      readonly arn: string;
      readonly id: string;
      /** The name in a GetFederationToken session of this user. */
      readonly federated?: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'role';
      readonly arn: string;
      readonly id: string;
      /** Where it is missing, a policy that names one session is unknown. */
      readonly session?: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'service'; readonly name: string }
  /** Web identity or SAML: an OIDC or SAML provider's ARN, or the name of a built-in one. */
  | { readonly kind: 'federated'; readonly provider: string };

/** The account of an ARN; empty where it has none. */
export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const partitionOf = (arn: string): string => arn.split(':')[1] ?? '';
/** The last part of the path. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/**
 * How a Principal element names the caller: that makes a difference to which other policies still limit it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export interface Named {
  /** The very principal: a user, a role session, a service, a provider. */
  readonly direct: Truth;
  /** The role of the session, or the user behind a federated user. */
  readonly behind: Truth;
  readonly account: Truth;
  readonly everyone: Truth;
}

export const nobody: Named = { direct: 'no', behind: 'no', account: 'no', everyone: 'no' };

export function namedBy(list: Principals, caller: Caller): Named {
  const everyone = truth(list.everyone);
  if (caller.kind === 'service')
    return { ...nobody, direct: truth(list.services.has(caller.name)), everyone };
  if (caller.kind === 'federated')
    return { ...nobody, direct: truth(list.federated.has(caller.provider)), everyone };
  const account = truth(list.accounts.has(accountOf(caller.arn)));
  const itself = truth(list.names.has(caller.arn) || list.names.has(caller.id));
  const session = sessionNamed(list, caller);
  if (session === undefined) return { direct: itself, behind: 'no', account, everyone };
  return { direct: session, behind: itself, account, everyone };
}

function sessionNamed(
  list: Principals,
  caller: Extract<Caller, { readonly arn: string }>,
): Truth | undefined {
  const start = `arn:${partitionOf(caller.arn)}:sts::${accountOf(caller.arn)}:`;
  if (caller.kind === 'user') {
    const { federated } = caller;
    return federated === undefined ? undefined : truth(list.names.has(`${start}federated-user/${federated}`));
  }
  const sessions = `${start}assumed-role/${nameOf(caller.arn)}/`;
  if (caller.session !== undefined) return truth(list.names.has(`${sessions}${caller.session}`));
  return [...list.names].some((name) => name.startsWith(sessions))
    ? unknown('the name of the role session')
    : 'no';
}

export const anyOf = (named: Named): Truth => some(named.direct, named.behind, named.account, named.everyone);

/**
 * NotPrincipal spares a caller for certain only if it names every step of it: account, role, session.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function notNamedBy(list: Principals, caller: Caller): Truth {
  const { direct, behind, account, everyone } = namedBy(list, caller);
  if (everyone === 'yes') return 'no';
  if (caller.kind === 'service' || caller.kind === 'federated') return not(direct);
  const steps = [
    account,
    direct,
    ...(caller.kind === 'role' || caller.federated !== undefined ? [behind] : []),
  ];
  if (every(...steps) === 'yes') return 'no';
  return some(...steps) === 'no' ? 'yes' : unknown('NotPrincipal');
}

/**
 * What follows from the caller alone. Known keys of the request come on top of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function factsOf(caller: Caller): Context {
  const facts = new Map<string, readonly string[]>();
  const isService = caller.kind === 'service';
  facts.set('aws:principalisawsservice', [String(isService)]);
  if (isService || caller.kind === 'federated') return facts;
  const federated = caller.kind === 'user' ? caller.federated : undefined;
  facts.set('aws:principalarn', [caller.arn]);
  facts.set('aws:principalaccount', [accountOf(caller.arn)]);
  facts.set('aws:principalservicename', []);
  facts.set('aws:principalservicenameslist', []);
  if (caller.kind === 'role') {
    facts.set('aws:principaltype', ['AssumedRole']);
    facts.set('aws:username', []);
    if (caller.session !== undefined) facts.set('aws:userid', [`${caller.id}:${caller.session}`]);
  } else if (federated === undefined) {
    facts.set('aws:principaltype', ['User']);
    facts.set('aws:username', [nameOf(caller.arn)]);
    facts.set('aws:userid', [caller.id]);
  } else {
    facts.set('aws:principaltype', ['FederatedUser']);
    facts.set('aws:username', []);
    facts.set('aws:userid', [`${accountOf(caller.arn)}:${federated}`]);
    facts.delete('aws:principalarn');
  }
  // a session may carry tags of its own over those of its role
  if (caller.tags !== undefined && caller.kind === 'user' && federated === undefined) {
    for (const [key, value] of Object.entries(caller.tags))
      facts.set(`aws:principaltag/${key.toLowerCase()}`, [value]);
    facts.set('aws:principaltag/*', []);
  }
  return facts;
}
