/** Inline policies of users, groups and roles. Their documents come back percent-encoded. */
import { AwsError, encoded } from '../answer.ts';
import { text } from '../input.ts';
import type { Call, Operation, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { checkIdentityDocument } from '../policy.ts';
import type { Holder } from '../state.ts';
import { groupNamed, roleNamed } from '../state.ts';
import { page } from './paging.ts';
import { onGroup, onRole, onUser, userOf } from './targets.ts';

function inlineOf(
  kind: 'User' | 'Group' | 'Role',
  on: Operation['on'],
  of: (call: Call) => Holder,
): Operations {
  const absent = (name: string) => {
    const what = `${kind.toLowerCase()} policy`;
    return new AwsError('NoSuchEntity', 404, `The ${what} with name ${name} cannot be found.`);
  };
  return {
    [`Put${kind}Policy`]: write(on, (call) => {
      const holder = of(call);
      const document = text(call.input, 'PolicyDocument');
      checkIdentityDocument(document);
      holder.inline.set(text(call.input, 'PolicyName'), document);
      return undefined;
    }),
    [`Get${kind}Policy`]: read(on, (call) => {
      const holder = of(call);
      const PolicyName = text(call.input, 'PolicyName');
      const document = holder.inline.get(PolicyName);
      if (document === undefined) throw absent(PolicyName);
      return { [`${kind}Name`]: holder.name, PolicyName, PolicyDocument: encoded(document) };
    }),
    [`List${kind}Policies`]: read(on, (call) => {
      const { items, end } = page(call, [...of(call).inline.keys()], (name) => name);
      return { PolicyNames: items, ...end };
    }),
    [`Delete${kind}Policy`]: write(on, (call) => {
      const name = text(call.input, 'PolicyName');
      if (!of(call).inline.delete(name)) throw absent(name);
      return undefined;
    }),
  };
}

export const inline: Operations = {
  ...inlineOf('User', onUser, userOf),
  ...inlineOf('Group', onGroup, ({ state, input }) => groupNamed(state, text(input, 'GroupName'))),
  ...inlineOf('Role', onRole, ({ state, input }) => roleNamed(state, text(input, 'RoleName'))),
};
