import type { Policy } from '../model/dossier.ts';
import type { Finding, GrantReport, Report } from '../model/report.ts';

/**
 * 1 something live, or dormant and not allowed · 3 something unproven, or nothing verified · 0 all
 * gone. Computed over every target after softening each alone; a verdict is never softened.
 */
export function exitCode(grants: readonly GrantReport[], policy: Policy): 0 | 1 | 3 {
  const counting = grants
    .flatMap((grant) => grant.findings)
    .filter((one) => softenedBy(one, policy) === undefined);
  if (counting.some((one) => one.verdict.verdict === 'live' || one.verdict.verdict === 'dormant')) return 1;
  if (counting.some((one) => one.verdict.verdict === 'unproven')) return 3;
  const nothing = grants.length === 0 || grants.some((grant) => grant.findings.length === 0);
  return nothing ? 3 : 0;
}

/** What does not count for the exit code, and by whose word. */
export function softened(grants: readonly GrantReport[], policy: Policy): Report['softened'] {
  return grants.flatMap((grant) =>
    grant.findings.flatMap((one) => {
      const by = softenedBy(one, policy);
      return by === undefined ? [] : [{ grant: grant.grant.id, target: one.target.id, by }];
    }),
  );
}

function softenedBy({ target, verdict: { verdict } }: Finding, policy: Policy): string | undefined {
  if (verdict === 'gone') return undefined;
  if (policy.failOn === 'never') return 'failOn: never';
  if (verdict === 'dormant' && policy.allowDormant) return 'allowDormant: true';
  if (verdict === 'unproven' && policy.failOn === 'live') return 'failOn: live';
  if (verdict === 'unproven' && !target.required) return 'required: false in the record';
  return undefined;
}
