import { createHash } from 'node:crypto';
import { failed, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Found, Scope } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { aclUser } from '../kinds.ts';
import { couldMake } from '../rights.ts';
import { listUsers, users } from '../sources.ts';
import type { User } from '../sources.ts';

/**
 * Redis dates no user and says of none who made it. One is told all the same: a user that takes the
 * grant's own password. Of all others only the rights that the record declares can say that the
 * grant did not make them; functions, modules and settings are not looked at.
 */
export const hunt: Check<RedisClient, Scope> = look({
  id: 'redis/hunt',
  look: 'hunt',
  title: 'Which other user takes the password of the grant, and could the grant have made others?',
  needs: [listUsers.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/commands/acl-list/',
  effects: [],
  async observe({ targets }, ctx) {
    const answer = await ctx.walk(users, 'node');
    if (failed(answer)) return answer;
    const { controls, items } = answer;
    const ours = targets.flatMap(({ kind, ref }) => (kind === aclUser.kind ? [aclUser.ref.parse(ref)] : []));
    const recorded = ours.flatMap(({ passwordSha256 }) => passwordSha256 ?? []);
    const others = items.filter(({ name }) => !ours.some((one) => one.name === name));
    const found = others
      .filter(({ passwords }) => passwords.some((one) => recorded.includes(one)))
      .map(asFound);
    const excused = { 'a user, and the grant could make none': others.length - found.length };
    if (ours.length === 0 || ours.some(({ commands }) => commands === undefined || couldMake(commands))) {
      return {
        ...inconclusive(
          'R-ORIGIN',
          `${others.length} other users stand, functions and settings are not looked at, and Redis dates none of them`,
          'commands in the ref of each redis/acl-user, as ACL GETUSER shows them, that exclude it: "-@all +@read"',
        ),
        found,
      };
    }
    return found.length > 0
      ? { found, excused, controls }
      : {
          saw: 'excluded',
          basis: 'declared',
          why: 'the commands that the record gives make no user, no function and no setting',
          controls,
          excused,
        };
  },
});

function asFound({ name, line, allows }: User): Found {
  return {
    kind: aclUser.kind,
    // what it may run is the grant's too, when the look is asked again
    ref: { name, commands: allows.join(' ') },
    id: name,
    label: aclUser.label({ name }),
    // the line holds the digests of passwords
    standing: createHash('sha256').update(line).digest('hex'),
    relation: 'takes the same password',
  };
}
