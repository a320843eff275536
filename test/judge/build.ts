import type { Dossier, Target } from '../../src/model/dossier.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Claim, Controls, Observation, PassedControl, Stamp } from '../../src/model/observation.ts';

/** The instants of the little world that the judge is shown. */
export const times = {
  from: '2026-11-22T08:00:00.000Z',
  until: '2026-11-22T10:00:00.000Z',
  before: '2026-11-22T08:30:00.000Z',
  revoked: '2026-11-22T09:00:00.000Z',
  asked: '2026-11-22T09:05:00.000Z',
  sealed: '2026-11-22T09:06:00.000Z',
};

export function stamp(over: Partial<Stamp> = {}): Stamp {
  return {
    system: 'vault',
    instance: 'cluster-1',
    point: 'a',
    principal: 'verifier',
    source: 'vault/accessor',
    scope: 'root',
    epoch: 1,
    at: times.asked,
    serverAt: times.asked,
    exchanges: ['x1'],
    ...over,
  };
}

/** Saved evidence carries controls without the brand; this is how the decoder's cast looks in a test. */
export function control(when: PassedControl['when'], at: Stamp): PassedControl {
  const bare = { form: 'sighting', when, chosen: 'own', of: 'own accessor', stamp: at } as const;
  return bare as unknown as PassedControl;
}

export const around = (read: Stamp): Controls => [control('before', read), control('after', read)];

export function evidence(
  observation: Observation,
  over: Partial<Evidence> & { read?: Stamp; claim?: Claim } = {},
): Evidence {
  const { read, ...rest } = over;
  const point = over.point ?? 'a';
  const claim = over.claim ?? 'authenticates';
  const round = over.round ?? 1;
  return {
    id: `ev:${claim}/${point}/${round}/${observation.saw}`,
    grant: 'g1',
    target: 'c1',
    check: `vault/${claim}`,
    claim,
    decides: true,
    method: 'lookup',
    connector: { id: 'vault', version: '0', origin: 'builtin' },
    system: 'vault',
    point,
    round,
    at: times.asked,
    about: 'accessor-1',
    pinned: true,
    reads: [read ?? stamp({ point })],
    observation,
    ...rest,
  };
}

export function target(over: Partial<Target> = {}): Target {
  return {
    grant: 'g1',
    id: 'c1',
    kind: 'vault/token',
    system: 'vault',
    label: 'accessor-1',
    origin: 'declared',
    identity: 'accessor-1',
    ref: {},
    required: true,
    facts: { requires: ['authenticates'], killing: 'authenticates', horizon: 'PT0S', mints: false },
    asks: [{ check: 'vault/authenticates', claim: 'authenticates', point: 'a', decides: true }],
    ...over,
  };
}

export function dossier(over: Partial<Dossier> = {}): Dossier {
  return {
    schemaVersion: '1.0',
    tool: { name: 'tombstone', version: '0' },
    startedAt: times.asked,
    sealedAt: times.sealed,
    policy: {
      failOn: 'unproven',
      allowDormant: false,
      maxEvidenceAge: 'PT15M',
      maxClockSkew: 'PT2M',
      secrets: 'issuer',
      assumedRights: 'accept',
    },
    systems: [],
    grants: [
      {
        id: 'g1',
        subject: { kind: 'agent', id: 'bot' },
        approvedBy: [],
        from: times.from,
        until: times.until,
        revokedAt: times.revoked,
      },
    ],
    targets: [target()],
    evidence: [],
    exchanges: [],
    ...over,
  };
}
