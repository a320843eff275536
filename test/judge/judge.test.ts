import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.ts';
import type { Target } from '../../src/model/dossier.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { inconclusive } from '../../src/model/observation.ts';
import type { Claim, Observation } from '../../src/model/observation.ts';
import type { VerdictWord } from '../../src/model/report.ts';
import { around, control, dossier, evidence, stamp, target, times } from './build.ts';

type Place = { claim: Claim; point: string; round: number };

const standing = { saw: 'present', state: 'active', revivedBy: 'others', value: 'it stands' } as const;

/** Every shape an answer can have, and what it is worth alone. */
const shapes: Record<string, { word: VerdictWord; reason?: string; make(place: Place): Evidence }> = {
  'present, active': {
    word: 'live',
    reason: 'R-LISTED',
    make: (place) =>
      evidence({ saw: 'present', state: 'active', revivedBy: 'others', value: 'it stands' }, place),
  },
  'present, the subject can revive it': {
    word: 'live',
    make: (place) =>
      evidence({ saw: 'present', state: 'disabled', revivedBy: 'subject', value: 'asleep' }, place),
  },
  'present, others can revive it': {
    word: 'dormant',
    reason: 'R-DISABLED',
    make: (place) =>
      evidence({ saw: 'present', state: 'disabled', revivedBy: 'others', value: 'off' }, place),
  },
  'present, recoverable by others': {
    word: 'dormant',
    make: (place) =>
      evidence({ saw: 'present', state: 'recoverable', revivedBy: 'others', value: 'bin' }, place),
  },
  allows: {
    word: 'live',
    reason: 'R-ACTIVE',
    make: (place) => evidence({ saw: 'allows', what: ['read'] }, place),
  },
  'accepted as the target': {
    word: 'live',
    make: (place) => negative(place, { saw: 'accepted', as: 'target' }),
  },
  'accepted as anyone': {
    word: 'unproven',
    reason: 'R-CONTROL',
    make: (place) => negative(place, { saw: 'accepted', as: 'anyone' }),
  },
  'denied, others can lift it': {
    word: 'dormant',
    make: (place) => negative(place, { saw: 'denies', liftedBy: 'others' }),
  },
  'absent, controlled': { word: 'gone', make: (place) => negative(place, { saw: 'absent' }) },
  'refused, controlled': { word: 'gone', make: (place) => negative(place, { saw: 'refused' }) },
  'ended, whole family': {
    word: 'gone',
    make: (place) => negative(place, { saw: 'ended', how: 'revoked', at: times.revoked, family: 'whole' }),
  },
  'ended, only this one': {
    word: 'unproven',
    reason: 'R-DERIVED',
    make: (place) => negative(place, { saw: 'ended', how: 'revoked', at: times.revoked, family: 'this' }),
  },
  'ended by its own time, past what clocks may differ': {
    word: 'gone',
    make: (place) => negative(place, { saw: 'ended', how: 'expired', at: times.before, family: 'whole' }),
  },
  'ended by its own time, within what clocks may differ': {
    word: 'unproven',
    reason: 'R-CLOCK',
    make: (place) =>
      negative(place, { saw: 'ended', how: 'expired', at: '2026-11-22T09:04:00.000Z', family: 'whole' }),
  },
  'present, exactly as before the grant': {
    word: 'gone',
    make: (place) => evidence({ ...standing, asBefore: true }, place),
  },
  'present as before the grant, seen before the revocation': {
    word: 'unproven',
    reason: 'R-STALE',
    make: (place) => {
      const early = '2026-11-22T08:59:58.000Z';
      const read = stamp({ point: place.point, serverAt: early, at: early });
      return evidence({ ...standing, asBefore: true }, { ...place, read });
    },
  },
  'excluded by rights that were read': {
    word: 'gone',
    make: (place) => negative(place, { saw: 'excluded', basis: 'proven', why: 'may make none' }),
  },
  'excluded by rights that were read without a control': {
    word: 'unproven',
    reason: 'R-CONTROL',
    make: (place) =>
      evidence({ saw: 'excluded', basis: 'proven', why: 'may make none', controls: [] }, place),
  },
  'excluded by rights that the record declares': {
    word: 'gone',
    make: (place) =>
      evidence({ saw: 'excluded', basis: 'declared', why: 'may make none', controls: [] }, place),
  },
  'excluded by the record, beside a read by a clock that differs': {
    word: 'unproven',
    reason: 'R-CLOCK',
    make: (place) =>
      negative(
        place,
        { saw: 'excluded', basis: 'declared', why: 'may make none' },
        { serverAt: '2026-11-22T09:15:00.000Z' },
      ),
  },
  'nothing says whose, by a clock that is wrong': {
    word: 'unproven',
    reason: 'R-CLOCK',
    make: (place) => {
      const read = stamp({ point: place.point, serverAt: '2026-11-22T10:05:00.000Z' });
      return evidence(inconclusive('R-ORIGIN', 'whose?'), { ...place, read });
    },
  },
  'absent, by name only': {
    word: 'unproven',
    reason: 'R-IDENTITY',
    make: (place) => {
      const { about: _, ...nameless } = negative(place, { saw: 'absent' });
      return nameless;
    },
  },
  'absent, seen before the revocation': {
    word: 'unproven',
    reason: 'R-STALE',
    make: (place) =>
      negative(
        place,
        { saw: 'absent' },
        { serverAt: '2026-11-22T08:59:58.000Z', at: '2026-11-22T08:59:58.000Z' },
      ),
  },
  'absent, a clock that differs': {
    word: 'unproven',
    reason: 'R-CLOCK',
    make: (place) => negative(place, { saw: 'absent' }, { serverAt: '2026-11-22T09:15:00.000Z' }),
  },
  inconclusive: {
    word: 'unproven',
    reason: 'R-PERM',
    make: (place) => evidence(inconclusive('R-PERM', 'not permitted', 'read'), place),
  },
};

