import { describe, expect, it } from 'vitest';
import type { GrantReport, VerdictWord } from '../../src/model/report.ts';
import { arrange } from '../../src/reporters/arrange.ts';
import { tree } from '../../src/reporters/tree.ts';
import { report } from '../../src/report/report.ts';
import { dossier, target } from '../judge/build.ts';

const look = { color: false, detail: 'usual', again: 'tombstone verify x' } as const;

/** A tree of these targets: id, what it was made from, its verdict. */
function drawn(...targets: readonly (readonly [string, string | undefined, VerdictWord])[]): string {
  const made = targets.map(([id, derivedFrom]) =>
    target({ id, label: id, ...(derivedFrom === undefined ? {} : { derivedFrom }) }),
  );
  const whole = report(dossier({ targets: made }));
  const words = new Map(targets.map(([id, , word]) => [id, word]));
  const grants = whole.grants.map((grant): GrantReport => ({
    ...grant,
    findings: grant.findings.map((finding) => {
      const word = words.get(finding.target.id) ?? 'unproven';
      return word === 'gone' ? { ...finding, verdict: { verdict: 'gone', because: ['e'] } } : finding;
    }),
  }));
  const [arranged] = arrange({ ...whole, grants });
  return arranged === undefined ? '' : tree(arranged, look);
}

describe('the tree of origins', () => {
  it('shows what was made from what, and what became of it', () => {
    const text = drawn(
      ['c1', undefined, 'gone'],
      ['c2', 'c1', 'gone'],
      ['c3', 'c2', 'unproven'],
      ['c4', 'c1', 'unproven'],
    );
    expect(text).toBe(
      [
        'from     bot',
        '  └─ GONE  vault/token c1',
        '     ├─ GONE  vault/token c2',
        '     │  └─ UNPROVEN  vault/token c3  F-1',
        '     └─ UNPROVEN  vault/token c4  F-2',
      ].join('\n'),
    );
  });
  it('is not drawn where all is gone, or nothing was made from anything', () => {
    expect(drawn(['c1', undefined, 'gone'], ['c2', 'c1', 'gone'])).toBe('');
    expect(drawn(['c1', undefined, 'unproven'], ['c2', undefined, 'gone'])).toBe('');
  });
  it('a circle ends, and a parent that is not there is none', () => {
    expect(drawn(['a', 'b', 'unproven'], ['b', 'a', 'unproven'], ['c', 'nowhere', 'unproven'])).toBe(
      'from     bot\n  └─ UNPROVEN  vault/token c  F-3',
    );
  });
  it('many are cut short', () => {
    const many = Array.from({ length: 60 }, (_, index) => [`x${index + 10}`, 'c1', 'unproven'] as const);
    expect(drawn(['c1', undefined, 'gone'], ...many).split('\n')).toHaveLength(42);
  });
});
