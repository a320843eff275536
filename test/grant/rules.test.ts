import { describe, expect, test } from 'vitest';
import { changed, good, line, problemsOf } from './build.ts';

type Case = readonly [rule: string, text: string, expected: readonly string[]];

const wantsInstant = 'an instant belongs here: RFC 3339 with a zone, like 2026-11-22T08:14:00Z';
const wantsDuration =
  'a duration belongs here: ISO 8601 in weeks, days, hours, minutes and seconds, like PT15M';
const wantsReference =
  'a reference belongs here, never the value itself: file:PATH or env:TOMBSTONE_SUBJECT_…';
const stays = 'it must stay inside the directory of the record';

const unknownKeys: readonly Case[] = [
  [
    'a misspelt list is not a smaller record',
    changed(['credentials:', 'credentails:']),
    [
      '1:1 credentials: there is nothing to check: a record needs at least one credential or entitlement',
      '19:1 credentails: unknown key "credentails" | Did you mean "credentials"?',
    ],
  ],
  [
    'a key far from any other lists what is known',
    changed(['  at: 2026-11-22T09:02:11Z', '  at: 2026-11-22T09:02:11Z\n  colour: red']),
    ['16:3 revocation.colour: unknown key "colour" | Known here: at, by, reason.'],
  ],
  [
    'inside a list',
    changed(['derivedFrom', 'derivedfrom']),
    ['29:5 credentials[1].derivedfrom: unknown key "derivedfrom" | Did you mean "derivedFrom"?'],
  ],
  [
    'inside a ref',
    changed(['leaseId', 'leaseID']),
    [
      '23:5 credentials[0].ref.leaseId: "leaseId" is missing: a text belongs here',
      '23:12 credentials[0].ref.leaseID: unknown key "leaseID" | Did you mean "leaseId"?',
    ],
  ],
  [
    '__proto__',
    changed(['  id: jit-1', '  id: jit-1\n  __proto__: { id: x }']),
    ['5:3 metadata.__proto__: unknown key "__proto__"'],
  ],
  [
    '__proto__ in a ref',
    changed(['{ leaseId', '{ __proto__: { a: 1 }, leaseId']),
    ['23:12 credentials[0].ref.__proto__: unknown key "__proto__"'],
  ],
  [
    'constructor',
    changed(['  kind: agent', '  kind: agent\n  constructor: x']),
    [
      '8:3 subject.constructor: unknown key "constructor" | Known here: kind, id, name, onBehalfOf, accounts.',
    ],
  ],
  [
    'a merge key of YAML 1.1',
    changed(['metadata:', 'metadata:\n  <<: { id: x }']),
    ['4:3 metadata."<<": unknown key "<<" | Known here: id, labels.'],
  ],
];

const contents: readonly Case[] = [
  [
    'nothing to check',
    changed([good.slice(good.indexOf('credentials:')), 'credentials: []\n']),
    ['19:1 credentials: there is nothing to check: a record needs at least one credential or entitlement'],
  ],
  [
    'neither list',
    changed([good.slice(good.indexOf('credentials:')), '']),
    ['1:1 credentials: there is nothing to check: a record needs at least one credential or entitlement'],
  ],
  [
    'a missing part',
    changed(['subject:\n  kind: agent\n  id: spiffe://acme.example/agent/bot', 'subject:\n  kind: agent']),
    ['6:1 subject.id: "id" is missing: a text belongs here'],
  ],
  [
    'a part with nothing in it',
    changed(['{ leaseId: database/creds/ro/1 }', '']),
    ['23:5 credentials[0].ref: nothing stands here: a map of fields belongs here'],
  ],
  [
    'a number where a text belongs',
    changed(['id: "7"', 'id: 7']),
    ['10:24 subject.accounts[0].id: a text belongs here, not a number | Put it in quotes.'],
  ],
  [
    'a word of a closed list',
    changed(['kind: agent', 'kind: agnet']),
    ['7:9 subject.kind: this must be one of agent, workload, human | Did you mean "agent"?'],
  ],
  [
    'a list where a map belongs',
    changed(['  at: 2026-11-22T09:02:11Z', '  - at: 2026-11-22T09:02:11Z']),
    ['15:3 revocation: a map of fields belongs here, not a list'],
  ],
  [
    'an id with odd characters',
    changed(['id: jit-1', 'id: jit 1/2']),
    ['4:7 metadata.id: a name has 1 to 128 letters, digits and . _ : - only'],
  ],
  [
    'an id that is too long',
    changed(['id: jit-1', `id: ${'a'.repeat(129)}`]),
    ['4:7 metadata.id: a name has 1 to 128 letters, digits and . _ : - only'],
  ],
  [
    'another version',
    changed(['tombstone/v1', 'tombstone/v2']),
    [
      '1:13 apiVersion: this is not a grant record of version 1: apiVersion must be "tombstone/v1", not "tombstone/v2" | Did you mean "tombstone/v1"?',
    ],
  ],
  [
    'another kind of document',
    'apiVersion: tombstone/v1\nkind: Deployment\nspec: {}\n',
    ['2:7 kind: this is not a grant record of version 1: kind must be "AccessGrant", not "Deployment"'],
  ],
  [
    'no version at all',
    changed(['apiVersion: tombstone/v1\n', '']),
    ['1:1 apiVersion: "apiVersion" is missing: "tombstone/v1" belongs here'],
  ],
  [
    'a list of records',
    '- a\n- b\n',
    [
      '1:1 -: a record is a map, not a list | Put several records into several documents (---), or one on each line (JSON Lines).',
    ],
  ],
  [
    'an empty document',
    `${good}---\n`,
    ['31:4 -: this document is empty | Remove its "---", or write a record.'],
  ],
  ['an empty file', ' \n# nothing\n', ['1:1 -: there is no record in this file']],
];