type Bare = {
  [K in Observation['saw']]: Omit<Extract<Observation, { saw: K }>, 'controls'>;
}[Observation['saw']];

function negative(place: Place, bare: Bare, over: Partial<ReturnType<typeof stamp>> = {}): Evidence {
  const read = stamp({ point: place.point, epoch: place.round, ...over });
  return evidence({ ...bare, controls: around(read) } as Observation, { ...place, read });
}

describe('one answer', () => {
  for (const [name, { word, reason, make }] of Object.entries(shapes)) {
    it(`${name} is ${word}`, () => {
      const [verdict] = judge(
        dossier({ evidence: [make({ claim: 'authenticates', point: 'a', round: 1 })] }),
      );
      expect(verdict?.verdict).toBe(word);
      if (reason !== undefined) expect(verdict).toMatchObject({ reason });
    });
  }
});

/** What an earlier round left, and what this round says: a later answer counts, a later silence never improves. */
const later: Record<VerdictWord, Record<VerdictWord, VerdictWord>> = {
  //  before       now → live     unproven            dormant             gone
  live: { live: 'live', unproven: 'live', dormant: 'dormant', gone: 'gone' },
  unproven: { live: 'live', unproven: 'unproven', dormant: 'dormant', gone: 'gone' },
  dormant: { live: 'live', unproven: 'unproven', dormant: 'dormant', gone: 'gone' },
  gone: { live: 'live', unproven: 'unproven', dormant: 'dormant', gone: 'gone' },
};
const worst: readonly VerdictWord[] = ['live', 'unproven', 'dormant', 'gone'];
const worse = (a: VerdictWord, b: VerdictWord) => (worst.indexOf(a) < worst.indexOf(b) ? a : b);

