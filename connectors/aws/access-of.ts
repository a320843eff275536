import type { Found } from '../../src/connector.ts';
import type { Detail } from './account.ts';
import { holdingOf, textOf } from './holdings.ts';
import type { Holding } from './holdings.ts';
import { iamPrincipal } from './kinds/principal.ts';
import { readDocument } from './policy/index.ts';
import { standingOf } from './subject.ts';

/** A user or a role of the subject. */
export type Actor = Extract<Detail, { readonly is: 'user' | 'role' }>;

/** Its groups and policies. What only denies gives nothing. */
export function accessOf(holder: Actor, all: readonly Detail[]): readonly Found[] {
  const { id } = holder;
  const { name, attached, inline } = holdingOf(holder);
  const inside = holder.is === 'user' ? holder.user.GroupList : [];
  const groups = all.flatMap((one) =>
    one.is === 'group' && inside.includes(one.group.GroupName) ? [one.group] : [],
  );
  return [
    ...groups.map((group) => ({
      kind: 'aws/group-membership',
      id: `${group.GroupId}/${id}`,
      ref: { userName: name, userId: id, groupName: group.GroupName, groupId: group.GroupId },
      relation: 'member-of-a-group',
      label: `${name} in the group ${group.GroupName}`,
      standing: saying(holdingOf({ is: 'group', id: group.GroupId, group }), all),
    })),
    ...attached.map(({ arn }) => ({
      kind: 'aws/attached-policy',
      id: `${id}/${arn}`,
      ref: { principalName: name, principalId: id, policyArn: arn },
      relation: 'attached',
      label: `${arn} attached to ${name}`,
      standing: JSON.stringify([arn, textOf(arn, all)]),
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

/** With the texts: a policy that was widened under its old name did not stand before. */
const saying = ({ attached, inline }: Holding, all: readonly Detail[]): string =>
  JSON.stringify([attached.map(({ arn }) => [arn, textOf(arn, all)]), inline]);

/** Whom it can become, and how: roles that trust it, users whose keys it can make, code that it can change. */
export function becoming(holder: Actor, all: readonly Detail[], now: string): readonly Found[] {
  const { reached } = standingOf(all, [holder.id], now);
  const { name } = holdingOf(holder);
  return [...reached.values()]
    .filter(({ principal }) => principal.id !== holder.id)
    .map(({ principal: { id, arn }, path }) => ({
      kind: iamPrincipal.kind,
      id,
      ref: { principalId: id, arn },
      relation: 'can-become',
      label: `${name} can become ${arn} (${path.map(({ how }) => how.join(' and ')).join(', then ')})`,
      standing: JSON.stringify(path.map(({ from, to, how }) => [from, to, how])),
    }));
}

function allowsAnything(document: string): boolean {
  const policy = readDocument(document, 'identity');
  return 'flaw' in policy || policy.statements.some(({ effect }) => effect === 'Allow');
}
