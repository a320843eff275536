import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/dossier.ts';
import type { Finding, GrantReport, VerdictWord } from '../../src/model/report.ts';
import { exitCode, softened } from '../../src/report/exit-code.ts';
import { dossier, target } from '../judge/build.ts';

const policy = dossier().policy;

function finding(word: VerdictWord, required = true): Finding {
  const verdict =
    word === 'gone'
      ? ({ verdict: 'gone', because: ['ev:1'] } as const)
      : word === 'unproven'
        ? ({ verdict: 'unproven', reason: 'R-PERM', detail: '', because: [] } as const)
        : ({ verdict: word, reason: 'R-LISTED', detail: '', because: ['ev:1'], contradicted: [] } as const);
  return { target: target({ required, id: `${word}-${required}` }), verdict, evidence: [] };
}

function grants(...findings: Finding[]): readonly GrantReport[] {
  const [grant] = dossier().grants;
  if (grant === undefined) throw new Error('no grant');
  return [{ grant, verdict: 'gone', findings, paths: [], cut: [], coverage: [] }];
}

describe('the exit code is the worst that counts', () => {
  const words: readonly VerdictWord[] = ['live', 'unproven', 'dormant', 'gone'];
  const sets = Array.from({ length: 2 ** words.length }, (_, bits) =>
    words.filter((_word, bit) => bits & (1 << bit)),
  );
  const policies: readonly (Partial<Policy> & { name: string; counts: readonly VerdictWord[] })[] = [
    { name: 'default', counts: ['live', 'dormant', 'unproven'] },
    { name: 'allow dormant', allowDormant: true, counts: ['live', 'unproven'] },
    { name: 'fail on live', failOn: 'live', counts: ['live', 'dormant'] },
    { name: 'fail on live, allow dormant', failOn: 'live', allowDormant: true, counts: ['live'] },
    { name: 'fail never', failOn: 'never', counts: [] },
  ];
  for (const { name, counts, ...over } of policies) {
    for (const set of sets) {
      const counting = set.filter((word) => counts.includes(word));
      const code =
        set.length === 0 ? 3 : counting.some((word) => word !== 'unproven') ? 1 : counting.length > 0 ? 3 : 0;
      it(`${name}: ${set.join(' + ') || 'nothing'} is ${code}`, () => {
        const given = grants(...set.map((word) => finding(word)));
        expect(exitCode(given, { ...policy, ...over })).toBe(code);
        // whatever does not count is said
        const said = softened(given, { ...policy, ...over }).length;
        expect(said).toBe(set.filter((word) => word !== 'gone' && !counts.includes(word)).length);
      });
    }
  }

  it('required: false excuses only unproven', () => {
    expect(exitCode(grants(finding('gone'), finding('unproven', false)), policy)).toBe(0);
    expect(exitCode(grants(finding('live', false)), policy)).toBe(1);
    expect(exitCode(grants(finding('dormant', false)), policy)).toBe(1);
    expect(softened(grants(finding('unproven', false)), policy)).toHaveLength(1);
  });

  it('one grant without a finding is not clean', () => {
    expect(exitCode([...grants(finding('gone')), ...grants()], policy)).toBe(3);
    expect(exitCode([], policy)).toBe(3);
  });
});