describe('every combination of up to three answers × claims × points × rounds', () => {
  const claimsAsked = ['authenticates', 'in-flight'] as const;
  const points = ['a', 'b'] as const;

  /** One target for each choice of claims and points: with few cells three answers fill them, with many they cannot. */
  for (const claims of [claimsAsked.slice(0, 1), claimsAsked]) {
    for (const at of [points.slice(0, 1), points]) {
      const cells = claims.flatMap((claim) => at.map((point) => ({ claim, point })));
      it(`${claims.join(' and ')} at ${at.join(' and ')}`, () => {
        const tally = exhaust(cells);
        // the table is no table if one of its words never comes up
        const words = cells.length > 3 ? ['live', 'unproven'] : ['live', 'unproven', 'dormant', 'gone'];
        expect(Object.keys(tally).toSorted()).toEqual(words.toSorted());
      }, 300_000);
    }
  }

  type Cells = readonly { claim: Claim; point: string }[];

  const asked = (cells: Cells): Target => {
    const [first, ...rest] = [...new Set(cells.map((cell) => cell.claim))];
    if (first === undefined) throw new Error('no claim');
    return target({
      facts: { requires: [first, ...rest], killing: 'authenticates', horizon: 'PT0S', mints: false },
      asks: cells.map((cell) => ({ check: `vault/${cell.claim}`, ...cell, decides: true })),
    });
  };

  interface Answer extends Place {
    readonly shape: string;
    readonly word: VerdictWord;
    readonly made: Evidence;
  }

  /** Written from the two tables above, not from the judge. */
  function expected(given: readonly Answer[], cells: Cells): VerdictWord {
    return cells
      .map(({ claim, point }) => {
        const here = given.filter((one) => one.claim === claim && one.point === point);
        const rounds = [1, 2].flatMap((round) => {
          const words = here.filter((one) => one.round === round).map((one) => one.word);
          return words.length === 0 ? [] : [words.reduce(worse)];
        });
        return rounds.length === 0 ? 'unproven' : rounds.reduce((before, now) => later[before][now]);
      })
      .reduce(worse);
  }

  function exhaust(cells: Cells): Record<string, number> {
    const answers = Object.entries(shapes).flatMap(([shape, { word, make }]) =>
      cells.flatMap(({ claim, point }) =>
        [1, 2].map((round): Answer => ({
          shape,
          word,
          claim,
          point,
          round,
          made: make({ claim, point, round }),
        })),
      ),
    );
    const about = asked(cells);
    const tally: Record<string, number> = {};
    const check = (given: readonly Answer[]) => {
      const [verdict] = judge(dossier({ targets: [about], evidence: given.map((one) => one.made) }));
      const wanted = expected(given, cells);
      if (verdict?.verdict !== wanted) {
        const said = given.map((one) => `${one.shape} ${one.claim}@${one.point} r${one.round}`).join(' + ');
        expect.fail(`${said}: ${verdict?.verdict}, not ${wanted}`);
      }
      tally[wanted] = (tally[wanted] ?? 0) + 1;
      if (verdict.verdict !== 'gone') return;
      // no gone without proof: a determinate negative for every claim at every point
      const proven = new Set(
        given.filter((one) => one.word === 'gone').map((one) => `${one.claim}@${one.point}`),
      );
      if (proven.size < cells.length) expect.fail('gone without a proof for every cell');
    };
    check([]);
    for (const [i, one] of answers.entries()) {
      check([one]);
      for (const [j, two] of answers.slice(i).entries()) {
        check([one, two]);
        for (const three of answers.slice(i + j)) check([one, two, three]);
      }
    }
    return tally;
  }

  it('all four cells proven is gone, and each single one spoilt is not', () => {
    const cells = claimsAsked.flatMap((claim) => points.map((point) => ({ claim, point })));
    const whole = asked(cells);
    const proven = cells
      .map((cell) => ({ ...cell, round: 1 }))
      .map((place) => shapes['absent, controlled']?.make(place));
    const all = proven.filter((one) => one !== undefined);
    expect(judge(dossier({ targets: [whole], evidence: all }))[0]?.verdict).toBe('gone');
    for (const [index, cell] of cells.entries()) {
      for (const [name, { word, make }] of Object.entries(shapes)) {
        const spoilt = all.with(index, make({ ...cell, round: 1 }));
        expect(judge(dossier({ targets: [whole], evidence: spoilt }))[0]?.verdict, name).toBe(word);
      }
      expect(judge(dossier({ targets: [whole], evidence: all.toSpliced(index, 1) }))[0]?.verdict).toBe(
        'unproven',
      );
    }
  });
});

