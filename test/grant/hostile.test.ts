import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { loadGrants } from '../../src/grant/load.ts';
import { maxDocumentBytes } from '../../src/grant/tree.ts';
import { changed, good, kinds, line, lookup, problemsOf, source } from './build.ts';
import { secrets } from './planted.ts';

const files = ['grant.yaml', 'grant.json', 'grant.jsonl', '-'] as const;

/** Loads or refuses; `problemsOf` lets anything but a UsageError through. */
function survives(text: string, file: string): void {
  for (const { line: row, column } of problemsOf(text, file)) {
    expect(row).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(row).toBeLessThanOrEqual(text.split('\n').length);
  }
}

const fragment = fc.constantFrom(
  ...'{}[]:,-?&*!|>%@`"\'#~ \n\t\r\\=<',
  '\n  ',
  '\n- ',
  '- ',
  ': ',
  'a: ',
  '&a ',
  '*a',
  '!!str ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '<<: *a',
  '__proto__: ',
  'constructor',
  '"\\u0000"',
  '1e999',
  '0x1',
  'null',
  'true',
  '\u2028',
  '\uFEFF',
  '𝒳',
  ...good.split(/(?<=\n)/),
);

describe('whatever the text is, it loads or it is refused', () => {
  test('any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...files), survives),
      { numRuns: 500 },
    );
  });

  test('pieces of YAML, JSON and records in any order', () => {
    const text = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text, fc.constantFrom(...files), survives), { numRuns: 600 });
  });

  test('any JSON value', () => {
    fc.assert(fc.property(fc.json({ depthSize: 'large' }), fc.constantFrom(...files), survives), {
      numRuns: 300,
    });
  });

  test('a good record with one line cut, doubled, moved or changed', () => {
    const lines = good.split('\n');
    const edit = fc.record({
      at: fc.nat(lines.length - 1),
      how: fc.constantFrom('cut', 'double', 'indent', 'key', 'swap'),
      with: fc.constantFrom('null', '[]', '{}', '1', 'true', '"x"', '[[]]', '{ a: b }', '2026-11-22', ''),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce((now, { at, how, with: value }) => {
          const old = now[at] ?? '';
          if (how === 'cut') return now.toSpliced(at, 1);
          if (how === 'double') return now.toSpliced(at, 0, old);
          if (how === 'indent') return now.toSpliced(at, 1, `  ${old}`);
          if (how === 'key') return now.toSpliced(at, 1, old.replace(/:.*$/, `: ${value}`));
          return now.toSpliced(at, 1, old.replace(/\w+:/, 'other:'));
        }, lines);
        survives(text.join('\n'), 'grant.yaml');
      }),
      { numRuns: 400 },
    );
  });
});

