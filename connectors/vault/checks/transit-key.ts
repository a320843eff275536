import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { failed, inconclusive } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { TransitKeyRef } from '../kinds/transit-key.ts';
import { transitKey } from '../kinds/transit-key.ts';
import type { TransitFacts } from '../transit.ts';
import { readTransitKeys, transitKey as source } from '../transit.ts';

export const transitKeyRecord: Check<VaultClient, TransitKeyRef> = {
  id: 'vault/transit-key',
  title: 'Does the engine still have this key, or this version of it?',
  of: transitKey,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readTransitKeys],
  docs: 'https://openbao.org/api-docs/secret/transit/#read-key',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, name, mountAccessor, namespace, version } = ref;
    const seen = await ctx.read(source, { mount, name, mountAccessor, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const standing = standingOf(seen.value.facts, version);
    if (standing !== 'destroyed') return standing;
    if (seen.controls !== undefined) return { saw: 'absent', controls: seen.controls };
    return inconclusive('R-CONTROL', 'the version is destroyed, and the control before or after was not');
  },
};

function standingOf(facts: TransitFacts, version: number | undefined): Observation | Failure | 'destroyed' {
  if (version !== undefined && version > facts.latest_version) {
    return inconclusive(
      'R-IDENTITY',
      `version ${version} was never made: the newest is ${facts.latest_version} (was the key deleted and made anew?)`,
    );
  }
  if (version !== undefined && version < facts.min_available_version) return 'destroyed';
  const dormant = (value: string): Observation => ({
    saw: 'present',
    state: 'recoverable',
    revivedBy: 'others',
    reason: 'R-DISABLED',
    value,
  });
  if (facts.soft_deleted === true) return dormant('soft-deleted: one write restores it');
  if (version !== undefined && version < facts.min_decryption_version) {
    return dormant(
      `version ${version} is below min_decryption_version ${facts.min_decryption_version}, which can be lowered again`,
    );
  }
  const out = [
    ...(facts.exportable ? ['exportable'] : []),
    ...(facts.allow_plaintext_backup ? ['may be backed up in the clear'] : []),
  ];
  return {
    saw: 'present',
    state: 'active',
    revivedBy: 'subject',
    reason: 'R-LISTED',
    value: [`stands, version ${facts.latest_version} is the newest`, ...out].join('; '),
  };
}
