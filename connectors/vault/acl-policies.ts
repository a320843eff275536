import { createHash } from 'node:crypto';
import type { Raw, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { notFound } from './entities.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

const policyFacts = z
  .object({
    name: z.string(),
    policy: z.string(),
    /** OpenBao alone tells these; a policy that is deleted and made anew begins at version 1 again. */
    modified: z.string().optional(),
    version: z.number().int().optional(),
    /** When it ends by itself. */
    expiration: z.string().optional(),
  })
  .readonly();

/** A policy, its text and a digest of it. */
export interface AclPolicy {
  readonly name: string;
  /** Of the text as it is stored, hex. */
  readonly sha256: string;
  readonly text: string;
  readonly modified?: string | undefined;
  readonly expiration?: string | undefined;
}

export interface PolicyKey {
  readonly name: string;
  readonly namespace: string | undefined;
}

export const readPolicies = 'read sys/policies/acl/*';

/** https://openbao.org/api-docs/system/policies/#read-acl-policy */
function readPolicy(name: string): Endpoint<z.infer<typeof policyFacts>> {
  return {
    method: 'GET',
    path: `sys/policies/acl/${encodeURIComponent(name)}`,
    needs: readPolicies,
    data: policyFacts,
    absent: notFound,
  };
}

/** Names have no case: the server keeps them in small letters. */
export const aclPolicy: Source<VaultClient, PolicyKey, AclPolicy> = {
  id: 'vault/policy',
  scope: ({ namespace }) =>
    scopeOf({
      namespace: namespace === undefined ? undefined : plainNamespace(namespace),
      ending: undefined,
    }),
  name: (key) => key.name.toLowerCase(),
  answers: (value, key) => value.name === key.name.toLowerCase(),
  // every namespace has it, and it cannot be deleted
  siblings: (_client, scope) =>
    Promise.resolve([{ key: { name: 'default', namespace: placeOf(scope).namespace }, chosen: 'own' }]),
  // where it is the one that is asked for: 404 without a text needs the right to read it
  stranger: {
    key: (scope) => ({ name: 'tombstone-never-written', namespace: placeOf(scope).namespace }),
    docs: 'https://openbao.org/api-docs/system/policies/#read-acl-policy',
  },
  async one(client, { name, namespace }, signal): Promise<Raw<AclPolicy>> {
    const found = await ask(client, readPolicy(name.toLowerCase()), { namespace }, signal);
    if (found === 'nothing' || failed(found)) return found;
    const { policy, modified, expiration, name: stored } = found.value;
    const sha256 = createHash('sha256').update(policy).digest('hex');
    return { value: { name: stored, sha256, text: policy, modified, expiration } };
  },
};