describe('bounds', () => {
  const repeat = (piece: string) => piece.repeat(Math.floor((maxDocumentBytes - 64) / piece.length));

  test.for([
    ['brackets', '[', '1:65 -: values may nest 64 levels deep at most'],
    ['braces of JSON', '{"a":', '1:321 -: values may nest 64 levels deep at most'],
    ['lists in lists', '- ', '1:132 -: values may nest 64 levels deep at most'],
    ['keys without end', 'a: 1\n', '1:1 -: a document may hold a million values at most'],
    ['directives', '%a\n', '101:1 -: this is not YAML'],
    ['closing braces', '}', '1:101 -: this is not YAML'],
    ['one long word', 'a', '1:1 -: a record is a map of fields'],
    ['digits', '1', '1:1 -: a number is written in plain decimal digits; put an id in quotes'],
    [
      'backslashes',
      '{"a":"\\',
      '1:6 -: not valid JSON: this text holds a bad escape or a bare control character',
    ],
  ] as const)('10 MiB of %s', ([, piece, expected]) => {
    const text = repeat(piece);
    expect(problemsOf(text, text.startsWith('{"a":"') ? 'x.json' : 'x').map(line)[0]).toBe(expected);
  });

  test('64 levels are read, 65 are not', () => {
    const nested = (levels: number) => `x-a: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;
    expect(problemsOf(good + nested(63))).toEqual([]);
    expect(problemsOf(good + nested(64)).map(line)).toEqual([
      '31:69 -: values may nest 64 levels deep at most',
    ]);
  });

  test('a document of 10 MiB is read, one byte more is not; the size is of a document, not of the file', () => {
    const room = maxDocumentBytes - new TextEncoder().encode(good).length;
    const padded = (bytes: number) =>
      `${good}x-note: "${'ä'.repeat((bytes - 12) / 2)}"${bytes % 2 === 0 ? ' ' : ''}\n`;
    const even = room - (room % 2);
    expect(problemsOf(padded(even))).toEqual([]);
    expect(problemsOf(padded(even + 2)).map(line)).toEqual(['1:1 -: a document may have 10 MiB at most']);
    const second = padded(even - 4).replace('jit-1', 'jit-2');
    expect(loadGrants(`${padded(even)}---\n${second}`, source, lookup).grants).toHaveLength(2);
  });

  test('aliases that grow without end', () => {
    const bomb = Array.from({ length: 30 }, (_, level) =>
      level === 0
        ? 'x-0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `x-${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
    );
    const [problem] = problemsOf(`${good}${bomb.join('\n')}\n`);
    expect(problem?.message).toBe('aliases (*name) may add 10,000 values at most');
  });

  test('a list without end', () => {
    const text = changed(['{ team: billing }', `{ team: [${'x,'.repeat(60_000)}] }`]);
    expect(problemsOf(text).map(line)).toEqual(['5:19 -: a list may have 50,000 entries at most']);
  });

  test('a circle of many credentials', () => {
    const many = Array.from(
      { length: 5_000 },
      (_, index) =>
        `  - { id: k${index}, kind: vault/lease, system: v, ref: { leaseId: l }, derivedFrom: k${(index + 1) % 5_000} }`,
    );
    expect(
      problemsOf(`${good.slice(0, good.indexOf('credentials:'))}credentials:\n${many.join('\n')}\n`).map(
        line,
      ),
    ).toEqual([
      '20:79 credentials[0].derivedFrom: these credentials come from each other: k0 → k1 → k2 → k3 → k4 → k5 → k6 → k7 → k0',
    ]);
  });
});

describe('a planted secret never shows', () => {
  const planted = fc.constantFrom(...Object.values(secrets), 'correct-horse-7-battery');
  const quotes = fc.constantFrom<(text: string) => string>(
    (text) => JSON.stringify(text),
    (text) => text,
    (text) => `'${text}`,
    (text) => `{ ${text}: 1 }`,
    (text) => `[${JSON.stringify(text)}]`,
    (text) => `!${text}`,
    (text) => `*${text}`,
    (text) => `exec:${text}`,
    (text) => `env:${text}`,
  );
  const values = [...good.matchAll(/(?<=: )[^{}\n,]+/g)].map(({ index, 0: value }) => ({ index, value }));

  test('in the place of any value, however it is written', () => {
    fc.assert(
      fc.property(
        planted,
        quotes,
        fc.constantFrom(...values),
        fc.constantFrom(...files),
        (secret, write, { index, value }, file) => {
          // names and ids are shown on purpose: what has no shape of a secret is only planted where one belongs
          fc.pre(secret !== 'correct-horse-7-battery' || value.startsWith('file:'));
          const text = good.slice(0, index) + write(secret) + good.slice(index + value.length);
          const found = problemsOf(text, file);
          expect(found.length).toBeGreaterThan(0);
          for (const part of partsOf(secret)) expect(JSON.stringify(found)).not.toContain(part);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('in what a connector says about its ref', () => {
    const lease = kinds[1];
    if (lease === undefined) throw new Error('there is no second kind');
    const talkative = {
      ...lease,
      ref: z
        .strictObject({ leaseId: z.string() })
        .refine(() => false, { error: ({ input }) => `refused: ${JSON.stringify(input)}` }),
    };
    const loud = {
      ...lookup,
      find: (name: string) => (name === 'vault/lease' ? talkative : lookup.find(name)),
    };
    for (const secret of Object.values(secrets)) {
      const text = changed(['database/creds/ro/1', JSON.stringify(secret)]);
      expect(() => loadGrants(text, source, loud)).toThrow(
        expect.objectContaining({
          problems: expect.not.arrayContaining([
            expect.objectContaining({ message: expect.stringContaining(partsOf(secret)[0] ?? secret) }),
          ]),
        }),
      );
    }
  });
});

/** Every piece of a secret that is long enough to give it away. */
function partsOf(secret: string): string[] {
  return secret
    .split(/[^A-Za-z0-9_+/-]+/)
    .filter((part) => part.length >= 9 && !/^(?:example|verifier|PRIVATE|password)/i.test(part));
}
