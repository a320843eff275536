import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { aclUser as kind, session } from '../kinds.ts';
import type { AclUserRef } from '../kinds.ts';
import { listSessions, listUsers, sessions, users } from '../sources.ts';
import { closedBy } from './acl-user.ts';

export const aclUserSessions: Check<RedisClient, AclUserRef> = {
  id: 'redis/acl-user-sessions',
  title: 'Has the user a connection open?',
  of: kind,
  claim: 'in-flight',
  decides: true,
  method: 'list',
  needs: [listUsers.needs, listSessions.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/commands/client-list/',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    // first whether it may log in: a list from before its end misses what it opened a moment later
    const itself = await ctx.read(users, { name: ref.name });
    const open = await ctx.read(sessions, { user: ref.name });
    if (failed(open)) return open;
    if (open.saw === 'value') {
      return {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: 'R-ACTIVE',
        value: `${open.value.length} open: ${open.value.map(({ id, from }) => `${id} from ${from}`).join(', ')}`,
        leads: open.value.map(({ id }) => ({
          kind: session.kind,
          ref: { user: ref.name, id },
          relation: 'opened',
        })),
      };
    }
    if (failed(itself)) return itself;
    if (itself.saw === 'value' && closedBy(itself.value) === undefined) {
      return inconclusive(
        'R-LAG',
        'none is open, but the user could still log in while they were listed',
        'another run, once the user is gone',
      );
    }
    return { saw: 'absent', controls: [...open.controls, ...(itself.controls ?? [])] };
  },
};
