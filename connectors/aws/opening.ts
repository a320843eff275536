import { inconclusive } from '../../src/connector.ts';
import type { CheckTarget, Controls, Observation } from '../../src/connector.ts';
import { doubtOf } from './assuming.ts';
import { formOf, principalIdOf } from './kinds/role-trust.ts';
import type { NamedPrincipal } from './kinds/role-trust.ts';
import { accountIn, principalIn, standingOf } from './subject.ts';
import type { Whole } from './place.ts';
import { callerMay, letsIn } from './trusting.ts';
import type { Guarded, LetIn } from './trusting.ts';

interface Asked {
  readonly target: Pick<CheckTarget<NamedPrincipal>, 'ref' | 'accounts'>;
  readonly guarded: Guarded;
  readonly actions: readonly string[];
  readonly whole: Whole;
  readonly controls: Controls;
}

/** What the policy of a thing lets the subject do at this instant (RFC 3339), as itself or as whom it becomes. */
export function openAt({ target, guarded, actions, whole, controls }: Asked, now: string): Observation {
  const { ref, accounts } = target;
  const account = accountIn(whole.all);
  const from = now === whole.at ? '' : ` from ${now} on`;
  const says = (one: NamedPrincipal) =>
    together(actions.map((action) => letsIn(guarded, action, one, account, now)));
  const allowed = actions.filter((action) => letsIn(guarded, action, ref, account, now) === 'yes');
  const present = { saw: 'present', state: 'active', revivedBy: 'others' } as const;
  const standing = `${guarded.arn} opens to ${principalIdOf(ref) ?? ref.principal}: ${allowed.join(' ')}`;
  if (allowed.length > 0) {
    const value = `${guarded.called} lets ${ref.principal} do ${inWords(allowed)}${from}`;
    return { ...present, reason: 'R-LISTED', value, standing };
  }
  const itself = formOf(ref.principal) === 'identity' ? [principalIdOf(ref) ?? ref.principal] : [];
  const { reached, vague } = standingOf(whole.all, [...accounts, ...itself], now);
  const unknown = vague.map((id) => `what ${id} may`);
  for (const { principal, certain, path } of reached.values()) {
    if (principal === principalIn(account, itself[0] ?? '')) continue;
    const { kind, arn, id } = principal;
    const each = actions.map((action) => callerMay(guarded, action, { kind, arn, id }, principal, now));
    const opened = actions.filter((_, at) => each[at] === 'yes');
    const [first] = opened;
    if (first !== undefined && certain) {
      const value = `${guarded.called} lets ${arn}, whom the subject is or becomes, do ${inWords(opened)}${from}`;
      return { ...present, reason: 'R-STANDING', value, standing };
    }
    const said = together(each);
    if (first !== undefined)
      unknown.push(`whether the subject becomes ${arn}`, ...path.flatMap((hop) => hop.unknown));
    if (typeof said === 'object') unknown.push(...said.unknown);
  }
  const direct = says(ref);
  if (typeof direct === 'object') unknown.push(...direct.unknown);
  if (unknown.length > 0) {
    const names = [...new Set(unknown)].join(', ');
    return inconclusive('R-NOAPI', `what ${guarded.called} lets the subject do${from} goes by ${names}`);
  }
  return (
    doubtOf(ref, guarded, account, says) ??
    (direct === 'denied' ? { saw: 'denies', liftedBy: 'others', controls } : { saw: 'absent', controls })
  );
}

/** One answer for all actions: the widest. */
function together(each: readonly LetIn[]): LetIn {
  if (each.includes('yes')) return 'yes';
  const unknown = [...new Set(each.flatMap((one) => (typeof one === 'object' ? one.unknown : [])))];
  if (unknown.length > 0) return { unknown };
  return each.includes('denied') ? 'denied' : 'no';
}

const inWords = (actions: readonly string[]) =>
  actions.length > 5
    ? `${actions.slice(0, 4).join(', ')} and ${actions.length - 4} more`
    : actions.join(', ');
