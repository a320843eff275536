import type { Dossier, GrantFacts, SystemFacts, Target } from '../../src/model/dossier.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Controls, Observation, PassedControl, Stamp } from '../../src/model/observation.ts';
import type { Finding, GrantReport, Report, Verdict, VerdictWord } from '../../src/model/report.ts';

const stamp: Stamp = {
  system: 'vault-prod',
  instance: '5f0c',
  point: 'direct',
  principal: 'verifier',
  source: 'vault/token',
  scope: '',
  epoch: 1,
  at: '2026-11-22T11:28:19Z',
  serverAt: '2026-11-22T11:28:19Z',
  exchanges: ['x1'],
};

// a report is written by hand here, without the stages that alone may mint a control
export const controls = [
  { form: 'sighting', when: 'before', chosen: 'own', of: 'accessor 9793', stamp },
  { form: 'sighting', when: 'after', chosen: 'own', of: 'accessor 9793', stamp },
] as unknown as Controls & readonly PassedControl[];

export const active: Observation = {
  saw: 'present',
  state: 'active',
  revivedBy: 'others',
  value: 'may log in, 1 session open',
};
export const disabled: Observation = { ...active, state: 'disabled', value: 'NOLOGIN' };
export const absent: Observation = { saw: 'absent', controls };
export const denied: Observation = {
  saw: 'inconclusive',
  reason: 'R-PERM',
  detail: 'not permitted: 403 permission denied',
  needs: 'path "sys/leases/lookup" { capabilities = ["update"] }',
};

export function evidence(id: string, target: Target, observation: Observation): Evidence {
  return {
    id,
    grant: target.grant,
    target: target.id,
    check: `${target.kind}-lookup`,
    claim: 'authenticates',
    decides: true,
    method: 'lookup',
    connector: { id: 'vault', version: '0.1.0', origin: 'builtin' },
    system: target.system,
    point: 'direct',
    round: 1,
    at: '2026-11-22T11:28:19Z',
    about: 'a81c',
    pinned: true,
    reads: [stamp],
    observation,
  };
}

export function target(id: string, more: Partial<Target> = {}): Target {
  return {
    grant: 'jit-2041',
    id,
    kind: 'postgres/role',
    system: 'billing-db',
    label: 'v-approle-ro-9Fk (oid 16389)',
    origin: 'declared',
    identity: '16389',
    ref: { name: 'v-approle-ro-9Fk', oid: 16389 },
    required: true,
    asks: [],
    fix: 'DROP OWNED BY "v-approle-ro-9Fk"; DROP ROLE "v-approle-ro-9Fk"',
    ...more,
  };
}

export function live(id: string, more: Partial<Target> = {}): Finding {
  const of = target(id, more);
  return {
    target: of,
    verdict: {
      verdict: 'live',
      reason: 'R-LISTED',
      detail: 'the role stands and may log in',
      because: [`e-${id}`],
      contradicted: [],
    },
    evidence: [evidence(`e-${id}`, of, active)],
  };
}

export function dormant(id: string, more: Partial<Target> = {}): Finding {
  const of = target(id, more);
  return {
    target: of,
    verdict: {
      verdict: 'dormant',
      reason: 'R-DISABLED',
      detail: 'the role is NOLOGIN',
      because: [`e-${id}`],
      contradicted: [],
    },
    evidence: [evidence(`e-${id}`, of, disabled)],
  };
}

export function unproven(id: string, more: Partial<Target> = {}): Finding {
  const of = target(id, {
    kind: 'vault/lease',
    system: 'vault-prod',
    label: 'database/creds/ro/9Fk',
    fix: 'bao lease revoke database/creds/ro/9Fk',
    ...more,
  });
  return {
    target: of,
    verdict: {
      verdict: 'unproven',
      reason: 'R-PERM',
      detail: denied.saw === 'inconclusive' ? denied.detail : '',
      needs: 'path "sys/leases/lookup" { capabilities = ["update"] }',
      because: [`e-${id}`],
    },
    evidence: [evidence(`e-${id}`, of, denied)],
    upperBound: '2026-11-23T09:14:00Z',
  };
}

