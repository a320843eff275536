/** ACL policies, as `sys/policies/acl` answers about them. */
import { builtIn } from './acl.ts';
import type { Said } from './answer.ts';
import { data, done, errors, instant } from './answer.ts';
import type { Body } from './auth.ts';
import { textAt } from './auth.ts';
import { secondsOf } from './database.ts';
import type { FakeNamespace, FakeWorld } from './world.ts';

/** A call about one policy, or undefined where this fake has no such path. */
export function handlePolicy(
  world: FakeWorld,
  place: FakeNamespace,
  method: string,
  asked: string,
  body: Body,
): Said | undefined {
  const name = asked.toLowerCase();
  const key = `${place.path}/${name}`;
  switch (method) {
    case 'POST': {
      const before = world.policyOf(key);
      const ttl = secondsOf(body['ttl']);
      world.policies.set(key, textAt(body, 'policy'));
      world.policyDates.set(key, {
        modifiedAt: world.now(),
        version: before === undefined ? 1 : (world.policyDates.get(key)?.version ?? 0) + 1,
        expiresAt: ttl === 0 ? undefined : world.now() + ttl * 1_000,
      });
      return name === asked ? done : data(null, [`policy name was converted to ${name}`]);
    }
    case 'GET': {
      const text = world.policyOf(key) ?? builtIn.get(name);
      if (text === undefined) return errors(404);
      const dates = world.policyDates.get(key);
      return data({
        allow_slashes_in_identity_templates: false,
        allow_wildcards_in_identity_templates: false,
        cas_required: false,
        ...(dates?.expiresAt === undefined ? {} : { expiration: instant(dates.expiresAt) }),
        modified: instant(dates?.modifiedAt ?? world.startedAt),
        name,
        policy: text,
        version: dates?.version ?? 1,
      });
    }
    case 'DELETE':
      world.policies.delete(key);
      world.policyDates.delete(key);
      return done;
    default:
      return undefined;
  }
}
