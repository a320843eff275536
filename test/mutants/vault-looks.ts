import type { Mutant } from './mutant.ts';

const vaultLooks = ['connectors/vault/looks.test.ts', 'connectors/vault/rights.test.ts'];
const vaultAudit = ['connectors/vault/audit-trail.test.ts'];

export const vaultLooksMutants: readonly Mutant[] = [
  {
    name: 'vault audit: an orphan batch token needs no log',
    file: 'connectors/vault/looks/born-tokens.ts',
    cut: "if (could === 'no' || nobody || ofAllTime(ctx.window)) return [];",
    put: "if (could !== 'yes' || nobody || ofAllTime(ctx.window)) return [];",
    tests: vaultAudit,
  },
  {
    name: 'vault looks: a lease that cannot be revoked is of a token that stands',
    file: 'connectors/vault/looks/stuck-leases.ts',
    cut: 'ttl > 0 && error === undefined',
    put: 'ttl >= 0 || error === undefined',
    tests: vaultLooks,
  },
];
