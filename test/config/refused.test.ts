import { describe, expect, test } from 'vitest';
import { line } from '../grant/build.ts';
import { secrets } from '../grant/planted.ts';
import { changed, good, problemsOf } from './build.ts';

const wantsReference = 'a reference belongs here: env:NAME, file:PATH or exec:[cmd, arg]';
const wantsDuration =
  'a duration belongs here: ISO 8601 in weeks, days, hours, minutes and seconds, like PT15M';

describe('what is refused', () => {
  test.for([
    [
      'an unknown key at the top',
      changed(['policy:', 'polices:']),
      ['16:1 polices: unknown key "polices" | Did you mean "policy"?'],
    ],
    [
      'x- keys, which are of records',
      `${good}x-note: 1\n`,
      ['20:1 x-note: unknown key "x-note" | Known here: version, systems, policy, connectors.'],
    ],
    ['__proto__', `${good}__proto__: {}\n`, ['20:1 __proto__: unknown key "__proto__"']],
    [
      'an unknown key of the policy',
      changed(['failOn', 'failon']),
      ['17:3 policy.failon: unknown key "failon" | Did you mean "failOn"?'],
    ],
    [
      'an unknown key of the connector',
      changed(['    caFile', '    caFlie']),
      ['7:5 systems.one.caFlie: unknown key "caFlie" | Did you mean "caFile"?'],
    ],
    [
      'an unknown key that is near a common one',
      changed(['    limits:', '    limit:']),
      ['10:5 systems.one.limit: unknown key "limit" | Did you mean "limits"?'],
    ],
    [
      'an unknown key deep in the connector',
      changed(['{ accessor: abc }', '{ acessor: abc }']),
      [
        '9:5 systems.one.controls.accessor: "accessor" is missing: a text belongs here',
        '9:17 systems.one.controls.acessor: unknown key "acessor" | Did you mean "accessor"?',
      ],
    ],
    [
      'an unknown limit',
      changed(['concurrency: 2', 'concurency: 2']),
      ['10:37 systems.one.limits.concurency: unknown key "concurency" | Did you mean "concurrency"?'],
    ],
    [
      'another version',
      changed(['version: 1', 'version: 2']),
      ['1:10 version: this must be 1, without quotes'],
    ],
    [
      'no version',
      changed(['version: 1\n', '']),
      ['1:1 version: "version" is missing: 1, without quotes belongs here'],
    ],
    ['no systems', 'version: 1\n', ['1:1 systems: "systems" is missing: a map of fields belongs here']],
    [
      'an empty map of systems',
      'version: 1\nsystems: {}\n',
      ['2:10 systems: at least one system belongs here'],
    ],
    [
      'a name with a space',
      changed(['  two:', '  the two:']),
      ['11:3 systems."the two": a name has 1 to 128 letters, digits and . _ : - only'],
    ],
    [
      'a system without fields',
      changed(['  two:', '  three:\n  two:']),
      ['11:3 systems.three: the fields of the system belong here: connector, and what it needs'],
    ],
    [
      'a connector that is not installed',
      changed(['connector: box\n    address: https://two', 'connector: bocks\n    address: https://two']),
      [
        '12:16 systems.two.connector: no connector "bocks" is installed | Installed: box, vault. A package from outside stands under "connectors".',
      ],
    ],
    [
      'a connector with a slip',
      changed(['connector: box\n    address: https://two', 'connector: bxo\n    address: https://two']),
      ['12:16 systems.two.connector: no connector "bxo" is installed | Did you mean "box"?'],
    ],
    [
      'a connector written wrong',
      changed([
        '    connector: box\n    address: https://two',
        '    conector: box\n    address: https://two',
      ]),
      [
        '11:3 systems.two.connector: "connector" is missing: a text belongs here',
        '12:5 systems.two.conector: unknown key "conector" | Did you mean "connector"?',
      ],
    ],
    [
      'a field of the connector',
      changed(['https://one.example:8200', 'one.example:8200']),
      ['5:14 systems.one.address: an http or https address belongs here'],
    ],
    [
      'a missing field of the connector',
      changed(['    token: env:ONE_TOKEN\n', '']),
      ['3:3 systems.one.token: "token" is missing: a value belongs here'],
    ],
    [
      'a token as it is',
      changed(['env:ONE_TOKEN', 'hunter2']),
      [`6:12 systems.one.token: ${wantsReference}`],
    ],
    [
      'a command that is not closed',
      changed(['env:ONE_TOKEN', '"exec:[pass"']),
      [`6:12 systems.one.token: ${wantsReference}`],
    ],
    [
      'an empty command',
      changed(['env:ONE_TOKEN', '"exec:[]"']),
      [`6:12 systems.one.token: ${wantsReference}`],
    ],
    [
      'a word of a closed list',
      changed(['failOn: live', 'failOn: alive']),
      ['17:11 policy.failOn: this must be one of unproven, live, never | Did you mean "live"?'],
    ],
    [
      'probe and never',
      changed(['failOn: live', 'failOn: live\n  probe: on\n  secrets: never']),
      [
        '18:10 policy.probe: probe: on presents secrets everywhere, and secrets: never forbids it: choose one',
      ],
    ],
    ['an age', changed(['PT5M', '5m']), [`18:19 policy.maxEvidenceAge: ${wantsDuration} | Write PT5M.`]],
    [
      'no age',
      changed(['PT5M', 'PT0S']),
      ['18:19 policy.maxEvidenceAge: a time longer than nothing belongs here'],
    ],
    [
      'a timeout',
      changed(['PT3S', '3 seconds']),
      [`10:62 systems.one.limits.timeout: ${wantsDuration} | Write PT3S.`],
    ],
    [
      'a timeout for ever',
      changed(['PT3S', 'P30D']),
      [
        '10:62 systems.one.limits.timeout: a timeout is longer than nothing and at most an hour | The default is PT10S.',
      ],
    ],
    [
      'no requests',
      changed(['requestsPerSecond: 5', 'requestsPerSecond: 0']),
      ['10:34 systems.one.limits.requestsPerSecond: more than 0 requests a second belong here'],
    ],
    [
      'a pin that would be rounded',
      changed(['instance: 5f0c', 'instance: 7391823344556677889']),
      ['8:15 systems.one.instance: this number is too large to be kept exactly: put it in quotes'],
    ],
    [
      'a package of another name',
      changed(['tombstone-connector-acme', 'left-pad']),
      ['19:14 connectors[0]: the name of a package belongs here, like tombstone-connector-acme'],
    ],
    ['two documents', `${good}---\n${good}`, ['21:1 -: a configuration is one document: remove the "---"']],
    ['nothing', '# nothing\n', ['1:1 -: this configuration is empty']],
    ['a list', '- a\n', ['1:1 -: a map of fields belongs here, not a list']],
    ['no YAML', 'version: [1\n', ['2:1 -: not valid YAML: a { or [ is not closed']],
    [
      'a tag',
      changed(['version: 1', 'version: !js 1']),
      ['1:10 -: not valid YAML: custom tags (!name) are not read'],
    ],
  ] as const)('%s', ([, text, expected]) => {
    expect(problemsOf(text).map(line)).toEqual(expected);
  });

  test.for(Object.entries(secrets))('%s in any field, without repeating it', ([, secret]) => {
    for (const place of [
      'env:ONE_TOKEN',
      'https://one.example:8200',
      '5f0c',
      'abc',
      'tombstone-connector-acme',
    ]) {
      const found = problemsOf(changed([place, JSON.stringify(secret)]));
      expect(found.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^this looks like .*: a secret never stands in this file$/),
      );
      expect(JSON.stringify(found)).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });
});
