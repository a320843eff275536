import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, id, inNamespace, namespace, quoted } from './words.ts';

const policyRef = z.strictObject({
  name: z
    .string()
    .check(
      z.regex(/^[\x21-\x2d\x30-\x7e][\x20-\x7e]{0,255}$/, 'the name of a policy'),
      z.describe('The name of the policy: what tokens, groups and roles go by.'),
    ),
  sha256: z
    .optional(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the text, 64 lower-case hex digits')))
    .check(z.describe('SHA-256 of its text at the time of the grant.')),
  writtenAt: z
    .optional(id)
    .check(z.describe('Of one that a hunt found: when it was written. Nobody was given it.')),
  text: z
    .optional(z.string().check(z.maxLength(65_536)))
    .check(
      z.describe(
        'Its text at the time of the grant. Where the policy was changed or deleted since, a hunt takes it for what the grant could do.',
      ),
    ),
  namespace,
});
export type PolicyRef = z.infer<typeof policyRef>;

export const aclPolicy: Kind<PolicyRef> = {
  kind: 'vault/policy',
  title: 'ACL policy, by its name',
  role: 'entitlement',
  ref: policyRef,
  example: { name: 'tombstone-never-written' },
  needed: ['name'],
  // whatever names it gets what stands under the name, whoever wrote it: there is no other id
  id: ({ name }) => name.toLowerCase(),
  label: (ref) => `policy ${ref.name}${inNamespace(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  // tokens that name it stand by themselves
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => `bao policy delete${flag(ref)} ${quoted(ref.name)}`,
};
