import { describe, expect, test } from 'vitest';
import { changed, good, line, problemsOf } from './build.ts';

type Case = readonly [rule: string, text: string, expected: readonly string[]];

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

const groups: Record<string, readonly Case[]> = { kindsAndRefs, numbers, yaml };

describe.for(Object.entries(groups))('%s', ([, cases]) => {
  test.for(cases)('%s', ([, text, expected]) => {
    expect(problemsOf(text).map(line)).toEqual(expected);
  });
});
