import * as z from 'zod';
import { ownFileFlaw, recordReferenceFlaw } from './reference.ts';
import { duration, instant, name, ruled, text } from './values.ts';

/**
 * The strict schema of a record, without what each kind says about its `ref` and without the rules
 * that look at several fields (`rules.ts`). Built when it is first asked for: a command that reads no
 * record must not pay for it.
 */
export function recordShape() {
  return (shape ??= build());
}

let shape: ReturnType<typeof build> | undefined;

export type RecordInput = z.infer<ReturnType<typeof build>>;

function build() {
  const party = {
    kind: z.enum(['agent', 'workload', 'human']),
    id: text().meta({ description: 'A URI, an email address or an opaque id (RFC 9493)' }),
    name: text().exactOptional(),
  };
  const located = {
    kind: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'a kind is <connector>/<noun>, like vault/lease')
      .meta({ description: '<connector>/<noun>' }),
    system: name(),
    ref: z.record(z.string(), z.unknown()).meta({ description: 'The locator: never a secret' }),
  };
  return z.strictObject({
    apiVersion: z.literal('tombstone/v1'),
    kind: z.literal('AccessGrant'),
    metadata: z.strictObject({
      id: name().meta({ description: 'Unique in the set of records' }),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    subject: z.strictObject({
      ...party,
      onBehalfOf: z.strictObject(party).exactOptional(),
      accounts: z
        .array(z.strictObject({ system: name(), id: text(), name: text().exactOptional() }))
        .default([])
        .meta({ description: 'Who the subject is in each system, by immutable id' }),
    }),
    intent: z
      .strictObject({ reason: text(), ticket: text().exactOptional(), task: text().exactOptional() })
      .exactOptional(),
    approvals: z
      .array(
        z.strictObject({
          by: text(),
          at: instant().exactOptional(),
          decision: text().exactOptional(),
          policy: text().exactOptional(),
        }),
      )
      .default([]),
    validity: z
      .strictObject({ from: instant(), until: instant().exactOptional(), ttl: duration().exactOptional() })
      .meta({ description: 'from and until, or from and ttl' }),
    revocation: z
      .strictObject({ at: instant(), by: text().exactOptional(), reason: text().exactOptional() })
      .exactOptional(),
    systems: z
      .array(
        z.strictObject({
          system: name(),
          revocationSource: name()
            .exactOptional()
            .meta({ description: 'The system whose revocation is meant to reach this one' }),
          required: z.boolean().default(true),
        }),
      )
      .min(1, 'at least one system belongs here: every system that the grant touched')
      .meta({ description: 'Every system that this grant touched' }),
    credentials: z
      .array(
        z.strictObject({
          id: name(),
          ...located,
          issuedAt: instant().exactOptional(),
          expiresAt: instant().exactOptional().meta({ description: "The issuer's answer, not the request" }),
          derivedFrom: name().exactOptional(),
          secret: ruled(recordReferenceFlaw)
            .exactOptional()
            .meta({ description: 'file:PATH below the record, or env:TOMBSTONE_SUBJECT_…' }),
        }),
      )
      .default([]),
    entitlements: z
      .array(
        z.strictObject({
          id: name(),
          ...located,
          before: text()
            .exactOptional()
            .meta({ description: 'What stood before the grant: none, or the id of it' }),
        }),
      )
      .default([]),
    placements: z
      .array(z.strictObject({ credential: name(), ...located }))
      .default([])
      .meta({ description: 'Where a credential was knowingly put' }),
    baseline: z
      .strictObject({ capturedAt: instant(), file: ruled(ownFileFlaw), sha256: text() })
      .exactOptional(),
  });
}
