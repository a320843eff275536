import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edge, Observation } from '../../src/model/observation.ts';
import type { Finding, VerdictWord } from '../../src/model/report.ts';
import { smallestCut } from '../../src/trace/cut.ts';
import { trace } from '../../src/trace/trace.ts';
import { dossier, evidence, target } from '../judge/build.ts';

const [facts] = dossier().grants;
if (facts === undefined) throw new Error('no grant');
const grant = facts;

const verdicts = {
  live: { verdict: 'live', reason: 'R-LISTED', detail: '', because: ['e'], contradicted: [] },
  dormant: { verdict: 'dormant', reason: 'R-DISABLED', detail: '', because: ['e'], contradicted: [] },
  unproven: { verdict: 'unproven', reason: 'R-PERM', detail: '', because: [] },
  gone: { verdict: 'gone', because: ['e'] },
} as const;

interface Given {
  readonly word?: VerdictWord;
  readonly edges?: readonly Edge[];
  readonly until?: string;
  readonly derivedFrom?: string;
  readonly relation?: string;
}

function finding(id: string, { word = 'live', edges = [], until, ...more }: Given = {}): Finding {
  const seen: Observation = { saw: 'present', state: 'active', revivedBy: 'others', value: '', edges };
  return {
    target: target({ id, kind: 'db/thing', system: 'db', label: id, identity: id, ...more }),
    verdict: verdicts[word],
    evidence: [evidence(seen)],
    ...(until === undefined ? {} : { upperBound: until }),
  };
}

const node = (id: string) => ({ kind: 'db/thing', id });
const edge = (from: readonly [string, ...string[]], to: string, relation = 'is member of'): Edge => {
  const [first, ...rest] = from;
  return { from: [node(first), ...rest.map(node)], to: node(to), relation };
};
const drawn = (findings: readonly Finding[]) =>
  trace(grant, findings).paths.map(
    (path) =>
      `${path.target} ${path.status}: ${path.hops.map((hop) => `${hop.from} ${hop.relation} ${hop.to}`).join(', ')}`,
  );

describe('what is held', () => {
  it('is reached as long as it is not gone, whatever became of what made it', () => {
    const lease = finding('lease', { word: 'gone' });
    const role = finding('role', { derivedFrom: 'lease', relation: 'made' });
    expect(drawn([lease, role])).toEqual([
      'role open: bot was given lease, lease made role, role reaches db',
    ]);
  });

  it.each([
    ['live', 'open'],
    ['unproven', 'possible'],
    ['dormant', 'dormant'],
  ] as const)('%s is %s', (word, status) => {
    expect(trace(grant, [finding('c1', { word })]).paths[0]?.status).toBe(status);
  });

  it('that a look was complete is no access', () => {
    const look = finding('hunt:db', { word: 'unproven' });
    expect(trace(grant, [{ ...look, target: { ...look.target, origin: 'coverage' } }]).paths).toEqual([]);
  });
});

