import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { aclUser as kind } from '../kinds.ts';
import type { AclUserRef } from '../kinds.ts';
import { listUsers, users } from '../sources.ts';

/** Who says nothing is the user `default`: it cannot be removed, and as it comes it takes everybody. */
export const anonymous: Check<RedisClient, AclUserRef> = {
  id: 'redis/anonymous',
  title: 'Does the server let in whoever shows no credential at all?',
  of: kind,
  claim: 'authorises',
  decides: true,
  method: 'lookup',
  needs: [listUsers.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/',
  effects: [],
  async observe(_target, ctx) {
    const answer = await ctx.read(users, { name: 'default' });
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return inconclusive('R-ANSWER', 'no user default, which cannot be removed');
    const { value, controls } = answer;
    if (controls === undefined)
      return inconclusive('R-CONTROL', 'nothing was sighted beside the user default');
    return value.on && value.nopass && value.allows.length > 0
      ? { saw: 'accepted', as: 'anyone', controls }
      : { saw: 'refused', controls };
  },
};
