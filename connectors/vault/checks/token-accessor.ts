import type { Check } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import { readEntities } from '../entities.ts';
import type { TokenRef } from '../kinds.ts';
import { token } from '../kinds.ts';
import { accessor } from '../sources.ts';
import { standing } from './standing.ts';

export const tokenAccessor: Check<VaultClient, TokenRef> = {
  id: 'vault/token-accessor',
  title: 'Does the token with this accessor stand?',
  of: token,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: [
    'read auth/token/lookup-self',
    'update auth/token/lookup-accessor',
    readEntities,
    'update sys/capabilities-accessor',
  ],
  docs: 'https://openbao.org/api-docs/auth/token/#lookup-a-token-accessor',
  effects: [],
  applies: ({ ref }) => ref.accessor !== undefined,
  async observe({ ref }, ctx) {
    if (ref.accessor === undefined) return inconclusive('R-IDENTITY', 'the record gives no accessor');
    const seen = await ctx.read(accessor, { accessor: ref.accessor, namespace: ref.namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return standing(seen.value, { name: ref.accessor, namespace: ref.namespace }, ctx);
  },
};
