import type {
  Answer,
  Check,
  CheckTarget,
  Context,
  Controls,
  Lead,
  Observation,
} from '../../../src/connector.ts';
import { earliest, failed, inconclusive, instantMs } from '../../../src/connector.ts';
import { accessors } from '../accessors.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import type { TokenRef } from '../kinds.ts';
import { token } from '../kinds.ts';
import { endingOf, plainNamespace, scopeOf } from '../place.ts';
import { accessor, tokenValue } from '../sources.ts';
import { keyOf } from './token-value.ts';

const shared = {
  title: 'Did the token leave orphans behind?',
  of: token,
  claim: 'derived',
  decides: true,
  docs: 'https://openbao.org/docs/concepts/tokens/#token-hierarchies-and-orphan-tokens',
  effects: [],
} as const;

const rights = [
  'read auth/token/lookup-self',
  'update auth/token/lookup-accessor',
  'list,sudo auth/token/accessors',
] as const;

export const tokenChildren: Check<VaultClient, TokenRef> = {
  ...shared,
  id: 'vault/token-children',
  method: 'list',
  needs: rights,
  applies: ({ ref }) => ref.accessor !== undefined,
  async observe(target, ctx) {
    const { accessor: id, namespace } = target.ref;
    if (id === undefined) return inconclusive('R-IDENTITY', 'the record gives no accessor');
    return orphansOf(target, ctx, ctx.read(accessor, { accessor: id, namespace }));
  },
};

/** The same question about a token that is known by its value alone. */
export const tokenChildrenByValue: Check<VaultClient, TokenRef> = {
  ...shared,
  id: 'vault/token-children-by-value',
  method: 'introspect',
  needs: [...rights, 'update auth/token/lookup'],
  applies: ({ ref, hasSecret }) => ref.accessor === undefined && hasSecret,
  async observe(target, ctx) {
    const { ref, secret } = target;
    if (secret === undefined) return inconclusive('R-IDENTITY', 'the record names no secret to ask about');
    const key = keyOf(ref, secret);
    return failed(key) ? key : orphansOf(target, ctx, ctx.read(tokenValue, key));
  },
};

/**
 * Children end with their parent; orphans do not. So, once the parent is gone, what may be left of it
 * are the orphans that were created in the window, for the server never tells a token's parent.
 */
async function orphansOf(
  { ref, accounts, system }: CheckTarget<TokenRef>,
  ctx: Context<VaultClient>,
  parent: Promise<Answer<unknown>>,
): Promise<Observation> {
  const place = {
    namespace: ref.namespace === undefined ? undefined : plainNamespace(ref.namespace),
    ending: ref.accessor === undefined ? undefined : endingOf(ref.accessor),
  };
  const [itself, list] = await Promise.all([parent, ctx.walk(accessors, scopeOf(place))]);
  if (failed(list)) return list;
  const others = list.items.filter((item) => !item.own && item.accessor !== ref.accessor);
  const from = earliest(ctx.window, list.stamp);
  // asked after the parent was, so that whoever is no orphan now has another parent
  const looked = await Promise.all(
    others.map(async (item): Promise<Answer<TokenFacts | undefined>> => {
      const seen = await ctx.read(accessor, { accessor: item.accessor, namespace: ref.namespace });
      if (failed(seen) || seen.saw !== 'value') return seen;
      // of tens of thousands only what may be its own is kept
      const suspect = bornSince(seen.value, from) && !excused(seen.value, ref, accounts);
      return suspect ? seen : { ...seen, value: undefined };
    }),
  );
  const suspects = looked.flatMap((seen) =>
    !failed(seen) && seen.saw === 'value' && seen.value !== undefined ? [seen.value] : [],
  );
  const leads = suspects.filter((facts) => facts.orphan).map((facts) => leadTo(facts, ref, system));
  const unanswered = [itself, ...looked].find((seen) => failed(seen));
  if (unanswered !== undefined) return { ...unanswered, leads };
  if (leads.length > 0) {
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-ACTIVE',
      value: `${leads.length} orphan token${leads.length === 1 ? '' : 's'} created since the grant began`,
      leads,
    };
  }
  if (!failed(itself) && itself.saw === 'value' && suspects.length > 0) {
    return inconclusive(
      'R-DERIVED',
      `the token stands, and ${suspects.length} created since the grant began may be its children`,
      'the end of the token itself: its children end with it',
    );
  }
  return withControls(list.controls, [itself, ...looked]);
}

/** Creation is told in whole seconds, and to the nanosecond where the server keeps the issue time. */
function bornSince(facts: TokenFacts, from: number): boolean {
  if (!/^auth\/token\/create(?:-orphan)?(?:\/|$)/.test(facts.path)) return false;
  return (instantMs(facts.issue_time ?? undefined) ?? facts.creation_time * 1_000 + 999) >= from;
}

/**
 * Another's: the server attributes it to another entity (a token role may set an entity of its own, so
 * that says nothing there), or it carries a policy that a token made by this one could not have.
 */
function excused(facts: TokenFacts, ref: TokenRef, accounts: readonly string[]): boolean {
  const known = new Set(ref.entityId === undefined ? accounts : [...accounts, ref.entityId]);
  const byRole = /^auth\/token\/create\/./.test(facts.path);
  if (!byRole && known.size > 0 && facts.entity_id !== undefined && facts.entity_id !== '') {
    if (!known.has(facts.entity_id)) return true;
  }
  const { policies } = ref;
  if (policies === undefined || policies.includes('root') || facts.policies === null) return false;
  return facts.policies.some((policy) => policy !== 'default' && !policies.includes(policy));
}

function leadTo(facts: TokenFacts, ref: TokenRef, system: string): Lead {
  const { namespace, policies } = ref;
  return {
    kind: token.kind,
    system,
    ref: {
      accessor: facts.accessor,
      ...(namespace === undefined ? {} : { namespace }),
      ...(policies === undefined ? {} : { policies }),
    },
    relation: 'created-in-window',
    bornAt: facts.issue_time ?? new Date(facts.creation_time * 1_000).toISOString(),
  };
}

/** Each look-up that says "not an orphan of its" needs its controls, as the list does. */
function withControls([first, ...rest]: Controls, answers: readonly Answer<unknown>[]): Observation {
  const controls: Controls[number][] = [];
  for (const seen of answers) {
    if (failed(seen)) return seen;
    if (seen.controls === undefined) {
      return inconclusive(
        'R-CONTROL',
        `${seen.stamp.source} answered, its control before or after it did not`,
      );
    }
    controls.push(...seen.controls);
  }
  return { saw: 'absent', controls: [first, ...rest, ...controls] };
}
