/**
 * Whether a caller may, by what its account's policies say now: an explicit deny anywhere, then an
 * allow in every layer that there is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Account } from './account.ts';
import { AwsError, instant } from './answer.ts';
import type { Caller } from './caller.ts';
import { managedDocument } from './managed.ts';
import { levelsOf } from './organization/organization.ts';
import type { Call, Target } from './operation.ts';
import type { Asked, Context, Said } from './policy.ts';
import { say, statementsOf } from './policy.ts';
import type { Holder, Principal, State } from './state.ts';

export interface Layer {
  /** As the message of a refusal calls its policies. */
  readonly name:
    'service control policy' | 'permissions boundary' | 'session policy' | 'identity-based policy';
  readonly said: Said;
}

export interface Ruling {
  readonly layers: readonly Layer[];
  readonly allowed: boolean;
  /** The end of the sentence that refuses. */
  readonly because: string;
}

/** The user or the role behind a caller; undefined where it is gone. */
export function principalOf(caller: Caller, state: State): Principal | undefined {
  return caller.kind === 'role'
    ? state.roles.items.get(caller.principalId)
    : state.users.items.get(caller.principalId);
}

export function documentsOf(account: Account, state: State, holder: Holder): readonly string[] {
  const attached = [...holder.attached].map((arn) => managedDocument(account, state, arn) ?? '');
  return [...holder.inline.values(), ...attached].filter((document) => document !== '');
}

export function rule(caller: Caller, asked: Asked): Ruling {
  const layers = layersOf(caller, asked);
  const article = (name: string) => (name.startsWith('i') ? 'an' : 'a');
  const denied = layers.find(({ said }) => said === 'deny');
  if (denied !== undefined) {
    const because = `with an explicit deny in ${article(denied.name)} ${denied.name}`;
    return { layers, allowed: false, because };
  }
  const silent = layers.find(({ said }) => said === 'nothing');
  const because = `because no ${silent?.name ?? ''} allows the ${asked.action} action`;
  return { layers, allowed: silent === undefined, because };
}

function layersOf(caller: Caller, asked: Asked): readonly Layer[] {
  const { account, session } = caller;
  const state = account.ruling;
  const principal = principalOf(caller, state);
  const weigh = (documents: readonly string[]) => say(documents.flatMap(statementsOf), asked);
  // service-linked roles are never ruled by them
  const linked = caller.kind === 'role' && caller.principalArn.includes(':role/aws-service-role/');
  const levels = linked
    ? []
    : [...account.scps.map((scp) => [scp]), ...levelsOf(account, ({ ruling }) => ruling)];
  const layers: Layer[] = levels.map((level) => ({ name: 'service control policy', said: weigh(level) }));
  if (caller.principalId === account.id) {
    layers.push({ name: 'identity-based policy', said: 'allow' });
  } else {
    const groups = [...state.groups.items.values()].filter(({ members }) => members.has(caller.principalId));
    const holders = principal === undefined ? [] : [principal, ...groups];
    const documents = holders.flatMap((holder) => documentsOf(account, state, holder));
    layers.push({ name: 'identity-based policy', said: weigh(documents) });
  }
  if (principal?.boundary !== undefined) {
    const document = managedDocument(account, state, principal.boundary);
    layers.push({ name: 'permissions boundary', said: weigh(document === undefined ? [] : [document]) });
  }
  // a federated user has what its session policies give it of the user's rights: without any, nothing
  const given = session?.policies ?? (caller.kind === 'federated' ? [] : undefined);
  if (given !== undefined) layers.push({ name: 'session policy', said: weigh(given) });
  return layers;
}

/** What a request carries, by condition key in small letters. */
export function contextOf(call: Pick<Call, 'caller' | 'now' | 'region'>): Context {
  const { caller, now, region } = call;
  const { session } = caller;
  const context = new Map<string, string>([
    ['aws:currenttime', instant(now)],
    ['aws:epochtime', String(Math.floor(now / 1000))],
    ['aws:principalarn', caller.principalArn],
    ['aws:principalaccount', caller.account.id],
    ['aws:userid', caller.userId],
    ['aws:requestedregion', region],
    ['aws:sourceip', '127.0.0.1'],
    ['aws:securetransport', 'false'],
  ]);
  const kinds = { root: 'Account', user: 'User', role: 'AssumedRole', federated: 'FederatedUser' };
  context.set('aws:principaltype', kinds[caller.kind]);
  const principal = principalOf(caller, caller.account.ruling);
  if (caller.kind === 'user' && principal !== undefined) context.set('aws:username', principal.name);
  for (const [key, value] of [...(principal?.tags ?? []), ...(session?.tags ?? [])]) {
    context.set(`aws:principaltag/${key.toLowerCase()}`, value);
  }
  if (session !== undefined) {
    context.set('aws:tokenissuetime', instant(session.issuedAt));
    context.set('aws:multifactorauthpresent', String(session.mfa));
    if (session.sourceIdentity !== undefined) context.set('aws:sourceidentity', session.sourceIdentity);
  }
  return context;
}

export function refusal(caller: Caller, action: string, called: string, because: string): AwsError {
  return new AwsError(
    'AccessDenied',
    403,
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${called} ${because}`,
  );
}

/** @throws AwsError AccessDenied, alike whether the thing is there or not. */
export function demand(call: Call, action: string, { arn, called }: Target): void {
  if (call.caller.unruled === true) return;
  const ruling = rule(call.caller, { action, resource: arn, context: contextOf(call) });
  if (!ruling.allowed) throw refusal(call.caller, action, called, ruling.because);
}