describe('law 1: an absence needs its own control', () => {
  const read = stamp();
  const absent = (controls: Parameters<typeof control>[]) =>
    evidence({ saw: 'absent', controls: controls.map((one) => control(...one)) as never }, { read });
  const cases: Record<string, Evidence> = {
    'only before': absent([['before', read]]),
    'only after': absent([['after', read]]),
    'the before came after': absent([
      ['before', stamp({ at: '2026-11-22T09:05:01.000Z' })],
      ['after', read],
    ]),
    'the after came before': absent([
      ['before', read],
      ['after', stamp({ at: '2026-11-22T09:04:59.000Z' })],
    ]),
    ...Object.fromEntries(
      (['system', 'instance', 'point', 'principal', 'source', 'scope'] as const).map((field) => [
        `of another ${field}`,
        absent([
          ['before', stamp({ [field]: 'other' })],
          ['after', stamp({ [field]: 'other' })],
        ]),
      ]),
    ),
    'of another epoch': absent([
      ['before', stamp({ epoch: 2 })],
      ['after', stamp({ epoch: 2 })],
    ]),
    'a second read without one': {
      ...absent([
        ['before', read],
        ['after', read],
      ]),
      reads: [read, stamp({ source: 'vault/other' })],
    },
    'no read at all': { ...absent([['within', read]]), reads: [] },
    'read at another point': {
      ...absent([['within', stamp({ point: 'b' })]]),
      reads: [stamp({ point: 'b' })],
    },
    'two instances in one answer': {
      ...absent([
        ['within', read],
        ['within', stamp({ instance: 'cluster-2' })],
      ]),
      reads: [read, stamp({ instance: 'cluster-2' })],
    },
  };
  for (const [name, given] of Object.entries(cases)) {
    it(`${name}: unproven`, () => {
      const reason = /^read at another point|two instances/.test(name) ? 'R-INSTANCE' : 'R-CONTROL';
      expect(judge(dossier({ evidence: [given] }))[0]).toMatchObject({ verdict: 'unproven', reason });
    });
  }
  it('in the very answer is enough', () => {
    expect(judge(dossier({ evidence: [absent([['within', read]])] }))[0]?.verdict).toBe('gone');
  });
});

describe('time', () => {
  const absentAt = (at: string, round = 1, serverAt: string | undefined = at) => {
    const read = { ...stamp({ at, epoch: round }), ...(serverAt === undefined ? {} : { serverAt }) };
    return evidence({ saw: 'absent', controls: around(read) }, { at, round, read });
  };
  const lagging = target({
    facts: { requires: ['authenticates'], killing: 'authenticates', horizon: 'PT2M', mints: false },
  });
  const word = (given: Parameters<typeof dossier>[0]) => judge(dossier(given))[0];

  it('law 14: evidence older than the policy is stale, negative and positive alike', () => {
    const old = '2026-11-22T08:50:00.000Z';
    expect(word({ evidence: [absentAt(old)] })).toMatchObject({ verdict: 'unproven', reason: 'R-STALE' });
    const present = evidence(
      { saw: 'present', state: 'active', revivedBy: 'others', value: '' },
      { at: old },
    );
    expect(word({ evidence: [present] })).toMatchObject({ verdict: 'unproven', reason: 'R-STALE' });
  });
  it('evidence from after the seal is R-CLOCK', () => {
    expect(word({ evidence: [absentAt('2026-11-22T09:20:00.000Z')] })).toMatchObject({ reason: 'R-CLOCK' });
  });
  it('a server that tells no time proves nothing', () => {
    const { serverAt: _, ...clockless } = stamp();
    const given = evidence({ saw: 'absent', controls: around(clockless) }, { read: clockless });
    expect(word({ evidence: [given] })).toMatchObject({ verdict: 'unproven', reason: 'R-CLOCK' });
  });
  it('a Date header cuts off the fraction: asked in the second of the revocation counts', () => {
    const revokedAt = '2026-11-22T09:05:00.400Z';
    const grants = dossier().grants.map((grant) => ({ ...grant, revokedAt }));
    expect(word({ grants, evidence: [absentAt('2026-11-22T09:05:00.600Z', 1, times.asked)] })?.verdict).toBe(
      'gone',
    );
  });
  it('inside the horizon: R-LAG; two absences a horizon apart: gone', () => {
    const [first, second, near] = [
      '2026-11-22T09:02:30.000Z',
      '2026-11-22T09:05:00.000Z',
      '2026-11-22T09:01:00.000Z',
    ];
    const targets = [lagging];
    expect(word({ targets, evidence: [absentAt(near)] })).toMatchObject({ reason: 'R-LAG' });
    expect(word({ targets, evidence: [absentAt(second)] })).toMatchObject({ reason: 'R-LAG' });
    expect(word({ targets, evidence: [absentAt(near), absentAt(first, 2)] })).toMatchObject({
      reason: 'R-LAG',
    });
    expect(word({ targets, evidence: [absentAt(first), absentAt(second, 2)] })?.verdict).toBe('gone');
  });
  it('a positive starts the horizon again', () => {
    const present = evidence(
      { saw: 'present', state: 'active', revivedBy: 'others', value: '' },
      { round: 2, read: stamp({ serverAt: '2026-11-22T09:04:00.000Z', at: '2026-11-22T09:04:00.000Z' }) },
    );
    const evidences = [absentAt('2026-11-22T09:02:30.000Z'), present, absentAt(times.asked, 3)];
    // the absence since is too young: what stood last still counts
    expect(word({ targets: [lagging], evidence: evidences })?.verdict).toBe('live');
  });
  it('not revoked and still running: R-NOT-REVOKED, whatever was seen', () => {
    const grants = dossier().grants.map(({ revokedAt: _, ...grant }) => grant);
    expect(word({ grants, evidence: [absentAt(times.asked)] })).toMatchObject({
      verdict: 'unproven',
      reason: 'R-NOT-REVOKED',
    });
  });
  it('not revoked and over: judged from its end', () => {
    const grants = dossier().grants.map(({ revokedAt: _, ...grant }) => ({ ...grant, until: times.revoked }));
    expect(word({ grants, evidence: [absentAt(times.asked)] })?.verdict).toBe('gone');
  });
});

