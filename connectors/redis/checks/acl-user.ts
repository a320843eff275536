import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { aclUser as kind } from '../kinds.ts';
import type { AclUserRef } from '../kinds.ts';
import { listUsers, users } from '../sources.ts';
import type { User } from '../sources.ts';

export const aclUser: Check<RedisClient, AclUserRef> = {
  id: 'redis/acl-user',
  title: 'Does a user of this name stand, and may it log in?',
  of: kind,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: [listUsers.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/commands/acl-list/',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const answer = await ctx.read(users, { name: ref.name });
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
    const closed = closedBy(answer.value);
    return closed === undefined
      ? {
          saw: 'present',
          state: 'active',
          revivedBy: 'subject',
          value: open(answer.value),
          reason: 'R-ACTIVE',
        }
      : { saw: 'present', state: 'disabled', revivedBy: 'others', value: closed, reason: 'R-DISABLED' };
  },
};

/** What keeps every new login of the user out. Connections that are open stay open. */
export function closedBy({ on, nopass, passwords }: User): string | undefined {
  if (!on) return 'off, and still there';
  return nopass || passwords.length > 0 ? undefined : 'on, without a password that it would take';
}

function open({ nopass, passwords }: User): string {
  return nopass
    ? 'on, and takes any password'
    : `on, and takes ${passwords.length} password${passwords.length === 1 ? '' : 's'}`;
}
