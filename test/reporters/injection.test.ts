import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { formats, reporters } from '../../src/reporters/index.ts';
import { plainLook } from '../../src/reporters/look.ts';
import { shown } from '../../src/reporters/shown.ts';
import {
  dormant,
  dossierOf,
  evidence,
  facts,
  gone,
  grantReport,
  live,
  reportOf,
  unproven,
} from './sample.ts';

const attacks: readonly (readonly [string, string])[] = [
  ['a colour', '\u001b[31mred\u001b[0m'],
  ['a title (OSC)', '\u001b]0;owned\u0007'],
  ['a link (OSC 8)', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\'],
  ['an 8-bit CSI', '\u009b31mred'],
  ['a cursor jump', 'x\u001b[2A\u001b[2Kgone'],
  ['a carriage return', 'live\rgone'],
  ['a backspace', 'live\b\b\b\bgone'],
  ['a line feed', 'x\nGONE  F-1  all of it'],
  ['a line separator', 'x\u2028GONE'],
  ['a tab', 'x\tgone\ty'],
  ['a bidi override', 'x\u202egnol\u202c'],
  ['a bidi isolate', '\u2066x\u2069'],
  ['a zero width space', 'ad\u200bmin'],
  ['a byte order mark', '\ufeffx'],
  ['tag characters', 'x\u{e0041}'],
  ['a lone surrogate', 'x\ud800y'],
  ['NUL and DEL', 'x\u0000y\u007f'],
];

/** Every string that comes from a record, a configuration or a server carries the attack. */
function attacked(text: string): Report {
  const names = { label: text, fix: text, relation: text, derivedFrom: text };
  const seen = { saw: 'present', state: 'active', revivedBy: 'others', value: text } as const;
  const open = live('c1', names);
  const findings = [
    {
      ...open,
      verdict: { ...open.verdict, detail: text, contradicted: ['e-x'] },
      evidence: [...open.evidence, evidence('e-c1', open.target, seen), evidence('e-x', open.target, seen)],
      upperBound: text,
    },
    { ...unproven('c2', names), verdict: { ...unproven('c2').verdict, detail: text, needs: text } },
    dormant('c3', { ...names, system: text, kind: text }),
    gone('c4', names),
  ] as Report['grants'][number]['findings'];
  const grant = grantReport(findings, {
    grant: {
      ...facts,
      id: `jit-${text}`,
      subject: { kind: 'agent', id: text, name: text, onBehalfOf: text },
      intent: { reason: text, ticket: text },
      approvedBy: [text],
    },
    coverage: [{ system: text, looked: [text], notLooked: [text], assumed: [text], excused: { [text]: 1 } }],
    paths: [{ status: 'open', target: 'c1', hops: [{ from: text, to: text, relation: text }] }],
  });
  const report = reportOf([grant], { softened: [{ grant: 'x', target: 'y', by: text }] });
  return { ...report, systems: report.systems.map((one) => ({ ...one, system: text })) };
}

const forbidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

describe.each(attacks)('%s', (_, text) => {
  const report = attacked(text);
  const run = { report, dossier: dossierOf(report) };
  const look = { ...plainLook, detail: 'full', judgedFrom: text, saved: text } as const;

  test.each(formats)('does nothing in %s', (format) => {
    const bytes = Buffer.from(reporters[format](run, look)).toString();
    expect(bytes.replaceAll('\t', '')).not.toMatch(forbidden);
  });

  test('adds no line and no field to plain', () => {
    const lines = reporters.plain(run).trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').length)).toEqual([8, 8, 8, 8]);
  });

  test('starts no line of its own in text', () => {
    const starts = reporters.text(run, look).match(/^GONE {2}\S+/gm);
    expect(starts).toEqual(['GONE  1']);
  });

  test('stays whole in json', () => {
    const document = JSON.parse(reporters.json(run, look)) as { grants: { targets: { label: string }[] }[] };
    expect(document.grants[0]?.targets[0]?.label).toBe(text);
  });
});

test('names that differ by an invisible mark do not look the same', () => {
  expect(shown('ad\u200bmin')).not.toBe(shown('admin'));
});
