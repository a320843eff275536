import { describe, expect, test } from 'vitest';
import { reasons } from '../../src/model/reason.ts';
import type { Report } from '../../src/model/report.ts';
import { exitLine } from '../../src/reporters/exit-line.ts';
import { formats, reporters } from '../../src/reporters/index.ts';
import type { Format } from '../../src/reporters/index.ts';
import { plainLook } from '../../src/reporters/look.ts';
import type { Look } from '../../src/reporters/look.ts';
import { reasonTexts } from '../../src/reporters/messages.ts';
import { reportSchema } from '../../src/reporters/report-schema.ts';
import { dormant, dossierOf, facts, gone, grantReport, live, mixed, reportOf, unproven } from './sample.ts';

function written(format: Format, report: Report, look: Partial<Look> = {}): string {
  return reporters[format]({ report, dossier: dossierOf(report) }, { ...plainLook, ...look });
}

const allGone = reportOf([grantReport([gone('c1'), gone('c2')])]);

describe('pictures', () => {
  test.each(formats)('%s of one of each verdict', (format) => {
    expect(written(format, mixed)).toMatchSnapshot();
  });

  test('text of a proven run', () => {
    expect(written('text', allGone)).toMatchSnapshot();
  });

  test('text in full and in quiet', () => {
    expect(written('text', mixed, { detail: 'full', saved: 'out/report.json' })).toMatchSnapshot();
    expect(written('text', mixed, { detail: 'quiet' })).not.toContain('accessor c0');
  });

  test('text of two grants, the worse first', () => {
    const calm = grantReport([gone('c1')], { grant: { ...facts, id: 'calm' } });
    const bad = grantReport([live('c2', { grant: 'bad' })], { grant: { ...facts, id: 'bad' } });
    const both = written('text', reportOf([calm, bad]));
    expect(both.indexOf('grant bad')).toBeLessThan(both.indexOf('grant calm'));
    expect(both.indexOf('grant bad')).toBeGreaterThan(-1);
  });
});

describe('text', () => {
  test('every open block has its path, its proof or its need, a fix and a next command', () => {
    const text = written('text', mixed);
    for (const word of ['LIVE', 'DORMANT', 'UNPROVEN']) {
      const block = text.split('\n\n').find((part) => part.startsWith(`${word}  F-`)) ?? '';
      for (const label of ['path', 'why', word === 'UNPROVEN' ? 'asked' : 'proof', 'fix', 'then', 'more'])
        expect(block).toContain(`      ${label} `);
      expect(block.includes('      needs')).toBe(word === 'UNPROVEN');
    }
  });

  test('the worst stands first', () => {
    const words = [...written('text', mixed).matchAll(/^(LIVE|UNPROVEN|DORMANT|GONE)  /gm)].map((m) => m[1]);
    expect(words).toEqual(['LIVE', 'UNPROVEN', 'DORMANT', 'GONE']);
  });

  test('a gone item tells how long its end took, where that was seen', () => {
    const report = reportOf([grantReport([{ ...gone('c1'), timeToRevocation: 12.5 }])]);
    expect(written('text', report).replace(/\s+/g, ' ')).toContain('gone 12.5 s after the revocation');
    expect(
      reportSchema.parse(JSON.parse(written('json', report))).grants[0]?.targets[0]?.timeToRevocation,
    ).toBe(12.5);
  });

  test('more than 20 gone are a count, and -v lists them with their controls', () => {
    const many = reportOf([grantReport(Array.from({ length: 21 }, (_, n) => gone(`c${n}`)))]);
    expect(written('text', many)).toContain('GONE  21   each with its control (-v lists them)');
    expect(written('text', many)).not.toContain('accessor c20');
    expect(
      written('text', many, { detail: 'full' }).match(/control accessor 9793 seen before/g),
    ).toHaveLength(21);
  });

  test('the word clean stands only where everything is gone and the exit code is 0', () => {
    expect(written('text', allGone)).toMatch(/clean/);
    const open = [live('c1'), dormant('c1'), unproven('c1')].map((one) => reportOf([grantReport([one])]));
    const softened = open.map((one) => ({ ...one, exitCode: 0 }));
    const empty = reportOf([], { exitCode: 0 });
    for (const report of [...open, ...softened, empty]) expect(written('text', report)).not.toMatch(/clean/i);
  });

  test('pins, plain http, softening, coverage and an unsigned source are said', () => {
    const soft = reportOf([grantReport([unproven('c1')])], {
      exitCode: 0,
      softened: [{ grant: 'jit-2041', target: 'c1', by: '--fail-on live' }],
    });
    const text = written('text', soft, { judgedFrom: 'evidence.json' });
    expect(text).toContain('instance not pinned: vault-prod (tombstone doctor --pin)');
    expect(text).toContain('plain http, as the configuration allows: vault-prod');
    expect(text).toContain('softened by --fail-on live');
    expect(text).toContain('  vault-prod: sweep, hunt (looked at: declared targets)');
    expect(text).toContain('judged from evidence.json, which is unsigned');
    expect(text).toContain('  UNPROVEN   1 unproven');
  });

  test('colour is only paint: without it the same words stand there', () => {
    const painted = written('text', mixed, { color: true });
    expect(painted).toContain('\u001b[');
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(written('text', mixed));
  });

  test('lines keep to 80 columns unless a single word is longer', () => {
    const wide = written('text', mixed, { detail: 'full' })
      .split('\n')
      .filter((line) => line.length > 80 && !line.includes('F-'));
    expect(wide).toEqual([]);
  });
});

