import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Check, Failure, Secret } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import { readEntities } from '../entities.ts';
import type { TokenRef } from '../kinds.ts';
import { token } from '../kinds.ts';
import type { ValueKey } from '../sources.ts';
import { tokenValue } from '../sources.ts';
import { standing } from './standing.ts';

export const tokenByValue: Check<VaultClient, TokenRef> = {
  id: 'vault/token-value',
  title: 'Does its issuer still know this token?',
  of: token,
  claim: 'authenticates',
  decides: true,
  method: 'introspect',
  needs: ['read auth/token/lookup-self', 'update auth/token/lookup', readEntities, 'update sys/capabilities'],
  docs: 'https://openbao.org/api-docs/auth/token/#lookup-a-token',
  effects: [],
  applies: ({ ref, hasSecret }) => ref.accessor === undefined && hasSecret,
  async observe({ ref, secret }, ctx) {
    if (secret === undefined) return inconclusive('R-IDENTITY', 'the record names no secret to ask about');
    const key = keyOf(ref, secret);
    if (failed(key)) return key;
    const seen = await ctx.read(tokenValue, key);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return standing(seen.value.facts, key, ctx);
  },
};

/** Made when first needed: the first random bytes of a process start OpenSSL, which is dear. */
let run: Uint8Array | undefined;

/**
 * "bad token" is the answer to any wrong text, so what is asked must look like a token, and where the
 * record keeps its digest it must be that token.
 */
export function keyOf(ref: TokenRef, secret: Secret): ValueKey | Failure {
  const value = secret.reveal();
  if (!/^(?:hv[bsr]\.|[bsr]\.)[\w-]{20,}(?:\.[\w-]+)?$/.test(value)) {
    return inconclusive('R-IDENTITY', `${secret.reference} does not hold a token of Vault or OpenBao`);
  }
  const digest = createHash('sha256').update(value).digest('hex');
  if (ref.sha256 !== undefined && ref.sha256 !== digest) {
    return inconclusive('R-IDENTITY', `${secret.reference} is not the token whose SHA-256 the record gives`);
  }
  // without a digest in the record the name must not become one: it only tells values of one run apart
  run ??= randomBytes(32);
  const tag = createHmac('sha256', run).update(value).digest('hex').slice(0, 12);
  const name = ref.sha256 === undefined ? `${secret.reference} (${tag})` : `sha256:${digest}`;
  return { secret, name, namespace: ref.namespace };
}
