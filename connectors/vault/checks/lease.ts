import type { Check } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { LeaseRef } from '../kinds.ts';
import { lease } from '../kinds.ts';
import type { LeaseFacts } from '../leases.ts';
import { lease as source } from '../leases.ts';

export const leaseRecord: Check<VaultClient, LeaseRef> = {
  id: 'vault/lease',
  title: 'Does the record of this lease stand?',
  of: lease,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', 'update sys/leases/lookup'],
  docs: 'https://openbao.org/api-docs/system/leases/#read-lease',
  effects: [],
  applies: ({ ref }) => ref.leaseId !== undefined,
  async observe({ ref }, ctx) {
    if (ref.leaseId === undefined) return inconclusive('R-IDENTITY', 'the record gives no lease id');
    const seen = await ctx.read(source, { leaseId: ref.leaseId, namespace: ref.namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-LISTED',
      value: lineOf(seen.value),
    };
  },
};

/** A lease that the server cannot revoke looks like one that is ending: its credential works meanwhile. */
function lineOf(facts: LeaseFacts): string {
  if (facts.revoke_error !== undefined) return `irrevocable: ${facts.revoke_error}`;
  if (facts.expire_time === null) return 'stands without an end';
  if (facts.ttl <= 0)
    return `revocation pending: its time is over (ttl ${facts.ttl} s) and the record still stands`;
  return `stands, ${facts.ttl} s left${facts.renewable ? ', renewable' : ''}`;
}