describe('json', () => {
  const reports: readonly (readonly [string, Report])[] = [
    ['mixed', mixed],
    ['gone', allGone],
    ['empty', reportOf([])],
    [
      'softened',
      reportOf(mixed.grants, { softened: [{ grant: 'jit-2041', target: 'c1', by: 'required: false' }] }),
    ],
  ];

  test.each(reports)('the %s report keeps to its schema, unknown keys included', (_, report) => {
    expect(reportSchema.parse(JSON.parse(written('json', report)))).toEqual(
      JSON.parse(written('json', report)),
    );
  });

  test('an unknown key does not pass the schema', () => {
    const document: unknown = { ...JSON.parse(written('json', mixed)), more: 1 };
    expect(reportSchema.safeParse(document).success).toBe(false);
  });

  test('what the configuration adds to the policy stays out', () => {
    const policy = { ...mixed.policy, more: 'accept' };
    expect(written('json', { ...mixed, policy })).toBe(written('json', mixed));
  });
});

describe('names of findings', () => {
  const print = (report: Report) =>
    reportSchema.parse(JSON.parse(written('json', report))).grants.flatMap((one) => one.targets);

  test('the fingerprint stays when the verdict changes, and differs with each part of the name', () => {
    const [before] = print(reportOf([grantReport([live('c1')])]));
    const [after] = print(reportOf([grantReport([{ ...unproven('c1'), target: live('c1').target }])]));
    expect(before?.verdict).not.toBe(after?.verdict);
    expect(before?.fingerprint).toBe(after?.fingerprint);
    const others = [{ id: 'c2' }, { kind: 'postgres/session' }, { system: 'other' }, { grant: 'other' }];
    const all = others.map((part) => print(reportOf([grantReport([live('c1', part)])]))[0]?.fingerprint);
    expect(new Set([before?.fingerprint, ...all]).size).toBe(5);
  });

  test('text, plain and json agree on the numbers', () => {
    const numbers = print(mixed).map((one) => `${one.finding} ${one.verdict}`);
    const lines = written('plain', mixed).trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(1, 3).join(' '))).toEqual(numbers);
    expect(written('text', mixed)).toContain(`LIVE  F-1`);
    expect(numbers[0]).toBe('F-1 live');
  });
});

describe('the exit line', () => {
  test.each<[Report, string]>([
    [mixed, 'exit 1: 1 item live, 1 item dormant (R-LISTED, R-DISABLED)'],
    [reportOf([grantReport([unproven('c1')])]), 'exit 3: 1 item unproven (R-PERM)'],
    [allGone, 'exit 0: 2 items proven gone'],
    [
      reportOf([grantReport([live('c1')])], {
        exitCode: 0,
        softened: [{ grant: 'jit-2041', target: 'c1', by: '--fail-on never' }],
      }),
      'exit 0: softened for 1 finding; the verdicts are 1 live',
    ],
  ])('%#', (report, line) => {
    expect(exitLine(report)).toBe(line);
  });
});

test('every reason has its sentences', () => {
  expect(Object.keys(reasonTexts).toSorted()).toEqual(reasons.toSorted());
});