describe('what a target is made of', () => {
  const gone = () => evidence({ saw: 'absent', controls: around(stamp()) }, { read: stamp() });

  it('law 9: an issuer that mints elsewhere needs that principal', () => {
    const issuer = target({
      facts: { requires: ['authenticates'], killing: 'authenticates', horizon: 'PT0S', mints: 'elsewhere' },
    });
    const made = (over: Partial<Target>) =>
      target({ id: 'c2', derivedFrom: 'c1', system: 'db', gap: inconclusive('R-SCOPE', ''), ...over });
    const word = (...others: Target[]) =>
      judge(dossier({ targets: [issuer, ...others], evidence: [gone()] }))[0];
    expect(word()).toMatchObject({ verdict: 'unproven', reason: 'R-DERIVED' });
    expect(word(made({}))?.verdict).toBe('gone');
    expect(word(made({ system: 'vault' }))).toMatchObject({ reason: 'R-DERIVED' });
    expect(word(made({ origin: 'copy' }))).toMatchObject({ reason: 'R-DERIVED' });
    expect(word(made({ grant: 'g2' }))).toMatchObject({ reason: 'R-DERIVED' });

    const wrap = target({
      facts: { requires: ['authenticates'], killing: 'authenticates', horizon: 'PT0S', mints: 'anywhere' },
    });
    const held = (...others: Target[]) =>
      judge(dossier({ targets: [wrap, ...others], evidence: [gone()] }))[0];
    expect(held()).toMatchObject({ verdict: 'unproven', reason: 'R-DERIVED' });
    expect(held(made({ system: 'vault' }))?.verdict).toBe('gone');
    expect(held(made({ origin: 'copy' }))).toMatchObject({ reason: 'R-DERIVED' });
  });

  it('law 5: a lead that became no target is unproven; one that did carries the verdict itself', () => {
    const lead = { kind: 'postgres/session', ref: { pid: 7 }, relation: 'opened' };
    const open = evidence(
      { saw: 'present', state: 'active', revivedBy: 'others', value: 'open', leads: [lead] },
      { claim: 'in-flight' },
    );
    const role = target({
      facts: {
        requires: ['authenticates', 'in-flight'],
        killing: 'authenticates',
        horizon: 'PT0S',
        mints: false,
      },
      asks: [
        { check: 'vault/authenticates', claim: 'authenticates', point: 'a', decides: true },
        { check: 'vault/in-flight', claim: 'in-flight', point: 'a', decides: true },
      ],
    });
    const session = target({
      id: 'c1/opened-1',
      derivedFrom: 'c1',
      leads: ['["vault","postgres/session",[["pid",7]]]'],
    });
    const word = (...targets: Target[]) => judge(dossier({ targets, evidence: [gone(), open] }))[0];
    expect(word(role)).toMatchObject({ verdict: 'unproven', reason: 'R-DEPTH' });
    expect(word(role, session)?.verdict).toBe('gone');
    const bare = evidence(
      { saw: 'present', state: 'active', revivedBy: 'others', value: 'open' },
      { claim: 'in-flight' },
    );
    expect(judge(dossier({ targets: [role], evidence: [gone(), bare] }))[0]?.verdict).toBe('live');
  });

  it('rights that only the record declares count unless the policy refuses them', () => {
    const assumed = evidence({ saw: 'excluded', basis: 'declared', why: 'it could make none', controls: [] });
    const refuse = { ...dossier().policy, assumedRights: 'refuse' } as const;
    expect(judge(dossier({ evidence: [assumed] }))[0]?.verdict).toBe('gone');
    expect(judge(dossier({ evidence: [assumed], policy: refuse }))[0]).toMatchObject({
      verdict: 'unproven',
      reason: 'R-RIGHTS',
      detail: 'it could make none',
    });
  });

  it('law 1: a look whose every find has ended since was not the last word', () => {
    const lead = { kind: 'vault/token', ref: { accessor: 'o1' }, relation: 'born' };
    const look = target({
      id: 'hunt:vault',
      kind: 'vault/hunt',
      origin: 'coverage',
      identity: 'hunt',
      facts: { requires: ['window-born'], killing: 'authenticates', horizon: 'PT0S', mints: false },
      asks: [{ check: 'vault/window-born', claim: 'window-born', point: 'a', decides: true }],
    });
    const found = target({
      id: 'hunt:vault/born-1',
      identity: 'o1',
      origin: 'window-born',
      leads: ['["vault","vault/token",[["accessor","o1"]]]'],
    });
    const about = { target: look.id, claim: 'window-born', about: 'hunt' } as const;
    const saw = (round: number) => {
      const controls = around(stamp({ epoch: round }));
      const seen = {
        saw: 'present',
        state: 'active',
        revivedBy: 'subject',
        value: '',
        leads: [lead],
        controls,
      } as const;
      return evidence(seen, { ...about, round, read: stamp({ epoch: round }) });
    };
    const nothing = (round: number) => {
      const controls = around(stamp({ epoch: round }));
      return evidence({ saw: 'absent', controls }, { ...about, round, read: stamp({ epoch: round }) });
    };
    const itself = (observation: Observation) => evidence(observation, { target: found.id, about: 'o1' });
    const gone = itself({ saw: 'absent', controls: around(stamp()) });
    const live = itself({ ...standing });
    const judged = (...all: readonly Evidence[]) =>
      judge(dossier({ targets: [look, found], evidence: all })).map((one) => one.verdict);
    expect(judged(saw(1), gone)).toEqual(['unproven', 'gone']);
    expect(judged(saw(1), gone, saw(2))).toEqual(['unproven', 'gone']);
    expect(judged(saw(1), gone, nothing(2))).toEqual(['gone', 'gone']);
    expect(judged(saw(1), live)).toEqual(['gone', 'live']);
    // a look that rests on nothing is not complete, whatever it found
    const early = '2026-11-22T08:59:58.000Z';
    const stale = stamp({ serverAt: early, at: early });
    const old = {
      ...saw(1),
      reads: [stale],
      observation: { ...saw(1).observation, controls: around(stale) },
    };
    expect(judged(old as Evidence, live)).toEqual(['unproven', 'live']);
  });

  it('law 8: points that are two instances prove nothing, in the same round', () => {
    const at = (point: string, instance: string, round = 1) => {
      const read = stamp({ point, instance, epoch: round });
      return evidence({ saw: 'absent', controls: around(read) }, { point, round, read });
    };
    const asks = ['a', 'b'].map((point) => ({
      check: 'vault/authenticates',
      claim: 'authenticates' as const,
      point,
      decides: true,
    }));
    const judged = (...all: readonly Evidence[]) =>
      judge(dossier({ targets: [target({ asks })], evidence: all }))[0];
    expect(judged(at('a', 'cluster-1'), at('b', 'cluster-1'))?.verdict).toBe('gone');
    expect(judged(at('a', 'cluster-1'), at('b', 'cluster-2'))).toMatchObject({
      verdict: 'unproven',
      reason: 'R-INSTANCE',
    });
    // a server that was replaced between two rounds is one at a time
    const both = [
      at('a', 'cluster-1'),
      at('b', 'cluster-1'),
      at('a', 'cluster-2', 2),
      at('b', 'cluster-2', 2),
    ];
    expect(judged(...both)?.verdict).toBe('gone');
  });

  it('law 5: leads of an earlier round do not answer for a round that could not look', () => {
    const lead = { kind: 'vault/token', ref: { accessor: 'o1' }, relation: 'made' };
    const asks = (['authenticates', 'derived'] as const).map((claim) => ({
      check: `vault/${claim}`,
      claim,
      point: 'a',
      decides: true,
    }));
    const facts = {
      requires: ['authenticates', 'derived'],
      killing: 'authenticates',
      horizon: 'PT0S',
      mints: false,
    } as const;
    const parent = target({ facts, asks });
    const orphan = target({
      id: 'c1/made-1',
      derivedFrom: 'c1',
      leads: ['["vault","vault/token",[["accessor","o1"]]]'],
    });
    const found = (round: number) =>
      evidence(
        { saw: 'present', state: 'active', revivedBy: 'subject', value: '', leads: [lead] },
        { claim: 'derived', round },
      );
    const ended = (round: number) => {
      const read = stamp({ epoch: round });
      return evidence({ saw: 'absent', controls: around(read) }, { round, read });
    };
    const blind = evidence(inconclusive('R-PERM', 'may not list'), { claim: 'derived', round: 2 });
    const word = (...given: Evidence[]) => judge(dossier({ targets: [parent, orphan], evidence: given }))[0];
    expect(word(ended(1), ended(2), found(1), found(2))?.verdict).toBe('gone');
    expect(word(ended(1), ended(2), found(1), blind)).toMatchObject({
      verdict: 'unproven',
      reason: 'R-PERM',
    });
  });

  it('a failed check that only corroborates is no doubt, but what it sees is seen', () => {
    const asks = [
      { check: 'vault/authenticates', claim: 'authenticates', point: 'a', decides: true },
      { check: 'vault/side', claim: 'authenticates', point: 'a', decides: false },
    ] as const;
    const side = (observation: Observation) => ({
      ...evidence(observation),
      check: 'vault/side',
      decides: false,
      id: 'ev:side',
    });
    const word = (observation: Observation) =>
      judge(dossier({ targets: [target({ asks })], evidence: [gone(), side(observation)] }))[0]?.verdict;
    expect(word(inconclusive('R-PERM', ''))).toBe('gone');
    expect(word({ saw: 'present', state: 'active', revivedBy: 'others', value: '' })).toBe('live');
  });

  it('a question without its answer, an answer without its question, no question at all: unproven', () => {
    expect(judge(dossier())[0]).toMatchObject({ verdict: 'unproven', reason: 'R-CHECK' });
    expect(judge(dossier({ evidence: [gone(), { ...gone(), check: 'vault/other' }] }))[0]?.verdict).toBe(
      'unproven',
    );
    const two = target({
      facts: {
        requires: ['authenticates', 'in-flight'],
        killing: 'authenticates',
        horizon: 'PT0S',
        mints: false,
      },
    });
    expect(judge(dossier({ targets: [two], evidence: [gone()] }))[0]).toMatchObject({ reason: 'R-NOAPI' });
    expect(judge(dossier({ targets: [target({ asks: [] })], evidence: [] }))[0]).toMatchObject({
      reason: 'R-NOAPI',
    });
    expect(judge(dossier({ targets: [target({ grant: 'g9' })] }))[0]?.verdict).toBe('unproven');
  });

  it('a live one names the absences that say otherwise', () => {
    const asks = ['one', 'two'].map((name) => ({
      check: `vault/${name}`,
      claim: 'authenticates' as const,
      point: 'a',
      decides: true,
    }));
    const absent = { ...gone(), check: 'vault/one', id: 'ev:one' };
    const present = {
      ...evidence({ saw: 'present', state: 'active', revivedBy: 'others', value: 'here' }),
      check: 'vault/two',
      id: 'ev:two',
    };
    expect(judge(dossier({ targets: [target({ asks })], evidence: [absent, present] }))[0]).toMatchObject({
      verdict: 'live',
      because: ['ev:two'],
      contradicted: ['ev:one'],
    });
  });
});
