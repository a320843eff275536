import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { Secret } from '../../src/model/secret.ts';
import { TextFile } from '../../src/model/text-file.ts';
import { changed, connectors, good, source } from './build.ts';

describe('what is read', () => {
  test('systems, their own fields, limits and pins', () => {
    const configuration = loadConfiguration(good, source, connectors);
    expect([...configuration.systems.keys()]).toEqual(['one', 'two']);
    expect(configuration.systems.get('one')).toEqual({
      name: 'one',
      connector: 'box',
      config: {
        address: 'https://one.example:8200',
        token: new Secret('env:ONE_TOKEN'),
        caFile: new TextFile('./ca.pem'),
        controls: { accessor: 'abc' },
        allowInsecure: false,
      },
      instance: '5f0c',
      limits: { requestsPerSecond: 5, concurrency: 2, timeoutMs: 3_000 },
      at: { line: 3, column: 3 },
    });
    expect(configuration.systems.get('two')?.limits).toEqual({
      requestsPerSecond: 20,
      concurrency: 8,
      timeoutMs: 10_000,
    });
    expect(configuration).toMatchObject({ ...source, connectors: ['tombstone-connector-acme'] });
  });

  test('references of every form', () => {
    const forms = [
      ['env:ONE_TOKEN', 'env:ONE_TOKEN'],
      ['file:./one token', 'file:./one token'],
      ['exec:[pass, show, one]', 'exec:["pass","show","one"]'],
      ['\'exec:["a, b", "c \\" d", e]\'', 'exec:["a, b","c \\" d","e"]'],
      ['{ exec: [pass, show, one] }', 'exec:["pass","show","one"]'],
    ] as const;
    for (const [written, reference] of forms) {
      const { systems } = loadConfiguration(changed(['env:ONE_TOKEN', written]), source, connectors);
      expect(systems.get('one')?.config).toMatchObject({ token: { reference } });
    }
  });

  test('the policy where nothing is said, and where something is', () => {
    const defaults = {
      failOn: 'unproven',
      allowDormant: false,
      maxEvidenceAge: 'PT15M',
      secrets: 'issuer',
      assumedRights: 'accept',
      maxClockSkew: 'PT2M',
    };
    const policy = 'policy:\n  failOn: live\n  maxEvidenceAge: PT5M\n';
    const policyOf = (text: string) => loadConfiguration(changed([policy, text]), source, connectors).policy;
    expect(policyOf('')).toEqual(defaults);
    expect(policyOf('policy: {}\n')).toEqual(defaults);
    expect(policyOf('policy: { probe: on }\n')).toEqual({ ...defaults, secrets: 'everywhere' });
    expect(policyOf('policy: { probe: on, secrets: issuer }\n')).toEqual({
      ...defaults,
      secrets: 'everywhere',
    });
    expect(policyOf('policy: { probe: off, secrets: never }\n')).toEqual({ ...defaults, secrets: 'never' });
    expect(policyOf('policy: { assumedRights: refuse, allowDormant: true }\n')).toEqual({
      ...defaults,
      assumedRights: 'refuse',
      allowDormant: true,
    });
  });
});
