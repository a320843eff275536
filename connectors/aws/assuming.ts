import { inconclusive } from '../../src/connector.ts';
import type { CheckTarget, Failure, Observation } from '../../src/connector.ts';
import type { RoleDetail } from './account.ts';
import { formOf, principalIdOf } from './kinds/role-trust.ts';
import type { NamedPrincipal, RoleTrustRef } from './kinds/role-trust.ts';
import type { Whole } from './place.ts';
import { accountOf } from './policy/index.ts';
import type { PolicyDocument } from './policy/document.ts';
import { accountIn, principalIn, standingOf } from './subject.ts';
import type { Standing } from './subject.ts';
import { assumeActionOf, letsIn } from './trusting.ts';
import type { Guarded, LetIn } from './trusting.ts';

interface Asked {
  readonly target: Pick<CheckTarget<RoleTrustRef>, 'ref' | 'accounts'>;
  readonly role: RoleDetail;
  readonly trust: PolicyDocument;
  readonly whole: Whole;
}

/** Whether the principal of the record, or the subject by another road, becomes the role at this instant (RFC 3339). */
export function seenAt({ target, role, trust, whole }: Asked, now: string): Observation {
  const { ref, accounts } = target;
  const { all, controls, at } = whole;
  const account = accountIn(all);
  const from = now === at ? '' : ` from ${now} on`;
  const called = `the trust policy of ${role.RoleName}`;
  const guarded: Guarded = { arn: role.Arn, called, document: trust, closed: true };
  const says = (one: NamedPrincipal) => letsIn(guarded, assumeActionOf(one.principal), one, account, now);
  const direct = says(ref);
  const present = {
    saw: 'present',
    state: 'active',
    revivedBy: 'others',
    standing: `${role.RoleId} lets in ${principalIdOf(ref) ?? ref.principal}`,
    edges: [
      {
        from: [nodeOf(ref)],
        to: { kind: 'aws/role', id: role.RoleId, label: role.Arn },
        relation: 'may assume',
      },
    ],
  } as const;
  if (direct === 'yes') {
    return { ...present, reason: 'R-LISTED', value: `${role.RoleName} lets in ${ref.principal}${from}` };
  }
  const itself = formOf(ref.principal) === 'identity' ? [principalIdOf(ref) ?? ref.principal] : [];
  // who is the role becomes nobody else by it
  const ids = [...accounts, ...itself].filter((id) => principalIn(account, id)?.arn !== role.Arn);
  const standing = standingOf(all, ids, now);
  const road = standing.reached.get(role.Arn);
  if (road?.certain === true) {
    const value = `the subject becomes ${role.RoleName}${from}: ${inWords(road)}`;
    return { ...present, reason: 'R-STANDING', value };
  }
  const unknown = [
    ...(typeof direct === 'object' ? direct.unknown : []),
    ...(road === undefined ? [] : road.path.flatMap((hop) => hop.unknown)),
    ...standing.vague.map((id) => `what ${id} may`),
  ];
  if (unknown.length > 0 || road !== undefined) {
    const names = [...new Set(unknown)].join(', ');
    return inconclusive('R-NOAPI', `whether the subject becomes ${role.RoleName}${from} goes by ${names}`);
  }
  return (
    doubtOf(ref, guarded, account, says) ??
    (direct === 'denied' ? { saw: 'denies', liftedBy: 'others', controls } : { saw: 'absent', controls })
  );
}

function nodeOf(ref: NamedPrincipal) {
  const id = principalIdOf(ref);
  const kind = id === undefined ? 'aws/principal' : id.startsWith('AROA') ? 'aws/role' : 'aws/user';
  return { kind, id: id ?? ref.principal, label: ref.principal };
}

const inWords = ({ path }: NonNullable<ReturnType<Standing['reached']['get']>>) =>
  path.map(({ from, how, to }) => `${from} by ${how.join(' and ')} to ${to}`).join(', then ');

/** Whom the record means is not certain, and somebody who could be it is let in. */
export function doubtOf(
  ref: NamedPrincipal,
  { called, document }: Guarded,
  account: Standing['account'],
  says: (ref: NamedPrincipal) => LetIn,
): Failure | undefined {
  const { principal } = ref;
  if (formOf(principal) !== 'identity') return undefined;
  const id = principalIdOf(ref);
  if (id === undefined) {
    return inconclusive(
      'R-IDENTITY',
      `the record gives no id of ${principal}, and another may have the name now`,
    );
  }
  const namesake = principalIn(account, principal);
  if (namesake !== undefined && namesake.id !== id && says({ ...ref, principalId: namesake.id }) !== 'no') {
    return inconclusive(
      'R-IDENTITY',
      `${principal} stands under another id (${namesake.id}), and ${called} lets that one in`,
    );
  }
  const foreign = accountOf(principal);
  if (foreign === account.id || !/:user\//.test(principal)) return undefined;
  const renamed = document.statements
    .filter(({ effect, principals }) => effect === 'Allow' && principals?.not === false)
    .flatMap(({ principals }) => [...(principals?.list.names ?? [])])
    .find((name) => /:user\//.test(name) && accountOf(name) === foreign);
  return renamed === undefined
    ? undefined
    : inconclusive(
        'R-IDENTITY',
        `${called} names ${renamed}, which may be ${principal} under a new name: the ids of account ${foreign} are not told here`,
      );
}