describe('what is reached over other things', () => {
  const role = (word: VerdictWord) => finding('role', { word });
  const member = (word: VerdictWord) => finding('member', { word, edges: [edge(['role'], 'group')] });
  const right = (word: VerdictWord) =>
    finding('right', { word, edges: [edge(['group'], 'table', 'may read')] });

  it('runs from the subject to the end', () => {
    expect(drawn([role('live'), member('live'), right('live')])).toContain(
      'right open: bot was given role, role is member of group, group may read table',
    );
  });

  it('closes with any hop that is gone', () => {
    expect(drawn([role('gone'), member('live'), right('live')])).toEqual([]);
    expect(drawn([role('live'), member('gone'), right('live')])).toEqual([
      'role open: bot was given role, role reaches db',
    ]);
  });

  it('is possible with an unproven hop, and dormant with a dormant one', () => {
    const status = (...words: readonly [VerdictWord, VerdictWord, VerdictWord]) =>
      trace(grant, [role(words[0]), member(words[1]), right(words[2])]).paths.find(
        (one) => one.target === 'right',
      )?.status;
    expect(status('live', 'unproven', 'dormant')).toBe('possible');
    expect(status('live', 'dormant', 'live')).toBe('dormant');
  });

  it('an account that nobody asked about stands', () => {
    expect(drawn([member('live')])).toEqual([
      'member open: bot has the account role, role is member of group',
    ]);
  });

  it('a hop that needs two things is closed by the end of either', () => {
    const both = finding('both', { edges: [edge(['secret-id', 'role'], 'login', 'log in as')] });
    const standing = [finding('secret-id'), finding('role'), both];
    expect(trace(grant, standing).paths.map((one) => one.target)).toContain('both');
    expect(
      trace(grant, [finding('secret-id', { word: 'gone' }), finding('role'), both]).paths.map(
        (one) => one.target,
      ),
    ).toEqual(['role']);
    expect(
      trace(grant, [finding('secret-id'), finding('role', { word: 'gone' }), both]).paths.map(
        (one) => one.target,
      ),
    ).toEqual(['secret-id']);
  });

  it('of several ways the most open is shown, then the shortest', () => {
    const round = [
      finding('a', { edges: [edge(['role'], 'between')] }),
      finding('b', { edges: [edge(['between'], 'group')] }),
    ];
    const [path] = drawn([role('live'), ...round, member('dormant'), right('live')]).filter((one) =>
      one.startsWith('right'),
    );
    expect(path).toContain('right open: bot was given role, role is member of between');
    const [short] = drawn([role('live'), ...round, member('live'), right('live')]).filter((one) =>
      one.startsWith('right'),
    );
    expect(short).toBe('right open: bot was given role, role is member of group, group may read table');
  });

  it('circles end', () => {
    const circle = [
      finding('x', { edges: [edge(['one'], 'two')] }),
      finding('y', { edges: [edge(['two'], 'one')] }),
    ];
    expect(drawn(circle)).toEqual([]);
    expect(drawn([finding('one'), ...circle])).toEqual([
      'one open: bot was given one, one reaches db',
      'x open: bot was given one, one is member of two',
      'y open: bot was given one, one is member of two, two is member of one',
    ]);
  });
});

describe('the bound', () => {
  const role = finding('role', { until: '2026-11-22T12:00:00Z' });
  const right = finding('right', { edges: [edge(['role'], 'table', 'may read')] });

  it('of a path is the end of the first thing on it that ends by itself', () => {
    expect(trace(grant, [role, right]).paths.map((one) => [one.target, one.upperBound])).toEqual([
      ['right', '2026-11-22T12:00:00Z'],
      ['role', '2026-11-22T12:00:00Z'],
    ]);
  });

  it('of the grant is the latest, and there is none where one path has none', () => {
    expect(trace(grant, [role, right]).upperBound).toBe('2026-11-22T12:00:00Z');
    const later = finding('later', { until: '2026-11-22T15:00:00+02:00' });
    expect(trace(grant, [role, later]).upperBound).toBe('2026-11-22T15:00:00+02:00');
    expect(trace(grant, [role, finding('for ever')]).upperBound).toBeUndefined();
  });
});

describe('the cut', () => {
  it('is the one thing that every path runs through', () => {
    const rights = ['r1', 'r2', 'r3'].map((id) =>
      finding(id, { edges: [edge(['role'], `${id}-table`, 'may read')] }),
    );
    expect(trace(grant, [finding('role'), ...rights]).cut).toEqual(['role']);
  });

  it('has everything that is held by itself', () => {
    expect(trace(grant, [finding('b'), finding('a'), finding('c', { word: 'gone' })]).cut).toEqual([
      'a',
      'b',
    ]);
  });

  const sets = fc.array(
    fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 4 }),
    {
      maxLength: 8,
    },
  );
  const hits = (cut: readonly string[], ways: readonly (readonly string[])[]) =>
    ways.every((way) => way.some((one) => cut.includes(one)));

  it('closes every way, with no smaller set that does, and does not depend on the order', () => {
    fc.assert(
      fc.property(sets, (ways) => {
        const cut = smallestCut(ways.map((way) => new Set(way)));
        expect(hits(cut, ways)).toBe(true);
        expect(smallestCut(ways.toReversed().map((way) => new Set(way.toReversed()))).length).toBe(
          cut.length,
        );
        const all = ['a', 'b', 'c', 'd', 'e', 'f'];
        for (let bits = 0; bits < 2 ** all.length; bits += 1) {
          const other = all.filter((_, bit) => bits & (1 << bit));
          if (cut.length <= 3 && other.length < cut.length) expect(hits(other, ways)).toBe(false);
        }
      }),
    );
  });
});
