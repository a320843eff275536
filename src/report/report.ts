import { judge } from '../judge/judge.ts';
import type { Dossier, GrantFacts, Target } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import { severity } from '../model/report.ts';
import type { Coverage, Finding, GrantReport, Report, Verdict, VerdictWord } from '../model/report.ts';
import { trace } from '../trace/trace.ts';
import { exitCode, softened } from './exit-code.ts';
import { timeToRevocation } from './time-to-revocation.ts';

/** judge → trace → report: the one object that every reporter reads. Pure. */
export function report(dossier: Dossier): Report {
  const verdicts = judge(dossier);
  const evidence = Map.groupBy(dossier.evidence, (one) => JSON.stringify([one.grant, one.target]));
  const facts = new Map(dossier.grants.map((grant) => [grant.id, grant]));
  const findings = dossier.targets.map((target, index) =>
    finding(
      target,
      verdicts[index],
      facts.get(target.grant),
      evidence.get(JSON.stringify([target.grant, target.id])) ?? [],
    ),
  );
  const byGrant = Map.groupBy(findings, (one) => one.target.grant);
  const grants = dossier.grants.map((grant) => grantReport(grant, byGrant.get(grant.id) ?? []));
  return {
    schemaVersion: '1.0',
    tool: dossier.tool,
    startedAt: dossier.startedAt,
    sealedAt: dossier.sealedAt,
    policy: dossier.policy,
    systems: dossier.systems,
    grants,
    summary: count(findings),
    exitCode: exitCode(grants, dossier.policy),
    softened: softened(grants, dossier.policy),
  };
}

function finding(
  target: Target,
  verdict: Verdict | undefined,
  grant: GrantFacts | undefined,
  evidence: readonly Evidence[],
): Finding {
  if (verdict === undefined) throw new Error(`no verdict for ${target.id}`);
  const bounds = evidence.flatMap(({ observation }) => (observation.bound ? [observation.bound.until] : []));
  const upperBound = bounds.toSorted().at(-1);
  const took =
    verdict.verdict === 'gone' && grant !== undefined ? timeToRevocation(target, grant, evidence) : undefined;
  return {
    target,
    verdict,
    evidence,
    ...(upperBound === undefined ? {} : { upperBound }),
    ...(took === undefined ? {} : { timeToRevocation: took }),
  };
}

function grantReport(grant: GrantFacts, findings: readonly Finding[]): GrantReport {
  const worstFirst = findings.toSorted(
    (a, b) => severity.indexOf(a.verdict.verdict) - severity.indexOf(b.verdict.verdict),
  );
  return {
    grant,
    // an empty plan proves nothing
    verdict: worstFirst[0]?.verdict.verdict ?? 'unproven',
    findings: worstFirst,
    ...trace(grant, findings),
    coverage: coverage(findings),
  };
}

function count(findings: readonly Finding[]): Record<VerdictWord, number> {
  const summary = { live: 0, unproven: 0, dormant: 0, gone: 0 };
  for (const one of findings) summary[one.verdict.verdict] += 1;
  return summary;
}

/** What was looked at in each system, and what was not. */
function coverage(findings: readonly Finding[]): readonly Coverage[] {
  return [...Map.groupBy(findings, (one) => one.target.system)].map(([system, here]) => {
    const [looks, others] = partition(here, ({ target }) => target.origin === 'coverage');
    const asked = others.some((one) => one.target.asks.length > 0);
    const [complete, not] = partition(looks, ({ verdict }) => verdict.verdict === 'gone');
    const seen = complete.flatMap(({ evidence }) => evidence.map((one) => one.observation));
    const excused: Record<string, number> = {};
    for (const [relation, count] of seen.flatMap((one) => Object.entries(one.excused ?? {}))) {
      excused[relation] = (excused[relation] ?? 0) + count;
    }
    return {
      system,
      looked: [...(asked ? ['the targets of the record'] : []), ...complete.map((one) => one.target.label)],
      notLooked: [
        ...others.filter((one) => one.target.asks.length === 0).map((one) => one.target.label),
        ...not.map((one) => one.target.label),
      ],
      assumed: [
        ...new Set(
          seen.flatMap((one) => (one.saw === 'excluded' && one.basis === 'declared' ? [one.why] : [])),
        ),
      ],
      excused,
    };
  });
}

function partition<T>(list: readonly T[], is: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(is), list.filter((one) => !is(one))];
}
