import { z } from 'zod';
import type { Dossier } from '../model/dossier.ts';
import { EvidenceError } from '../model/errors.ts';
import { claims } from '../model/observation.ts';
import { reasons } from '../model/reason.ts';
import { durationMs, instantMs } from '../model/time.ts';

const text = z.string();
const instant = text.refine((value) => instantMs(value) !== undefined, 'an RFC 3339 instant belongs here');
const duration = text.refine((value) => durationMs(value) !== undefined, 'an ISO 8601 duration belongs here');

const stamp = z.strictObject({
  system: text,
  instance: text,
  point: text,
  principal: text,
  source: text,
  scope: text,
  epoch: z.number().int(),
  at: instant,
  serverAt: instant.optional(),
  exchanges: z.array(text),
});

const control = z.strictObject({
  form: z.enum(['sighting', 'distinct-absence']),
  when: z.enum(['before', 'after', 'within']),
  chosen: z.enum(['configured', 'own']),
  of: text,
  stamp,
});
const controls = z.tuple([control]).rest(control);

const failure = z.strictObject({
  saw: z.literal('inconclusive'),
  reason: z.enum(reasons),
  detail: text,
  needs: text.optional(),
});

const node = z.strictObject({ kind: text, id: text, label: text.optional(), system: text.optional() });

const along = {
  leads: z
    .array(
      z.strictObject({
        kind: text,
        ref: z.unknown(),
        system: text.optional(),
        relation: text,
        bornAt: text.optional(),
      }),
    )
    .optional(),
  edges: z.array(z.strictObject({ from: z.tuple([node]).rest(node), to: node, relation: text })).optional(),
  bound: z.strictObject({ until: instant, basis: z.enum(['credential', 'issuer', 'record']) }).optional(),
  excused: z.record(text, z.number().int().nonnegative()).optional(),
};

const observation = z.discriminatedUnion('saw', [
  z.strictObject({
    saw: z.literal('present'),
    state: z.enum(['active', 'disabled', 'recoverable']),
    revivedBy: z.enum(['subject', 'others']),
    value: text,
    reason: z.enum(['R-ACTIVE', 'R-LISTED', 'R-STANDING', 'R-DISABLED']).optional(),
    standing: text.optional(),
    asBefore: z.literal(true).optional(),
    controls: controls.optional(),
    ...along,
  }),
  z.strictObject({ saw: z.literal('absent'), controls, ...along }),
  z.strictObject({ saw: z.literal('refused'), controls, ...along }),
  z.strictObject({
    saw: z.literal('accepted'),
    as: z.enum(['target', 'other', 'anyone']),
    controls,
    ...along,
  }),
  z.strictObject({
    saw: z.literal('excluded'),
    basis: z.enum(['proven', 'declared']),
    why: text,
    controls: z.array(control),
    ...along,
  }),
  z.strictObject({ saw: z.literal('allows'), what: z.tuple([text]).rest(text), ...along }),
  z.strictObject({ saw: z.literal('denies'), liftedBy: z.enum(['subject', 'others']), controls, ...along }),
  z.strictObject({
    saw: z.literal('ended'),
    how: z.enum(['revoked', 'expired', 'deleted']),
    at: instant,
    family: z.enum(['whole', 'this']),
    controls,
    ...along,
  }),
  failure.extend(along),
]);

const claim = z.enum(claims);

const target = z.strictObject({
  grant: text,
  id: text,
  kind: text,
  system: text,
  label: text,
  origin: z.enum(['declared', 'derived', 'swept', 'window-born', 'copy', 'coverage']),
  identity: text.optional(),
  ref: z.unknown(),
  derivedFrom: text.optional(),
  relation: text.optional(),
  leads: z.array(text).optional(),
  required: z.boolean(),
  facts: z
    .strictObject({
      requires: z.tuple([claim]).rest(claim),
      killing: claim,
      horizon: duration,
      mints: z.union([z.literal(false), z.enum(['elsewhere', 'anywhere'])]),
    })
    .optional(),
  asks: z.array(z.strictObject({ check: text, claim, point: text, decides: z.boolean() })),
  gap: failure.optional(),
  fix: text.optional(),
  expiresAt: text.optional(),
  before: text.optional(),
});

