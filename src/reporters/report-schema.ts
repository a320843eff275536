import { z } from 'zod';
import { claims } from '../model/observation.ts';
import { reasons } from '../model/reason.ts';
import { severity } from '../model/report.ts';

// Version 1 of the JSON report: fields are added, never renamed, never removed.

const words = z.array(z.string()).readonly();
const instant = z.string().describe('RFC 3339');
const word = z.enum(severity);

const policy = z.strictObject({
  failOn: z.enum(['unproven', 'live', 'never']),
  allowDormant: z.boolean(),
  maxEvidenceAge: z.string().describe('ISO 8601 duration'),
  maxClockSkew: z.string().describe('ISO 8601 duration'),
  secrets: z.enum(['never', 'issuer', 'everywhere']),
  assumedRights: z.enum(['accept', 'refuse']),
});

const system = z.strictObject({
  system: z.string(),
  connector: z.string(),
  points: words,
  pinned: z.boolean(),
  instance: z.string().exactOptional().describe('who the server said it is'),
  principal: z.string().exactOptional().describe('whom the server took the verifier for'),
  insecure: z.boolean().describe('plain http, allowed by the configuration'),
});

const stamp = z.strictObject({
  system: z.string(),
  instance: z.string(),
  point: z.string(),
  principal: z.string(),
  source: z.string(),
  scope: z.string(),
  epoch: z.number(),
  at: instant,
  serverAt: instant.exactOptional(),
  exchanges: words,
});

const control = z.strictObject({
  form: z.enum(['sighting', 'distinct-absence']),
  when: z.enum(['before', 'after', 'within']),
  chosen: z.enum(['configured', 'own']),
  of: z.string(),
  stamp,
});
const controls = z.array(control).min(1).readonly();

const node = z.strictObject({
  kind: z.string(),
  id: z.string(),
  label: z.string().exactOptional(),
  system: z.string().exactOptional(),
});

const any = {
  leads: z
    .array(
      z.strictObject({
        kind: z.string(),
        ref: z.unknown(),
        system: z.string().exactOptional(),
        relation: z.string(),
        bornAt: instant.exactOptional(),
      }),
    )
    .readonly()
    .exactOptional(),
  bound: z
    .strictObject({ until: instant, basis: z.enum(['credential', 'issuer', 'record']) })
    .exactOptional(),
  edges: z
    .array(z.strictObject({ from: z.array(node).min(1).readonly(), to: node, relation: z.string() }))
    .readonly()
    .exactOptional(),
  excused: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe('how many other things a look saw, by the relation that excuses them'),
};

const observation = z.discriminatedUnion('saw', [
  z.strictObject({
    ...any,
    saw: z.literal('present'),
    state: z.enum(['active', 'disabled', 'recoverable']),
    revivedBy: z.enum(['subject', 'others']),
    value: z.string(),
    reason: z.enum(reasons).exactOptional(),
    standing: z.string().exactOptional().describe('what stands, in one canonical line'),
    asBefore: z.literal(true).exactOptional().describe('exactly this stood before the grant'),
    controls: controls.exactOptional(),
  }),
  z.strictObject({
    ...any,
    saw: z.literal('excluded'),
    basis: z.enum(['proven', 'declared']),
    why: z.string(),
    controls: z.array(control).readonly(),
  }),
  z.strictObject({ ...any, saw: z.literal('absent'), controls }),
  z.strictObject({ ...any, saw: z.literal('refused'), controls }),
  z.strictObject({ ...any, saw: z.literal('accepted'), as: z.enum(['target', 'other', 'anyone']), controls }),
  z.strictObject({ ...any, saw: z.literal('allows'), what: z.array(z.string()).min(1).readonly() }),
  z.strictObject({ ...any, saw: z.literal('denies'), liftedBy: z.enum(['subject', 'others']), controls }),
  z.strictObject({
    ...any,
    saw: z.literal('ended'),
    how: z.enum(['revoked', 'expired', 'deleted']),
    at: instant,
    family: z.enum(['whole', 'this']),
    controls,
  }),
  z.strictObject({
    ...any,
    saw: z.literal('inconclusive'),
    reason: z.enum(reasons),
    detail: z.string(),
    needs: z.string().exactOptional(),
  }),
]);