const names: readonly Case[] = [
  [
    'a credential in an unlisted system',
    changed(['    system: db', '    system: bd']),
    ['27:13 credentials[1].system: the system "bd" does not stand in "systems" | Did you mean "db"?'],
  ],
  [
    'an account in an unlisted system',
    changed(['{ system: v, id', '{ system: github, id']),
    [
      '10:17 subject.accounts[0].system: the system "github" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
    ],
  ],
  [
    'an unlisted revocationSource',
    changed(['revocationSource: v', 'revocationSource: vault']),
    [
      '18:37 systems[1].revocationSource: the system "vault" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
    ],
  ],
  [
    'a placement in an unlisted system',
    `${good}placements:\n  - { credential: c1, kind: vault/token, system: x1, ref: { accessor: a } }\n`,
    [
      '32:50 placements[0].system: the system "x1" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
    ],
  ],
  [
    'no systems',
    changed(['systems:\n  - { system: v }\n  - { system: db, revocationSource: v }\n', '']),
    ['1:1 systems: "systems" is missing: a list belongs here'],
  ],
  [
    'an empty list of systems',
    changed(['systems:\n  - { system: v }\n  - { system: db, revocationSource: v }\n', 'systems: []\n']),
    [
      '10:17 subject.accounts[0].system: the system "v" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
      '16:10 systems: at least one system belongs here: every system that the grant touched',
      '20:13 credentials[0].system: the system "v" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
      '25:13 credentials[1].system: the system "db" does not stand in "systems" | Add it to "systems": every system that the grant touched stands there.',
    ],
  ],
  [
    'a system listed twice',
    changed(['{ system: db,', '{ system: v,'], ['    system: db', '    system: v']),
    ['18:15 systems[1].system: this system is listed twice'],
  ],
  [
    'an id used twice',
    changed(['- id: c2', '- id: c1'], ['    derivedFrom: c1\n', '']),
    ['25:9 credentials[1].id: this id is taken: credentials and entitlements share one set of ids'],
  ],
  [
    'an id shared with an entitlement',
    `${good}entitlements:\n  - { id: c1, kind: postgres/membership, system: db, ref: { roleOid: 1, memberOid: 2 } }\n`,
    ['32:11 entitlements[0].id: this id is taken: credentials and entitlements share one set of ids'],
  ],
  [
    'two records with one id',
    `${good}---\n${good}`,
    ['35:7 metadata.id: the id "jit-1" is taken by another record of this set'],
  ],
  [
    'derivedFrom that names nothing',
    changed(['derivedFrom: c1', 'derivedFrom: c11']),
    ['29:18 credentials[1].derivedFrom: no credential has the id "c11" | Did you mean "c1"?'],
  ],
  [
    'derivedFrom that names an entitlement',
    `${changed(['derivedFrom: c1', 'derivedFrom: e1'])}entitlements:\n  - { id: e1, kind: postgres/membership, system: db, ref: { roleOid: 1, memberOid: 2 } }\n`,
    [
      '29:18 credentials[1].derivedFrom: "e1" is an entitlement: the id of a credential belongs here | Did you mean "c1"?',
    ],
  ],
  [
    'a placement of nothing',
    `${good}placements:\n  - { credential: zz, kind: vault/token, system: v, ref: { accessor: a } }\n`,
    ['32:19 placements[0].credential: no credential has the id "zz"'],
  ],
  [
    'a credential that comes from itself',
    changed(['derivedFrom: c1', 'derivedFrom: c2']),
    ['29:18 credentials[1].derivedFrom: these credentials come from each other: c2 → c2'],
  ],
  [
    'a circle',
    changed(['    issuedAt: 2026-11-22T08:14:03Z', '    derivedFrom: c2']),
    ['24:18 credentials[0].derivedFrom: these credentials come from each other: c1 → c2 → c1'],
  ],
];

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

