import type { Context, Observation } from '../../../src/connector.ts';
import { failed } from '../../../src/connector.ts';
import type { UsableKey } from '../capabilities.ts';
import { usable } from '../capabilities.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import { entity, unread } from '../entities.ts';

/**
 * A token whose record stands. It is refused while its entity is disabled, and where its entity was
 * deleted; an entity that was merged into another is absent too, and its tokens work. What could not
 * be read leaves the token live: it was seen.
 */
export async function standing(
  facts: TokenFacts,
  key: UsableKey,
  ctx: Context<VaultClient>,
): Promise<Observation> {
  const id = facts.entity_id ?? '';
  if (id === '') return live(facts);
  const seen = await ctx.read(entity, { id, namespace: key.namespace });
  if (seen.saw === 'value') {
    return seen.value.disabled ? refused(facts, `its entity ${id} is disabled`) : live(facts);
  }
  if (failed(seen)) {
    return live(facts, `whether its entity is disabled could not be read: ${unread(seen)}`);
  }
  const taken = await ctx.read(usable, key);
  if (taken.saw !== 'value') {
    const why = failed(taken) ? unread(taken) : 'no answer';
    return live(
      facts,
      `its entity ${id} does not stand, and whether it is refused could not be read: ${why}`,
    );
  }
  return taken.value.usable
    ? live(facts, `its entity ${id} was merged into another`)
    : refused(facts, `its entity ${id} was deleted, or merged into one that is disabled`);
}

function live(facts: TokenFacts, more?: string): Observation {
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    reason: 'R-ACTIVE',
    value: more === undefined ? lineOf(facts) : `${lineOf(facts)}; ${more}`,
    ...boundOf(facts),
  };
}

function refused(facts: TokenFacts, why: string): Observation {
  return {
    saw: 'present',
    state: 'disabled',
    revivedBy: 'others',
    reason: 'R-DISABLED',
    value: `${lineOf(facts)}; refused today: ${why}`,
    ...boundOf(facts),
  };
}

/** What a token that stands looks like in one line. */
function lineOf(facts: TokenFacts): string {
  const life =
    facts.expire_time === null
      ? 'never expires'
      : facts.period === undefined
        ? `${facts.ttl} s left`
        : `${facts.ttl} s left, renewable for ever (period ${facts.period} s)`;
  const policies = (facts.policies ?? []).join(', ');
  return `${facts.orphan ? 'orphan ' : ''}${facts.type} token, policies [${policies}], ${life}`;
}

function boundOf(facts: TokenFacts): Pick<Observation, 'bound'> {
  return facts.expire_time === null || facts.period !== undefined || facts.type !== 'batch'
    ? {}
    : { bound: { until: facts.expire_time, basis: 'issuer' as const } };
}
