import type { Check } from '../../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { SecretIdRef } from '../kinds/secret-id.ts';
import { approleSecretId } from '../kinds/secret-id.ts';
import type { SecretId } from '../secret-ids.ts';
import { listRoles, lookUpSecretIds, secretId } from '../secret-ids.ts';

export const approleSecretIdRecord: Check<VaultClient, SecretIdRef> = {
  id: 'vault/approle-secret-id',
  title: 'Does this secret id stand under a role of its mount?',
  of: approleSecretId,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', lookUpSecretIds, listRoles],
  docs: 'https://openbao.org/api-docs/auth/approle/#read-approle-secret-id-accessor',
  effects: [],
  applies: ({ ref }) => ref.accessor !== undefined,
  async observe({ ref }, ctx) {
    const { accessor, mount, mountAccessor, role, namespace } = ref;
    if (accessor === undefined) return inconclusive('R-IDENTITY', 'the record gives no accessor');
    const seen = await ctx.read(secretId, { mount, role, accessor, mountAccessor, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-LISTED',
      value: lineOf(seen.value, role, seen.stamp.serverAt ?? seen.stamp.at),
    };
  },
};

/** One that is over is not looked at by a login: it works until the mount is tidied. */
function lineOf({ facts, role }: SecretId, recorded: string, now: string): string {
  const where = role === recorded ? '' : ` under the role ${role}`;
  const uses = facts.secret_id_num_uses === 0 ? '' : `, ${facts.secret_id_num_uses} uses left`;
  const until = facts.expiration_time;
  if (until.startsWith('0001-')) return `stands${where}, never expires${uses}`;
  return (instantMs(until) ?? Infinity) <= (instantMs(now) ?? 0)
    ? `stands${where} and is taken, though its time was over at ${until}: the mount was not tidied since${uses}`
    : `stands${where} until ${until}${uses}`;
}
