import type { Mutant } from './mutant.ts';

const vaultAudit = ['connectors/vault/audit-trail.test.ts'];

export const vaultAuditMutants: readonly Mutant[] = [
  {
    name: "vault audit: the verifier's own request need not stand in the log",
    file: 'connectors/vault/audit/log.ts',
    cut: 'if (this.#own === undefined) {',
    put: "if (this.#last === '') {",
    tests: vaultAudit,
  },
  {
    name: "vault audit: any device's hashes are those of the file",
    file: 'connectors/vault/audit/log.ts',
    cut: 'if (accessor !== hash && accessor !== input) {',
    put: 'if (accessor === undefined) {',
    tests: vaultAudit,
  },
  {
    name: "vault audit: a token's birth need not stand in the log",
    file: 'connectors/vault/looks/audit-trail.ts',
    cut: '  if (lost !== undefined) {',
    put: "  if (lost === '') {",
    tests: vaultAudit,
  },
  {
    name: 'vault audit: a log that begins later will do',
    file: 'connectors/vault/looks/audit-trail.ts',
    cut: 'const late = (instantMs(begins) ?? Infinity) > earliestMs;',
    put: 'const late = (instantMs(begins) ?? Infinity) > earliestMs + 3_600_000;',
    tests: vaultAudit,
  },
  {
    name: 'vault audit: a line that is no entry is passed over',
    file: 'connectors/vault/audit/log.ts',
    cut: '      this.#strange = entry;\n      return;',
    put: '      return;',
    tests: vaultAudit,
  },
  {
    name: 'vault audit: a device that was made anew hashes as before',
    file: 'connectors/vault/audit/weigh.ts',
    cut: '  if (one.anchored) findings.excuse',
    put: "  if (one.at !== '') findings.excuse",
    tests: vaultAudit,
  },
  {
    name: 'vault audit: an orphan batch token ends with its parent',
    file: 'connectors/vault/audit/trail.ts',
    cut: "request.path === 'auth/token/create' &&",
    put: "request.path.startsWith('auth/token/create') &&",
    tests: vaultAudit,
  },
  {
    name: 'vault audit: what a token made in turn is not followed',
    file: 'connectors/vault/audit/trail.ts',
    cut: '      this.#tokens.set(auth.accessor, common.sure);\n',
    put: '',
    tests: vaultAudit,
  },
  {
    name: 'vault audit: a login by a secret id that was made is not followed',
    file: 'connectors/vault/audit/trail.ts',
    cut: "typeof secretId === 'string' ? this.#secretIds.get(secretId) : undefined,",
    put: 'undefined,',
    tests: vaultAudit,
  },
  {
    name: 'vault audit: a token of another namespace has ended',
    file: 'connectors/vault/audit/weigh.ts',
    cut: "namespace !== (scope.namespace ?? '')",
    put: "namespace === '?'",
    tests: vaultAudit,
  },
];
