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
  // made once and used in many places: such a schema is dearer to make than to run
  const id = name();
  const maybeId = id.exactOptional();
  const word = text();
  const maybeWord = word.exactOptional();
  const time = instant();
  const maybeTime = time.exactOptional();

  const party = {
    kind: z.enum(['agent', 'workload', 'human']),
    id: word,
    name: maybeWord,
  };
  const located = {
    kind: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'a kind is <connector>/<noun>, like vault/lease'),
    system: id,
    ref: z.record(z.string(), z.unknown()),
  };
  return z.strictObject({
    apiVersion: z.literal('tombstone/v1'),
    kind: z.literal('AccessGrant'),
    metadata: z.strictObject({ id, labels: z.record(z.string(), z.string()).default({}) }),
    subject: z.strictObject({
      ...party,
      onBehalfOf: z.strictObject(party).exactOptional(),
      accounts: z.array(z.strictObject({ system: id, id: word, name: maybeWord })).default([]),
    }),
    intent: z.strictObject({ reason: word, ticket: maybeWord, task: maybeWord }).exactOptional(),
    approvals: z
      .array(z.strictObject({ by: word, at: maybeTime, decision: maybeWord, policy: maybeWord }))
      .default([]),
    validity: z.strictObject({ from: time, until: maybeTime, ttl: duration().exactOptional() }),
    revocation: z.strictObject({ at: time, by: maybeWord, reason: maybeWord }).exactOptional(),
    systems: z
      .array(z.strictObject({ system: id, revocationSource: maybeId, required: z.boolean().default(true) }))
      .min(1, 'at least one system belongs here: every system that the grant touched'),
    credentials: z
      .array(
        z.strictObject({
          id,
          ...located,
          issuedAt: maybeTime,
          expiresAt: maybeTime,
          derivedFrom: maybeId,
          secret: ruled(recordReferenceFlaw).exactOptional(),
        }),
      )
      .default([]),
    entitlements: z.array(z.strictObject({ id, ...located, before: maybeWord })).default([]),
    placements: z.array(z.strictObject({ credential: id, ...located })).default([]),
    baseline: z.strictObject({ capturedAt: time, file: ruled(ownFileFlaw), sha256: word }).exactOptional(),
  });
}