const kindsAndRefs: readonly Case[] = [
  [
    'an unknown noun of an installed connector',
    changed(['vault/lease', 'vault/leese']),
    [
      '21:11 credentials[0].kind: the connector "vault" knows no kind "vault/leese" | Did you mean "vault/lease"?',
    ],
  ],
  [
    'a noun far from any other',
    changed(['vault/lease', 'vault/certificate']),
    [
      '21:11 credentials[0].kind: the connector "vault" knows no kind "vault/certificate" | It knows vault/token, vault/lease.',
    ],
  ],
  [
    'a kind without a noun',
    changed(['vault/lease', 'vault']),
    ['21:11 credentials[0].kind: a kind is <connector>/<noun>, like vault/lease'],
  ],
  [
    'a ref of the wrong type',
    changed(['oid: 16389', 'oid: many']),
    ['28:39 credentials[1].ref.oid: a number belongs here, not a text'],
  ],
  [
    'a ref that is no map',
    changed(['{ leaseId: database/creds/ro/1 }', 'database/creds/ro/1']),
    ['23:10 credentials[0].ref: a map of fields belongs here, not a text'],
  ],
  [
    'a closed list in a ref',
    `${good}entitlements:\n  - { id: e1, kind: postgres/membership, system: db, ref: { roleOid: 1, memberOid: 2, level: admn } }\n`,
    ['32:94 entitlements[0].ref.level: this must be one of member, admin | Did you mean "admin"?'],
  ],
  [
    'a key inside a union in a ref',
    `${good}entitlements:\n  - { id: e1, kind: postgres/membership, system: db, ref: { roleOid: 1, memberOid: 2, via: { hots: h } } }\n`,
    [
      '32:87 entitlements[0].ref.via.host: "host" is missing: a text belongs here',
      '32:94 entitlements[0].ref.via.hots: unknown key "hots" | Did you mean "host"?',
    ],
  ],
  [
    'no ref',
    changed(['    ref: { leaseId: database/creds/ro/1 }\n', '']),
    ['20:5 credentials[0].ref: "ref" is missing: a map of fields belongs here'],
  ],
];

const numbers: readonly Case[] = [
  [
    'a number that would be rounded',
    changed(['oid: 16389', 'oid: 9007199254740993']),
    ['28:39 credentials[1].ref.oid: this number is too large to be kept exactly: put it in quotes'],
  ],
  [
    'leading zeros',
    changed(['oid: 16389', 'oid: 016389']),
    ['28:39 credentials[1].ref.oid: a number is written in plain decimal digits; put an id in quotes'],
  ],
  [
    'an accessor that looks like a number',
    changed(['id: "7"', 'id: 123e4567']),
    ['10:24 subject.accounts[0].id: a number is written in plain decimal digits; put an id in quotes'],
  ],
  [
    'hexadecimal',
    changed(['oid: 16389', 'oid: 0x4005']),
    ['28:39 credentials[1].ref.oid: a number is written in plain decimal digits; put an id in quotes'],
  ],
];

const yaml: readonly Case[] = [
  [
    'a custom tag',
    changed(['id: jit-1', 'id: !env jit-1']),
    ['4:7 -: not valid YAML: custom tags (!name) are not read'],
  ],
  [
    'a tag of YAML 1.1',
    changed(['id: jit-1', 'id: !!binary aGVsbG8=']),
    ['4:7 -: not valid YAML: custom tags (!name) are not read'],
  ],
  ['YAML 1.1', `%YAML 1.1\n---\n${good}`, ['2:1 -: only YAML 1.2 is read: remove the %YAML line']],
  [
    'a key written twice',
    changed(['kind: AccessGrant', 'kind: AccessGrant\nkind: AccessGrant']),
    ['3:1 kind: this key is written twice | Keep one of the two.'],
  ],
  [
    'a key written twice in a flow map',
    changed(['{ leaseId', '{ leaseId: a, leaseId']),
    ['23:24 credentials[0].ref.leaseId: this key is written twice | Keep one of the two.'],
  ],
  [
    'a tab',
    changed(['  id: jit-1', '\tid: jit-1']),
    ['4:1 -: not valid YAML: YAML is indented with spaces, not with tabs'],
  ],
  [
    'an open bracket',
    changed(['labels: { team: billing }', 'labels: { team: billing']),
    ['6:1 -: not valid YAML: a { or [ is not closed'],
  ],
  [
    'an alias without an anchor',
    changed(['id: jit-1', 'id: *nobody']),
    ['4:7 -: this alias (*name) names no anchor (&name) above it'],
  ],
  [
    'an alias inside its own anchor',
    changed(['labels: { team: billing }', 'labels: &l { team: *l }']),
    ['5:22 -: this alias (*name) stands inside its own anchor'],
  ],
];

const groups: Record<string, readonly Case[]> = {
  unknownKeys,
  contents,
  names,
  times,
  references,
  kindsAndRefs,
  numbers,
  yaml,
};

describe.for(Object.entries(groups))('%s', ([, cases]) => {
  test.for(cases)('%s', ([, text, expected]) => {
    expect(problemsOf(text).map(line)).toEqual(expected);
  });
});