const evidence = z.strictObject({
  id: z.string(),
  grant: z.string(),
  target: z.string(),
  check: z.string(),
  claim: z.enum(claims),
  decides: z.boolean().describe('false: it only corroborates'),
  method: z.enum(['lookup', 'list', 'introspect', 'probe', 'scan']),
  connector: z.strictObject({ id: z.string(), version: z.string(), origin: z.string() }),
  system: z.string(),
  point: z.string(),
  round: z.number(),
  at: instant,
  about: z.string().exactOptional().describe('the immutable id that the answer is about'),
  pinned: z.boolean(),
  reads: z.array(stamp).readonly(),
  observation,
});

const target = z.strictObject({
  id: z.string(),
  finding: z.string().describe('counts within this run, worst first'),
  fingerprint: z.string().describe('the same over all runs; the verdict is not in it'),
  kind: z.string(),
  system: z.string(),
  label: z.string(),
  origin: z.enum(['declared', 'derived', 'swept', 'window-born', 'copy', 'coverage']),
  identity: z.string().nullable().describe('the immutable id; null where the record gives none'),
  derivedFrom: z.string().exactOptional(),
  relation: z.string().exactOptional(),
  required: z.boolean(),
  verdict: word,
  reason: z.enum(reasons).nullable().describe('null for gone'),
  detail: z.string().exactOptional(),
  needs: z.string().exactOptional().describe('what would prove it'),
  fix: z.string().exactOptional(),
  because: words.describe('ids of the evidence that the verdict rests on'),
  contradicted: words.describe('ids of evidence that says otherwise'),
  evidence: z.array(evidence).readonly(),
  upperBound: instant.exactOptional().describe('the latest instant at which it must die by itself'),
  timeToRevocation: z
    .number()
    .exactOptional()
    .describe('seconds from the revocation to the first absence, where an earlier round saw it stand'),
  softenedBy: z.string().exactOptional().describe('why it does not count for the exit code'),
});

const paths = z
  .array(
    z.strictObject({
      status: z.enum(['open', 'possible', 'dormant']),
      target: z.string(),
      hops: z.array(z.strictObject({ from: z.string(), to: z.string(), relation: z.string() })).readonly(),
      upperBound: instant.exactOptional().describe('when the first thing on it ends by itself'),
    }),
  )
  .readonly();

const grant = z.strictObject({
  id: z.string(),
  verdict: word,
  subject: z.strictObject({
    kind: z.string(),
    id: z.string(),
    name: z.string().exactOptional(),
    onBehalfOf: z.string().exactOptional(),
  }),
  intent: z.strictObject({ reason: z.string(), ticket: z.string().exactOptional() }).exactOptional(),
  approvedBy: words,
  from: instant,
  until: instant,
  revokedAt: instant.exactOptional(),
  targets: z.array(target).readonly(),
  paths,
  cut: words.describe('ids of targets: the smallest set whose end closes every path'),
  upperBound: instant.exactOptional().describe('when every path must have closed by itself'),
  ifRemoved: z
    .strictObject({ targets: words, paths })
    .exactOptional()
    .describe('which paths would be left if these targets were ended: only where it was asked'),
  coverage: z
    .array(
      z.strictObject({
        system: z.string(),
        looked: words,
        notLooked: words,
        assumed: words.describe("what was not looked for because the record's word excludes it"),
        excused: z.record(z.string(), z.number()).describe('others that the looks saw, by what excuses them'),
      }),
    )
    .readonly(),
});

const count = z.number().int().nonnegative();

/** What `--json` prints. `dist/report.schema.json` is made from it. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal('1.0'),
  run: z.strictObject({
    tool: z.strictObject({ name: z.literal('tombstone'), version: z.string() }),
    startedAt: instant,
    sealedAt: instant,
    policy,
    systems: z.array(system).readonly(),
    judgedFrom: z.strictObject({ file: z.string(), signed: z.literal(false) }).exactOptional(),
  }),
  grants: z.array(grant).readonly(),
  summary: z.strictObject({ live: count, unproven: count, dormant: count, gone: count }),
  softened: z.array(z.strictObject({ grant: z.string(), target: z.string(), by: z.string() })).readonly(),
  exitCode: z.number().int(),
});

export type ReportDocument = z.infer<typeof reportSchema>;
