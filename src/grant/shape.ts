import * as z from 'zod/mini';
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
  const maybeId = z.exactOptional(id);
  const word = text();
  const maybeWord = z.exactOptional(word);
  const time = instant();
  const maybeTime = z.exactOptional(time);

  const party = {
    kind: z.enum(['agent', 'workload', 'human']),
    id: word,
    name: maybeWord,
  };
  const located = {
    kind: z
      .string()
      .check(
        z.regex(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'a kind is <connector>/<noun>, like vault/lease'),
      ),
    system: id,
    ref: z.record(z.string(), z.unknown()),
  };
  const system = z.strictObject({
    system: id,
    revocationSource: maybeId,
    required: z._default(z.boolean(), true),
  });
  const credential = z.strictObject({
    id,
    ...located,
    issuedAt: maybeTime,
    expiresAt: maybeTime,
    derivedFrom: maybeId,
    secret: z.exactOptional(ruled(recordReferenceFlaw)),
  });
  return z.strictObject({
    apiVersion: z.literal('tombstone/v1'),
    kind: z.literal('AccessGrant'),
    metadata: z.strictObject({ id, labels: z._default(z.record(z.string(), z.string()), {}) }),
    subject: z.strictObject({
      ...party,
      onBehalfOf: z.exactOptional(z.strictObject(party)),
      accounts: z._default(z.array(z.strictObject({ system: id, id: word, name: maybeWord })), []),
    }),
    intent: z.exactOptional(z.strictObject({ reason: word, ticket: maybeWord, task: maybeWord })),
    approvals: z._default(
      z.array(z.strictObject({ by: word, at: maybeTime, decision: maybeWord, policy: maybeWord })),
      [],
    ),
    validity: z.strictObject({ from: time, until: maybeTime, ttl: z.exactOptional(duration()) }),
    revocation: z.exactOptional(z.strictObject({ at: time, by: maybeWord, reason: maybeWord })),
    systems: z
      .array(system)
      .check(z.minLength(1, 'at least one system belongs here: every system that the grant touched')),
    credentials: z._default(z.array(credential), []),
    entitlements: z._default(z.array(z.strictObject({ id, ...located, before: maybeWord })), []),
    placements: z._default(z.array(z.strictObject({ credential: id, ...located })), []),
    baseline: z.exactOptional(z.strictObject({ capturedAt: time, file: ruled(ownFileFlaw), sha256: word })),
  });
}
