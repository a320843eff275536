import { describe, expect, test } from 'vitest';
import { changed, good, line, problemsOf } from './build.ts';

type Case = readonly [rule: string, text: string, expected: readonly string[]];

const wantsInstant = 'an instant belongs here: RFC 3339 with a zone, like 2026-11-22T08:14:00Z';
const wantsDuration =
  'a duration belongs here: ISO 8601 in weeks, days, hours, minutes and seconds, like PT15M';
const wantsReference =
  'a reference belongs here, never the value itself: file:PATH or env:TOMBSTONE_SUBJECT_…';
const stays = 'it must stay inside the directory of the record';

const times: readonly Case[] = [
  [
    'no zone',
    changed(['until: 2026-11-22T09:14:00Z', 'until: 2026-11-22T09:14:00']),
    ['13:10 validity.until: this instant has no zone | If it is UTC, write 2026-11-22T09:14:00Z.'],
  ],
  [
    'a space instead of T, no zone',
    changed(['until: 2026-11-22T09:14:00Z', 'until: 2026-11-22 09:14:00']),
    ['13:10 validity.until: this instant has no zone | If it is UTC, write 2026-11-22T09:14:00Z.'],
  ],
  [
    'spaces and a zone',
    changed(['until: 2026-11-22T09:14:00Z', 'until: 2026-11-22 09:14:00 +01:00']),
    [`13:10 validity.until: ${wantsInstant} | Write 2026-11-22T09:14:00+01:00.`],
  ],
  [
    'a date alone',
    changed(['    issuedAt: 2026-11-22T08:14:03Z', '    expiresAt: 2026-11-23']),
    [
      '24:16 credentials[0].expiresAt: this is a date alone: the instant is missing | If the vendor means midnight UTC, write 2026-11-23T00:00:00Z.',
    ],
  ],
  [
    'a day that is not',
    changed(['at: 2026-11-22T09:02:11Z', 'at: 2026-02-30T09:02:11Z']),
    ['15:7 revocation.at: there is no such instant: check the day, the time and the zone'],
  ],
  [
    'no instant at all',
    changed(['at: 2026-11-22T09:02:11Z', 'at: yesterday']),
    [`15:7 revocation.at: ${wantsInstant}`],
  ],
  [
    'a number of seconds',
    changed(['at: 2026-11-22T09:02:11Z', 'at: 1795338131']),
    ['15:7 revocation.at: a text belongs here, not a number | Put it in quotes.'],
  ],
  [
    'until before from',
    changed(['until: 2026-11-22T09:14:00Z', 'until: 2026-11-22T08:13:59Z']),
    ['13:10 validity.until: until must be after from'],
  ],
  [
    'until at from, in another zone',
    changed(['until: 2026-11-22T09:14:00Z', 'until: 2026-11-22T09:14:00+01:00']),
    ['13:10 validity.until: until must be after from'],
  ],
  [
    'neither until nor ttl',
    changed(['  until: 2026-11-22T09:14:00Z\n', '']),
    [
      '11:1 validity.until: "until" is missing: the end of the grant belongs here | Write until: INSTANT, or ttl: DURATION like PT60M.',
    ],
  ],
  [
    'until and ttl',
    changed(['  until: 2026-11-22T09:14:00Z', '  until: 2026-11-22T09:14:00Z\n  ttl: PT1H']),
    ['14:8 validity.ttl: either until or ttl belongs here, not both'],
  ],
  [
    'a ttl that is no duration',
    changed(['until: 2026-11-22T09:14:00Z', 'ttl: 60m']),
    [`13:8 validity.ttl: ${wantsDuration} | Write PT60M.`],
  ],
  [
    'a ttl in months',
    changed(['until: 2026-11-22T09:14:00Z', 'ttl: P1M']),
    [`13:8 validity.ttl: ${wantsDuration} | Months and years have no fixed length: write days.`],
  ],
  [
    'a ttl of nothing',
    changed(['until: 2026-11-22T09:14:00Z', 'ttl: PT0S']),
    ['13:8 validity.ttl: ttl must be longer than nothing'],
  ],
  [
    'a ttl for ever',
    changed(['until: 2026-11-22T09:14:00Z', 'ttl: P99999999999D']),
    ['13:8 validity.ttl: this duration is longer than a hundred years'],
  ],
  [
    'a revocation before the grant',
    changed(['at: 2026-11-22T09:02:11Z', 'at: 2026-11-22T08:13:59Z']),
    ['15:7 revocation.at: revocation.at must not be before validity.from'],
  ],
  [
    'a baseline after from',
    `${good}baseline: { capturedAt: 2026-11-22T08:14:00Z, file: b.json, sha256: ${'a'.repeat(64)} }\n`,
    [
      '31:25 baseline.capturedAt: a baseline counts only when it was taken before validity.from and before any issuedAt',
    ],
  ],
  [
    'a baseline after an early issuedAt',
    `${changed(['issuedAt: 2026-11-22T08:14:03Z', 'issuedAt: 2026-11-22T08:00:00Z'])}baseline: { capturedAt: 2026-11-22T08:13:00Z, file: b.json, sha256: ${'a'.repeat(64)} }\n`,
    [
      '31:25 baseline.capturedAt: a baseline counts only when it was taken before validity.from and before any issuedAt',
    ],
  ],
];

const ownFiles = (to: string, message: string): Case => [
  `reference ${to}`,
  changed(['file:./secrets/c2.password', to]),
  [`30:13 credentials[1].secret: ${message}`],
];

const references: readonly Case[] = [
  ownFiles('hunter2', wantsReference),
  ownFiles(
    '"exec:[cat, /etc/passwd]"',
    'a record may not run a program: only file:PATH or env:TOMBSTONE_SUBJECT_… belongs here',
  ),
  ownFiles(
    'env:BAO_TOKEN',
    'a record may only name variables that start with TOMBSTONE_SUBJECT_ | Hand the value over as env:TOMBSTONE_SUBJECT_…: a record must not reach the verifier’s own variables.',
  ),
  ownFiles(
    'env:TOMBSTONE_SUBJECT_',
    'a record may only name variables that start with TOMBSTONE_SUBJECT_ | Hand the value over as env:TOMBSTONE_SUBJECT_…: a record must not reach the verifier’s own variables.',
  ),
  ownFiles('file:/etc/passwd', `this path is absolute: ${stays}`),
  ownFiles('file:///etc/passwd', `this path is absolute: ${stays}`),
  ownFiles('file:~/x', `this path is absolute: ${stays}`),
  ownFiles("'file:C:\\x'", `this path is absolute: ${stays}`),
  ownFiles('file:../x', `this path leads upward (..): ${stays}`),
  ownFiles('file:a/../../x', `this path leads upward (..): ${stays}`),
  ownFiles("'file:a\\..\\x'", `this path leads upward (..): ${stays}`),
  ownFiles('"file:"', 'the name of a file is missing'),
  ownFiles('"file:a\\0b"', 'this path holds control characters'),
  ownFiles('{ exec: [cat, x] }', 'a text belongs here, not a map of fields'),
  [
    'a baseline file outside',
    `${good}baseline: { capturedAt: 2026-11-22T08:13:00Z, file: ../b.json, sha256: ${'a'.repeat(64)} }\n`,
    [`31:53 baseline.file: this path leads upward (..): ${stays}`],
  ],
];

const groups: Record<string, readonly Case[]> = { times, references };

describe.for(Object.entries(groups))('%s', ([, cases]) => {
  test.for(cases)('%s', ([, text, expected]) => {
    expect(problemsOf(text).map(line)).toEqual(expected);
  });
});
