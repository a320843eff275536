import type { Check } from '../../../src/connector.ts';
import { failed } from '../../../src/connector.ts';
import type { AclPolicy } from '../acl-policies.ts';
import { aclPolicy as source, readPolicies } from '../acl-policies.ts';
import type { VaultClient } from '../client.ts';
import type { PolicyRef } from '../kinds/policy.ts';
import { aclPolicy } from '../kinds/policy.ts';

export const policyText: Check<VaultClient, PolicyRef> = {
  id: 'vault/policy',
  title: 'Does a policy of this name stand?',
  of: aclPolicy,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readPolicies],
  docs: 'https://openbao.org/api-docs/system/policies/#read-acl-policy',
  effects: [],
  async observe({ ref }, ctx) {
    const seen = await ctx.read(source, { name: ref.name, namespace: ref.namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const { expiration, sha256 } = seen.value;
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      // whoever names it has what stands there now, whoever wrote that
      reason: ref.sha256 === undefined || ref.sha256 === sha256 ? 'R-LISTED' : 'R-STANDING',
      value: lineOf(seen.value, ref.sha256),
      ...(expiration === undefined ? {} : { bound: { until: expiration, basis: 'issuer' as const } }),
    };
  },
};

function lineOf({ sha256, modified, expiration }: AclPolicy, granted: string | undefined): string {
  const since = modified === undefined ? '' : `, modified ${modified}`;
  const until = expiration === undefined ? '' : `, until ${expiration}`;
  const text =
    granted === undefined
      ? `stands, its text has the SHA-256 ${sha256}`
      : granted === sha256
        ? 'stands with the text of the grant'
        : `stands with another text than the grant's (SHA-256 ${sha256})`;
  return `${text}${since}${until}`;
}
