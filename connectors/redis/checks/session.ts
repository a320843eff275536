import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { session as kind } from '../kinds.ts';
import type { SessionRef } from '../kinds.ts';
import { listSessions, listUsers, sessions, users } from '../sources.ts';

export const session: Check<RedisClient, SessionRef> = {
  id: 'redis/session',
  title: 'Is the connection still open, and may it do anything?',
  of: kind,
  claim: 'in-flight',
  decides: true,
  method: 'list',
  needs: [listSessions.needs, listUsers.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/commands/client-list/',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const [answer, same] = await Promise.all([ctx.read(sessions, ref), ctx.read(sessions, { id: ref.id })]);
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') {
      if (failed(same)) return same;
      if (same.saw === 'nothing') return { saw: 'absent', controls: [...answer.controls, ...same.controls] };
      const other = same.value.map(({ user }) => user).join(', ');
      return inconclusive(
        'R-IDENTITY',
        `connection ${ref.id} is open as ${other}: it may have authenticated again, or the server started again and counts anew`,
        'whose connection it is; CLIENT KILL ID ends it',
      );
    }
    const owner = await ctx.read(users, { name: ref.user });
    if (failed(owner)) return owner;
    const from = answer.value.map((row) => `from ${row.from}, open for ${row.age} s`).join('; ');
    // the next rule that the user is given is this connection's too
    const idle = owner.saw === 'value' && owner.value.allows.length === 0;
    return idle
      ? {
          saw: 'present',
          state: 'disabled',
          revivedBy: 'others',
          value: `${from}; its user may run nothing`,
          reason: 'R-DISABLED',
        }
      : { saw: 'present', state: 'active', revivedBy: 'subject', value: from, reason: 'R-ACTIVE' };
  },
};
