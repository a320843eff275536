import type { Check, Observation } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import type { WrappingRef } from '../kinds/wrapping-token.ts';
import { wrappingToken } from '../kinds/wrapping-token.ts';
import { accessor, tokenValue } from '../sources.ts';
import { keyOf } from './token-value.ts';

const shared = {
  title: 'Is there still something to claim with this wrapping token?',
  of: wrappingToken,
  claim: 'authenticates',
  decides: true,
  docs: 'https://openbao.org/docs/concepts/response-wrapping/',
  effects: [],
} as const;

/** By the look-up of any other token: it does not spend the one use. */
export const wrapByAccessor: Check<VaultClient, WrappingRef> = {
  ...shared,
  id: 'vault/wrapping-token',
  method: 'lookup',
  needs: ['read auth/token/lookup-self', 'update auth/token/lookup-accessor'],
  applies: ({ ref }) => ref.accessor !== undefined,
  async observe({ ref }, ctx) {
    if (ref.accessor === undefined) return inconclusive('R-IDENTITY', 'the record gives no accessor');
    const seen = await ctx.read(accessor, { accessor: ref.accessor, namespace: ref.namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return unclaimed(seen.value);
  },
};

export const wrapByValue: Check<VaultClient, WrappingRef> = {
  ...shared,
  id: 'vault/wrapping-token-value',
  method: 'introspect',
  needs: ['read auth/token/lookup-self', 'update auth/token/lookup'],
  applies: ({ ref, hasSecret }) => ref.accessor === undefined && hasSecret,
  async observe({ ref, secret }, ctx) {
    if (secret === undefined) return inconclusive('R-IDENTITY', 'the record names no secret to ask about');
    const key = keyOf(ref, secret);
    if (failed(key)) return key;
    const seen = await ctx.read(tokenValue, key);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return unclaimed(seen.value.facts);
  },
};

/** Whoever holds it claims what is inside, once and without asking anybody. */
function unclaimed(facts: TokenFacts): Observation {
  if (facts.policies?.includes('response-wrapping') !== true) {
    const policies = (facts.policies ?? []).join(', ');
    return inconclusive(
      'R-IDENTITY',
      `it is an ordinary token, with the policies [${policies}], and wraps nothing`,
      'the kind vault/token in the record',
    );
  }
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    reason: 'R-ACTIVE',
    value: `unclaimed: the answer of ${facts.path}, ${facts.ttl} s left`,
    ...(facts.expire_time === null ? {} : { bound: { until: facts.expire_time, basis: 'issuer' as const } }),
  };
}
