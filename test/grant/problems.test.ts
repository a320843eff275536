import { describe, expect, test } from 'vitest';
import { assertUniqueIds, loadGrants } from '../../src/grant/load.ts';
import { UsageError } from '../../src/model/errors.ts';
import { asJson, changed, good, line, lookup, problemsOf, source } from './build.ts';

describe('warnings', () => {
  test('a missing immutable id is an identifier gap', () => {
    const { grants, warnings } = loadGrants(changed([', oid: 16389', '']), source, lookup);
    expect(grants[0]?.credentials[1]?.ref).toEqual({ name: 'v-approle-ro-1' });
    expect(warnings.map(line)).toEqual([
      '28:5 credentials[1].ref.oid: identifier gap: without "oid" a recreated or renamed object cannot be told apart, so gone needs the id | Record oid when the grant is made: postgres/role needs oid.',
    ]);
  });

  test('an issuedAt before from', () => {
    const { warnings } = loadGrants(
      changed(['issuedAt: 2026-11-22T08:14:03Z', 'issuedAt: 2026-11-22T08:13:59Z']),
      source,
      lookup,
    );
    expect(warnings.map(line)).toEqual([
      '24:15 credentials[0].issuedAt: issued before validity.from: the window starts here, at the earlier instant',
    ]);
  });

  test('a record without any', () => {
    expect(loadGrants(good, source, lookup).warnings).toEqual([]);
  });
});

describe('all problems at once', () => {
  test('of the schema, of the rules, of the refs and of the times, in the order of the file', () => {
    const text = changed(
      ['kind: agent', 'kind: robot'],
      ['  until: 2026-11-22T09:14:00Z', '  until: 2026-11-22T08:14:00Z'],
      ['leaseId', 'lease'],
      ['derivedFrom: c1', 'derivedFrom: c9'],
    );
    expect(problemsOf(text).map(({ line }) => line)).toEqual([7, 13, 23, 23, 29]);
  });

  test('of every document, the good ones are not returned', () => {
    const lines = [
      '{"apiVersion":"tombstone/v1"',
      JSON.stringify(asJson(good)),
      '{"kind":"AccessGrant","kind":1}',
    ];
    const found = problemsOf(lines.join('\n'), 'many.jsonl');
    expect(new Set(found.map(({ line }) => line))).toEqual(new Set([1, 3]));
    expect(line(found[0] ?? { file: '', message: '' })).toBe(
      '1:29 -: not valid JSON: a comma or "}" belongs here',
    );
  });

  test('no more than a hundred', () => {
    const found = problemsOf(`${Array.from({ length: 500 }, (_, index) => `k${index}: 1`).join('\n')}\n`);
    expect(found).toHaveLength(100);
  });

  test('a column counts in a line after a line end of Windows', () => {
    const text = changed(['kind: agent', 'kind: robot']).replaceAll('\n', '\r\n');
    expect(problemsOf(text).map(line)).toEqual([
      '7:9 subject.kind: this must be one of agent, workload, human',
    ]);
  });
});

describe('JSON', () => {
  const json = JSON.stringify(asJson(good), null, 1);

  test.for([
    [
      'a key written twice',
      json.replace('"id": "jit-1"', '"id": "a", "id": "jit-1"'),
      '5:14 metadata.id: this key is written twice | Keep one of the two.',
    ],
    [
      '__proto__',
      json.replace('"id": "jit-1"', '"id": "jit-1", "__proto__": {}'),
      '5:18 metadata.__proto__: unknown key "__proto__"',
    ],
    [
      'a number that would be rounded',
      json.replace('16389', '9007199254740993'),
      '58:12 credentials[1].ref.oid: this number is too large to be kept exactly: put it in quotes',
    ],
    [
      'a missing comma',
      json.replace('"jit-1",', '"jit-1"'),
      '6:3 -: not valid JSON: a comma or "}" belongs here',
    ],
    [
      'a text that does not end',
      json.slice(0, json.indexOf('jit-1') + 2),
      '5:9 -: not valid JSON: this text has no closing quote',
    ],
    [
      'a bad escape',
      json.replace('jit-1', 'jit\\x'),
      '5:9 -: not valid JSON: this text holds a bad escape or a bare control character',
    ],
    [
      'something after the end',
      `${json} x`,
      '63:3 -: not valid JSON: something follows the end of the document',
    ],
    ['a word that is none', json.replace('16389', 'NaN'), '58:12 -: not valid JSON: a value belongs here'],
    [
      'a trailing comma',
      json.replace('"jit-1",', '"jit-1",,'),
      '5:17 -: not valid JSON: a key in double quotes belongs here',
    ],
  ] as const)('%s', ([, text, expected]) => {
    expect(problemsOf(text, 'grant.json').map(line)).toEqual([expected]);
  });
});

describe('ids over several files', () => {
  const other = { file: 'other.yaml', directory: '/records' };

  test('the second place is named, and the first', () => {
    const grants = [
      ...loadGrants(good, source, lookup).grants,
      ...loadGrants(`# again\n${good}`, other, lookup).grants,
    ];
    const check = () => assertUniqueIds(grants);
    expect(check).toThrow(UsageError);
    try {
      check();
    } catch (error) {
      const found = error instanceof UsageError ? error.problems : [];
      expect(found).toEqual([
        {
          file: 'other.yaml',
          line: 5,
          column: 7,
          field: 'metadata.id',
          message: 'the id "jit-1" is taken by another record of this set',
          hint: 'The first one is in grant.yaml, line 4.',
        },
      ]);
    }
  });

  test('different ids pass', () => {
    const grants = [
      ...loadGrants(good, source, lookup).grants,
      ...loadGrants(good.replace('jit-1', 'jit-2'), other, lookup).grants,
    ];
    expect(() => assertUniqueIds(grants)).not.toThrow();
  });
});
