/** What IAM's operations are authorised on, told from the request and never from whether it is there. */
import { invalid, maybe, text } from '../input.ts';
import type { Call, Target } from '../operation.ts';
import type { User } from '../state.ts';
import { find, userNamed } from '../state.ts';

export const anything = (): Target => ({ arn: '*', called: '*' });

/** The user that is named, else the caller itself. */
export function userOf(call: Call): User {
  const name = maybe(call.input, 'UserName');
  if (name !== undefined) return userNamed(call.state, name);
  const own = call.state.users.items.get(call.caller.principalId);
  if (own === undefined) throw invalid('Must specify userName when calling with non-User credentials');
  return own;
}

export const isRoot = ({ input, caller }: Call): boolean =>
  maybe(input, 'UserName') === undefined && caller.kind === 'root';

export function onUser(call: Call): Target {
  const name =
    maybe(call.input, 'UserName') ?? call.state.users.items.get(call.caller.principalId)?.name ?? '';
  const path = find(call.state.users, name)?.path ?? '/';
  return { arn: call.account.userArn({ path, name }), called: `user ${name}` };
}

export function onRole(call: Call): Target {
  const name = maybe(call.input, 'RoleName') ?? '';
  const path = find(call.state.roles, name)?.path ?? '/';
  return { arn: call.account.roleArn({ path, name }), called: `role ${name}` };
}

export function onGroup(call: Call): Target {
  const name = maybe(call.input, 'GroupName') ?? '';
  const path = find(call.state.groups, name)?.path ?? '/';
  return { arn: call.account.groupArn({ path, name }), called: `group ${name}` };
}

export function onProfile(call: Call): Target {
  const name = maybe(call.input, 'InstanceProfileName') ?? '';
  const path = find(call.state.profiles, name)?.path ?? '/';
  return { arn: call.account.profileArn({ path, name }), called: `instance profile ${name}` };
}

/** A new thing, at the path that the request gives it. */
export const onNew = (kind: 'user' | 'role' | 'group' | 'policy' | 'instance-profile', member: string) => {
  return ({ account, input }: Call): Target => {
    const name = maybe(input, member) ?? '';
    return { arn: account.arn(`${kind}${maybe(input, 'Path') ?? '/'}${name}`), called: `${kind} ${name}` };
  };
};

/** The ARN that the request names. */
export const onArn = (member: string) => {
  return ({ input }: Call): Target => {
    const arn = text(input, member);
    return { arn, called: arn };
  };
};

/** All things of a kind below a path: what lists are asked about. */
export const onAll = (kind: 'user' | 'role' | 'group' | 'policy' | 'instance-profile') => {
  return ({ account, input }: Call): Target => {
    const arn = account.arn(`${kind}${maybe(input, 'PathPrefix') ?? '/'}`);
    return { arn, called: arn };
  };
};