const evidence = z.strictObject({
  id: text,
  grant: text,
  target: text,
  check: text,
  claim,
  decides: z.boolean(),
  method: z.enum(['lookup', 'list', 'introspect', 'probe', 'scan']),
  connector: z.strictObject({ id: text, version: text, origin: text }),
  system: text,
  point: text,
  round: z.number().int().positive(),
  at: instant,
  about: text.optional(),
  pinned: z.boolean(),
  reads: z.array(stamp),
  observation,
});

const dossier = z.strictObject({
  schemaVersion: z.literal('1.0'),
  tool: z.strictObject({ name: z.literal('tombstone'), version: text }),
  startedAt: instant,
  sealedAt: instant,
  policy: z.strictObject({
    failOn: z.enum(['unproven', 'live', 'never']),
    allowDormant: z.boolean(),
    maxEvidenceAge: duration,
    maxClockSkew: duration,
    secrets: z.enum(['never', 'issuer', 'everywhere']),
    assumedRights: z.enum(['accept', 'refuse']),
  }),
  systems: z.array(
    z.strictObject({
      system: text,
      connector: text,
      points: z.array(text),
      pinned: z.boolean(),
      instance: text.optional(),
      principal: text.optional(),
      insecure: z.boolean(),
    }),
  ),
  grants: z.array(
    z.strictObject({
      id: text,
      subject: z.strictObject({
        kind: text,
        id: text,
        name: text.optional(),
        onBehalfOf: text.optional(),
      }),
      intent: z.strictObject({ reason: text, ticket: text.optional() }).optional(),
      approvedBy: z.array(text),
      from: instant,
      until: instant,
      revokedAt: instant.optional(),
    }),
  ),
  targets: z.array(target),
  evidence: z.array(evidence),
  exchanges: z.array(
    z.strictObject({
      id: text,
      system: text,
      point: text,
      asked: text,
      at: instant,
      took: z.number(),
      answered: text,
      digest: text.optional(),
      serverAt: instant.optional(),
    }),
  ),
});

/**
 * Reads saved evidence. The fields of every control are checked again here, and its stamps again by
 * the judge; that the file is the one a run wrote cannot be told without a signature.
 * @throws EvidenceError naming the first fields that are wrong.
 */
export function decodeDossier(json: string): Dossier {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new EvidenceError('the evidence is not JSON');
  }
  const decoded = dossier.safeParse(parsed);
  if (!decoded.success) {
    const [first] = decoded.error.issues;
    throw new EvidenceError(
      `the evidence cannot be read: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'not a dossier'}`,
    );
  }
  inconsistent(decoded.data);
  // the brand of a control says "minted here"; for saved evidence the judge's comparison stands in for it
  return decoded.data as unknown as Dossier;
}

/** What a run never writes: two answers under one name, evidence about nothing. */
function inconsistent({ grants, targets, evidence: all }: z.infer<typeof dossier>): void {
  const unique = (what: string, names: readonly string[]) => {
    if (new Set(names).size !== names.length) throw new EvidenceError(`the evidence names a ${what} twice`);
  };
  const name = (...parts: readonly (string | number)[]) => JSON.stringify(parts);
  unique(
    'grant',
    grants.map((one) => one.id),
  );
  unique(
    'target',
    targets.map((one) => name(one.grant, one.id)),
  );
  unique(
    'answer',
    all.map((one) => name(one.grant, one.target, one.check, one.point, one.round)),
  );
  const known = new Set(targets.map((one) => name(one.grant, one.id)));
  const stray = all.find((one) => !known.has(name(one.grant, one.target)));
  if (stray !== undefined) throw new EvidenceError(`the evidence ${stray.id} is about no target`);
  if (grants.length === 0) throw new EvidenceError('the evidence holds no grant');
}
