import type { Report } from '../model/report.ts';
import { arrange } from './arrange.ts';
import type { ArrangedGrant, Numbered } from './arrange.ts';
import type { Look } from './look.ts';
import type { ReportDocument } from './report-schema.ts';
import { shownJson } from './shown.ts';

/** The report as one JSON document, ending with a line feed. `report-schema.ts` says what stands in it. */
export function json(report: Report, look: Pick<Look, 'judgedFrom'>): string {
  return `${shownJson(document(report, look))}\n`;
}

function document(report: Report, look: Pick<Look, 'judgedFrom'>): ReportDocument {
  const { tool, startedAt, sealedAt, policy, systems, summary, softened, exitCode } = report;
  return {
    schemaVersion: report.schemaVersion,
    run: {
      tool,
      startedAt,
      sealedAt,
      policy: {
        failOn: policy.failOn,
        allowDormant: policy.allowDormant,
        maxEvidenceAge: policy.maxEvidenceAge,
        maxClockSkew: policy.maxClockSkew,
        secrets: policy.secrets,
        assumedRights: policy.assumedRights,
      },
      systems,
      ...(look.judgedFrom === undefined ? {} : { judgedFrom: { file: look.judgedFrom, signed: false } }),
    },
    grants: arrange(report).map(grantOf),
    summary: {
      live: summary.live,
      unproven: summary.unproven,
      dormant: summary.dormant,
      gone: summary.gone,
    },
    softened,
    exitCode,
  };
}

function grantOf({ report, findings }: ArrangedGrant): ReportDocument['grants'][number] {
  const { id, ...facts } = report.grant;
  const { verdict, paths, cut, upperBound, ifRemoved, coverage } = report;
  return {
    id,
    verdict,
    ...facts,
    targets: findings.map(targetOf),
    paths,
    cut,
    ...(upperBound === undefined ? {} : { upperBound }),
    ...(ifRemoved === undefined ? {} : { ifRemoved }),
    coverage,
  };
}

function targetOf(item: Numbered): ReportDocument['grants'][number]['targets'][number] {
  const { target, verdict, evidence, upperBound, timeToRevocation } = item.finding;
  return {
    id: target.id,
    finding: item.number,
    fingerprint: item.fingerprint,
    kind: target.kind,
    system: target.system,
    label: target.label,
    origin: target.origin,
    identity: target.identity ?? null,
    ...(target.derivedFrom === undefined ? {} : { derivedFrom: target.derivedFrom }),
    ...(target.relation === undefined ? {} : { relation: target.relation }),
    required: target.required,
    verdict: verdict.verdict,
    reason: verdict.verdict === 'gone' ? null : verdict.reason,
    ...(verdict.verdict === 'gone' ? {} : { detail: verdict.detail }),
    ...('needs' in verdict && verdict.needs !== undefined ? { needs: verdict.needs } : {}),
    ...(target.fix === undefined ? {} : { fix: target.fix }),
    because: verdict.because,
    contradicted: 'contradicted' in verdict ? verdict.contradicted : [],
    evidence,
    ...(upperBound === undefined ? {} : { upperBound }),
    ...(timeToRevocation === undefined ? {} : { timeToRevocation }),
    ...(item.softenedBy === undefined ? {} : { softenedBy: item.softenedBy }),
  };
}
