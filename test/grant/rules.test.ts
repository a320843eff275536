import { describe, expect, test } from 'vitest';
import { changed, good, line, problemsOf } from './build.ts';

type Case = readonly [rule: string, text: string, expected: readonly string[]];

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

const groups: Record<string, readonly Case[]> = { unknownKeys, contents, names };

describe.for(Object.entries(groups))('%s', ([, cases]) => {
  test.for(cases)('%s', ([, text, expected]) => {
    expect(problemsOf(text).map(line)).toEqual(expected);
  });
});
