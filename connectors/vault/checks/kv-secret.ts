import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { KvSecretRef } from '../kinds/kv-secret.ts';
import { kvSecret } from '../kinds/kv-secret.ts';
import type { KvSecret } from '../kv.ts';
import { kvSecret as source, readMetadata } from '../kv.ts';

export const kvSecretMetadata: Check<VaultClient, KvSecretRef> = {
  id: 'vault/kv-secret',
  title: 'Can this secret, or this version of it, still be read or brought back?',
  of: kvSecret,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readMetadata],
  docs: 'https://openbao.org/api-docs/secret/kv/kv-v2/#read-secret-metadata',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, path, mountAccessor, namespace, version } = ref;
    const seen = await ctx.read(source, { mount, path, mountAccessor, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const standing = standingOf(seen.value, version);
    if (failed(standing)) return standing;
    if (standing.length > 0) return present(standing, seen.stamp.serverAt ?? seen.stamp.at);
    if (seen.value.doubt !== undefined) return seen.value.doubt;
    if (seen.controls !== undefined) return { saw: 'absent', controls: seen.controls };
    return inconclusive('R-CONTROL', 'its versions are destroyed, and the control before or after was not');
  },
};

interface Version {
  readonly number: number;
  /** '' where it is not deleted. */
  readonly deletedAt: string;
}

/** The versions that are not destroyed, of those that the record means. */
function standingOf({ facts }: KvSecret, version: number | undefined): readonly Version[] | Failure {
  const all = Object.entries(facts.versions).map(([number, one]) => ({ ...one, number: Number(number) }));
  if (version !== undefined && version > facts.current_version) {
    return inconclusive(
      'R-IDENTITY',
      `version ${version} was never written: the newest is ${facts.current_version} (was the secret deleted and written anew?)`,
    );
  }
  return all
    .filter((one) => !one.destroyed && (version === undefined || one.number === version))
    .map(({ number, deletion_time }) => ({ number, deletedAt: deletion_time }))
    .toSorted((one, other) => one.number - other.number);
}

/** Milliseconds: servers tell their clock in whole seconds, cut off, and deletions to the nanosecond. */
const resolution = 1_000;

/** A deletion in the future has not happened: `delete_version_after` sets it when the version is written. */
function present(standing: readonly Version[], now: string): Observation {
  const over = ({ deletedAt }: Version) =>
    deletedAt !== '' && (instantMs(deletedAt) ?? Infinity) < (instantMs(now) ?? 0) + resolution;
  const readable = standing.filter((one) => !over(one));
  const named = (some: readonly Version[]) =>
    `version${some.length === 1 ? '' : 's'} ${some.map((one) => one.number).join(', ')}`;
  return readable.length > 0
    ? {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        reason: 'R-LISTED',
        value: `${named(readable)} can be read`,
      }
    : {
        saw: 'present',
        state: 'recoverable',
        revivedBy: 'others',
        reason: 'R-DISABLED',
        value: `${named(standing)} deleted, and not destroyed: undelete brings it back`,
      };
}
