/** What the grants of some stories carry: written with the world, where no window reaches. */
export const huntPolicies: Readonly<Record<string, string>> = {
  'ci-minter': 'path "auth/ci/role/deploy/secret-id" { capabilities = ["update"] }',

  'orphan-maker': 'path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }',

  'policy-writer': 'path "sys/policies/acl/jit-*" { capabilities = ["create", "update", "delete"] }',
};
