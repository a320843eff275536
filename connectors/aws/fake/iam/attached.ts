/** Managed policies on users, groups and roles, and as boundaries. */
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { choice, maybe, text } from '../input.ts';
import { managedPolicy } from '../managed.ts';
import type { Call, Operation, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Holder } from '../state.ts';
import { all, groupNamed, roleNamed } from '../state.ts';
import { page } from './paging.ts';
import { onArn, onGroup, onRole, onUser, userOf } from './targets.ts';

/** The policy that is to be the boundary, which must be there. */
export function boundaryOf({ account, state, input }: Call): string {
  const arn = text(input, 'PermissionsBoundary');
  if (managedPolicy(account, state, arn) === undefined) {
    throw new AwsError('NoSuchEntity', 404, `Scope ARN: ${arn} does not exist or is not attachable.`);
  }
  return arn;
}

export function attachedShapes(
  holder: Holder,
): readonly { readonly PolicyName: string; readonly PolicyArn: string }[] {
  return [...holder.attached].map((arn) => ({
    PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
    PolicyArn: arn,
  }));
}

function attachments(
  kind: 'User' | 'Group' | 'Role',
  on: Operation['on'],
  of: (call: Call) => Holder,
): Operations {
  return {
    [`Attach${kind}Policy`]: write(on, (call) => {
      const holder = of(call);
      const arn = text(call.input, 'PolicyArn');
      if (managedPolicy(call.account, call.state, arn) === undefined) {
        throw new AwsError('NoSuchEntity', 404, `Policy ${arn} does not exist or is not attachable.`);
      }
      if (holder.attached.size >= 10 && !holder.attached.has(arn)) {
        throw new AwsError('LimitExceeded', 409, `Cannot exceed quota for PoliciesPer${kind}: 10`);
      }
      holder.attached.add(arn);
      return undefined;
    }),
    [`Detach${kind}Policy`]: write(on, (call) => {
      const arn = text(call.input, 'PolicyArn');
      if (!of(call).attached.delete(arn)) {
        throw new AwsError('NoSuchEntity', 404, `Policy ${arn} was not found.`);
      }
      return undefined;
    }),
    [`ListAttached${kind}Policies`]: read(on, (call) => {
      const prefix = maybe(call.input, 'PathPrefix') ?? '/';
      const shown = attachedShapes(of(call)).filter(({ PolicyArn }) =>
        PolicyArn.includes(`:policy${prefix}`),
      );
      const { items, end } = page(call, shown, ({ PolicyArn }) => PolicyArn);
      return { AttachedPolicies: items, ...end };
    }),
  };
}

/** Whom a policy hangs on, as a policy or as a boundary. */
function entities(call: Call): Shape {
  const { account, state, input } = call;
  const arn = text(input, 'PolicyArn');
  if (managedPolicy(account, state, arn) === undefined) {
    throw new AwsError('NoSuchEntity', 404, `Policy ${arn} was not found.`);
  }
  const usage = choice(input, 'PolicyUsageFilter', ['PermissionsPolicy', 'PermissionsBoundary']);
  const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;
  const kind = choice(input, 'EntityFilter', kinds);
  const prefix = maybe(input, 'PathPrefix') ?? '/';
  const holds = (holder: Holder & { readonly boundary?: string | undefined }) =>
    (usage !== 'PermissionsBoundary' && holder.attached.has(arn)) ||
    (usage !== 'PermissionsPolicy' && holder.boundary === arn);
  const of = (name: 'User' | 'Group' | 'Role', holders: readonly Holder[]) =>
    kind === undefined || kind === name
      ? holders.filter((one) => one.path.startsWith(prefix) && holds(one)).map((holder) => ({ name, holder }))
      : [];
  const found = [
    ...of('Group', all(state.groups)),
    ...of('Role', all(state.roles)),
    ...of('User', all(state.users)),
  ];
  const { items, end } = page(call, found, ({ name, holder }) => `${name}/${holder.name}`);
  const shapes = (wanted: string): readonly Shape[] =>
    items
      .filter(({ name }) => name === wanted)
      .map(({ holder }) => ({ [`${wanted}Name`]: holder.name, [`${wanted}Id`]: holder.id }));
  return { PolicyGroups: shapes('Group'), PolicyUsers: shapes('User'), PolicyRoles: shapes('Role'), ...end };
}

export const attached: Operations = {
  ...attachments('User', onUser, userOf),
  ...attachments('Group', onGroup, ({ state, input }) => groupNamed(state, text(input, 'GroupName'))),
  ...attachments('Role', onRole, ({ state, input }) => roleNamed(state, text(input, 'RoleName'))),
  ListEntitiesForPolicy: read(onArn('PolicyArn'), entities),
};
