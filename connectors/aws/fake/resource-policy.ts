/**
 * Things with a policy of their own: what it says, beside what the caller's policies say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Account } from './account.ts';
import type { Layer } from './authorize.ts';
import { contextOf, refusal, rule } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Call, Target } from './operation.ts';
import { trusts } from './trust.ts';

export interface Guarded {
  readonly owner: Account;
  /** As it is kept; undefined where there is none. */
  readonly policy: string | undefined;
  /**
   * Whether identity policies count only where the thing's own policy lets the account speak: so it is with
   * keys. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
   */
  readonly closed: boolean;
  /** A grant of the thing lets the caller do this: as good as being named. */
  readonly granted?: boolean;
}

/** @throws AwsError AccessDenied. */
export function demandOn(call: Call, action: string, target: Target, guarded: Guarded): void {
  const { caller } = call;
  if (caller.unruled === true) return;
  const asked = { action, resource: target.arn, context: contextOf(call) };
  const ruling = rule(caller, asked);
  const refused = (because: string) => refusal(caller, action, target.called, because);
  if (ruling.layers.some(({ said }) => said === 'deny')) throw refused(ruling.because);
  const { owner, policy, closed } = guarded;
  const written =
    policy === undefined ? { said: 'nothing', direct: false } : trusts(policy, owner.id, caller, asked);
  if (written.said === 'deny') throw refused('with an explicit deny in a resource-based policy');
  const own = guarded.granted === true ? { said: 'allow', direct: true } : written;
  const silent = `because no resource-based policy allows the ${action} action`;
  if (caller.account.id !== owner.id) {
    if (own.said !== 'allow') throw refused(silent);
    if (!ruling.allowed) throw refused(ruling.because);
    return;
  }
  if (own.said === 'allow' && own.direct && namedIsEnough(caller, ruling.layers)) return;
  if (closed && own.said !== 'allow') throw refused(silent);
  if (!ruling.allowed) throw refused(ruling.because);
}

/** Being named makes up for an identity policy; for a role not for its boundary, nor for an SCP's silence. */
export function namedIsEnough(caller: Caller, layers: readonly Layer[]): boolean {
  const made = new Set([
    'identity-based policy',
    ...(caller.kind === 'user' ? ['permissions boundary'] : []),
  ]);
  return layers.every(({ name, said }) => said === 'allow' || made.has(name));
}