export function gone(id: string, more: Partial<Target> = {}): Finding {
  const of = target(id, { kind: 'vault/token', system: 'vault-prod', label: `accessor ${id}`, ...more });
  const verdict: Verdict = { verdict: 'gone', because: [`e-${id}`] };
  return { target: of, verdict, evidence: [evidence(`e-${id}`, of, absent)] };
}

export const facts: GrantFacts = {
  id: 'jit-2041',
  subject: {
    kind: 'agent',
    id: 'spiffe://acme.example/agent/deploy-bot',
    name: 'deploy-bot/run-7f3a',
    onBehalfOf: 'm.ortiz@acme.example',
  },
  intent: { reason: 'rotate billing DB replica', ticket: 'CHG-5512' },
  approvedBy: ['j.chen@acme.example'],
  from: '2026-11-22T08:14:00Z',
  until: '2026-11-22T09:14:00Z',
  revokedAt: '2026-11-22T09:02:11Z',
};

const systems: readonly SystemFacts[] = [
  {
    system: 'vault-prod',
    connector: 'vault',
    points: ['direct'],
    pinned: false,
    insecure: true,
    instance: '5f0c',
  },
  { system: 'billing-db', connector: 'postgres', points: ['direct'], pinned: true, insecure: false },
];

const order: readonly VerdictWord[] = ['live', 'unproven', 'dormant', 'gone'];

export function grantReport(findings: readonly Finding[], more: Partial<GrantReport> = {}): GrantReport {
  const words = findings.map((one) => one.verdict.verdict);
  return {
    grant: facts,
    verdict: order.find((word) => words.includes(word)) ?? 'unproven',
    findings,
    paths: findings
      .filter((one) => one.verdict.verdict === 'live')
      .map((one) => ({
        status: 'open',
        target: one.target.id,
        hops: [
          { from: 'deploy-bot/run-7f3a', to: 'lease database/creds/ro/9Fk', relation: 'holds' },
          { from: 'lease database/creds/ro/9Fk', to: one.target.label, relation: 'mints' },
        ],
      })),
    coverage: [
      {
        system: 'vault-prod',
        looked: ['declared targets'],
        notLooked: ['sweep', 'hunt'],
        assumed: [],
        excused: {},
      },
      {
        system: 'billing-db',
        looked: ['declared targets', 'whatever was born in the window'],
        notLooked: [],
        assumed: ['the record says that the role could make none'],
        excused: { 'older by their OID': 60 },
      },
    ],
    cut: findings.filter((one) => one.verdict.verdict === 'live').map((one) => one.target.id),
    ...more,
  };
}

export function reportOf(grants: readonly GrantReport[], more: Partial<Report> = {}): Report {
  const summary = { live: 0, unproven: 0, dormant: 0, gone: 0 };
  for (const grant of grants) for (const one of grant.findings) summary[one.verdict.verdict] += 1;
  return {
    schemaVersion: '1.0',
    tool: { name: 'tombstone', version: '0.1.0' },
    startedAt: '2026-11-22T11:28:17Z',
    sealedAt: '2026-11-22T11:28:20Z',
    policy: {
      failOn: 'unproven',
      allowDormant: false,
      maxEvidenceAge: 'PT15M',
      maxClockSkew: 'PT2M',
      secrets: 'issuer',
      assumedRights: 'accept',
    },
    systems,
    grants,
    summary,
    exitCode: summary.live + summary.dormant > 0 ? 1 : summary.unproven > 0 ? 3 : 0,
    softened: [],
    ...more,
  };
}

/** Everything at once: one of each verdict. */
export const mixed = reportOf([
  grantReport([gone('c0'), unproven('c1'), dormant('c3'), live('c2'), gone('c4')]),
]);

export function dossierOf(report: Report): Dossier {
  const findings = report.grants.flatMap((grant) => grant.findings);
  const { schemaVersion, tool, startedAt, sealedAt, policy } = report;
  return {
    schemaVersion,
    tool,
    startedAt,
    sealedAt,
    policy,
    systems: report.systems,
    grants: report.grants.map((one) => one.grant),
    targets: findings.map((one) => one.target),
    evidence: findings.flatMap((one) => one.evidence),
    exchanges: [],
  };
}
